-- What the documents declare, and how that changed: joined with requests it gives drift.
--
-- There is a row for each change of an endpoint. The rows of one change of the catalog have one version; the newest row of
-- an endpoint says how it is declared, or that it no longer is. A row that is written twice counts once.
CREATE TABLE IF NOT EXISTS gatelens.catalog_endpoints
(
    service LowCardinality(String) COMMENT 'catalog service',
    api LowCardinality(String) COMMENT 'API document',
    api_version LowCardinality(String) COMMENT 'info.version of the document',
    method LowCardinality(String) COMMENT 'HTTP request method',
    template String COMMENT 'path template as the document has it',
    route String COMMENT 'bounded route: base path and template, as in requests',
    operation_id String COMMENT 'operationId',
    deprecated Bool COMMENT 'declared deprecated',
    statuses Array(LowCardinality(String)) COMMENT 'declared responses: 200, 4XX, default, …',
    digest String COMMENT 'digest of the whole catalog that the row belongs to',
    since DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when that catalog was loaded',
    version UInt64 COMMENT 'number of the change of the catalog, from 1',
    change LowCardinality(String) COMMENT 'added, changed or removed',
    changed Array(LowCardinality(String)) COMMENT 'columns that differ from the row before'
)
ENGINE = ReplacingMergeTree(since)
ORDER BY (service, api, method, template, route, version)
COMMENT 'declared endpoints; read catalog_endpoints_current';

CREATE VIEW IF NOT EXISTS gatelens.catalog_endpoints_current AS
SELECT service, api, api_version, method, template, route, operation_id, deprecated, statuses, digest, since
FROM
(
    SELECT * FROM gatelens.catalog_endpoints
    ORDER BY service, api, method, template, route, version DESC
    LIMIT 1 BY service, api, method, template, route
)
WHERE change != 'removed';

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
