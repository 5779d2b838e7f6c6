interface Places { canary: string, target: string, port: number }

/** Statements that would reach beyond the tables of the store. */
export function reaching ({ canary, target, port }: Places): string[] {
  const url = `http://127.0.0.1:${port}/x`
  const functions = [
    `file('${canary}')`, `FILE('${canary}')`, `\`file\`('${canary}')`, `"file"('${canary}')`, `"fi\\x6ce"('${canary}')`, `\`fil\\x65\`('${canary}')`, `file/* ' */('${canary}')`,
    `file // '\n ('${canary}')`, `arrayMap(file, ['${canary}'])`, `arrayMap(\`file\`, ['${canary}'])`, `arrayMap(x -> file(x), ['${canary}'])`, `if(1, file('${canary}'), '')`,
    `(SELECT file('${canary}'))`, `sum(length(file('${canary}'))) OVER ()`, `catboostEvaluate('${canary}', 1)`, 'evalMLMethod(\'x\', 1)', 'filesystemAvailable()', 'getServerSetting(\'x\')',
    `CASE WHEN 1 THEN file('${canary}') END`, `CAST(file('${canary}') AS String)`, `file('${canary}')::String`, `[file('${canary}')][1]`, `tuple(file('${canary}')).1`, 'showCertificate()',
  ]
  const tables = [
    `file('${canary}', 'LineAsString')`, `url('${url}', 'TSV', 'a String')`, `s3('${url}', 'TSV', 'a String')`, `s3('${url}', NOSIGN, 'TSV', 'a String')`, `remote('127.0.0.1:${port}', system.one)`,
    `remoteSecure('127.0.0.1:${port}', system.one)`, 'cluster(\'default\', system.one)', 'clusterAllReplicas(\'default\', system.one)', `mysql('127.0.0.1:${port}', 'd', 't', 'u', 'p')`,
    `postgresql('127.0.0.1:${port}', 'd', 't', 'u', 'p')`, `mongodb('127.0.0.1:${port}', 'd', 't', 'u', 'p', 'a String')`, `redis('127.0.0.1:${port}', 'k', 'k String')`, `jdbc('${url}', 't')`,
    'odbc(\'DSN=x\', \'t\')', `sqlite('${canary}', 't')`, `executable('cat ${canary}', TSV, 'a String')`, `hdfs('hdfs://127.0.0.1:${port}/x', 'TSV', 'a String')`, `gcs('${url}', 'TSV')`, `oss('${url}')`, `cosn('${url}')`,
    `azureBlobStorage('${url}', 'c', 'b', 'TSV')`, `iceberg('${url}')`, `icebergLocal('${folderOf(canary)}')`, `icebergS3('${url}')`, `deltaLake('${url}')`, `deltaLakeLocal('${folderOf(canary)}')`, `hudi('${url}')`, `paimon('${url}')`,
    `paimonLocal('${folderOf(canary)}')`, `ytsaurus('${url}', '//t', 'token', 'a String')`, `fileCluster('default', '${canary}')`, `urlCluster('default', '${url}')`, `s3Cluster('default', '${url}')`, 'dictionary(\'d\')', 'input(\'a String\')',
    `filesystem('${folderOf(canary)}')`, 'eval(\'SELECT 1\')', 'fuzzQuery(\'SELECT 1\')', 'loop(system.one)', 'arrowstream(\'x\')', 'prometheusQuery(\'d\', \'t\', \'up\', now())', 'timeSeriesData(\'t\')',
    `format(JSONEachRow, 'a String, b String DEFAULT file(\\'${canary}\\')', '{"a":"1"}')`, `values('a UInt8, b String DEFAULT file(\\'${canary}\\')', (1))`, `generateRandom('a UInt8, b String ALIAS file(\\'${canary}\\')')`,
    `format(JSONEachRow, concat('a String, b String DEFAULT fi', 'le(\\'${canary}\\')'), '{"a":"1"}')`, `format(JSONEachRow, 'a String, b String DEFAULT file(\\'${canary}\\') --', '{"a":"1"}')`, `view(SELECT file('${canary}'))`,
    `null('a String DEFAULT file(\\'${canary}\\')')`, `merge('system', concat('x', file('${canary}')))`, `numbers(length(file('${canary}')))`, `default.\`${canary}\``, `\`${canary}\``,
  ]
  return [
    ...functions.map((text) => `SELECT ${text}`), ...tables.map((text) => `SELECT * FROM ${text}`), ...tables.slice(0, 40).map((text) => `DESCRIBE TABLE ${text}`),
    ...tables.slice(0, 40).map((text) => `CREATE TABLE made AS ${text}`), ...tables.slice(0, 40).map((text) => `INSERT INTO FUNCTION ${text} VALUES ('x')`), ...tables.slice(0, 40).map((text) => `INSERT INTO FUNCTION ${text} SELECT 'x'`),
    `SELECT 1 INTO OUTFILE '${target}'`, `SELECT 1 INTO OUTFILE '${target}' TRUNCATE FORMAT TSV`, `select 1 into/**/outfile '${target}'`, `SELECT 1 FORMAT TSV INTO OUTFILE '${target}'`, `(SELECT 1) INTO OUTFILE '${target}' AND STDOUT`,
    `SELECT 1 // '\n, 'x' INTO OUTFILE '${target}' TRUNCATE FORMAT TSVRaw; SELECT 2 --'`, `SELECT $x$ ' $x$ INTO OUTFILE '${target}' --'`, `SELECT 1 /* /* */ ' */ INTO OUTFILE '${target}' --'`, `SHOW TABLES INTO OUTFILE '${target}'`,
    `INSERT INTO t (b) FROM INFILE '${canary}' FORMAT LineAsString`, `INSERT INTO t (b) FROM INFILE '${canary}' COMPRESSION 'none' FORMAT LineAsString`,
    `CREATE TABLE made (a String) ENGINE = File(LineAsString, '${canary}')`, `CREATE TABLE made (a String) ENGINE = URL('${url}', TSV)`, `CREATE TABLE made (a String) ENGINE = S3('${url}', TSV)`, `CREATE TABLE made (a String) ENGINE = MySQL('127.0.0.1:${port}', 'd', 't', 'u', 'p')`,
    `CREATE TABLE made (a String) ENGINE = Kafka('127.0.0.1:${port}', 't', 'g', 'TSV')`, 'CREATE TABLE made (a String) ENGINE = Executable(\'x\', TSV)', `CREATE TABLE made (a String) ENGINE = EmbeddedRocksDB(0, '${folderOf(canary)}') PRIMARY KEY a`,
    'CREATE TABLE made (a String) ENGINE = Distributed(\'default\', \'system\', \'one\')', `CREATE TABLE made (a String) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = web, endpoint = '${url}/')`,
    `CREATE TABLE made (a String) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '${folderOf(canary)}/')`, `CREATE TABLE made (a String) ENGINE = MergeTree ORDER BY a SETTINGS \`disk\` = disk(type = s3_plain, endpoint = '${url}/')`,
    `CREATE TABLE made (a String DEFAULT file('${canary}')) ENGINE = Memory`, `CREATE TABLE made (a String) ENGINE = MergeTree ORDER BY a TTL now() + toIntervalDay(1) GROUP BY a SET a = max(file('${canary}'))`,
    `CREATE TABLE made (a String, CONSTRAINT c CHECK file('${canary}') = '') ENGINE = Memory`, `CREATE VIEW made AS SELECT file('${canary}')`, `CREATE MATERIALIZED VIEW made ENGINE = Memory AS SELECT file('${canary}') AS x`,
    `CREATE TABLE made ENGINE = Memory AS SELECT file('${canary}') AS x`, 'CREATE DATABASE made ENGINE = Filesystem(\'/\')', `CREATE DATABASE made ENGINE = SQLite('${target}')`, `CREATE DATABASE made ENGINE = DataLakeCatalog('${url}') SETTINGS catalog_type = 'rest'`,
    `CREATE DATABASE made ENGINE = MySQL('127.0.0.1:${port}', 'd', 'u', 'p')`, `CREATE DATABASE made ENGINE = S3('${url}')`, `CREATE DATABASE made ENGINE = Backup('d', File('${canary}'))`, 'CREATE FUNCTION made AS (p) -> file(p)',
    `CREATE DICTIONARY made (a UInt64, b String) PRIMARY KEY a SOURCE(HTTP(url '${url}' format 'TSV')) LAYOUT(FLAT()) LIFETIME(1)`, `CREATE DICTIONARY made (a UInt64) PRIMARY KEY a SOURCE(FILE(path '${canary}' format 'TSV')) LAYOUT(FLAT()) LIFETIME(1)`,
    'CREATE DICTIONARY made (a UInt64) PRIMARY KEY a SOURCE(EXECUTABLE(command \'cat\' format \'TSV\')) LAYOUT(FLAT()) LIFETIME(1)', `ATTACH TABLE made FROM '${folderOf(canary)}' (a String) ENGINE = MergeTree ORDER BY a`, 'ATTACH TABLE t', 'ATTACH DATABASE d', 'DETACH TABLE t',
    `BACKUP TABLE t TO File('${target}')`, `BACKUP TABLE t TO S3('${url}')`, `RESTORE TABLE t FROM File('${canary}')`, 'ALTER TABLE t FREEZE', 'ALTER TABLE t FETCH PARTITION tuple() FROM \'/x\'', 'ALTER TABLE t MODIFY SETTING disk = \'x\'',
    `ALTER TABLE t UPDATE b = file('${canary}') WHERE 1`, `ALTER TABLE t DELETE WHERE file('${canary}') != ''`, `ALTER TABLE t ADD COLUMN c String DEFAULT file('${canary}')`, `DELETE FROM t WHERE file('${canary}') != ''`, `KILL QUERY WHERE file('${canary}') = ''`,
    `SHOW TABLES WHERE file('${canary}') != ''`, `SHOW TABLES WHERE arrayMap(file, ['${canary}']) != []`, `SHOW COLUMNS FROM t WHERE file('${canary}') != ''`, `SHOW TABLES LIMIT length(file('${canary}'))`, `OPTIMIZE TABLE t PARTITION tuple(file('${canary}'))`,
    `SELECT * APPLY file FROM (SELECT '${canary}' AS x)`, `SELECT * APPLY(x -> file(x)) FROM (SELECT '${canary}' AS x)`, `SELECT COLUMNS('x') APPLY(file) FROM (SELECT '${canary}' AS x)`, `SELECT * REPLACE(file('${canary}') AS x) FROM (SELECT 1 AS x)`,
    `WITH x -> file(x) AS f SELECT f('${canary}')`, 'CREATE VIEW made AS SELECT arrayMap({f:Identifier}, [\'x\'])', `EXPLAIN SELECT file('${canary}')`, `EXPLAIN SYNTAX SELECT * FROM url('${url}', 'TSV', 'a String')`, `SELECT * FROM (EXPLAIN SELECT file('${canary}'))`, 'EXPLAIN TABLE OVERRIDE mysql(\'\') PARTITION BY a',
    'SYSTEM SHUTDOWN', 'SYSTEM KILL', 'SYSTEM RELOAD CONFIG', 'SYSTEM STOP LISTEN HTTP', 'SYSTEM UNFREEZE WITH NAME x', 'SYSTEM ENABLE FAILPOINT x', 'CREATE USER made', 'ALTER USER default IDENTIFIED BY \'x\'', 'GRANT ALL ON *.* TO default',
    'CREATE NAMED COLLECTION made AS a = 1', 'CREATE ROLE made', 'CREATE SETTINGS PROFILE made', 'CREATE QUOTA made', 'SET ROLE ALL', 'EXECUTE AS default SELECT 1', 'BEGIN TRANSACTION', 'SELECT 1 PARALLEL WITH DROP TABLE t',
    'SELECT 1; SELECT 2', 'SELECT 1 // \'\n; DROP TABLE t; SELECT 2 --\'', 'SELECT 1;;SELECT 2', 'SELECT 1 FORMAT Template', 'SELECT 1 FORMAT CapnProto', 'SELECT 1 FORMAT AvroConfluent', 'SELECT \'a\0b\'',
  ]
}

