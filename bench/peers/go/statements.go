package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	wire "github.com/jeroenrinzema/psql-wire"
	"github.com/jeroenrinzema/psql-wire/codes"
	wire_errors "github.com/jeroenrinzema/psql-wire/errors"
)

// parse says what a statement's text asks for.
func parse(_ context.Context, query wire.Query) (wire.PreparedStatements, error) {
	text := strings.TrimSpace(query.Query)
	text = strings.TrimSpace(strings.TrimSuffix(text, ";"))
	switch text {
	case "SELECT * FROM sales":
		return rows(sales, salesRows, sale), nil
	case "SELECT * FROM six":
		return rows(six, sixRows, ofSix), nil
	case "COPY sales TO STDOUT", "COPY sales TO STDOUT (FORMAT binary)":
		err := errors.New("COPY TO STDOUT is not supported by psql-wire")
		return nil, wire_errors.WithCode(err, codes.FeatureNotSupported)
	}
	if limit, found := strings.CutPrefix(text, "SELECT * FROM sales LIMIT "); found {
		if count, err := strconv.ParseUint(limit, 10, 32); err == nil {
			return rows(sales, min(int(count), salesRows), sale), nil
		}
	}
	handle := func(_ context.Context, writer wire.DataWriter, _ []wire.Parameter) error {
		if err := writer.Row([]any{int32(1), text}); err != nil {
			return err
		}
		return writer.Complete("SELECT 1")
	}
	return wire.Prepared(wire.NewStatement(handle, wire.WithColumns(echo))), nil
}

// rows is a statement whose rows are made by `fill`, as many at a time as WriteRows is given.
func rows(columns wire.Columns, count int, fill func(row []any, index int)) wire.PreparedStatements {
	handle := func(_ context.Context, writer wire.DataWriter, _ []wire.Parameter) error {
		batch := make([][]any, min(count, rowsAtOnce))
		for i := range batch {
			batch[i] = make([]any, len(columns))
		}
		for written := 0; written < count; written += len(batch) {
			batch = batch[:min(len(batch), count-written)]
			for i, row := range batch {
				fill(row, written+i)
			}
			if err := wire.WriteRows(writer, batch); err != nil {
				return err
			}
		}
		return writer.Complete(fmt.Sprintf("SELECT %d", count))
	}
	return wire.Prepared(wire.NewStatement(handle, wire.WithColumns(columns)))
}
