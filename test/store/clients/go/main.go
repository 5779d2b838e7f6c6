// clickhouse-go over HTTP, with its defaults, against the store at os.Args[1] (host:port). Grafana's plugin reads through it.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

var ctx = context.Background()

// The second argument "sql" leaves out the driver's own interface, which older versions have over TCP only.
func main() {
	standardInterface()
	fmt.Println("database/sql: ok")
	if len(os.Args) > 2 && os.Args[2] == "sql" {
		return
	}
	for _, method := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionGZIP} {
		connection := open(method)
		check(connection.Ping(ctx))
		readTypes(connection)
		insertAndRead(connection)
		readMany(connection)
		check(connection.Close())
	}
	fmt.Println("types, batches and a million rows: ok")
	parametersAndErrors(open(clickhouse.CompressionLZ4))
	fmt.Println("parameters and errors: ok")
}

func options(method clickhouse.CompressionMethod) *clickhouse.Options {
	return &clickhouse.Options{
		Addr: []string{os.Args[1]}, Protocol: clickhouse.HTTP, Compression: &clickhouse.Compression{Method: method},
		DialTimeout: time.Minute, ReadTimeout: 2 * time.Minute,
	}
}

func open(method clickhouse.CompressionMethod) driver.Conn {
	connection, err := clickhouse.Open(options(method))
	check(err)
	return connection
}

// Rows of each type, read as Go values; the second row is what a type has as nothing.
func readTypes(connection driver.Conn) {
	rows, err := connection.Query(ctx, `SELECT * FROM (
		SELECT 1 AS row, 'é' AS s, toFixedString('abc', 4) AS f, toLowCardinality('low') AS l, toLowCardinality(toNullable('ln')) AS ln,
			CAST(NULL, 'Nullable(Int32)') AS n, [[1, 2], [], [3]]::Array(Array(UInt16)) AS a, (toInt64(7), 'x')::Tuple(a Int64, b String) AS t,
			map('k', [1.5]) AS m, toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC') AS d, toDate('2026-01-02') AS day, true AS b,
			toDecimal128('12345.6789', 4) AS dec, toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') AS u, 'b'::Enum8('a' = 1, 'b(,' = 3, 'b' = 2) AS e,
			['x', 'y', 'x']::Array(LowCardinality(String)) AS al, [('p', 1)]::Nested(name String, size UInt8) AS nested
		UNION ALL
		SELECT 2, '', toFixedString('', 4), '', NULL, 5, [], (0, ''), map(), toDateTime64(0, 3, 'UTC'), toDate(0), false,
			0, toUUIDOrZero(''), 'a', [], []) ORDER BY row`)
	check(err)
	wanted := []string{
		"1|é|abc\x00|low|ln|nil|[[1 2] [] [3]]|map[k:[1.5]]|2026-01-02T03:04:05.678|2026-01-02T00:00:00|true|12345.6789|61f0c404-5cb3-11e7-907b-a6006ad3dba0|b|[x y x]",
		"2||\x00\x00\x00\x00||nil|5|[]|map[]|1970-01-01T00:00:00|1970-01-01T00:00:00|false|0|00000000-0000-0000-0000-000000000000|a|[]",
	}
	found := []string{}
	for rows.Next() {
		values := make([]any, len(rows.ColumnTypes()))
		for index, column := range rows.ColumnTypes() {
			values[index] = reflect.New(column.ScanType()).Interface()
		}
		check(rows.Scan(values...))
		texts := []string{}
		for index, value := range values {
			if name := rows.Columns()[index]; name != "t" && name != "nested" {
				texts = append(texts, text(reflect.ValueOf(value).Elem()))
			}
		}
		found = append(found, strings.Join(texts, "|"))
	}
	check(rows.Err())
	expect(strings.Join(wanted, "\n"), strings.Join(found, "\n"))
}

func text(value reflect.Value) string {
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return "nil"
		}
		return text(value.Elem())
	}
	if moment, ok := value.Interface().(time.Time); ok {
		return moment.UTC().Format("2006-01-02T15:04:05.999")
	}
	return fmt.Sprint(value.Interface())
}

func insertAndRead(connection driver.Conn) {
	check(connection.Exec(ctx, "CREATE OR REPLACE TABLE go (a UInt32, b String, l LowCardinality(String), n Nullable(Float64), m Map(String, String)) ENGINE = MergeTree ORDER BY a"))
	batch, err := connection.PrepareBatch(ctx, "INSERT INTO go")
	check(err)
	for i := range 10_000 {
		var half *float64
		if i%2 == 0 {
			value := float64(i) / 2
			half = &value
		}
		check(batch.Append(uint32(i), fmt.Sprintf("text é %d", i), fmt.Sprintf("lc%d", i%3), half, map[string]string{"k": fmt.Sprint(i)}))
	}
	check(batch.Send())
	var rows, sum uint64
	var nulls uint64
	var last string
	check(connection.QueryRow(ctx, "SELECT count(), sum(toUInt64(m['k'])), countIf(n IS NULL), max(l) FROM go").Scan(&rows, &sum, &nulls, &last))
	expect("10000 49995000 5000 lc2", fmt.Sprint(rows, " ", sum, " ", nulls, " ", last))
}

