-- Requests by minute and by hour: what rules and dashboards read. Both are filled by materialized views, the hours from
-- the minutes; with deduplicate_blocks_in_dependent_materialized_views = 1 a batch that is sent twice counts once in both.
--
-- Sums and maxima are plain numbers: read them with sum() and max(). Durations are DDSketches with a relative accuracy
-- of 1 %: read them with quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(duration). Always aggregate, also for a single row:
-- rows of one key are folded in the background.
--
-- A request counts although its log does not give a figure. What is not given is in no sum, no quantile and no maximum, and
-- these are NULL where no request of the row has the figure.
--
-- `batches` says which batches a rollup holds. An engine that dies, or whose disk fails, in the middle of an insert can know
-- the insert's token and not have its rows, or have the rows of one table and not those of another. Rows of `requests` are
-- found again by source and position; rows of rollups are folded into others, so one row of each insert carries the number
-- of its batch. That number is made of the token up to the first colon, arrives with the part that holds the batch's rows, or
-- not at all, and is kept for a month at least.
--
-- A token that ends with the name of a table brings that table alone: `…:requests` the rows and no rollup, `…:requests_1m`,
-- `…:requests_1h` and `…:drift_1d` one rollup from rows that are inserted into `requests_again`.
CREATE TABLE IF NOT EXISTS gatelens.requests_1m
(
    minute DateTime('UTC') COMMENT 'start of the minute, by the time of the request' CODEC(Delta, ZSTD(1)),
    service LowCardinality(String) COMMENT 'as in requests',
    route LowCardinality(String) COMMENT 'as in requests',
    method LowCardinality(String) COMMENT 'as in requests',
    status_class LowCardinality(String) COMMENT '1xx to 5xx; none = no response',
    partner LowCardinality(String) COMMENT 'as in requests',
    api SimpleAggregateFunction(anyLast, LowCardinality(String)) COMMENT 'API document that declares the route',
    owner SimpleAggregateFunction(anyLast, LowCardinality(String)) COMMENT 'owner of the service',
    requests SimpleAggregateFunction(sum, UInt64) COMMENT 'requests',
    errors SimpleAggregateFunction(sum, UInt64) COMMENT 'requests with status 500 and above, or without a response',
    rate_limited SimpleAggregateFunction(sum, UInt64) COMMENT 'requests refused for a rate limit',
    undocumented SimpleAggregateFunction(sum, UInt64) COMMENT 'requests that no API document declares',
    request_bytes SimpleAggregateFunction(sum, Nullable(UInt64)) COMMENT 'bytes received',
    response_bytes SimpleAggregateFunction(sum, Nullable(UInt64)) COMMENT 'bytes sent',
    duration AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'total time, ms',
    upstream AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'time in the upstream, ms',
    gateway AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'time in the gateway, ms',
    duration_max SimpleAggregateFunction(max, Nullable(Float64)) COMMENT 'longest total time, ms',
    updated_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'when the last request of the row arrived',
    batches SimpleAggregateFunction(groupArrayArray, Array(UInt64)) COMMENT 'numbers of batches that are counted; each is in one row of the table' TTL toStartOfMonth(updated_at) + INTERVAL 2 MONTH
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, service, route, method, status_class, partner)
TTL greatest(minute, updated_at) + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'requests by minute';

CREATE TABLE IF NOT EXISTS gatelens.requests_1h
(
    hour DateTime('UTC') COMMENT 'start of the hour, by the time of the request' CODEC(Delta, ZSTD(1)),
    service LowCardinality(String) COMMENT 'as in requests',
    route LowCardinality(String) COMMENT 'as in requests',
    method LowCardinality(String) COMMENT 'as in requests',
    status_class LowCardinality(String) COMMENT '1xx to 5xx; none = no response',
    partner LowCardinality(String) COMMENT 'as in requests',
    api SimpleAggregateFunction(anyLast, LowCardinality(String)) COMMENT 'API document that declares the route',
    owner SimpleAggregateFunction(anyLast, LowCardinality(String)) COMMENT 'owner of the service',
    requests SimpleAggregateFunction(sum, UInt64) COMMENT 'requests',
    errors SimpleAggregateFunction(sum, UInt64) COMMENT 'requests with status 500 and above, or without a response',
    rate_limited SimpleAggregateFunction(sum, UInt64) COMMENT 'requests refused for a rate limit',
    undocumented SimpleAggregateFunction(sum, UInt64) COMMENT 'requests that no API document declares',
    request_bytes SimpleAggregateFunction(sum, Nullable(UInt64)) COMMENT 'bytes received',
    response_bytes SimpleAggregateFunction(sum, Nullable(UInt64)) COMMENT 'bytes sent',
    duration AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'total time, ms',
    upstream AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'time in the upstream, ms',
    gateway AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'time in the gateway, ms',
    duration_max SimpleAggregateFunction(max, Nullable(Float64)) COMMENT 'longest total time, ms',
    updated_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'when the last request of the row arrived',
    batches SimpleAggregateFunction(groupArrayArray, Array(UInt64)) COMMENT 'numbers of batches that are counted; each is in one row of the table' TTL toStartOfMonth(updated_at) + INTERVAL 2 MONTH
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(hour)
ORDER BY (hour, service, route, method, status_class, partner)
TTL greatest(hour, updated_at) + INTERVAL 2 YEAR
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'requests by hour';

CREATE MATERIALIZED VIEW IF NOT EXISTS gatelens.requests_to_1m TO gatelens.requests_1m AS
SELECT
    toStartOfMinute(toDateTime(time, 'UTC')) AS minute,
    service,
    route,
    method,
    if(status = 0, 'none', concat(toString(intDiv(status, 100)), 'xx')) AS status_class,
    partner,
    anyLast(api) AS api,
    anyLast(owner) AS owner,
    count() AS requests,
    countIf(status >= 500 OR status = 0) AS errors,
    countIf(rate_limited) AS rate_limited,
    countIf(outcome IN ('inferred', 'unmatched', 'method_not_declared', 'malformed')) AS undocumented,
    sum(request_bytes) AS request_bytes,
    sum(response_bytes) AS response_bytes,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(duration_ms), duration_ms IS NOT NULL) AS duration,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(upstream_ms), upstream_ms IS NOT NULL) AS upstream,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(gateway_ms), gateway_ms IS NOT NULL) AS gateway,
    max(duration_ms) AS duration_max,
    now() AS updated_at,
    if(rowNumberInBlock() = 0 AND getSetting('insert_deduplication_token') != '', [cityHash64(splitByChar(':', getSetting('insert_deduplication_token'))[1])], []) AS batches
