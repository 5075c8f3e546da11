"""psqlodbc through pyodbc: parameters bound by type, rows fetched at once or through a cursor (UseDeclareFetch).

usage: psqlodbc_checks.py DRIVER.so OPTION    the driver's library, and UseDeclareFetch=0 or UseDeclareFetch=1
"""

import sys
import threading
from datetime import date, datetime, time
from decimal import Decimal

import psycopg
import pyodbc

from checks import ENDLESS, PLACE, TABLE, check, raises, run

pyodbc.pooling = False
LIBRARY, OPTION = sys.argv[1:]
CURSORS = OPTION.endswith('1')
NUMBERS = ('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) '
           'SELECT CAST(i AS integer) AS i FROM n')

COLUMNS = [  # column type, what Python gets, values
    ('smallint', int, [0, -32768]), ('integer', int, [0, 2147483647, -2147483648]),
    ('bigint', int, [2**63 - 1, -2**63]), ('real', float, [1.5, -0.25]), ('double precision', float, [0.1, -1e308]),
    ('boolean', bool, [True, False]),
    ('numeric(12,3)', Decimal, [Decimal('12.5'), Decimal('-0.001'), Decimal(7)]),
    ('text', str, ['', "it's \\ ''", 'žluťoučký 🐎', 'line\nline', '?', 'NULL']), ('varchar(20)', str, ['x' * 20]),
    ('bytea', bytes, [b'', b'\0', bytes(range(256)), b'\\x41']), ('date', date, [date(2024, 2, 29), date(1, 1, 1)]),
    ('time', time, [time(12, 34, 56)]), ('timestamp', datetime, [datetime(2024, 2, 29, 12, 34, 56, 789000)]),
]


def connect(autocommit=True, **more):
    options = {'DRIVER': LIBRARY, 'Server': PLACE['host'], 'Port': PLACE['port'], 'Database': PLACE['database'],
               'Uid': PLACE['user'], 'Sslmode': 'disable', 'BoolsAsChar': 0, 'ByteaAsLongVarBinary': 1, 'Fetch': 100,
               'UnknownSizes': 2, **more}
    text = ';'.join(f'{k}={v}' for k, v in options.items())
    return pyodbc.connect(f'{text};{OPTION}', autocommit=autocommit, timeout=10)


def with_table(autocommit=True):
    made = connect()
    for text in TABLE:
        made.execute(text)
    made.autocommit = autocommit
    return made


def ask(connection, text, *arguments):
    return [tuple(row) for row in connection.execute(text, *arguments).fetchall()]


def state(kind, act):
    """The SQLSTATE of an error."""
    return raises(kind, act).args[0]


@check
def a_connection_needs_no_help():
    assert ask(connect(), 'SELECT 1') == [(1,)]


@check
def a_connection_has_its_only_question_to_the_catalog_answered():
    """A server without a catalog gets a table of that name, so that all that follows is tested too."""
    with psycopg.connect(host=PLACE['host'], port=PLACE['port'], user=PLACE['user'], dbname=PLACE['database'],
                         sslmode='disable', gssencmode='disable', autocommit=True) as client:
        try:
            client.execute("SELECT oid, typbasetype FROM pg_type WHERE typname = 'lo'")
        except psycopg.errors.UndefinedTable:
            client.execute('CREATE TABLE pg_type (oid oid, typname name, typbasetype oid)')
    assert ask(connect(), 'SELECT 1') == [(1,)]


# ---- values


@check
def values_of_every_type_come_back_as_they_went():
    connection = with_table()
    for kind, python, values in COLUMNS:
        connection.execute('DROP TABLE IF EXISTS v')
        connection.execute(f'CREATE TABLE v (k integer PRIMARY KEY, v {kind})')
        for k, value in enumerate([*values, None]):
            connection.execute('INSERT INTO v VALUES (?, ?)', k, value)
        cursor = connection.execute('SELECT v FROM v ORDER BY k')
        assert cursor.description[0][1] is (bytearray if python is bytes else python), (kind, cursor.description)
        found = [row[0] for row in cursor]
        cursor.close()
        assert found == [*values, None] and {type(v) for v in found} == {python, type(None)}, (kind, found)


