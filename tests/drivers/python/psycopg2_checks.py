"""psycopg2: values that the client puts into the text, simple queries, cursors by DECLARE, COPY, cancel, NOTIFY."""

import io
import select
import threading
import uuid
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import psycopg2
import psycopg2.extras
from psycopg2 import errors, extensions, sql

from checks import ENDLESS, PLACE, TABLE, check, raises, run

psycopg2.extras.register_uuid()
OFFSET = timezone(timedelta(hours=5, minutes=30))

# column type, its OID, what is kept in it
COLUMNS = [
    ('smallint', 21, [0, -32768]), ('integer', 23, [0, 2147483647, -2147483648]), ('bigint', 20, [2**63 - 1, -2**63]),
    ('real', 700, [1.5, -0.25]), ('double precision', 701, [0.1, -1e308, 5e-324]), ('boolean', 16, [True, False]),
    ('numeric', 1700, [Decimal('12.5'), Decimal('-0.001'), Decimal(7)]),
    ('text', 25, ['', "it's \\ ''", 'žluťoučký 🐎', 'line\nline', '%s', 'NULL']), ('varchar', 1043, ['x' * 300]),
    ('date', 1082, [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]),
    ('time', 1083, [time(12, 34, 56), time(23, 59, 59, 999999)]),
    ('timestamp', 1114, [datetime(2024, 2, 29, 12, 34, 56), datetime(1999, 12, 31, 23, 59, 59, 999999)]),
    ('timestamptz', 1184, [datetime(2024, 2, 29, 12, 34, 56, 7, tzinfo=OFFSET)]),
    ('uuid', 2950, [uuid.UUID('00112233-4455-6677-8899-aabbccddeeff')]),
]


def connect(**options):
    return psycopg2.connect(**PLACE, sslmode='disable', gssencmode='disable', connect_timeout=10, **options)


def with_table(autocommit=True):
    made = connect()
    made.autocommit = True
    with made.cursor() as cursor:
        for text in TABLE:
            cursor.execute(text)
    made.autocommit = autocommit
    return made


def ask(connection, text, arguments=None):
    with connection.cursor() as cursor:
        cursor.execute(text, arguments)
        return cursor.fetchall()


def state(connection):
    return connection.info.transaction_status


# ---- values


@check
def values_of_every_type_come_back_as_they_went():
    connection = with_table()
    cursor = connection.cursor()
    for kind, oid, values in COLUMNS:
        cursor.execute('DROP TABLE IF EXISTS v')
        cursor.execute(f'CREATE TABLE v (k integer PRIMARY KEY, v {kind})')
        for k, value in enumerate([*values, None]):
            cursor.execute('INSERT INTO v VALUES (%s, %s)', (k, value))
        cursor.execute('SELECT v FROM v ORDER BY k')
        assert cursor.description[0].type_code == oid, (kind, cursor.description)
        found = [value for value, in cursor]
        assert found == [*values, None] and {type(v) for v in found} == {type(v) for v in [*values, None]}, kind


@check
def infinities_come_back_as_they_went():
    connection = with_table()
    with connection.cursor() as cursor:
        cursor.execute('DROP TABLE IF EXISTS v')
        cursor.execute('CREATE TABLE v (k integer PRIMARY KEY, v double precision)')
        cursor.execute('INSERT INTO v VALUES (%s, %s), (%s, %s)', (1, float('inf'), 2, float('-inf')))
    assert ask(connection, 'SELECT v FROM v ORDER BY k') == [(float('inf'),), (float('-inf'),)]


@check
def bytes_come_back_as_they_went():
    connection = with_table()
    cursor = connection.cursor()
    cursor.execute('DROP TABLE IF EXISTS v')
    cursor.execute('CREATE TABLE v (k integer PRIMARY KEY, v bytea)')
    values = [b'', b'\0', bytes(range(256)) * 500, b'\\x41']
    for k, value in enumerate(values):
        cursor.execute('INSERT INTO v VALUES (%s, %s)', (k, psycopg2.Binary(value)))
    cursor.execute('SELECT v FROM v ORDER BY k')
    assert cursor.description[0].type_code == 17
    assert [bytes(value) for value, in cursor] == values


