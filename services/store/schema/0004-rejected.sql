-- Records that could not become an event: why, and where they stand in their input. Never what they hold.
-- There are no partitions by arrival, so that a batch which is sent again after midnight still meets its token.
CREATE TABLE IF NOT EXISTS gatelens.rejected
(
    reason LowCardinality(String) COMMENT 'reason code',
    detail String COMMENT 'names fields and kinds, or the engine''s message',
    source LowCardinality(String) COMMENT 'input that delivered the record',
    source_offset UInt64 COMMENT 'position of the record in that input',
    length UInt64 COMMENT 'length of the record in bytes',
    rejected_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was rejected'
)
ENGINE = MergeTree
ORDER BY (source, rejected_at, source_offset)
TTL toDateTime(rejected_at) + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'records that could not become an event';
