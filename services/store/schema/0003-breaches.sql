-- One row for each version of a breach: an episode of a rule being exceeded by one subject. The id is made of rule,
-- subject and opening window, so that evaluating the same window twice gives the same row; the highest version counts.
CREATE TABLE IF NOT EXISTS gatelens.breaches
(
    breach_id String COMMENT 'deterministic: rule, subject, opening window',
    rule LowCardinality(String) COMMENT 'name of the rule',
    severity LowCardinality(String) COMMENT 'as the rule says: info, warn, page, …',
    service LowCardinality(String) COMMENT 'subject; empty when the rule does not group by it',
    route LowCardinality(String) COMMENT 'subject; empty when the rule does not group by it',
    partner LowCardinality(String) COMMENT 'subject; empty when the rule does not group by it',
    opened_at DateTime64(3, 'UTC') COMMENT 'start of the first window above the threshold, by the time of the requests',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'end of the episode; NULL while it lasts',
    last_seen DateTime64(3, 'UTC') COMMENT 'last window above the threshold',
    threshold Float64 COMMENT 'what the rule allows',
    observed Float64 COMMENT 'value in the last window',
    peak Float64 COMMENT 'worst value of the episode',
    requests UInt64 COMMENT 'requests of the episode',
    sample_request_ids Array(String) COMMENT 'some of them, to look up in requests',
    owner LowCardinality(String) COMMENT 'who owns the subject',
    contact String COMMENT 'how to reach them',
    version UInt64 COMMENT 'rises with every change of the row',

    INDEX opened_at_index opened_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY breach_id
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'episodes of rules being exceeded; read breaches_current';

CREATE VIEW IF NOT EXISTS gatelens.breaches_current AS
SELECT * FROM gatelens.breaches FINAL;
