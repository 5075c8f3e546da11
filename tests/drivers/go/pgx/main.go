// pgx v5: binary values, its five ways to send a query, batches and pipelines, CopyFrom, cancel by context.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	. "pgwire/drivers/checks"
)

var modes = []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe,
	pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol}

func connect(ctx context.Context, options string) *pgx.Conn {
	return Get(pgx.Connect(ctx, URL(options)))
}

func connectMode(ctx context.Context, mode pgx.QueryExecMode) *pgx.Conn {
	config := Get(pgx.ParseConfig(URL("")))
	config.DefaultQueryExecMode = mode
	return Get(pgx.ConnectConfig(ctx, config))
}

func withTable(ctx context.Context, options string) *pgx.Conn {
	conn := connect(ctx, options)
	for _, sql := range Table {
		Get(conn.Exec(ctx, sql))
	}
	return conn
}

func count(ctx context.Context, conn *pgx.Conn) (n int) {
	Must(conn.QueryRow(ctx, "SELECT count(*) FROM t").Scan(&n))
	return n
}

// fails checks the SQLSTATE of an error.
func fails(err error, code string) *pgconn.PgError {
	var failed *pgconn.PgError
	if !errors.As(err, &failed) || failed.Code != code {
		Fail("%s expected, not: %v", code, err)
	}
	return failed
}

// failsQuery is fails for a query, whose error may come with its rows.
func failsQuery(ctx context.Context, conn *pgx.Conn, code, sql string, arguments ...any) *pgconn.PgError {
	rows, err := conn.Query(ctx, sql, arguments...)
	if err == nil {
		rows.Close()
		err = rows.Err()
	}
	return fails(err, code)
}

func column[T any](ctx context.Context, conn *pgx.Conn, sql string, arguments ...any) []T {
	rows := Get(conn.Query(ctx, sql, arguments...))
	return Get(pgx.CollectRows(rows, pgx.RowTo[T]))
}

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

type kind struct {
	name   string
	oid    uint32
	values []any
}

var day = time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
var moment = time.Date(2024, 2, 29, 12, 34, 56, 789000, time.UTC)

var kinds = []kind{
	{"smallint", 21, []any{int16(0), int16(-32768)}}, {"integer", 23,
		[]any{int32(math.MaxInt32), int32(math.MinInt32)}},
	{"bigint", 20, []any{int64(math.MaxInt64), int64(math.MinInt64)}},
	{"real", 700, []any{float32(1.5), float32(-0.25)}},
	{"double precision", 701, []any{0.1, -1e308, math.Inf(1)}}, {"boolean", 16, []any{true, false}},
	{"text", 25, []any{"", "it's \\ ''", "žluťoučký 🐎", "line\nline", "NULL"}},
	{"varchar", 1043, []any{strings.Repeat("x", 300)}},
	{"date", 1082, []any{day, time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)}},
	{"timestamp", 1114, []any{moment}}, {"timestamptz", 1184, []any{moment}},
	{"time", 1083, []any{pgtype.Time{Microseconds: 45_296_000_789, Valid: true}}},
	{"uuid", 2950, []any{pgtype.UUID{Bytes: [16]byte{0, 1, 2, 253, 254, 255}, Valid: true}}},
	{"numeric", 1700, []any{pgtype.Numeric{Int: big.NewInt(125), Exp: -1, Valid: true}}},
}

var byteArrays = []kind{{"bytea", 17, []any{[]byte{}, []byte{0}, everyByte()}}}

