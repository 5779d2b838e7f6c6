-- Partners, and the quotas that they had at any time.
--
-- There is a row for each version of a partner, valid from one moment until the next version: a window of the past is judged
-- by the quotas that were in force then. A row that is written twice counts once.
CREATE TABLE IF NOT EXISTS gatelens.partners
(
    name LowCardinality(String) COMMENT 'as requests.partner',
    tier LowCardinality(String) COMMENT 'tier',
    owner LowCardinality(String) COMMENT 'who looks after the partner',
    contact String COMMENT 'how to reach them',
    quotas Map(LowCardinality(String), UInt64) COMMENT 'allowed requests: minute, hourly, daily, monthly',
    consumers Array(String) COMMENT 'gateway consumers that are this partner',
    digest String COMMENT 'digest of the whole catalog that the row belongs to',
    since DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when that catalog was loaded',
    valid_from DateTime64(3, 'UTC') COMMENT 'since when; 1970: for all time before, too',
    removed Bool COMMENT 'the catalog no longer has the partner'
)
ENGINE = ReplacingMergeTree(since)
ORDER BY (name, valid_from)
COMMENT 'partners and their quotas; read partners_current';

CREATE VIEW IF NOT EXISTS gatelens.partners_current AS
SELECT name, tier, owner, contact, quotas, consumers, digest, since, valid_from
FROM
(
    SELECT * FROM gatelens.partners
    ORDER BY name, valid_from DESC, since DESC
    LIMIT 1 BY name
)
WHERE NOT removed;
