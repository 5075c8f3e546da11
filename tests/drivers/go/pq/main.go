// lib/pq through database/sql: text values, statements, transactions, CopyIn, cancel by context, a listener.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/lib/pq"

	. "pgwire/drivers/checks"
)

func open(options string) *sql.DB {
	db := Get(sql.Open("postgres", URL(options)))
	db.SetMaxIdleConns(1)
	return db
}

func withTable(ctx context.Context) *sql.DB {
	db := open("")
	for _, text := range Table {
		Get(db.ExecContext(ctx, text))
	}
	return db
}

func count(ctx context.Context, db *sql.DB) (n int) {
	Must(db.QueryRowContext(ctx, "SELECT count(*) FROM t").Scan(&n))
	return n
}

// fails checks the SQLSTATE of an error.
func fails(err error, code string) *pq.Error {
	var failed *pq.Error
	if !errors.As(err, &failed) || string(failed.Code) != code {
		Fail("%s expected, not: %v", code, err)
	}
	return failed
}

type querier interface {
	QueryContext(ctx context.Context, query string, arguments ...any) (*sql.Rows, error)
}

func column[T any](ctx context.Context, db querier, text string, arguments ...any) (all []T) {
	rows := Get(db.QueryContext(ctx, text, arguments...))
	defer rows.Close()
	for rows.Next() {
		var one T
		Must(rows.Scan(&one))
		all = append(all, one)
	}
	Must(rows.Err())
	return all
}