func values(kinds []kind, mode pgx.QueryExecMode) func(context.Context) {
	return func(ctx context.Context) {
		conn := withTable(ctx, "")
		for _, k := range kinds {
			table := "v_" + strings.ReplaceAll(k.name, " ", "_") // the client keeps what it knows of a statement
			Get(conn.Exec(ctx, "DROP TABLE IF EXISTS "+table))
			Get(conn.Exec(ctx, "CREATE TABLE "+table+" (k integer PRIMARY KEY, v "+k.name+")"))
			expected := append(slices.Clone(k.values), nil)
			for i, value := range expected {
				Get(conn.Exec(ctx, "INSERT INTO "+table+" VALUES ($1, $2)", mode, i, value))
			}
			rows := Get(conn.Query(ctx, "SELECT v FROM "+table+" ORDER BY k", mode))
			Equal(rows.FieldDescriptions()[0].DataTypeOID, k.oid)
			for i := 0; rows.Next(); i++ {
				found := Get(rows.Values())[0]
				if number, ok := found.(pgtype.Numeric); ok {
					found, _ = number.Value()
					expected[i], _ = expected[i].(pgtype.Numeric).Value()
				}
				if bytes, ok := found.([16]byte); ok {
					found = pgtype.UUID{Bytes: bytes, Valid: true}
				}
				Equal(found, expected[i])
			}
			Must(rows.Err())
			Equal(rows.CommandTag().RowsAffected(), int64(len(expected)))
		}
	}
}

func describes(ctx context.Context) {
	conn := withTable(ctx, "")
	for sql, oids := range map[string][]uint32{
		"SELECT b FROM t WHERE a = $1": {23}, "INSERT INTO t VALUES ($1, $2)": {23, 25},
		"UPDATE t SET b = $2 WHERE a = $1": {23, 25}, "SELECT a FROM t LIMIT $1": {20},
		"SELECT $1::date, $2::float8, $3::bytea": {1082, 701, 17}} {
		Equal(Get(conn.Prepare(ctx, "", sql)).ParamOIDs, oids)
	}
	about := Get(conn.Prepare(ctx, "mine", "SELECT a, b AS other, a + 1, count(*) FROM t GROUP BY a, b"))
	names, oids := []string{}, []uint32{}
	for _, f := range about.Fields {
		names, oids = append(names, f.Name), append(oids, f.DataTypeOID)
	}
	Equal(names, []string{"a", "other", "?column?", "count"})
	Equal(oids, []uint32{23, 25, 23, 20})
}

func counts(ctx context.Context) {
	conn := withTable(ctx, "")
	Equal(Get(conn.Exec(ctx, "UPDATE t SET b = 'x' WHERE a > $1", 1)).String(), "UPDATE 2")
	Equal(Get(conn.Exec(ctx, "DELETE FROM t WHERE a = 1")).String(), "DELETE 1")
	Equal(Get(conn.Exec(ctx, "INSERT INTO t VALUES ($1, $2)", 9, nil)).String(), "INSERT 0 1")
	Equal(Get(conn.Exec(ctx, "")).String(), "")
	type row struct {
		A int32
		B *string
	}
	x := "x"
	found := Get(pgx.CollectRows(Get(conn.Query(ctx, "SELECT a, b FROM t ORDER BY a")), pgx.RowToStructByName[row]))
	Equal(found, []row{{2, &x}, {3, &x}, {9, nil}})
	Equal(errors.Is(conn.QueryRow(ctx, "SELECT a FROM t WHERE a = 99").Scan(new(int)), pgx.ErrNoRows), true)
}

func prepared(ctx context.Context) {
	conn := withTable(ctx, "")
	Get(conn.Prepare(ctx, "mine", "SELECT b FROM t WHERE a = $1"))
	for n := range 30 {
		Equal(column[string](ctx, conn, "mine", n%3+1), []string{[]string{"one", "two", "three"}[n%3]})
	}
	Must(conn.Deallocate(ctx, "mine"))
	result := conn.PgConn().ExecPrepared(ctx, "mine", [][]byte{[]byte("1")}, nil, nil).Read()
	fails(result.Err, "26000")
	Get(conn.PgConn().Prepare(ctx, "twice", "SELECT 1", nil))
	_, err := conn.PgConn().Prepare(ctx, "twice", "SELECT 2", nil)
	fails(err, "42P05")
	Must(conn.DeallocateAll(ctx))
	Get(conn.PgConn().Prepare(ctx, "twice", "SELECT 2", nil))
}

