"""What the SQLite example can't do yet, by "driver: check". One that passes must leave this list: it is a failure."""

BINARY_COPY = 'there is no COPY in the binary format yet'
HOLD = 'there are no cursors WITH HOLD yet'
SCROLL = 'there are no cursors with SCROLL yet'
PORTALS = 'FETCH and MOVE do not know the portals of the protocol yet'
CATALOG = 'there is no pg_catalog yet'

NOT_YET = {
    'psycopg2: a named cursor scrolls': SCROLL,
    'psycopg2: a cursor with hold outlives its transaction': HOLD,
    'asyncpg: a cursor skips rows by MOVE': PORTALS,
    'asyncpg: records are copied in binary': BINARY_COPY,
    'sqlalchemy: tables are looked up': CATALOG,
    'psqlodbc: a connection needs no help': CATALOG,
    'psqlodbc: tables and columns are looked up': CATALOG,
    'psqlodbc with cursors: a connection needs no help': CATALOG,
    'psqlodbc with cursors: a connection has its only question to the catalog answered': HOLD,
    'psqlodbc with cursors: values of every type come back as they went': HOLD,
    'psqlodbc with cursors: columns are described': HOLD,
    'psqlodbc with cursors: parameters are bound': HOLD,
    'psqlodbc with cursors: parameters are put in by the client when asked': HOLD,
    'psqlodbc with cursors: many rows go in': HOLD,
    'psqlodbc with cursors: many rows come out': HOLD,
    'psqlodbc with cursors: a megabyte there and back': HOLD,
    'psqlodbc with cursors: two results are read in turns': HOLD,
    'psqlodbc with cursors: a cursor that is closed early leaves nothing': HOLD,
    'psqlodbc with cursors: errors have their states': HOLD,
    'psqlodbc with cursors: a transaction ends by commit or rollback': HOLD,
    'psqlodbc with cursors: an error in a transaction is as Protocol says': HOLD,
    'psqlodbc with cursors: a connection knows its server': HOLD,
    'psqlodbc with cursors: tables and columns are looked up': CATALOG,
    'psqlodbc with cursors: a query is cancelled': HOLD,
    'postgres.js: a connection with its defaults': CATALOG,
    'pgx: rows are copied in in binary': BINARY_COPY,
    'tokio-postgres: rows are copied in and out in binary': BINARY_COPY,
    'pgjdbc: tables are looked up': CATALOG,
}
