-- Requests by minute and by hour: what rules and dashboards read. Both are filled by materialized views, the hours from
-- the minutes; with deduplicate_blocks_in_dependent_materialized_views = 1 a batch that is sent twice counts once in both.
--
-- Sums and maxima are plain numbers: read them with sum() and max(). Durations are DDSketches with a relative accuracy
-- of 1 %: read them with quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(duration). Always aggregate, also for a single row:
-- rows of one key are folded in the background.
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
    request_bytes SimpleAggregateFunction(sum, UInt64) COMMENT 'bytes received',
    response_bytes SimpleAggregateFunction(sum, UInt64) COMMENT 'bytes sent',
    duration AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'total time, ms',
    upstream AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'time in the upstream, ms',
    gateway AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'time in the gateway, ms',
    duration_max SimpleAggregateFunction(max, Float64) COMMENT 'longest total time, ms',
    updated_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'when the last request of the row arrived'
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
    request_bytes SimpleAggregateFunction(sum, UInt64) COMMENT 'bytes received',
    response_bytes SimpleAggregateFunction(sum, UInt64) COMMENT 'bytes sent',
    duration AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'total time, ms',
    upstream AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'time in the upstream, ms',
    gateway AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'time in the gateway, ms',
    duration_max SimpleAggregateFunction(max, Float64) COMMENT 'longest total time, ms',
    updated_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'when the last request of the row arrived'
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
    quantilesDDState(0.01, 0.5, 0.95, 0.99)(duration_ms) AS duration,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(upstream_ms), upstream_ms IS NOT NULL) AS upstream,
    quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(assumeNotNull(gateway_ms), gateway_ms IS NOT NULL) AS gateway,
    max(duration_ms) AS duration_max,
    now() AS updated_at
FROM gatelens.requests
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
    max(updated_at) AS updated_at
FROM gatelens.requests_1m
GROUP BY hour, service, route, method, status_class, partner;
