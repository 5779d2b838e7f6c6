-- Which batches a rollup holds.
--
-- An engine that dies, or whose disk fails, in the middle of an insert can know the insert's token and not have its rows,
-- or have the rows of one table and not those of another. Rows of `requests` are found again by source and position; rows
-- of rollups are folded into others, so one row of each insert carries the number of its batch: it is made of the token up
-- to the first colon, arrives with the part that holds the batch's rows, or not at all, and is kept for a month at least.
--
-- A token that ends with the name of a table brings that table alone: `…:requests` the rows and no rollup, `…:requests_1m`,
-- `…:requests_1h` and `…:drift_1d` one rollup from rows that are inserted into `requests_again`, which keeps nothing.
ALTER TABLE gatelens.requests_1m
    ADD COLUMN IF NOT EXISTS batches SimpleAggregateFunction(groupArrayArray, Array(UInt64)) COMMENT 'numbers of batches that are counted; each is in one row of the table' TTL toStartOfMonth(updated_at) + INTERVAL 2 MONTH;

ALTER TABLE gatelens.requests_1h
    ADD COLUMN IF NOT EXISTS batches SimpleAggregateFunction(groupArrayArray, Array(UInt64)) COMMENT 'numbers of batches that are counted; each is in one row of the table' TTL toStartOfMonth(updated_at) + INTERVAL 2 MONTH;

ALTER TABLE gatelens.drift_1d
    ADD COLUMN IF NOT EXISTS batches SimpleAggregateFunction(groupArrayArray, Array(UInt64)) COMMENT 'numbers of batches that are counted; each is in one row of the table' TTL toStartOfMonth(updated_at) + INTERVAL 2 MONTH;

ALTER TABLE gatelens.requests_to_1m MODIFY QUERY
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

ALTER TABLE gatelens.requests_1m_to_1h MODIFY QUERY
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

ALTER TABLE gatelens.requests_to_drift_1d MODIFY QUERY
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

-- The views below say the same as those above; a test holds them equal.
CREATE TABLE IF NOT EXISTS gatelens.requests_again AS gatelens.requests
ENGINE = Null
COMMENT 'takes rows for one rollup, and keeps none';

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