@check
def columns_are_described():
    cursor = with_table().cursor()
    cursor.execute('SELECT a, b AS other, a + 1 AS more FROM t ORDER BY a')
    assert [(c.name, c.type_code) for c in cursor.description] == [('a', 23), ('other', 25), ('more', 23)]
    assert cursor.rowcount == 3 and cursor.statusmessage == 'SELECT 3'
    assert cursor.fetchmany(2) == [(1, 'one', 2), (2, 'two', 3)] and cursor.fetchone() == (3, 'three', 4)
    assert cursor.fetchone() is None


@check
def rows_are_counted():
    cursor = with_table().cursor()
    cursor.execute("UPDATE t SET b = 'x' WHERE a > %s", (1,))
    assert (cursor.rowcount, cursor.statusmessage, cursor.description) == (2, 'UPDATE 2', None)
    cursor.execute('DELETE FROM t WHERE a = %(a)s', {'a': 1})
    assert (cursor.rowcount, cursor.statusmessage) == (1, 'DELETE 1')
    cursor.execute("INSERT INTO t VALUES (7, 'x'), (8, NULL) RETURNING a, b")
    assert cursor.statusmessage == 'INSERT 0 2' and cursor.fetchall() == [(7, 'x'), (8, None)]


@check
def rows_are_dictionaries_or_tuples_with_names():
    connection = with_table()
    with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute('SELECT a, b FROM t WHERE a = 2')
        assert cursor.fetchall() == [{'a': 2, 'b': 'two'}]
    with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
        cursor.execute('SELECT a, b FROM t WHERE a = 2')
        assert cursor.fetchone().b == 'two'


@check
def names_are_quoted_by_the_client():
    connection = with_table()
    with connection.cursor() as cursor:
        table = sql.Identifier('it "is" a Table')
        cursor.execute(sql.SQL('DROP TABLE IF EXISTS {}').format(table))
        cursor.execute(sql.SQL('CREATE TABLE {} ({} integer)').format(table, sql.Identifier('Select')))
        cursor.execute(sql.SQL('INSERT INTO {} VALUES ({})').format(table, sql.Literal(5)))
        cursor.execute(sql.SQL('SELECT {} FROM {}').format(sql.Identifier('Select'), table))
        assert cursor.description[0].name == 'Select' and cursor.fetchall() == [(5,)]
        cursor.execute(sql.SQL('DROP TABLE {}').format(table))


@check
def many_rows_go_in_one_statement_and_in_batches():
    connection = with_table()
    with connection.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, 'INSERT INTO t VALUES %s', [(n, f'row {n}') for n in range(10, 1010)])
        psycopg2.extras.execute_batch(cursor, 'UPDATE t SET b = %s WHERE a = %s', [(f'b{n}', n) for n in range(10, 60)])
        cursor.executemany('DELETE FROM t WHERE a = %s', [(n,) for n in range(500, 510)])
    assert ask(connection, 'SELECT count(*), min(b) FROM t WHERE a BETWEEN 10 AND 1009') == [(990, 'b10')]


@check
def a_text_of_several_statements_gives_the_last_result():
    connection = with_table()
    assert ask(connection, "INSERT INTO t VALUES (4, 'x'); SELECT a FROM t WHERE a > 2 ORDER BY a") == [(3,), (4,)]


@check
def a_megabyte_there_and_back():
    connection = with_table()
    text = 'ž🐎x' * 130_000
    with connection.cursor() as cursor:
        cursor.execute('UPDATE t SET b = %s WHERE a = 1', (text,))
    assert ask(connection, 'SELECT b FROM t WHERE a = 1') == [(text,)]


# ---- errors and transactions


