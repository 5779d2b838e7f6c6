-- Drift: where traffic and the declared operations differ.
--
-- drift_1d counts the requests by day and by all that a verdict needs, filled as the other rollups are: a batch that is
-- sent twice counts once. It outlives the raw rows, so that "unused for 90 days" is a fact and not a guess, and it is
-- small: a row for each day, route, method, status and caller that were seen together, where every one of these has a
-- budget of its own. What the gateway could not place either (scanners, malformed targets) is no drift and not in it.
--
-- It holds what was seen, not the verdict: the views below compare it with the catalog in use, so that a mended document
-- ends its findings at once, and a new one is held against the past, too. Always aggregate it.
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
    updated_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'when the last request of the row arrived'
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
    now() AS updated_at
FROM gatelens.requests
WHERE outcome IN ('matched', 'ambiguous', 'method_not_declared', 'inferred')
GROUP BY day, service, outcome, route, method, status, by_gateway, api, operation_id, partner;

-- Which operation answers a method on a route: its own, GET for a HEAD, or an operation for any method.
CREATE VIEW IF NOT EXISTS gatelens.catalog_answers AS
SELECT
    service,
    route,
    answers.1 AS asked,
    argMin(tuple(method, route, api, operation_id, deprecated, statuses), (answers.2, api, template)) AS endpoint
FROM gatelens.catalog_endpoints_current
ARRAY JOIN multiIf(
    method = '*', arrayMap(name -> (name, 2), arrayDistinct(arrayConcat(
            ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', '_OTHER', '*'],
            (SELECT groupUniqArray(toString(method)) FROM gatelens.catalog_endpoints_current)))),
    method = 'GET', [('GET', 0), ('HEAD', 1)],
    [(method, 0)]) AS answers
GROUP BY service, route, asked;

-- An operation served below several base paths is declared with the first; its operationId finds it below the others.
CREATE VIEW IF NOT EXISTS gatelens.catalog_operations AS
SELECT service, api, operation_id, argMin(tuple(method, route, api, operation_id, deprecated, statuses), (template, route)) AS endpoint
FROM gatelens.catalog_endpoints_current
WHERE operation_id != ''
GROUP BY service, api, operation_id;

-- The requests of the last days (UTC, today is the first) with the operation that the catalog in use has for them:
-- endpoint.1 is its method, '' when there is none.
CREATE VIEW IF NOT EXISTS gatelens.drift_resolved AS
SELECT
    seen.service AS service,
    seen.outcome AS outcome,
    seen.route AS route,
    seen.method AS method,
    seen.status AS status,
    seen.by_gateway AS by_gateway,
    seen.requests AS requests,
    seen.first_seen AS first_seen,
    seen.last_seen AS last_seen,
    seen.newest AS newest,
    if(answer.endpoint.1 != '', answer.endpoint, operation.endpoint) AS endpoint
FROM
(
    SELECT
        service, outcome, route, method, status, by_gateway, api, operation_id,
        sum(requests) AS requests,
        min(first_seen) AS first_seen,
        max(last_seen) AS last_seen,
        max(newest) AS newest
    FROM gatelens.drift_1d
    WHERE day > toDate(now('UTC')) - {days:UInt32} AND outcome != 'inferred'
    GROUP BY service, outcome, route, method, status, by_gateway, api, operation_id
) AS seen
LEFT JOIN gatelens.catalog_answers AS answer ON answer.service = seen.service AND answer.route = seen.route AND answer.asked = seen.method
LEFT JOIN gatelens.catalog_operations AS operation
    ON operation.service = seen.service AND operation.api = seen.api AND operation.operation_id = seen.operation_id;

-- SELECT * FROM drift_undocumented(days = 7): paths that the gateway routes and no document declares. `served` are the
-- requests that the backend answered with 1xx to 3xx: with none, it knows the path as little as the documents do.
CREATE VIEW IF NOT EXISTS gatelens.drift_undocumented AS
SELECT
    service,
    splitByChar('\t', max(newest))[5] AS owner,
    route,
    sum(counted) AS requests,
    sum(answered) AS served,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    arraySort(groupUniqArrayArray(methods)) AS methods,
    arraySort(groupUniqArrayArray(statuses)) AS statuses,
    count() AS partners,
    arraySlice(arraySort(item -> (-toInt64(item.2), item.1), groupArray((partner, counted))), 1, 10) AS top_partners,
    splitByChar('\t', max(newest))[2] AS sample_request_id,
    splitByChar('\t', max(newest))[4] AS sample_path
FROM
(
    SELECT
        service, route, partner,
        sum(requests) AS counted,
        sumIf(requests, status BETWEEN 100 AND 399 AND NOT by_gateway) AS answered,
        min(first_seen) AS first_seen,
        max(last_seen) AS last_seen,
        groupUniqArray(method) AS methods,
        groupUniqArray(status) AS statuses,
        max(newest) AS newest
    FROM gatelens.drift_1d
    WHERE day > toDate(now('UTC')) - {days:UInt32} AND outcome = 'inferred'
    GROUP BY service, route, partner
)
GROUP BY service, route;

-- SELECT * FROM drift_methods(days = 7): methods that are used on declared paths and declared on none of them.
CREATE VIEW IF NOT EXISTS gatelens.drift_methods AS
SELECT
    service,
    splitByChar('\t', max(newest))[5] AS owner,
    route,
    method,
    sum(counted) AS requests,
    sum(answered) AS served,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    arraySort(groupUniqArrayArray(statuses)) AS statuses,
    count() AS partners,
    arraySlice(arraySort(item -> (-toInt64(item.2), item.1), groupArray((partner, counted))), 1, 10) AS top_partners,
    splitByChar('\t', max(newest))[2] AS sample_request_id,
    splitByChar('\t', max(newest))[4] AS sample_path