@check
def columns_are_described():
    cursor = with_table().execute('SELECT a, b AS other FROM t ORDER BY a')
    assert [(c[0], c[1]) for c in cursor.description] == [('a', int), ('other', str)]
    assert [tuple(row) for row in cursor.fetchmany(2)] == [(1, 'one'), (2, 'two')]
    assert cursor.fetchone().other == 'three' and cursor.fetchone() is None


@check
def parameters_are_bound():
    connection = with_table()
    cursor = connection.cursor()
    for a, b in ((1, 'one'), (2, 'two'), (3, 'three')) * 3:
        assert cursor.execute('SELECT b FROM t WHERE a = ?', a).fetchval() == b
        assert cursor.execute('SELECT a FROM t WHERE b = ?', b).fetchval() == a
    assert ask(connection, 'SELECT a FROM t WHERE a > ? AND b <> ? ORDER BY a', 1, 'two') == [(3,)]
    assert ask(connection, 'SELECT CAST(? AS integer), CAST(? AS text)', 7, None) == [(7, None)]


@check
def parameters_are_put_in_by_the_client_when_asked():
    connection = with_table()
    with connect(UseServerSidePrepare=0) as client:
        client.execute('INSERT INTO t VALUES (?, ?)', 4, "it's \\ 100%")
        assert ask(client, 'SELECT b FROM t WHERE a = ?', 4) == [("it's \\ 100%",)]


@check
def rows_are_counted():
    cursor = with_table().cursor()
    assert cursor.execute("UPDATE t SET b = 'x' WHERE a > ?", 1).rowcount == 2
    assert cursor.execute('DELETE FROM t WHERE a = 1').rowcount == 1
    assert cursor.execute('INSERT INTO t VALUES (?, ?)', 9, None).rowcount == 1


@check
def many_rows_go_in():
    connection = with_table(autocommit=False)
    cursor = connection.cursor()
    cursor.executemany('INSERT INTO t VALUES (?, ?)', [(n, f'row {n}') for n in range(10, 210)])
    cursor.fast_executemany = True
    cursor.executemany('INSERT INTO t VALUES (?, ?)', [(n, f'row {n}') for n in range(210, 410)])
    connection.commit()
    assert ask(connection, 'SELECT count(*), max(b) FROM t WHERE a >= 10') == [(400, 'row 99')]


@check
def many_rows_come_out():
    connection = with_table(autocommit=False)
    cursor = connection.execute(NUMBERS)
    assert cursor.fetchone()[0] == 1
    assert [row[0] for row in cursor.fetchall()] == list(range(2, 5001))
    connection.commit()


@check
def a_megabyte_there_and_back():
    connection = with_table()
    text, data = 'ž🐎x' * 130_000, bytes(range(256)) * 4096
    connection.execute('UPDATE t SET b = ? WHERE a = 1', text)
    assert ask(connection, 'SELECT b FROM t WHERE a = 1') == [(text,)]
    connection.execute('DROP TABLE IF EXISTS v')
    connection.execute('CREATE TABLE v (v bytea)')
    connection.execute('INSERT INTO v VALUES (?)', data)
    assert ask(connection, 'SELECT v FROM v') == [(data,)]


@check
def two_results_are_read_in_turns():
    connection = with_table(autocommit=False)
    one, two = connection.execute(NUMBERS), connection.execute('SELECT b FROM t ORDER BY a')
    assert (one.fetchone()[0], two.fetchone()[0], one.fetchone()[0], two.fetchone()[0]) == (1, 'one', 2, 'two')
    assert len(one.fetchall()) == 4998 and two.fetchall()[0][0] == 'three'
    connection.rollback()


@check
def a_cursor_that_is_closed_early_leaves_nothing():
    connection = with_table(autocommit=False)
    for n in range(5):
        cursor = connection.execute(NUMBERS)
        assert cursor.fetchone()[0] == 1
        cursor.close()
        assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]
    connection.commit()


