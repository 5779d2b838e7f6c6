-- A row for each version of a partner, valid from one moment until the next version: a window of the past is judged by
-- the quotas that were in force then. What is known when this file is applied counts as valid for all time.
ALTER TABLE gatelens.partners
    ADD COLUMN IF NOT EXISTS valid_from DateTime64(3, 'UTC') COMMENT 'since when; 1970: for all time before, too',
    MODIFY ORDER BY (name, valid_from);

ALTER TABLE gatelens.partners
    ADD COLUMN IF NOT EXISTS removed Bool COMMENT 'the catalog no longer has the partner';

CREATE OR REPLACE VIEW gatelens.partners_current AS
SELECT name, tier, owner, contact, quotas, consumers, digest, since, valid_from
FROM
(
    SELECT * FROM gatelens.partners
    ORDER BY name, valid_from DESC, since DESC
    LIMIT 1 BY name
)
WHERE NOT removed;
