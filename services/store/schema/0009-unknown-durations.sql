-- A total time that the log does not give is NULL, as the times of upstream and gateway are: it is in no quantile and no
-- maximum, and the request still counts. `duration_max` is NULL where no request of the row has a total time.
ALTER TABLE gatelens.requests
    MODIFY COLUMN duration_ms Nullable(Float64) COMMENT 'total time' CODEC(ZSTD(1));

ALTER TABLE gatelens.requests_1m
    MODIFY COLUMN duration_max SimpleAggregateFunction(max, Nullable(Float64)) COMMENT 'longest total time, ms';

ALTER TABLE gatelens.requests_1h
    MODIFY COLUMN duration_max SimpleAggregateFunction(max, Nullable(Float64)) COMMENT 'longest total time, ms';

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
    now() AS updated_at
FROM gatelens.requests
GROUP BY minute, service, route, method, status_class, partner;