func cached(ctx context.Context) {
	conn := withTable(ctx, "&statement_cache_capacity=3")
	for range 3 {
		for n := range 6 {
			Equal(column[int32](ctx, conn, fmt.Sprintf("SELECT a + %d FROM t WHERE a = $1", n), 1),
				[]int32{int32(1 + n)})
		}
	}
}

func outlives(ctx context.Context) {
	conn := withTable(ctx, "")
	Get(pgx.CollectRows(Get(conn.Query(ctx, "SELECT * FROM t")), pgx.RowToMap))
	Get(conn.Exec(ctx, "ALTER TABLE t ADD COLUMN c integer"))
	failsQuery(ctx, conn, "0A000", "SELECT * FROM t")
	Equal(len(Get(pgx.CollectRows(Get(conn.Query(ctx, "SELECT * FROM t")), pgx.RowToMap))[0]), 3)
}

func batch(ctx context.Context) {
	conn := withTable(ctx, "")
	for _, mode := range modes {
		Get(conn.Exec(ctx, "DELETE FROM t WHERE a > 3"))
		several := &pgx.Batch{}
		for n := range 100 {
			several.Queue("INSERT INTO t VALUES ($1, $2)", 10+n, "x")
		}
		total := 0
		several.Queue("SELECT count(*) FROM t WHERE a > $1", 3).
			QueryRow(func(row pgx.Row) error { return row.Scan(&total) })
		client := connectMode(ctx, mode)
		Must(client.SendBatch(ctx, several).Close())
		Equal(total, 100)
		Must(client.Close(ctx))
	}
}

func failedBatch(ctx context.Context) {
	conn := withTable(ctx, "")
	several := &pgx.Batch{}
	several.Queue("INSERT INTO t VALUES ($1, $2)", 10, "x")
	several.Queue("INSERT INTO t VALUES ($1, $2)", 1, "again")
	several.Queue("INSERT INTO t VALUES ($1, $2)", 11, "x")
	fails(conn.SendBatch(ctx, several).Close(), "23505")
	Equal(count(ctx, conn), 3)
	Equal(conn.PgConn().TxStatus(), byte('I'))
}

func pipelined(ctx context.Context) {
	conn := withTable(ctx, "").PgConn()
	pipeline := conn.StartPipeline(ctx)
	pipeline.SendPrepare("mine", "SELECT b FROM t WHERE a = $1", nil)
	pipeline.SendQueryPrepared("mine", [][]byte{[]byte("2")}, nil, nil)
	pipeline.SendFlushRequest()
	Must(pipeline.Flush())
	Equal(Get(pipeline.GetResults()).(*pgconn.StatementDescription).ParamOIDs, []uint32{23})
	Equal(Get(pipeline.GetResults()).(*pgconn.ResultReader).Read().Rows, [][][]byte{{[]byte("two")}})
	pipeline.SendQueryParams("INSERT INTO t VALUES (4, 'lost')", nil, nil, nil, nil)
	pipeline.SendQueryParams("SELECT * FROM nosuch", nil, nil, nil, nil)
	pipeline.SendQueryParams("SELECT 1", nil, nil, nil, nil)
	Must(pipeline.Sync())
	pipeline.SendQueryParams("SELECT count(*) FROM t", nil, nil, nil, nil)
	Must(pipeline.Sync())
	Must(Get(pipeline.GetResults()).(*pgconn.ResultReader).Read().Err)
	_, err := pipeline.GetResults()
	fails(err, "42P01")
	Get(pipeline.GetResults()) // the first Sync's
	Equal(Get(pipeline.GetResults()).(*pgconn.ResultReader).Read().Rows, [][][]byte{{[]byte("3")}})
	Get(pipeline.GetResults())
	Must(pipeline.Close())
}

