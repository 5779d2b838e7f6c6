-- What drift is found in: where traffic and the declared operations differ.
--
-- drift_1d counts the requests by day and by all that a verdict needs, filled as the other rollups are: a batch that is
-- sent twice counts once. It outlives the raw rows, so that "unused for 90 days" is a fact and not a guess, and it is
-- small: a row for each day, route, method, status and caller that were seen together, where every one of these has a
-- budget of its own. What the gateway could not place either (scanners, malformed targets) is no drift and not in it.
--
-- It holds what was seen, not the verdict: the views drift_… compare it with the catalog in use, so that a mended document
-- ends its findings at once, and a new one is held against the past, too. Always aggregate it. What `batches` is for stands
-- with the other rollups.
CREATE TABLE IF NOT EXISTS gatelens.drift_1d
(
    day Date COMMENT 'UTC day of the request' CODEC(Delta, ZSTD(1)),
    service LowCardinality(String) COMMENT 'as in requests',
    outcome LowCardinality(String) COMMENT 'matched, ambiguous, method_not_declared or inferred',
    route LowCardinality(String) COMMENT 'as in requests',
    method LowCardinality(String) COMMENT 'as in requests',
    status UInt16 COMMENT 'as in requests',
    by_gateway Bool COMMENT 'the answer was not the backend''s: the gateway refused, limited, gave up or changed the status',
    api LowCardinality(String) COMMENT 'as in requests',
    operation_id LowCardinality(String) COMMENT 'as in requests',
    partner LowCardinality(String) COMMENT 'as in requests; the consumer where no partner claims it',
    requests SimpleAggregateFunction(sum, UInt64) COMMENT 'requests',
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'time of the first of them',
    last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'time of the last of them',
    newest SimpleAggregateFunction(max, String) COMMENT 'the last of them, as an example: time, request_id, host, path, owner, with tabs between' CODEC(ZSTD(1)),
    updated_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'when the last request of the row arrived',
    batches SimpleAggregateFunction(groupArrayArray, Array(UInt64)) COMMENT 'numbers of batches that are counted; each is in one row of the table' TTL toStartOfMonth(updated_at) + INTERVAL 2 MONTH
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (day, service, outcome, route, method, status, by_gateway, api, operation_id, partner)
TTL greatest(toDateTime(day), updated_at) + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'requests by day, for drift; read the views drift_…';

CREATE MATERIALIZED VIEW IF NOT EXISTS gatelens.requests_to_drift_1d TO gatelens.drift_1d AS
SELECT
    toDate(time) AS day,
    service,
    outcome,
    route,
    method,
    status,
    response_source = 'gateway' OR rate_limited OR status = 0 OR ifNull(upstream_status != status, false) AS by_gateway,
    api,
    operation_id,
    if(partner = 'unmapped', consumer, partner) AS partner,
    count() AS requests,
    min(time) AS first_seen,
    max(time) AS last_seen,
    max(concat(toString(time), '\t', request_id, '\t', host, '\t', path, '\t', owner)) AS newest,
    now() AS updated_at,
    if(rowNumberInBlock() = 0 AND getSetting('insert_deduplication_token') != '', [cityHash64(splitByChar(':', getSetting('insert_deduplication_token'))[1])], []) AS batches
FROM gatelens.requests
WHERE outcome IN ('matched', 'ambiguous', 'method_not_declared', 'inferred')
    AND NOT endsWith(getSetting('insert_deduplication_token'), ':requests')
GROUP BY day, service, outcome, route, method, status, by_gateway, api, operation_id, partner;

-- The view of requests_again says the same as the one above; a test holds them equal.
CREATE MATERIALIZED VIEW IF NOT EXISTS gatelens.again_to_drift_1d TO gatelens.drift_1d AS
SELECT
    toDate(time) AS day,
    service,
    outcome,
    route,
    method,
    status,
    response_source = 'gateway' OR rate_limited OR status = 0 OR ifNull(upstream_status != status, false) AS by_gateway,
    api,
    operation_id,
    if(partner = 'unmapped', consumer, partner) AS partner,
    count() AS requests,
    min(time) AS first_seen,
    max(time) AS last_seen,
    max(concat(toString(time), '\t', request_id, '\t', host, '\t', path, '\t', owner)) AS newest,
    now() AS updated_at,
    if(rowNumberInBlock() = 0 AND getSetting('insert_deduplication_token') != '', [cityHash64(splitByChar(':', getSetting('insert_deduplication_token'))[1])], []) AS batches
FROM gatelens.requests_again
WHERE outcome IN ('matched', 'ambiguous', 'method_not_declared', 'inferred')
    AND endsWith(getSetting('insert_deduplication_token'), ':drift_1d')
GROUP BY day, service, outcome, route, method, status, by_gateway, api, operation_id, partner;
