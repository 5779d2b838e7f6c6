-- Drift: the requests of drift_1d held against the catalog in use. Views with a parameter are read as functions; `days` counts
-- UTC days, and today is the first.

-- Operations without an operationId that are served below several base paths. They are listed with the first; below
-- the others only the end of the route tells which one it is.
--
-- What is before that end is a base path then: it has no parameter, and it is not below the first, where all that is declared
-- is listed. Where several templates end the route, the longest does. Only routes that nothing else finds are looked at.
CREATE VIEW IF NOT EXISTS gatelens.drift_elsewhere AS
SELECT
    seen.service AS service,
    seen.api AS api,
    seen.route AS route,
    seen.method AS method,
    argMin(tuple(listed.method, listed.route, listed.api, listed.operation_id, listed.deprecated, listed.statuses),
        (-toInt64(length(listed.template)), listed.rank)) AS endpoint
FROM
(
    SELECT DISTINCT service, api, route, method
    FROM gatelens.drift_1d
    WHERE day > toDate(now('UTC')) - {days:UInt32} AND outcome != 'inferred' AND operation_id = ''
        AND (service, route, method) GLOBAL NOT IN (SELECT service, route, asked FROM gatelens.catalog_answers)
) AS seen
INNER JOIN
(
    SELECT
        service, api, method, template, route, operation_id, deprecated, statuses,
        answers.1 AS asked,
        answers.2 AS rank,
        substring(route, 1, length(route) - length(template)) AS base
    FROM gatelens.catalog_endpoints_current
    ARRAY JOIN multiIf(
        method = '*', arrayMap(name -> (name, 2), arrayDistinct(arrayConcat(
            ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', '_OTHER', '*'],
            (SELECT groupUniqArray(toString(method)) FROM gatelens.catalog_endpoints_current)))),
        method = 'GET', [('GET', 0), ('HEAD', 1)],
        [(method, 0)]) AS answers
    WHERE endsWith(route, template)
) AS listed ON listed.service = seen.service AND listed.api = seen.api AND listed.asked = seen.method
WHERE endsWith(seen.route, listed.template)
    AND position(substring(seen.route, 1, length(seen.route) - length(listed.template)), '{') = 0
    AND (listed.base = '' OR NOT startsWith(seen.route, concat(listed.base, '/')))
GROUP BY service, api, route, method;

-- The requests of the last days with the operation that the catalog in use has for them; endpoint_method is '' when there is
-- none. The parts of `endpoint` are columns, too: engines of 2025 do not find the elements of a tuple that another view makes.
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
    multiIf(answer.endpoint.1 != '', answer.endpoint, operation.endpoint.1 != '', operation.endpoint, elsewhere.endpoint) AS endpoint,
    endpoint.1 AS endpoint_method,
    endpoint.2 AS endpoint_route,
    endpoint.4 AS endpoint_operation_id,
    endpoint.6 AS endpoint_statuses
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
    ON operation.service = seen.service AND operation.api = seen.api AND operation.operation_id = seen.operation_id
LEFT JOIN gatelens.drift_elsewhere(days = {days:UInt32}) AS elsewhere
    ON elsewhere.service = seen.service AND elsewhere.api = seen.api AND elsewhere.route = seen.route AND elsewhere.method = seen.method;

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
        AND (service, api, route, method) GLOBAL NOT IN (SELECT service, api, route, method FROM gatelens.drift_elsewhere(days = {days:UInt32}))
    GROUP BY service, route, method, partner
)
GROUP BY service, route, method;

-- SELECT * FROM drift_statuses(days = 7): statuses of the backend that the operation does not declare, neither exactly nor
-- as a range (4XX) nor by `default`. An operation that declares no response at all says nothing of statuses.
CREATE VIEW IF NOT EXISTS gatelens.drift_statuses AS
SELECT
    service,
    splitByChar('\t', max(newest))[5] AS owner,
    endpoint_route AS route,
    endpoint_method AS method,
    endpoint_operation_id AS operation_id,
    status,
    sum(requests) AS requests,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    any(endpoint_statuses) AS declared,
    splitByChar('\t', max(newest))[2] AS sample_request_id,
    splitByChar('\t', max(newest))[4] AS sample_path
FROM gatelens.drift_resolved(days = {days:UInt32})
WHERE endpoint_method != '' AND NOT by_gateway AND notEmpty(endpoint_statuses)
    AND NOT hasAny(arrayMap(name -> upper(name), endpoint_statuses),
        [toString(status), concat(toString(intDiv(status, 100)), 'XX'), 'DEFAULT'])
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
        multiIf(answer.endpoint.1 != '', answer.endpoint, operation.endpoint.1 != '', operation.endpoint, elsewhere.endpoint) AS endpoint,
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
                OR (service, operation_id) GLOBAL IN (SELECT service, operation_id FROM gatelens.catalog_endpoints_current WHERE deprecated AND operation_id != '')
                OR (operation_id = '' AND (service, api) GLOBAL IN (SELECT service, api FROM gatelens.catalog_endpoints_current WHERE deprecated)))
    ) AS seen
    LEFT JOIN gatelens.catalog_answers AS answer ON answer.service = seen.service AND answer.route = seen.route AND answer.asked = seen.method
    LEFT JOIN gatelens.catalog_operations AS operation
        ON operation.service = seen.service AND operation.api = seen.api AND operation.operation_id = seen.operation_id
    LEFT JOIN gatelens.drift_elsewhere(days = {days:UInt32}) AS elsewhere
        ON elsewhere.service = seen.service AND elsewhere.api = seen.api AND elsewhere.route = seen.route AND elsewhere.method = seen.method
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
    SELECT service, endpoint_method AS method, endpoint_route AS route, max(last_seen) AS last_seen
    FROM gatelens.drift_resolved(days = 400)
    WHERE endpoint_method != ''
    GROUP BY service, method, route
) AS own ON own.service = declared.service AND own.method = declared.method AND own.route = declared.route
LEFT JOIN
(
    SELECT endpoint_method AS method, endpoint_route AS route, max(last_seen) AS last_seen
    FROM gatelens.drift_resolved(days = 400)
    WHERE endpoint_method != '' AND outcome = 'ambiguous'
    GROUP BY method, route
) AS shared ON shared.method = declared.method AND shared.route = declared.route
WHERE greatest(own.last_seen, shared.last_seen) < toDateTime64(toDate(now('UTC')) - {days:UInt32} + 1, 3, 'UTC');