func severalStatements(ctx context.Context) {
	conn := withTable(ctx, "")
	text := "SELECT a FROM t WHERE a = 1; INSERT INTO t VALUES (4, 'x'); SELECT b FROM t WHERE a = 4"
	results := Get(conn.PgConn().Exec(ctx, text).ReadAll())
	tags := []string{}
	for _, r := range results {
		tags = append(tags, r.CommandTag.String())
	}
	Equal(tags, []string{"SELECT 1", "INSERT 0 1", "SELECT 1"})
	Equal(results[2].Rows, [][][]byte{{[]byte("x")}})
}

func errorCodes(ctx context.Context) {
	conn := withTable(ctx, "")
	for _, mode := range modes {
		for sql, code := range map[string]string{"SELECT * FROM nosuch": "42P01", "SELECT nosuch FROM t": "42703",
			"SELEC 1": "42601", "INSERT INTO t VALUES (1, 'again')": "23505", "CREATE TABLE t (a integer)": "42P07"} {
			failed := failsQuery(ctx, conn, code, sql, mode)
			Equal(failed.SeverityUnlocalized, "ERROR")
		}
		Equal(failsQuery(ctx, conn, "42P01", "SELECT * FROM nosuch", mode).Position, int32(15))
		Equal(count(ctx, conn), 3)
	}
}

func transactions(ctx context.Context) {
	conn, other := withTable(ctx, ""), connect(ctx, "")
	tx := Get(conn.Begin(ctx))
	Equal(conn.PgConn().TxStatus(), byte('T'))
	Get(tx.Exec(ctx, "INSERT INTO t VALUES (4, 'kept')"))
	Equal(count(ctx, other), 3)
	inner := Get(tx.Begin(ctx))
	_, err := inner.Exec(ctx, "INSERT INTO t VALUES (1, 'again')")
	fails(err, "23505")
	Equal(conn.PgConn().TxStatus(), byte('E'))
	_, err = inner.Exec(ctx, "SELECT 1")
	fails(err, "25P02")
	Must(inner.Rollback(ctx))
	inner = Get(tx.Begin(ctx))
	Get(inner.Exec(ctx, "INSERT INTO t VALUES (5, 'kept')"))
	Must(inner.Commit(ctx))
	Must(tx.Commit(ctx))
	Equal(conn.PgConn().TxStatus(), byte('I'))
	Equal(count(ctx, other), 5)
	tx = Get(conn.Begin(ctx))
	Get(tx.Exec(ctx, "DELETE FROM t"))
	_, err = tx.Exec(ctx, "SELEC 1")
	fails(err, "42601")
	Equal(errors.Is(tx.Commit(ctx), pgx.ErrTxCommitRollback), true)
	Equal(count(ctx, other), 5)
	tx = Get(conn.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.Serializable}))
	_, err = tx.Exec(ctx, "DELETE FROM t")
	fails(err, "25006")
	Must(tx.Rollback(ctx))
}

func parameters(ctx context.Context) {
	config := Get(pgx.ParseConfig(URL("&application_name=checks")))
	heard := []string{}
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { heard = append(heard, n.Severity, n.Code) }
	conn := Get(pgx.ConnectConfig(ctx, config))
	Equal(conn.PgConn().ParameterStatus("application_name"), "checks")
	Equal(conn.PgConn().ParameterStatus("standard_conforming_strings"), "on")
	Get(conn.Exec(ctx, "SET application_name = 'other'"))
	Equal(conn.PgConn().ParameterStatus("application_name"), "other")
	Get(conn.Exec(ctx, "COMMIT"))
	Equal(heard, []string{"WARNING", "25P01"})
	Must(conn.Ping(ctx))
}

func pool(ctx context.Context) {
	conn := withTable(ctx, "")
	many := Get(pgxpool.New(ctx, URL("&pool_max_conns=5")))
	defer many.Close()
	done := make(chan error)
	for n := range 100 {
		go func() {
			_, err := many.Exec(ctx, "INSERT INTO t VALUES ($1, 'x')", 100+n)
			done <- err
		}()
	}
	for range 100 {
		Must(<-done)
	}
	Equal(count(ctx, conn), 103)
}

