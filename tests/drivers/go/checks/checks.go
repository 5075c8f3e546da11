// Package checks is what every test program here does: it runs its checks one by one and says how each came out.
//
// It prints `ok NAME`, or `not ok NAME` and what went wrong in lines that begin with `# `, and at the end `done`. The
// server's address is in PGHOST, PGPORT, PGUSER and PGDATABASE. A check has 20 seconds.
package checks

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"time"
)

// Endless is a query that never ends; Numbers gives those from 1 to 1000 as i.
const (
	Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n"
	Numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) " +
		"SELECT CAST(i AS integer) AS i FROM n"
)

// Table are the statements that make the table t anew, with three rows.
var Table = []string{"DROP TABLE IF EXISTS t", "CREATE TABLE t (a integer PRIMARY KEY, b text)",
	"INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')"}

const limit = 20 * time.Second

// URL is the server's address.
func URL(options string) string {
	return fmt.Sprintf("postgres://%s@%s:%s/%s?sslmode=disable&connect_timeout=10%s",
		os.Getenv("PGUSER"), os.Getenv("PGHOST"), os.Getenv("PGPORT"), os.Getenv("PGDATABASE"), options)
}

type failure string

// Check has a name, and a body that ends early by Must, Equal or Fail.
type Check struct {
	Name string
	Body func(ctx context.Context)
}

// Fail ends a check that has failed.
func Fail(format string, arguments ...any) {
	var where strings.Builder
	for depth := 1; depth < 12; depth++ {
		if _, file, line, known := runtime.Caller(depth); known && strings.HasSuffix(file, "main.go") {
			fmt.Fprintf(&where, " (line %d)", line)
		}
	}
	panic(failure(fmt.Sprintf(format, arguments...) + where.String()))
}

// Must is for what may not fail.
func Must(err error) {
	if err != nil {
		Fail("%v", err)
	}
}

// Get is Must for what also gives a value.
func Get[T any](value T, err error) T {
	Must(err)
	return value
}

// Equal compares values, by all that is in them.
func Equal(found, expected any) {
	if f, ok := found.([]byte); ok {
		if e, ok := expected.([]byte); ok && bytes.Equal(f, e) && (f == nil) == (e == nil) {
			return
		}
	}
	if f, ok := found.(time.Time); ok {
		if e, ok := expected.(time.Time); ok && f.Equal(e) {
			return
		}
	}
	if !reflect.DeepEqual(found, expected) {
		Fail("found %#v, expected %#v", found, expected)
	}
}

// Run runs the checks.
func Run(all []Check) {
	for _, c := range all {
		outcome := make(chan any, 1)
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		go func() {
			defer func() { outcome <- recover() }()
			c.Body(ctx)
		}()
		var fault any
		select {
		case fault = <-outcome:
		case <-time.After(limit + time.Second):
			fault = fmt.Sprintf("not done after %v", limit)
		}
		cancel()
		if fault == nil {
			fmt.Println("ok", c.Name)
		} else {
			fmt.Println("not ok", c.Name)
			fmt.Println("#", strings.ReplaceAll(fmt.Sprint(fault), "\n", "\n# "))
		}
	}
	fmt.Println("done")
}