FROM
(
    SELECT
        service, route, method, partner,
        sum(requests) AS counted,
        sumIf(requests, status BETWEEN 100 AND 399 AND NOT by_gateway) AS answered,
        min(first_seen) AS first_seen,
        max(last_seen) AS last_seen,
        groupUniqArray(status) AS statuses,
        max(newest) AS newest
    FROM gatelens.drift_1d
    WHERE day > toDate(now('UTC')) - {days:UInt32} AND outcome = 'method_not_declared'
        AND (service, route, method) GLOBAL NOT IN (SELECT service, route, asked FROM gatelens.catalog_answers)
    GROUP BY service, route, method, partner
)
GROUP BY service, route, method;

-- SELECT * FROM drift_statuses(days = 7): statuses of the backend that the operation does not declare, neither exactly nor
-- as a range (4XX) nor by `default`. An operation that declares no response at all says nothing of statuses.
CREATE VIEW IF NOT EXISTS gatelens.drift_statuses AS
SELECT
    service,
    splitByChar('\t', max(newest))[5] AS owner,
    endpoint.2 AS route,
    endpoint.1 AS method,
    endpoint.4 AS operation_id,
    status,
    sum(requests) AS requests,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    any(endpoint.6) AS declared,
    splitByChar('\t', max(newest))[2] AS sample_request_id,
    splitByChar('\t', max(newest))[4] AS sample_path
FROM gatelens.drift_resolved(days = {days:UInt32})
WHERE endpoint.1 != '' AND NOT by_gateway AND notEmpty(endpoint.6)
    AND NOT hasAny(arrayMap(name -> upper(name), endpoint.6), [toString(status), concat(toString(intDiv(status, 100)), 'XX'), 'DEFAULT'])
GROUP BY service, route, method, operation_id, status;

-- SELECT * FROM drift_deprecated(days = 30): deprecated operations that are still called, and by whom.
CREATE VIEW IF NOT EXISTS gatelens.drift_deprecated AS
SELECT
    service,
    splitByChar('\t', max(newest))[5] AS owner,
    route,
    method,
    operation_id,
    sum(counted) AS requests,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    count() AS partners,
    arraySlice(arraySort(item -> (-toInt64(item.2), item.1), groupArray((partner, counted))), 1, 10) AS top_partners,
    splitByChar('\t', max(newest))[2] AS sample_request_id
FROM
(
    SELECT
        seen.service AS service,
        if(answer.endpoint.1 != '', answer.endpoint, operation.endpoint) AS endpoint,
        endpoint.2 AS route, endpoint.1 AS method, endpoint.4 AS operation_id,
        seen.partner AS partner,
        sum(seen.requests) AS counted,
        min(seen.first_seen) AS first_seen,
        max(seen.last_seen) AS last_seen,
        max(seen.newest) AS newest
    FROM
    (
        SELECT service, route, method, api, operation_id, partner, requests, first_seen, last_seen, newest
        FROM gatelens.drift_1d
        WHERE day > toDate(now('UTC')) - {days:UInt32} AND outcome != 'inferred'
            AND ((service, route) GLOBAL IN (SELECT service, route FROM gatelens.catalog_endpoints_current WHERE deprecated)
                OR (service, operation_id) GLOBAL IN (SELECT service, operation_id FROM gatelens.catalog_endpoints_current WHERE deprecated AND operation_id != ''))
    ) AS seen
    LEFT JOIN gatelens.catalog_answers AS answer ON answer.service = seen.service AND answer.route = seen.route AND answer.asked = seen.method
    LEFT JOIN gatelens.catalog_operations AS operation
        ON operation.service = seen.service AND operation.api = seen.api AND operation.operation_id = seen.operation_id
    WHERE endpoint.5
    GROUP BY service, endpoint, partner
)
GROUP BY service, route, method, operation_id;

-- SELECT * FROM drift_unused(days = 90): operations that are declared and were not asked for in that many days.
-- `last_seen` is NULL where there is no request in the 400 days that are kept; `counted_since` is where counting begins:
-- when it is younger than that, an operation may have been used before. Where two services declare one path and nothing
-- tells them apart (ambiguous), a request uses both.
CREATE VIEW IF NOT EXISTS gatelens.drift_unused AS
SELECT
    declared.service AS service,
    declared.api AS api,
    declared.method AS method,
    declared.route AS route,
    declared.operation_id AS operation_id,
    declared.deprecated AS deprecated,
    nullIf(greatest(own.last_seen, shared.last_seen), toDateTime64(0, 3, 'UTC')) AS last_seen,
    (SELECT min(first_seen) FROM gatelens.drift_1d) AS counted_since
FROM gatelens.catalog_endpoints_current AS declared
LEFT JOIN
(
    SELECT service, endpoint.1 AS method, endpoint.2 AS route, max(last_seen) AS last_seen
    FROM gatelens.drift_resolved(days = 400)
    WHERE endpoint.1 != ''
    GROUP BY service, method, route
) AS own ON own.service = declared.service AND own.method = declared.method AND own.route = declared.route
LEFT JOIN
(
    SELECT endpoint.1 AS method, endpoint.2 AS route, max(last_seen) AS last_seen
    FROM gatelens.drift_resolved(days = 400)
    WHERE endpoint.1 != '' AND outcome = 'ambiguous'
    GROUP BY method, route
) AS shared ON shared.method = declared.method AND shared.route = declared.route
WHERE greatest(own.last_seen, shared.last_seen) < toDateTime64(toDate(now('UTC')) - {days:UInt32} + 1, 3, 'UTC');