func large(ctx context.Context) {
	conn := withTable(ctx, "")
	data := bytes.Repeat(everyByte(), 4096)
	Equal(column[[]byte](ctx, conn, "SELECT $1::bytea", data), [][]byte{data})
	rows := column[int32](ctx, conn, strings.Replace(Numbers, "1000", "10000", 1))
	Equal(len(rows), 10000)
	Equal(rows[9999], int32(10000))
}

func leftEarly(ctx context.Context) {
	conn := withTable(ctx, "")
	rows := Get(conn.Query(ctx, Numbers))
	Equal(rows.Next(), true)
	rows.Close()
	Equal(count(ctx, conn), 3)
}

func portal(ctx context.Context) {
	several := &pgx.Batch{}
	several.Queue("BEGIN")
	several.Queue("DECLARE mine CURSOR FOR " + Numbers)
	several.Queue("FETCH 2 FROM mine").Query(func(rows pgx.Rows) error {
		Equal(Get(pgx.CollectRows(rows, pgx.RowTo[int32])), []int32{1, 2})
		return nil
	})
	several.Queue("FETCH 3 FROM mine").Query(func(rows pgx.Rows) error {
		Equal(Get(pgx.CollectRows(rows, pgx.RowTo[int32])), []int32{3, 4, 5})
		return nil
	})
	several.Queue("CLOSE mine")
	several.Queue("COMMIT")
	Must(connectMode(ctx, pgx.QueryExecModeExec).SendBatch(ctx, several).Close())
}

func sqlPrepare(ctx context.Context) {
	conn := withTable(ctx, "").PgConn()
	Get(conn.Exec(ctx, "PREPARE mine (integer) AS SELECT b FROM t WHERE a = $1").ReadAll())
	Equal(Get(conn.Exec(ctx, "EXECUTE mine (2)").ReadAll())[0].Rows, [][][]byte{{[]byte("two")}})
	// In one name space with the protocol's.
	Equal(conn.ExecPrepared(ctx, "mine", [][]byte{[]byte("3")}, nil, nil).Read().Rows, [][][]byte{{[]byte("three")}})
	Get(conn.Prepare(ctx, "other", "SELECT a FROM t WHERE b = $1", nil))
	Equal(Get(conn.Exec(ctx, "EXECUTE other ('two')").ReadAll())[0].Rows, [][][]byte{{[]byte("2")}})
}

func copyText(ctx context.Context) {
	conn := withTable(ctx, "")
	tag := Get(conn.PgConn().CopyFrom(ctx, strings.NewReader("4\tfour\n5\t\\N\n6\ttab\\tž\n"), "COPY t FROM STDIN"))
	Equal(tag.String(), "COPY 3")
	var out bytes.Buffer
	tag = Get(conn.PgConn().CopyTo(ctx, &out, "COPY (SELECT a, b FROM t WHERE a > 2 ORDER BY a) TO STDOUT"))
	Equal(tag.String(), "COPY 4")
	Equal(out.String(), "3\tthree\n4\tfour\n5\t\\N\n6\ttab\\tž\n")
}

func copyLarge(ctx context.Context) {
	conn := withTable(ctx, "")
	var lines, out bytes.Buffer
	for n := range 50_000 {
		fmt.Fprintf(&lines, "%d\trow %d\n", n+10, n)
	}
	all := lines.String()
	Equal(Get(conn.PgConn().CopyFrom(ctx, &lines, "COPY t FROM STDIN")).RowsAffected(), int64(50_000))
	Get(conn.PgConn().CopyTo(ctx, &out, "COPY (SELECT a, b FROM t WHERE a >= 10 ORDER BY a) TO STDOUT"))
	Equal(out.String() == all, true)
}

