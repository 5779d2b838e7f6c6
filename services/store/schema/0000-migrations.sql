-- Which files of this folder have been applied, and with which content.
CREATE DATABASE IF NOT EXISTS gatelens;

CREATE TABLE IF NOT EXISTS gatelens.migrations
(
    version UInt32 COMMENT 'number of the file',
    name String COMMENT 'name of the file',
    checksum String COMMENT 'SHA-256 of its statements, without comments and white space',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was applied',
    gatelens String COMMENT 'version of the program that applied it'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY version
COMMENT 'applied schema versions';
