// pgx and lib/pq over TLS: each sslmode, passwords, certificates; and with pgx directly, and bound to the certificate.
package main

import (
	"context"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"

	. "pgwire/drivers/checks"
)

func file(name string) string { return os.Getenv("PGWIRE_CERTIFICATES") + "/" + name + ".pem" }

func address(database, password, options string) string {
	return fmt.Sprintf("postgres://alice:%s@localhost:%s/%s?connect_timeout=10%s", password, os.Getenv("PGPORT"), database, options)
}

type driver func(ctx context.Context, url string) (int, error)

func askPgx(ctx context.Context, url string) (n int, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SELECT CAST(1 AS integer)").Scan(&n)
	return n, err
}

func askPq(ctx context.Context, url string) (n int, err error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, "SELECT CAST(1 AS integer)").Scan(&n)
	return n, err
}

func state(err error) string {
	var ofPgx *pgconn.PgError
	var ofPq *pq.Error
	if errors.As(err, &ofPgx) {
		return ofPgx.Code
	}
	if errors.As(err, &ofPq) {
		return string(ofPq.Code)
	}
	return fmt.Sprint(err)
}

func main() {
	var all []Check
	for name, ask := range map[string]driver{"pgx": askPgx, "lib/pq": askPq} {
		add := func(what string, body func(ctx context.Context)) { all = append(all, Check{name + ": " + what, body}) }
		trust := "&sslrootcert=" + file("authority")
		with := func(certificate string) string {
			return "&sslmode=verify-full" + trust + "&sslcert=" + file(certificate) + "&sslkey=" + file(certificate+"_key")
		}
		for _, mode := range []string{"require", "verify-ca", "verify-full"} {
			add("sslmode "+mode, func(ctx context.Context) {
				Equal(Get(ask(ctx, address("d", "secret", "&sslmode="+mode+trust))), 1)
			})
		}
		add("encrypted, whoever the server is", func(ctx context.Context) {
			Equal(Get(ask(ctx, address("d", "secret", "&sslmode=require"))), 1)
		})
		add("without TLS there is no entry", func(ctx context.Context) {
			_, err := ask(ctx, address("d", "secret", "&sslmode=disable"))
			Equal(state(err), "28000")
		})
		add("a wrong password", func(ctx context.Context) {
			_, err := ask(ctx, address("d", "Secret", "&sslmode=require"))
			Equal(state(err), "28P01")
		})
		add("another authority is not trusted", func(ctx context.Context) {
			_, err := ask(ctx, address("d", "secret", "&sslmode=verify-full&sslrootcert="+file("other_authority")))
			if unknown := new(x509.UnknownAuthorityError); !errors.As(err, unknown) {
				Fail("found %v", err)
			}
		})
		add("a certificate instead of a password", func(ctx context.Context) {
			Equal(Get(ask(ctx, address("certs", "none", with("client")))), 1)
			_, err := ask(ctx, address("certs", "none", "&sslmode=require"))
			Equal(state(err), "28000")
		})
		add("a certificate that is not good", func(ctx context.Context) {
			alerts := map[string]string{"stranger": "unknown certificate authority", "expired": "expired certificate"}
			for bad, alert := range alerts {
				_, err := ask(ctx, address("certs", "none", with(bad)))
				if err == nil || !strings.Contains(err.Error(), "remote error: tls: "+alert) {
					Fail("%s: found %v", bad, err)
				}
			}
		})
	}
	for _, options := range []string{"&sslmode=require&channel_binding=require", "&sslmode=require&sslnegotiation=direct"} {
		all = append(all, Check{"pgx: " + strings.ReplaceAll(options[1:], "&", ", "), func(ctx context.Context) {
			Equal(Get(askPgx(ctx, address("d", "secret", options))), 1)
		}})
	}
	Run(all)
}