func copyBinary(ctx context.Context) {
	conn := withTable(ctx, "")
	rows := [][]any{}
	for n := range 5000 {
		rows = append(rows, []any{int32(n + 10), fmt.Sprint("row ", n)})
	}
	Equal(Get(conn.CopyFrom(ctx, pgx.Identifier{"t"}, []string{"a", "b"}, pgx.CopyFromRows(rows))), int64(5000))
	Equal(count(ctx, conn), 5003)
}

func copyWrong(ctx context.Context) {
	conn := withTable(ctx, "")
	for lines, code := range map[string]string{"4\tfour\nx\tfive\n": "22P02", "4\n": "22P04", "4\tx\ty\n": "22P04",
		"4\tx\n1\tone\n": "23505"} {
		_, err := conn.PgConn().CopyFrom(ctx, strings.NewReader(lines), "COPY t FROM STDIN")
		fails(err, code)
		Equal(count(ctx, conn), 3)
	}
	_, err := conn.PgConn().CopyFrom(ctx, strings.NewReader(""), "COPY nosuch FROM STDIN")
	fails(err, "42P01")
	broken := io.MultiReader(strings.NewReader("4\tfour\n"), brokenReader{})
	_, err = conn.PgConn().CopyFrom(ctx, broken, "COPY t FROM STDIN")
	fails(err, "57014")
	Equal(count(ctx, conn), 3)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("mine") }

func cancelled(ctx context.Context) {
	conn := withTable(ctx, "")
	go func() {
		time.Sleep(300 * time.Millisecond)
		if err := conn.PgConn().CancelRequest(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	failsQuery(ctx, conn, "57014", Endless)
	Equal(count(ctx, conn), 3)
}

func cancelledByContext(ctx context.Context) {
	config := Get(pgx.ParseConfig(URL("")))
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 5 * time.Second}
	}
	withTable(ctx, "")
	conn := Get(pgx.ConnectConfig(ctx, config))
	short, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	failsQuery(short, conn, "57014", Endless)
	Equal(count(ctx, conn), 3)
}

func notified(ctx context.Context) {
	conn, other := withTable(ctx, ""), connect(ctx, "")
	Get(conn.Exec(ctx, "LISTEN mine"))
	Get(other.Exec(ctx, "NOTIFY yours, 'nobody'"))
	Get(other.Exec(ctx, "NOTIFY mine, 'hello ž'"))
	short, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	heard := Get(conn.WaitForNotification(short))
	Equal(*heard, pgconn.Notification{PID: other.PgConn().PID(), Channel: "mine", Payload: "hello ž"})
}

func main() {
	all := []Check{}
	for _, mode := range modes {
		all = append(all, Check{"values come back as they went, " + mode.String(), values(kinds, mode)},
			Check{"bytes come back as they went, " + mode.String(), values(byteArrays, mode)})
	}
	Run(append(all, []Check{
		{"parameters and columns are described", describes},
		{"rows are counted and collected", counts},
		{"statements are prepared, used and forgotten", prepared},
		{"the cache of statements drops the oldest", cached},
		{"a cached statement whose columns have changed", outlives},
		{"batches in each way to send a query", batch},
		{"a batch is all or nothing", failedBatch},
		{"a pipeline with an error", pipelined},
		{"several statements have several results", severalStatements},
		{"errors have their codes in each way to send a query", errorCodes},
		{"transactions commit, fail, roll back and nest", transactions},
		{"parameters of the connection, and notices", parameters},
		{"a pool of connections", pool},
		{"large values and many rows", large},
		{"rows that are left unread", leftEarly},
		{"a cursor is declared and fetched from in SQL", portal},
		{"statements are prepared and executed in SQL", sqlPrepare},
		{"rows are copied in and out as text", copyText},
		{"fifty thousand rows are copied in and out", copyLarge},
		{"rows are copied in in binary", copyBinary},
		{"a copy that fails copies nothing", copyWrong},
		{"a query is cancelled", cancelled},
		{"a query whose context ends is cancelled", cancelledByContext},
		{"notifications arrive", notified},
	}...))
}
