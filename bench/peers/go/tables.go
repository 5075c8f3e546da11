package main

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	wire "github.com/jeroenrinzema/psql-wire"
)

const (
	salesRows  = 1_000_000
	sixRows    = 5000
	rowsAtOnce = 1024 // WriteRows sends whenever it has 32 KiB, and at its end

	name = "sixteen bytes ok"
)

var (
	sales = wire.Columns{
		{Name: "id", Oid: pgtype.Int8OID, Width: 8},
		{Name: "price", Oid: pgtype.Float8OID, Width: 8},
		{Name: "name", Oid: pgtype.TextOID, Width: -1},
		{Name: "at", Oid: pgtype.TimestampOID, Width: 8},
	}
	six = wire.Columns{
		{Name: "a", Oid: pgtype.Int4OID, Width: 4},
		{Name: "b", Oid: pgtype.Int4OID, Width: 4},
		{Name: "c", Oid: pgtype.Int4OID, Width: 4},
		{Name: "d", Oid: pgtype.TimestampOID, Width: 8},
		{Name: "e", Oid: pgtype.Float8OID, Width: 8},
		{Name: "f", Oid: pgtype.TextOID, Width: -1},
	}
	echo = wire.Columns{
		{Name: "n", Oid: pgtype.Int4OID, Width: 4},
		{Name: "text", Oid: pgtype.TextOID, Width: -1},
	}

	newYear  = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	sixDate  = time.Date(2004, 10, 19, 10, 23, 54, 0, time.UTC)
	longText = strings.Repeat(name, 32)
)

func sale(row []any, index int) {
	id := int64(index) + 1
	row[0], row[1], row[2], row[3] = id, float64(id)/100, name, newYear.Add(time.Duration(id)*time.Second)
}

func ofSix(row []any, index int) {
	n := int32(index)
	row[0], row[1], row[2], row[3], row[4], row[5] = n, n, n, sixDate, 42.0, longText
}