@check
def errors_have_their_classes_and_details():
    connection = with_table()
    for text, kind, code in (
            ('SELECT * FROM nosuch', errors.UndefinedTable, '42P01'), ('SELEC 1', errors.SyntaxError, '42601'),
            ('SELECT nosuch FROM t', errors.UndefinedColumn, '42703'),
            ("INSERT INTO t VALUES (1, 'again')", errors.UniqueViolation, '23505'),
            ('CREATE TABLE t (a integer)', errors.DuplicateTable, '42P07')):
        caught = raises(kind, lambda: ask(connection, text), pgcode=code)
        assert caught.diag.severity == 'ERROR' and caught.diag.message_primary, text
        assert ask(connection, 'SELECT a FROM t WHERE a = 1') == [(1,)]
    caught = raises(errors.UndefinedTable, lambda: ask(connection, 'SELECT * FROM nosuch'))
    assert caught.diag.statement_position == '15'


@check
def constraints_have_their_classes():
    connection = with_table()
    for column, value, kind in (('a integer NOT NULL', 'NULL', errors.NotNullViolation),
                                ('a integer CHECK (a > 0)', '-1', errors.CheckViolation),
                                ('a integer REFERENCES t (a)', '99', errors.ForeignKeyViolation)):
        with connection.cursor() as cursor:
            cursor.execute('DROP TABLE IF EXISTS bound')
            cursor.execute(f'CREATE TABLE bound ({column})')
            raises(kind, lambda: cursor.execute(f'INSERT INTO bound VALUES ({value})'))
            cursor.execute('DROP TABLE bound')


@check
def a_transaction_begins_by_itself_and_ends_by_commit_or_rollback():
    connection, other = with_table(autocommit=False), connect()
    assert state(connection) == extensions.TRANSACTION_STATUS_IDLE
    ask(connection, "INSERT INTO t VALUES (4, 'x') RETURNING a")
    assert state(connection) == extensions.TRANSACTION_STATUS_INTRANS
    other.autocommit = True
    assert ask(other, 'SELECT count(*) FROM t') == [(3,)]
    connection.rollback()
    assert state(connection) == extensions.TRANSACTION_STATUS_IDLE
    ask(connection, "INSERT INTO t VALUES (5, 'x') RETURNING a")
    connection.commit()
    assert ask(other, 'SELECT a FROM t WHERE a > 3') == [(5,)]


@check
def an_error_fails_the_transaction():
    connection = with_table(autocommit=False)
    ask(connection, "INSERT INTO t VALUES (4, 'x') RETURNING a")
    raises(errors.UniqueViolation, lambda: ask(connection, "INSERT INTO t VALUES (4, 'x')"))
    assert state(connection) == extensions.TRANSACTION_STATUS_INERROR
    raises(errors.InFailedSqlTransaction, lambda: ask(connection, 'SELECT 1'), pgcode='25P02')
    connection.rollback()
    assert state(connection) == extensions.TRANSACTION_STATUS_IDLE
    assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]


@check
def a_savepoint_is_gone_back_to():
    connection = with_table(autocommit=False)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (4, 'kept')")
        cursor.execute('SAVEPOINT s')
        raises(errors.UniqueViolation, lambda: cursor.execute("INSERT INTO t VALUES (4, 'lost')"))
        cursor.execute('ROLLBACK TO SAVEPOINT s')
        assert state(connection) == extensions.TRANSACTION_STATUS_INTRANS
        cursor.execute('RELEASE SAVEPOINT s')
    connection.commit()
    assert ask(connection, 'SELECT b FROM t WHERE a = 4') == [('kept',)]


@check
def a_session_is_read_only_or_has_an_isolation_level():
    connection = with_table()
    connection.autocommit = False
    connection.set_session(isolation_level='SERIALIZABLE', readonly=True)
    assert ask(connection, 'SHOW transaction_isolation') == [('serializable',)]
    assert ask(connection, 'SHOW transaction_read_only') == [('on',)]
    raises(errors.ReadOnlySqlTransaction, lambda: ask(connection, 'DELETE FROM t'), pgcode='25006')
    connection.rollback()
    connection.reset()
    assert ask(connection, 'SHOW transaction_isolation') == [('read committed',)]


