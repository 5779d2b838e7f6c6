-- The same views as before, for engines of 2025 too: they do not find the elements of a tuple that another view makes, so
-- drift_resolved gives them as columns.
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

CREATE OR REPLACE VIEW gatelens.drift_statuses AS
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

CREATE OR REPLACE VIEW gatelens.drift_unused AS
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
