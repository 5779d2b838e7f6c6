-- Which catalog a request was resolved by, and what changed from one catalog to the next.
ALTER TABLE gatelens.requests
    ADD COLUMN IF NOT EXISTS catalog LowCardinality(String) COMMENT 'digest of the catalog in use, 12 hex digits' AFTER api_version;

-- A row for each change of an endpoint: nothing is replaced any more but a row that was written twice. The rows of one
-- swap have one version; the newest row of an endpoint says how it is declared, or that it no longer is.
ALTER TABLE gatelens.catalog_endpoints
    ADD COLUMN IF NOT EXISTS version UInt64 COMMENT 'number of the change of the catalog, from 1',
    MODIFY ORDER BY (service, api, method, template, route, version);

ALTER TABLE gatelens.catalog_endpoints
    ADD COLUMN IF NOT EXISTS change LowCardinality(String) COMMENT 'added, changed or removed',
    ADD COLUMN IF NOT EXISTS changed Array(LowCardinality(String)) COMMENT 'columns that differ from the row before';

CREATE OR REPLACE VIEW gatelens.catalog_endpoints_current AS
SELECT service, api, api_version, method, template, route, operation_id, deprecated, statuses, digest, since
FROM
(
    SELECT * FROM gatelens.catalog_endpoints
    ORDER BY service, api, method, template, route, version DESC
    LIMIT 1 BY service, api, method, template, route
)
WHERE change != 'removed';