@check
def a_connection_knows_its_server():
    connection = connect(application_name='checks', options='-c DateStyle=ISO,DMY')
    assert connection.server_version > 100_000 and connection.info.backend_pid > 0
    assert connection.get_parameter_status('application_name') == 'checks'
    assert connection.get_parameter_status('DateStyle') == 'ISO, DMY'
    assert connection.encoding == 'UTF8' and connection.get_parameter_status('server_encoding') == 'UTF8'
    ask(connection, "SET application_name = 'other'; SHOW application_name")
    assert connection.get_parameter_status('application_name') == 'other'
    connection.rollback()
    assert connection.get_parameter_status('application_name') == 'checks'


@check
def a_warning_is_heard():
    connection = with_table()
    with connection.cursor() as cursor:
        cursor.execute('COMMIT')
    assert len(connection.notices) == 1 and connection.notices[0].startswith('WARNING:'), connection.notices


# ---- SQL's own statements and cursors


@check
def statements_are_prepared_and_executed_in_SQL():
    connection = with_table()
    with connection.cursor() as cursor:
        cursor.execute('PREPARE found (integer) AS SELECT b FROM t WHERE a = $1')
        assert cursor.statusmessage == 'PREPARE'
        for a, b in ((1, 'one'), (3, 'three')) * 3:
            cursor.execute('EXECUTE found (%s)', (a,))
            assert cursor.fetchall() == [(b,)]
        raises(errors.DuplicatePreparedStatement, lambda: cursor.execute('PREPARE found AS SELECT 1'), pgcode='42P05')
        cursor.execute('DEALLOCATE found')
        raises(errors.InvalidSqlStatementName, lambda: cursor.execute('EXECUTE found (1)'), pgcode='26000')


NUMBERS = ('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) '
           'SELECT CAST(i AS integer) AS i FROM n')


@check
def a_named_cursor_fetches_in_portions():
    connection = with_table(autocommit=False)
    with connection.cursor('numbers') as cursor:
        cursor.itersize = 100
        cursor.execute(NUMBERS)
        assert cursor.fetchone() == (1,) and cursor.description[0].type_code == 23
        assert cursor.fetchmany(3) == [(2,), (3,), (4,)]
        assert [n for n, in cursor] == list(range(5, 1001))
        assert cursor.fetchone() is None
    assert state(connection) == extensions.TRANSACTION_STATUS_INTRANS
    connection.rollback()


@check
def a_named_cursor_scrolls():
    connection = with_table(autocommit=False)
    with connection.cursor('numbers', scrollable=True) as cursor:
        cursor.execute(NUMBERS)
        cursor.scroll(10)
        assert cursor.fetchone() == (11,)
        cursor.scroll(-5)
        assert cursor.fetchone() == (7,)
        cursor.scroll(1, mode='absolute')
        assert cursor.fetchone() == (2,)


@check
def a_cursor_with_hold_outlives_its_transaction():
    connection = with_table(autocommit=False)
    cursor = connection.cursor('numbers', withhold=True)
    cursor.execute(NUMBERS)
    assert cursor.fetchone() == (1,)
    connection.commit()
    assert cursor.fetchmany(2) == [(2,), (3,)]
    cursor.close()


@check
def a_cursor_without_hold_does_not():
    connection = with_table(autocommit=False)
    cursor = connection.cursor('numbers')
    cursor.execute(NUMBERS)
    connection.commit()
    raises(psycopg2.ProgrammingError, cursor.fetchone)
    connection.rollback()
    raises(errors.InvalidCursorName, lambda: ask(connection, 'FETCH 1 FROM "numbers"'), pgcode='34000')


# ---- COPY


@check
def rows_are_copied_in():
    connection = with_table()
    with connection.cursor() as cursor:
        cursor.copy_expert('COPY t (a, b) FROM STDIN', io.StringIO('4\tfour\n5\t\\N\n6\ttab\\tž\\\\\n'))
        assert cursor.rowcount == 3
        cursor.copy_from(io.StringIO('7\tx\n8\ty\n'), 't', columns=('a', 'b'))
    assert ask(connection, 'SELECT a, b FROM t WHERE a > 3 ORDER BY a') == [
        (4, 'four'), (5, None), (6, 'tab\tž\\'), (7, 'x'), (8, 'y')]