# ---- errors and transactions


@check
def errors_have_their_states():
    connection = with_table()
    for text, kind, code in (('SELECT * FROM nosuch', pyodbc.ProgrammingError, '42P01'),
                             ('SELEC 1', pyodbc.ProgrammingError, '42601'),
                             ("INSERT INTO t VALUES (1, 'again')", pyodbc.IntegrityError, '23505'),
                             ('CREATE TABLE t (a integer)', pyodbc.ProgrammingError, '42P07')):
        assert state(pyodbc.Error, lambda: connection.execute(text).fetchall()) == code, text
        assert isinstance(raises(pyodbc.Error, lambda: connection.execute(text).fetchall()), kind), text
        assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]


@check
def a_transaction_ends_by_commit_or_rollback():
    connection, other = with_table(autocommit=False), connect()
    connection.execute("INSERT INTO t VALUES (4, 'x')")
    assert ask(other, 'SELECT count(*) FROM t') == [(3,)]
    connection.rollback()
    assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]
    connection.execute("INSERT INTO t VALUES (5, 'x')")
    connection.commit()
    assert ask(other, 'SELECT a FROM t WHERE a > 3') == [(5,)]


@check
def an_error_in_a_transaction_is_as_Protocol_says():
    for protocol, left in (('7.4-0', 3), ('7.4-1', 3), ('7.4-2', 4)):  # nothing, the transaction, the statement
        connection = with_table()
        with connect(autocommit=False, Protocol=protocol) as client:
            client.execute("INSERT INTO t VALUES (4, 'x')")
            assert state(pyodbc.IntegrityError, lambda: client.execute("INSERT INTO t VALUES (4, 'y')")) == '23505'
            if protocol == '7.4-0':
                assert state(pyodbc.Error, lambda: client.execute('SELECT 1')) == '25P02'
                client.rollback()
            else:
                assert ask(client, 'SELECT count(*) FROM t') == [(left,)]
            client.commit()
        assert ask(connection, 'SELECT count(*) FROM t') == [(left,)], protocol


@check
def an_isolation_level_is_set():
    connection = connect()
    connection.set_attr(pyodbc.SQL_ATTR_TXN_ISOLATION, pyodbc.SQL_TXN_SERIALIZABLE)
    connection.autocommit = False
    assert ask(connection, 'SHOW transaction_isolation') == [('serializable',)]
    connection.commit()


@check
def a_connection_knows_its_server():
    connection = connect()
    assert connection.getinfo(pyodbc.SQL_DBMS_NAME) == 'PostgreSQL'
    assert int(connection.getinfo(pyodbc.SQL_DBMS_VER).split('.')[0]) >= 10
    assert connection.getinfo(pyodbc.SQL_DATABASE_NAME) == 'postgres'
    assert ask(connection, 'SELECT current_database()') == [('postgres',)]


@check
def tables_and_columns_are_looked_up():
    cursor = with_table().cursor()
    assert 't' in [row.table_name for row in cursor.tables(tableType='TABLE')]
    assert [row.column_name for row in cursor.columns(table='t')] == ['a', 'b']


# ---- SQL's own cursors, cancel


@check
def a_cursor_is_declared_in_SQL():
    connection = with_table(autocommit=False)
    connection.execute(f'DECLARE mine CURSOR FOR {NUMBERS}')
    assert ask(connection, 'FETCH 2 FROM mine') == [(1,), (2,)]
    assert ask(connection, 'FETCH NEXT FROM mine') == [(3,)]
    connection.execute('CLOSE mine')
    connection.commit()


@check
def a_query_is_cancelled():
    connection = with_table()
    cursor = connection.cursor()
    timer = threading.Timer(0.5, cursor.cancel)
    timer.start()
    # The driver says "timeout or cancel" in its own code for it.
    assert state(pyodbc.Error, lambda: cursor.execute(ENDLESS).fetchall()) in ('57014', 'HY008', 'HYT00')
    timer.join()
    assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]


run()