func readMany(connection driver.Conn) {
	rows, err := connection.Query(ctx, "SELECT number, toString(number), toLowCardinality(toString(number % 100)), range(number % 5) FROM numbers(1000000)")
	check(err)
	var count, sum uint64
	for rows.Next() {
		var number uint64
		var name, low string
		var list []uint64
		check(rows.Scan(&number, &name, &low, &list))
		if name != fmt.Sprint(number) || low != fmt.Sprint(number%100) || uint64(len(list)) != number%5 {
			expect(fmt.Sprint(number), name+" "+low)
		}
		count++
		sum += number
	}
	check(rows.Err())
	expect("1000000 499999500000", fmt.Sprint(count, sum))
}

func parametersAndErrors(connection driver.Conn) {
	named := clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"limit": "3", "name": "it's"}))
	var count uint64
	var name string
	check(connection.QueryRow(named, "SELECT count(), {name:String} FROM numbers({limit:UInt64})").Scan(&count, &name))
	expect("3 it's", fmt.Sprint(count, " ", name))
	check(connection.QueryRow(ctx, "SELECT count() FROM numbers(10) WHERE number > ?", 6).Scan(&count))
	expect("3", fmt.Sprint(count))
	empty, err := connection.Query(ctx, "SELECT number FROM numbers(10) WHERE number > 100")
	check(err)
	if empty.Next() || empty.Err() != nil {
		expect("no rows", fmt.Sprint(empty.Err()))
	}
	_, err = connection.Query(ctx, "SELECT * FROM absent")
	if err == nil || !strings.Contains(err.Error(), "UNKNOWN_TABLE") {
		expect("UNKNOWN_TABLE", fmt.Sprint(err))
	}
	states, err := connection.Query(ctx, "SELECT sumState(number) FROM numbers(10)")
	if err == nil {
		for states.Next() {
		}
		err = states.Err()
	}
	if err == nil {
		expect("an error for a state", "none")
	}
}

func standardInterface() {
	for _, method := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionGZIP} {
		database := clickhouse.OpenDB(options(method))
		check(database.PingContext(ctx))
		insertInTransaction(database)
		var table, engine string
		check(database.QueryRowContext(ctx, "SELECT name, engine FROM system.tables WHERE database = currentDatabase() AND name = 'standard'").Scan(&table, &engine))
		expect("standard MergeTree", table+" "+engine)
		var value int64
		if err := database.QueryRowContext(ctx, "SELECT toInt64(1) WHERE 0").Scan(&value); !errors.Is(err, sql.ErrNoRows) {
			expect("no rows", fmt.Sprint(err))
		}
		// Older drivers take the text of an error for a compressed block: then it is an error, and no more can be told.
		_, err := database.QueryContext(ctx, "SELECT * FROM absent")
		if err == nil || (method == clickhouse.CompressionNone && !strings.Contains(err.Error(), "UNKNOWN_TABLE")) {
			expect("UNKNOWN_TABLE", fmt.Sprint(err))
		}
		check(database.Close())
	}
}

func insertInTransaction(database *sql.DB) {
	_, err := database.ExecContext(ctx, "CREATE OR REPLACE TABLE standard (a UInt32, b LowCardinality(String), c Array(Nullable(String)), d DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY a")
	check(err)
	transaction, err := database.BeginTx(ctx, nil)
	check(err)
	statement, err := transaction.PrepareContext(ctx, "INSERT INTO standard")
	check(err)
	moment := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	for i := range 1000 {
		name := fmt.Sprintf("é %d", i)
		_, err := statement.ExecContext(ctx, uint32(i), fmt.Sprintf("lc%d", i%3), []*string{&name, nil}, moment)
		check(err)
	}
	check(transaction.Commit())
	rows, err := database.QueryContext(ctx, "SELECT a, b, c, d FROM standard ORDER BY a")
	check(err)
	count := 0
	for ; rows.Next(); count++ {
		var a uint32
		var b string
		var c []*string
		var d time.Time
		check(rows.Scan(&a, &b, &c, &d))
		expect(fmt.Sprintf("%d lc%d é %d true %s", count, count%3, count, moment), fmt.Sprintf("%d %s %s %t %s", a, b, *c[0], c[1] == nil, d.UTC()))
	}
	check(rows.Err())
	expect("1000", fmt.Sprint(count))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		panic(err)
	}
}

func expect(wanted, found string) {
	if wanted != found {
		check(fmt.Errorf("wanted %q, found %q", wanted, found))
	}
}
