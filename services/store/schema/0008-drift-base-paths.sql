-- Drift of operations without an operationId that are served below several base paths. They are listed with the first; below
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

CREATE OR REPLACE VIEW gatelens.drift_resolved AS
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
    multiIf(answer.endpoint.1 != '', answer.endpoint, operation.endpoint.1 != '', operation.endpoint, elsewhere.endpoint) AS endpoint
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

CREATE OR REPLACE VIEW gatelens.drift_methods AS
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

CREATE OR REPLACE VIEW gatelens.drift_deprecated AS
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