/** Texts that hide a change from a reader of less than the engine's skill. */
export const neighbours = [
  'SELECT 1 // \'\n; DROP TABLE t; SELECT 2 --\'', 'SELECT 1 /* /* */ ; DROP TABLE t; -- */', 'SELECT $$ \' $$; DROP TABLE t --\'', 'SELECT ‘ ; DROP TABLE t; ’', 'SELECT "\\"; DROP TABLE t; --"', '/* SELECT */ DROP TABLE t',
  '-- SELECT\nDROP TABLE t', '#! SELECT\nDROP TABLE t', '# SELECT\nTRUNCATE TABLE t', '\u00a0DROP TABLE t', '\u200bDROP TABLE t', '\ufeffDROP TABLE t', 'EXPLAIN SELECT 1; DROP TABLE t', 'WITH 1 AS x INSERT INTO t SELECT x, \'\'', 'SELECT 1 UNION ALL INSERT INTO t SELECT 1, \'\'',
  '(DROP TABLE t)', 'SELECT * FROM (DROP TABLE t)', 'EXPLAIN PIPELINE INSERT INTO t SELECT 2, \'\'', 'FROM t SELECT a; TRUNCATE t', 'INSERT INTO t SETTINGS readonly = 0 VALUES (2, \'y\')', 'SET readonly = 0', 'SELECT 1 SETTINGS readonly = 0; DROP TABLE t', 'DROP TABLE t SETTINGS readonly = 0',
  'DROP TABLE t FORMAT TSV', 'OPTIMIZE TABLE t', 'EXCHANGE TABLES t AND t', 'RENAME TABLE t TO u', 'UNDROP TABLE t', 'CREATE TEMPORARY TABLE t (a UInt8)', 'UPDATE t SET b = \'y\' WHERE 1', 'DELETE FROM t WHERE 1', 'COPY t FROM \'x\'', 'SELECT 1\0; DROP TABLE t',
]

