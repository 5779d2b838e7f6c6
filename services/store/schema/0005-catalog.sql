-- What is declared, as the processor last loaded it: joins with requests give drift. Rows of the newest digest are the
-- current ones.
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
    since DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when that catalog was loaded'
)
ENGINE = ReplacingMergeTree(since)
ORDER BY (service, api, method, template, route)
COMMENT 'declared endpoints; read catalog_endpoints_current';

CREATE VIEW IF NOT EXISTS gatelens.catalog_endpoints_current AS
SELECT * FROM gatelens.catalog_endpoints FINAL
WHERE digest = (SELECT argMax(digest, since) FROM gatelens.catalog_endpoints);

CREATE TABLE IF NOT EXISTS gatelens.partners
(
    name LowCardinality(String) COMMENT 'as requests.partner',
    tier LowCardinality(String) COMMENT 'tier',
    owner LowCardinality(String) COMMENT 'who looks after the partner',
    contact String COMMENT 'how to reach them',
    quotas Map(LowCardinality(String), UInt64) COMMENT 'allowed requests: minute, hourly, daily, monthly',
    consumers Array(String) COMMENT 'gateway consumers that are this partner',
    digest String COMMENT 'digest of the whole catalog that the row belongs to',
    since DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when that catalog was loaded'
)
ENGINE = ReplacingMergeTree(since)
ORDER BY name
COMMENT 'partners and their quotas; read partners_current';

CREATE VIEW IF NOT EXISTS gatelens.partners_current AS
SELECT * FROM gatelens.partners FINAL
WHERE digest = (SELECT argMax(digest, since) FROM gatelens.partners);