FROM gatelens.requests
WHERE NOT endsWith(getSetting('insert_deduplication_token'), ':requests')
GROUP BY minute, service, route, method, status_class, partner;

CREATE MATERIALIZED VIEW IF NOT EXISTS gatelens.requests_1m_to_1h TO gatelens.requests_1h AS
SELECT
    toStartOfHour(minute) AS hour,
    service,
    route,
    method,
    status_class,
    partner,
    anyLast(api) AS api,
    anyLast(owner) AS owner,
    sum(requests) AS requests,
    sum(errors) AS errors,
    sum(rate_limited) AS rate_limited,
    sum(undocumented) AS undocumented,
    sum(request_bytes) AS request_bytes,
    sum(response_bytes) AS response_bytes,
    quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(duration) AS duration,
    quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(upstream) AS upstream,
    quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(gateway) AS gateway,
    max(duration_max) AS duration_max,
    max(updated_at) AS updated_at,
    if(rowNumberInBlock() = 0 AND getSetting('insert_deduplication_token') != '', [cityHash64(splitByChar(':', getSetting('insert_deduplication_token'))[1])], []) AS batches
FROM gatelens.requests_1m
WHERE NOT endsWith(getSetting('insert_deduplication_token'), ':requests_1m')
GROUP BY hour, service, route, method, status_class, partner;

-- The views of requests_again say the same as those above; a test holds them equal.
CREATE MATERIALIZED VIEW IF NOT EXISTS gatelens.again_to_1m TO gatelens.requests_1m AS
SELECT
    toStartOfMinute(toDateTime(time, 'UTC')) AS minute,
    service,
    route,
    method,
    if(status = 0, 'none', concat(toString(intDiv(status, 100)), 'xx')) AS status_class,
    partner,
    anyLast(api) AS api,
    anyLast(owner) AS owner,
    count() AS requests,
    countIf(status >= 500 OR status = 0) AS errors,
    countIf(rate_limited) AS rate_limited,
    countIf(outcome IN ('inferred', 'unmatched', 'method_not_declared', 'malformed')) AS undocumented,
    sum(request_bytes) AS request_bytes,
    sum(response_bytes) AS response_bytes,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(duration_ms), duration_ms IS NOT NULL) AS duration,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(upstream_ms), upstream_ms IS NOT NULL) AS upstream,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(gateway_ms), gateway_ms IS NOT NULL) AS gateway,
    max(duration_ms) AS duration_max,
    now() AS updated_at,
    if(rowNumberInBlock() = 0 AND getSetting('insert_deduplication_token') != '', [cityHash64(splitByChar(':', getSetting('insert_deduplication_token'))[1])], []) AS batches
FROM gatelens.requests_again
WHERE endsWith(getSetting('insert_deduplication_token'), ':requests_1m')
GROUP BY minute, service, route, method, status_class, partner;

CREATE MATERIALIZED VIEW IF NOT EXISTS gatelens.again_to_1h TO gatelens.requests_1h AS
SELECT
    toStartOfHour(toDateTime(time, 'UTC')) AS hour,
    service,
    route,
    method,
    if(status = 0, 'none', concat(toString(intDiv(status, 100)), 'xx')) AS status_class,
    partner,
    anyLast(api) AS api,
    anyLast(owner) AS owner,
    count() AS requests,
    countIf(status >= 500 OR status = 0) AS errors,
    countIf(rate_limited) AS rate_limited,
    countIf(outcome IN ('inferred', 'unmatched', 'method_not_declared', 'malformed')) AS undocumented,
    sum(request_bytes) AS request_bytes,
    sum(response_bytes) AS response_bytes,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(duration_ms), duration_ms IS NOT NULL) AS duration,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(upstream_ms), upstream_ms IS NOT NULL) AS upstream,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(gateway_ms), gateway_ms IS NOT NULL) AS gateway,
    max(duration_ms) AS duration_max,
    now() AS updated_at,
    if(rowNumberInBlock() = 0 AND getSetting('insert_deduplication_token') != '', [cityHash64(splitByChar(':', getSetting('insert_deduplication_token'))[1])], []) AS batches
FROM gatelens.requests_again
WHERE endsWith(getSetting('insert_deduplication_token'), ':requests_1h')
GROUP BY hour, service, route, method, status_class, partner;