@check
def rows_are_copied_out():
    connection = with_table()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (4, NULL), (5, 'tab\tž\\')")
        out = io.StringIO()
        cursor.copy_expert('COPY t TO STDOUT', out)
        assert cursor.rowcount == 5
        assert out.getvalue() == '1\tone\n2\ttwo\n3\tthree\n4\t\\N\n5\ttab\\tž\\\\\n'
        out = io.StringIO()
        cursor.copy_expert('COPY (SELECT b, a FROM t WHERE a < 3 ORDER BY a DESC) TO STDOUT', out)
        assert out.getvalue() == 'two\t2\none\t1\n'
        out = io.StringIO()
        cursor.copy_to(out, 't', columns=('a',))
        assert out.getvalue() == '1\n2\n3\n4\n5\n'


@check
def a_large_copy_goes_in_and_out():
    connection = with_table()
    lines = ''.join(f'{n}\trow {n}\n' for n in range(10, 20_010))
    with connection.cursor() as cursor:
        cursor.copy_expert('COPY t FROM STDIN', io.StringIO(lines))
        out = io.StringIO()
        cursor.copy_expert('COPY (SELECT a, b FROM t WHERE a >= 10 ORDER BY a) TO STDOUT', out)
        assert cursor.rowcount == 20_000 and out.getvalue() == lines


@check
def a_bad_line_copies_nothing():
    connection = with_table()
    with connection.cursor() as cursor:
        for lines, code in (('4\tfour\nx\tfive\n', '22P02'), ('4\tfour\n5\n', '22P04'), ('4\tx\ty\n', '22P04'),
                            ('4\tfour\n1\tone\n', '23505')):
            caught = raises(psycopg2.Error, lambda: cursor.copy_expert('COPY t FROM STDIN', io.StringIO(lines)))
            assert caught.pgcode == code, (lines, caught.pgcode, caught)
            assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]


@check
def a_copy_that_the_client_fails_copies_nothing():
    class Broken(io.StringIO):
        def read(self, *_):
            raise KeyError('mine')

    connection = with_table()
    with connection.cursor() as cursor:
        raises(errors.QueryCanceled, lambda: cursor.copy_expert('COPY t FROM STDIN', Broken()), pgcode='57014')
    assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]


@check
def errors_of_copies_have_their_classes():
    connection = with_table()
    with connection.cursor() as cursor:
        for text, code in (('COPY nosuch FROM STDIN', '42P01'), ('COPY nosuch TO STDOUT', '42P01'),
                           ('COPY t (nosuch) FROM STDIN', '42703'), ('COPY (SELECT nosuch FROM t) TO STDOUT', '42703')):
            raises(psycopg2.Error, lambda: cursor.copy_expert(text, io.StringIO()), pgcode=code)
    assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]


# ---- cancel, notifications


@check
def a_query_is_cancelled():
    connection = with_table(autocommit=False)
    timer = threading.Timer(0.3, connection.cancel)
    timer.start()
    raises(errors.QueryCanceled, lambda: ask(connection, ENDLESS), pgcode='57014')
    timer.join()
    assert state(connection) == extensions.TRANSACTION_STATUS_INERROR
    connection.rollback()
    assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]


@check
def a_cancel_of_nothing_is_no_error():
    connection = with_table()
    for _ in range(5):
        connection.cancel()
    assert ask(connection, 'SELECT count(*) FROM t') == [(3,)]


@check
def notifications_arrive():
    connection, other = with_table(), with_table()
    with connection.cursor() as cursor, other.cursor() as sender:
        cursor.execute('LISTEN mine')
        sender.execute("NOTIFY mine, 'hello ž'")
        sender.execute("NOTIFY yours, 'nobody'")
        assert select.select([connection], [], [], 10)[0] == [connection]
        connection.poll()
        assert [(n.pid, n.channel, n.payload) for n in connection.notifies] == [
            (other.info.backend_pid, 'mine', 'hello ž')]
        cursor.execute('UNLISTEN mine')


run()