/** Statements that go on working, and who needs what for them; `session` changes only the sender's connection. */
export const working: Array<[string, 'read' | 'write' | 'session']> = [
  ...[
    'SELECT 1', 'SELECT version(), timezone(), currentUser(), hostName(), uptime() > 0', 'SELECT currentDatabase()', 'SELECT name, value FROM system.settings WHERE name = \'max_threads\'', 'SELECT * FROM system.tables WHERE database = currentDatabase()',
    'SELECT name, type, position FROM system.columns WHERE table = \'t\'', 'SELECT database, name FROM system.tables WHERE engine LIKE \'%View\'', 'SELECT * FROM system.functions LIMIT 1', 'SELECT name FROM system.databases', 'SELECT count() FROM system.parts', 'SELECT * FROM system.query_cache', 'SELECT count() FROM system.processes',
    'SELECT name, alias_to FROM system.data_type_families LIMIT 1', 'SHOW DATABASES', 'SHOW TABLES', 'SHOW TABLES FROM default LIKE \'t%\'', 'SHOW CREATE TABLE t', 'SHOW COLUMNS FROM t', 'SHOW INDEXES FROM t', 'SHOW PROCESSLIST', 'SHOW ENGINES', 'SHOW FUNCTIONS LIKE \'toStart%\'', 'SHOW SETTINGS LIKE \'max_threads\'',
    'DESCRIBE TABLE t', 'DESC t', 'DESCRIBE (SELECT 1 AS x)', 'EXISTS TABLE t', 'EXISTS DATABASE default', 'EXPLAIN SELECT * FROM t', 'EXPLAIN PIPELINE SELECT count() FROM t', 'EXPLAIN SYNTAX SELECT 1', 'EXPLAIN ESTIMATE SELECT * FROM t', 'CHECK TABLE t',
    'SELECT count() FROM numbers(10)', 'SELECT * FROM values(\'a UInt8, b String\', (1, \'x\'), (2, \'y\'))', 'SELECT * FROM VALUES(\'a UInt8\', 1, 2)', 'SELECT * FROM generateRandom(\'a UInt8\') LIMIT 1',
    'SELECT * FROM merge(\'default\', \'^t$\')', 'SELECT * FROM view(SELECT 1)', 'WITH (SELECT 1) AS one, x AS (SELECT a FROM t) SELECT one, * FROM x', 'SELECT a, count(), uniq(b), quantile(0.9)(a), sumIf(a, a > 0), groupArray(b) FROM t GROUP BY a WITH TOTALS HAVING count() > 0 ORDER BY a LIMIT 1 BY a LIMIT 5',
    'SELECT toStartOfInterval(now(), INTERVAL 1 MINUTE) AS time, count() FROM t GROUP BY time ORDER BY time WITH FILL STEP 60', 'SELECT a, row_number() OVER (PARTITION BY b ORDER BY a) FROM t', 'SELECT * FROM t AS x LEFT JOIN t AS y USING (a)', 'SELECT * FROM t ARRAY JOIN [1, 2] AS n', 'SELECT * EXCEPT (a), COLUMNS(\'b\') APPLY(upper) FROM t',
    'SELECT arrayMap(x -> x + 1, [1, 2]), arrayMap(upper, [\'a\']), map(\'a\', 1)[\'a\'], tuple(1, 2).1, JSONExtractString(\'{"a":"b"}\', \'a\')', 'SELECT * FROM t WHERE b = \'file(\' OR b LIKE \'%INTO OUTFILE%\' -- file(\'x\')', 'SELECT a AS file, b AS url FROM t', 'SELECT file FROM (SELECT 1 AS file) AS x', 'SELECT x.file FROM (SELECT 1 AS file) AS x',
    'SELECT 1 AS `INTO OUTFILE`', '(SELECT 1) UNION ALL (SELECT 2)', 'SELECT 1 UNION DISTINCT SELECT 2 INTERSECT SELECT 2', 'SELECT DISTINCT ON (a) a, b FROM t', 'SELECT a FROM t WHERE 0 UNION ALL SELECT 1', 'SELECT CASE WHEN a = 1 THEN \'x\' ELSE \'y\' END, a::String, CAST(a AS UInt64), a BETWEEN 1 AND 2, a IN (1, 2), a IN (SELECT 1) FROM t',
    'SELECT EXTRACT(YEAR FROM now()), DATE \'2026-01-01\', INTERVAL 1 DAY, TRIM(BOTH \' \' FROM \' x \'), SUBSTRING(\'abc\' FROM 2 FOR 1), date_trunc(\'hour\', now())', 'SELECT 1 FORMAT JSON', 'SELECT 1 FORMAT Native', 'SELECT 1 FORMAT PrettyCompactMonoBlock', 'SELECT 1 FORMAT Parquet', 'SELECT sleep(0.001)', 'SELECT 1 /* /* nested */ */', 'SELECT $$heredoc$$',
  ].map((query): [string, 'read'] => [query, 'read']),
  ...[
    'CREATE TABLE m (time DateTime64(3), k LowCardinality(String), v Nullable(Float64), n Map(String, String), INDEX i k TYPE bloom_filter GRANULARITY 1, PROJECTION p (SELECT k, count() GROUP BY k)) ENGINE = MergeTree PARTITION BY toDate(time) ORDER BY (k, time) TTL toDateTime(time) + INTERVAL 14 DAY SETTINGS index_granularity = 8192, non_replicated_deduplication_window = 100, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1',
    'CREATE TABLE IF NOT EXISTS m2 (k String CODEC(ZSTD(1)), s AggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY k COMMENT \'x\'',
    'CREATE TABLE types (j JSON, e Enum8(\'a\' = 1), u Tuple(x UInt8), d Dynamic, w Variant(String, UInt8), n Nested(a UInt8), f DateTime64(3, \'UTC\')) ENGINE = MergeTree ORDER BY tuple()', 'CREATE VIEW v AS SELECT * FROM m', 'CREATE VIEW vp AS SELECT * FROM m WHERE k = {k:String}', 'SELECT * FROM vp(k = \'x\') SETTINGS max_threads = 1',
    'CREATE MATERIALIZED VIEW mv TO m2 AS SELECT k, sumState(toUInt64(1)) AS s FROM m GROUP BY k', 'INSERT INTO m (time, k, v) VALUES (now64(3), \'a\', 1 + 1), (now(), concat(\'b\', \'c\'), NULL)', 'INSERT INTO m (k) SELECT toString(number) FROM numbers(3)', 'INSERT INTO m (k) FORMAT JSONEachRow {"k":"z"}',
    'INSERT INTO m (k) SETTINGS insert_deduplicate = 1, insert_deduplication_token = \'x\', deduplicate_blocks_in_dependent_materialized_views = 1, fsync_metadata = 1, async_insert = 0 FORMAT TSV\nq\n', 'ALTER TABLE m ADD COLUMN c UInt8 DEFAULT 1, MODIFY COMMENT \'m\'', 'ALTER TABLE m MODIFY TTL toDateTime(time) + INTERVAL 7 DAY', 'ALTER TABLE m MODIFY SETTING merge_with_ttl_timeout = 3600',
    'ALTER TABLE m UPDATE v = 2 WHERE k = \'a\'', 'ALTER TABLE m DELETE WHERE k = \'zz\'', 'ALTER TABLE m DROP COLUMN c', 'ALTER TABLE m ADD INDEX i2 v TYPE minmax', 'DELETE FROM types WHERE e = \'a\' SETTINGS lightweight_deletes_sync = 2', 'OPTIMIZE TABLE m FINAL', 'SYSTEM STOP MERGES m', 'SYSTEM START MERGES m', 'SYSTEM FLUSH LOGS', 'RENAME TABLE m2 TO m3',
    'CREATE FUNCTION plus_two AS (x) -> x + 2', 'DROP FUNCTION plus_two', 'CREATE DATABASE IF NOT EXISTS d2', 'CREATE TABLE d2.x ENGINE = Memory AS SELECT 1 AS a', 'TRUNCATE TABLE d2.x', 'DROP VIEW v', 'DROP TABLE mv', 'DROP TABLE m', 'DROP DATABASE d2', 'KILL QUERY WHERE query_id = \'none\'', 'CREATE TEMPORARY TABLE temp (a UInt8)',
  ].map((query): [string, 'write' | 'session'] => [query, query.startsWith('SELECT') ? 'session' : 'write']),
  ['SELECT * FROM format(JSONEachRow, \'{"a":1}\')', 'session'], ['SELECT * FROM format(JSONEachRow, \'a UInt8\', \'{"a":1}\')', 'session'],
  ['EXPLAIN AST SELECT 1', 'session'], ['SET max_threads = 2', 'session'], ['USE default', 'session'], ['SELECT * FROM temp SETTINGS max_threads = 1, max_block_size = 100', 'session'],
]

function folderOf (path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}