// queryError is the error of a query, which may come with its rows.
func queryError(ctx context.Context, db querier, text string, arguments ...any) error {
	rows, err := db.QueryContext(ctx, text, arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

type kind struct {
	name, called   string
	sent, received []any
}

var day = time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
var moment = time.Date(2024, 2, 29, 12, 34, 56, 789000, time.UTC)

var kinds = []kind{
	{"smallint", "INT2", []any{0, -32768}, []any{int64(0), int64(-32768)}},
	{"integer", "INT4", []any{math.MaxInt32}, []any{int64(math.MaxInt32)}},
	{"bigint", "INT8", []any{math.MaxInt64, math.MinInt64}, []any{int64(math.MaxInt64), int64(math.MinInt64)}},
	{"real", "FLOAT4", []any{1.5, -0.25}, []any{1.5, -0.25}},
	{"double precision", "FLOAT8", []any{0.1, -1e308, math.Inf(1)}, []any{0.1, -1e308, math.Inf(1)}},
	{"boolean", "BOOL", []any{true, false}, []any{true, false}},
	{"numeric", "NUMERIC", []any{"12.5", "-0.001", 7}, []any{[]byte("12.5"), []byte("-0.001"), []byte("7")}},
	{"text", "TEXT", []any{"", "it's \\ ''", "žluťoučký 🐎", "line\nline"},
		[]any{"", "it's \\ ''", "žluťoučký 🐎", "line\nline"}},
	{"varchar", "VARCHAR", []any{strings.Repeat("x", 300)}, []any{strings.Repeat("x", 300)}},
	{"bytea", "BYTEA", []any{[]byte{}, []byte{0}, everyByte()}, []any{[]byte{}, []byte{0}, everyByte()}},
	{"date", "DATE", []any{day}, []any{day}}, {"timestamp", "TIMESTAMP", []any{moment}, []any{moment}},
	{"timestamptz", "TIMESTAMPTZ", []any{moment}, []any{moment}},
	{"uuid", "UUID", []any{"00112233-4455-6677-8899-aabbccddeeff"},
		[]any{[]byte("00112233-4455-6677-8899-aabbccddeeff")}},
}

func values(options string) func(context.Context) {
	return func(ctx context.Context) {
		db := open(options)
		defer db.Close()
		for _, k := range kinds {
			Get(db.ExecContext(ctx, "DROP TABLE IF EXISTS v"))
			Get(db.ExecContext(ctx, "CREATE TABLE v (k integer PRIMARY KEY, v "+k.name+")"))
			for i, value := range append(k.sent, nil) {
				Get(db.ExecContext(ctx, "INSERT INTO v VALUES ($1, $2)", i, value))
			}
			rows := Get(db.QueryContext(ctx, "SELECT v FROM v WHERE k >= $1 ORDER BY k", 0))
			Equal(Get(rows.ColumnTypes())[0].DatabaseTypeName(), k.called)
			for _, expected := range append(k.received, nil) {
				var found any
				Equal(rows.Next(), true)
				Must(rows.Scan(&found))
				Equal(found, expected)
			}
			Must(rows.Close())
		}
	}
}

func counts(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	Equal(Get(Get(db.ExecContext(ctx, "UPDATE t SET b = 'x' WHERE a > $1", 1)).RowsAffected()), int64(2))
	Equal(Get(Get(db.ExecContext(ctx, "DELETE FROM t WHERE a = 1")).RowsAffected()), int64(1))
	Equal(column[int](ctx, db, "INSERT INTO t VALUES ($1, $2), (9, NULL) RETURNING a", 8, "x"), []int{8, 9})
	Equal(column[sql.NullString](ctx, db, "SELECT b FROM t WHERE a = 9"), []sql.NullString{{}})
	Equal(errors.Is(db.QueryRowContext(ctx, "SELECT a FROM t WHERE a = 99").Scan(new(int)), sql.ErrNoRows), true)
	rows := Get(db.QueryContext(ctx, "SELECT a, b AS other, a + 1 FROM t"))
	Equal(Get(rows.Columns()), []string{"a", "other", "?column?"})
	Must(rows.Close())
}

func prepared(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	statement := Get(db.PrepareContext(ctx, "SELECT b FROM t WHERE a = $1"))
	for n := range 30 {
		var b string
		Must(statement.QueryRowContext(ctx, n%3+1).Scan(&b))
		Equal(b, []string{"one", "two", "three"}[n%3])
	}
	Must(statement.Close())
	_, err := db.PrepareContext(ctx, "SELECT * FROM nosuch")
	fails(err, "42P01")
}

func severalStatements(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	rows := Get(db.QueryContext(ctx, "SELECT a FROM t WHERE a = 1; SELECT b FROM t WHERE a = 2"))
	defer rows.Close()
	var a int
	var b string
	Equal(rows.Next(), true)
	Must(rows.Scan(&a))
	Equal(rows.Next(), false)
	Equal(rows.NextResultSet(), true)
	Equal(rows.Next(), true)
	Must(rows.Scan(&b))
	Equal(b, "two")
}

func errorCodes(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	for text, code := range map[string]string{"SELECT * FROM nosuch": "42P01", "SELECT nosuch FROM t": "42703",
		"SELEC 1":                           "42601",
		"INSERT INTO t VALUES (1, 'again')": "23505", "CREATE TABLE t (a integer)": "42P07"} {
		Equal(fails(queryError(ctx, db, text), code).Severity, "ERROR")
		_, err := db.PrepareContext(ctx, text)
		if code != "23505" && code != "42P07" { // which only running them shows
			fails(err, code)
		}
		Equal(count(ctx, db), 3)
	}
	Equal(fails(queryError(ctx, db, "SELECT * FROM nosuch"), "42P01").Position, "15")
	fails(queryError(ctx, db, "SELECT a FROM t WHERE a = $1", "x"), "22P02")
	fails(queryError(ctx, db, "SELECT a FROM t WHERE a = $1", "99999999999"), "22003")
}

func transactions(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	tx := Get(db.BeginTx(ctx, nil))
	Get(tx.ExecContext(ctx, "INSERT INTO t VALUES (4, 'kept')"))
	Equal(count(ctx, db), 3)
	Get(tx.ExecContext(ctx, "SAVEPOINT s"))
	_, err := tx.ExecContext(ctx, "INSERT INTO t VALUES (1, 'again')")
	fails(err, "23505")
	_, err = tx.ExecContext(ctx, "SELECT 1")
	fails(err, "25P02")
	Get(tx.ExecContext(ctx, "ROLLBACK TO s"))
	Must(tx.Commit())
	Equal(count(ctx, db), 4)
	tx = Get(db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelSerializable}))
	Equal(column[string](ctx, tx, "SHOW transaction_isolation"), []string{"serializable"})
	_, err = tx.ExecContext(ctx, "DELETE FROM t")
	fails(err, "25006")
	Equal(tx.Commit() != nil, true) // it has failed
	tx = Get(db.BeginTx(ctx, nil))
	Get(tx.ExecContext(ctx, "DELETE FROM t"))
	Must(tx.Rollback())
	Equal(count(ctx, db), 4)
}

func notices(ctx context.Context) {
	heard := []string{}
	base := Get(pq.NewConnector(URL("&application_name=checks")))
	db := sql.OpenDB(pq.ConnectorWithNoticeHandler(base, func(n *pq.Error) {
		heard = append(heard, n.Severity,
			string(n.Code))
	}))
	defer db.Close()
	Equal(column[string](ctx, db, "SHOW application_name"), []string{"checks"})
	Get(db.ExecContext(ctx, "COMMIT"))
	Equal(heard, []string{"WARNING", "25P01"})
}

