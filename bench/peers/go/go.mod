module pgwire/peers

go 1.25.0

require (
	github.com/jackc/pgx/v5 v5.12.0
	github.com/jeroenrinzema/psql-wire v0.20.0
)
