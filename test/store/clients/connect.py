"""Python's clickhouse-connect, with its defaults, against the store at argv[1] (host) and argv[2] (port)."""
import datetime
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.external import ExternalData

where = {"host": sys.argv[1], "port": int(sys.argv[2])}
client = clickhouse_connect.get_client(**where)
assert client.ping()
assert client.server_version == client.command("SELECT version()")

client.command("CREATE TABLE python (a UInt32, b String, d DateTime64(3, 'UTC'), m Map(String, String), l LowCardinality(String), n Nullable(Float64)) ENGINE = MergeTree ORDER BY a")
day = datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.timezone.utc)
rows = [[i, f"text é {i}", day, {"k": str(i)}, "lc" + str(i % 3), None if i % 2 else i / 2] for i in range(10_000)]
names = ["a", "b", "d", "m", "l", "n"]
for compression in (True, False, "zstd", "gzip"):
    writer = clickhouse_connect.get_client(**where, compress=compression)
    writer.command("TRUNCATE TABLE python")
    assert writer.insert("python", rows, column_names=names).written_rows == len(rows)
    found = writer.query("SELECT * REPLACE (toUnixTimestamp64Milli(d) AS d) FROM python ORDER BY a").result_rows
    assert [list(row) for row in found] == [[a, b, int(d.timestamp() * 1000), m, l, n] for a, b, d, m, l, n in rows], compression
    writer.close()
print("insert and select: ok")

assert client.query("SELECT a FROM python WHERE a > {a:UInt32} AND b IN {b:Array(String)}", parameters={"a": 3, "b": ["text é 2", "text é 7"]}).result_rows == [(7,)]
assert client.query("SELECT a FROM python WHERE l = %(l)s ORDER BY a LIMIT 2", parameters={"l": "lc1"}).result_rows == [(1,), (4,)]
print("parameters: ok")

count = 0
with client.query_row_block_stream("SELECT number, toString(number) FROM numbers(1000000)") as stream:
    for block in stream:
        count += len(block)
assert count == 1_000_000
print("stream: ok")

assert client.raw_query("SELECT 1 AS x FORMAT CSVWithNames") == b'"x"\n1\n'
assert client.raw_insert("python", insert_block=b"100000\traw\n", column_names=["a", "b"], fmt="TabSeparated").written_rows == 1
assert client.query("SELECT sum(a) FROM ext", external_data=ExternalData(data=b"1\n2\n", fmt="TSV", structure="a UInt32", file_name="ext")).result_rows == [(3,)]
print("raw and external data: ok")

client.command("CREATE TEMPORARY TABLE kept AS SELECT 5 AS x")
assert client.query("SELECT x FROM kept").result_rows == [(5,)]
client.command("SET max_threads = 1")
assert client.command("SELECT getSetting('max_threads')") == 1
print("session: ok")

assert ("python", "MergeTree") in client.query("SELECT name, engine FROM system.tables WHERE database = currentDatabase()").result_rows
assert [row[0] for row in client.query("SELECT name FROM system.columns WHERE table = 'python' ORDER BY position").result_rows] == names
try:
    client.query("SELECT * FROM absent")
    raise AssertionError("no error")
except DatabaseError as error:
    assert "Code: 60." in str(error) and "UNKNOWN_TABLE" in str(error), error
print("metadata and errors: ok")