func atOnce(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	db.SetMaxOpenConns(5)
	done := make(chan error)
	for n := range 100 {
		go func() {
			_, err := db.ExecContext(ctx, "INSERT INTO t VALUES ($1, 'x')", 100+n)
			done <- err
		}()
	}
	for range 100 {
		Must(<-done)
	}
	Equal(count(ctx, db), 103)
}

func large(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	text := strings.Repeat("ž🐎x", 130_000)
	Equal(column[string](ctx, db, "SELECT CAST($1 AS text)", text)[0] == text, true)
	Equal(len(column[int](ctx, db, strings.Replace(Numbers, "1000", "10000", 1))), 10_000)
}

func leftEarly(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	db.SetMaxOpenConns(1)
	for range 3 {
		rows := Get(db.QueryContext(ctx, Numbers))
		Equal(rows.Next(), true)
		Must(rows.Close())
	}
	Equal(count(ctx, db), 3)
}

func cursor(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	tx := Get(db.BeginTx(ctx, nil))
	defer tx.Rollback()
	Get(tx.ExecContext(ctx, "DECLARE mine CURSOR FOR "+Numbers))
	Equal(column[int](ctx, tx, "FETCH 2 FROM mine"), []int{1, 2})
	Equal(column[int](ctx, tx, "FETCH FORWARD 3 FROM mine"), []int{3, 4, 5})
	Get(tx.ExecContext(ctx, "CLOSE mine"))
	fails(queryError(ctx, tx, "FETCH mine"), "34000")
}

func copyIn(ctx context.Context, db *sql.DB, rows int, first int) error {
	tx := Get(db.BeginTx(ctx, nil))
	defer tx.Rollback()
	statement, err := tx.PrepareContext(ctx, pq.CopyIn("t", "a", "b"))
	if err != nil {
		return err
	}
	for n := range rows {
		if _, err = statement.ExecContext(ctx, first+n, fmt.Sprintf("tab\tž\\ %d", n)); err != nil {
			return err
		}
	}
	result, err := statement.ExecContext(ctx)
	if err != nil {
		return err
	}
	Equal(Get(result.RowsAffected()), int64(rows))
	Must(statement.Close())
	return tx.Commit()
}

func copied(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	Must(copyIn(ctx, db, 20_000, 10))
	Equal(count(ctx, db), 20_003)
	Equal(column[string](ctx, db, "SELECT b FROM t WHERE a = 12"), []string{"tab\tž\\ 2"})
}

func copyWrong(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	fails(copyIn(ctx, db, 5, 0), "23505")
	Equal(count(ctx, db), 3)
	tx := Get(db.BeginTx(ctx, nil))
	defer tx.Rollback()
	_, err := tx.PrepareContext(ctx, pq.CopyIn("nosuch", "a"))
	fails(err, "42P01")
}

func cancelled(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	short, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	began := time.Now()
	err := queryError(short, db, Endless)
	if !errors.Is(err, context.DeadlineExceeded) {
		fails(err, "57014")
	}
	Equal(time.Since(began) < 5*time.Second, true)
	Equal(count(ctx, db), 3)
}

func notified(ctx context.Context) {
	db := withTable(ctx)
	defer db.Close()
	listener := pq.NewListener(URL(""), time.Second, time.Second, nil)
	defer func() { go listener.Close() }()
	listening := make(chan error, 1)
	go func() { listening <- listener.Listen("mine") }()
	select {
	case err := <-listening:
		Must(err)
	case <-time.After(5 * time.Second):
		Fail("it does not listen")
	}
	Get(db.ExecContext(ctx, "NOTIFY yours, 'nobody'"))
	Get(db.ExecContext(ctx, "NOTIFY mine, 'hello ž'"))
	select {
	case heard := <-listener.Notify:
		Equal([]string{heard.Channel, heard.Extra}, []string{"mine", "hello ž"})
	case <-time.After(5 * time.Second):
		Fail("nothing was heard")
	}
}

func main() {
	Run([]Check{
		{"values of every type come back as they went", values("")},
		{"values in binary, as parameters", values("&binary_parameters=yes")},
		{"rows and columns are counted and named", counts},
		{"a statement is prepared and used again", prepared},
		{"several statements have several results", severalStatements},
		{"errors have their codes", errorCodes},
		{"transactions commit, fail and roll back", transactions},
		{"parameters of the connection, and notices", notices},
		{"many connections at once", atOnce},
		{"large values and many rows", large},
		{"rows that are left unread", leftEarly},
		{"a cursor is declared and fetched from in SQL", cursor},
		{"twenty thousand rows are copied in", copied},
		{"a copy that fails copies nothing", copyWrong},
		{"a query whose context ends is cancelled", cancelled},
		{"notifications arrive", notified},
	})
}
