"""What the SQLite example can't do yet, by "driver: check". One that passes must leave this list: it is a failure."""

CATALOG = 'there is no pg_catalog yet'

NOT_YET = {
    'sqlalchemy: tables are looked up': CATALOG,
    'psqlodbc: a connection needs no help': CATALOG,
    'psqlodbc: tables and columns are looked up': CATALOG,
    'psqlodbc with cursors: a connection needs no help': CATALOG,
    'psqlodbc with cursors: values of every type come back as they went': CATALOG,
    'psqlodbc with cursors: parameters are bound': CATALOG,
    'psqlodbc with cursors: a megabyte there and back': CATALOG,
    'psqlodbc with cursors: two results are read in turns': CATALOG,
    'psqlodbc with cursors: tables and columns are looked up': CATALOG,
    'postgres.js: a connection with its defaults': CATALOG,
    'pgjdbc: tables are looked up': CATALOG,
}
