"""psycopg 3: Python's values in both formats, prepared statements, pipelines, transactions, errors, threads."""

import asyncio
import threading
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from psycopg import errors, pq
from psycopg.rows import dict_row
from psycopg.types.json import Json

OFFSET = timezone(timedelta(hours=5, minutes=30))

# What can be kept in a column, by its declared type: (column type, type OID, values). One table to adapt.
COLUMNS = [
    ('smallint', 21, [0, 1, -1, 32767, -32768]),
    ('integer', 23, [0, -1, 2147483647, -2147483648]),
    ('bigint', 20, [0, 2**63 - 1, -2**63]),
    ('real', 700, [0.0, 1.5, -0.25, float('inf')]),
    ('double precision', 701, [0.0, 0.1, -1e308, 5e-324, 42.0, float('inf'), float('-inf')]),
    ('boolean', 16, [True, False]),
    ('text', 25, ['', 'x', "it's ''", 'žluťoučký 🐎', 'line\nline\\n', '12', '1e5', 'true', 'NULL']),
    ('varchar', 1043, ['', 'x' * 300]),
    ('bytea', 17, [b'', b'\0', bytes(range(256)), b'\\x41', b'text']),
    ('date', 1082, [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]),
    ('timestamp', 1114, [datetime(2024, 2, 29, 12, 34, 56), datetime(1999, 12, 31, 23, 59, 59, 999999),
                         datetime(1, 1, 1), datetime(2024, 1, 1, 0, 0, 0, 500000)]),
    ('timestamptz', 1184, [datetime(2024, 2, 29, 12, 34, 56, tzinfo=timezone.utc),
                           datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=OFFSET)]),
    ('uuid', 2950, [UUID('00112233-4455-6677-8899-aabbccddeeff'), UUID(int=0)]),
    ('numeric', 1700, [Decimal('12.5'), Decimal('-7'), Decimal('0'), Decimal('100'), Decimal('0.001')]),
    ('time', 1083, [time(0, 0), time(12, 34, 56), time(23, 59, 59, 999999)]),
    ('character(3)', 1042, ['abc']),
    ('name', 19, ['pg_class']),
    ('oid', 26, [0, 2**32 - 1]),
]
EXPRESSIONS = [  # what an expression gives: (SQL, arguments, value)
    ('SELECT 1', (), 1),
    ("SELECT 'x'", (), 'x'),
    ('SELECT count(*) FROM t', (), 3),
    ('SELECT max(a) FROM t', (), 3),
    ('SELECT max(b) FROM t', (), 'two'),
    ('SELECT b || b FROM t WHERE a = 1', (), 'oneone'),
    ('SELECT a + 1 FROM t WHERE a = 1', (), 2),
    ('SELECT NULL', (), None),
    ('SELECT CAST(%s AS integer)', (7,), 7),
    ('SELECT CAST(%s AS bigint)', (2**40,), 2**40),
    ('SELECT CAST(%s AS smallint)', (-7,), -7),
    ('SELECT CAST(%s AS text)', ('x',), 'x'),
    ('SELECT CAST(%s AS double precision)', (0.1,), 0.1),
    ('SELECT CAST(%s AS integer) + 1', (7,), 8),
    ("SELECT CASE WHEN a = %s THEN 'yes' ELSE 'no' END FROM t WHERE a = 2", (2,), 'yes'),
    ('SELECT b FROM t WHERE a = %s', (2,), 'two'),
    ('SELECT a FROM t WHERE b = %s', ('two',), 2),
    ('SELECT count(*) FROM t WHERE a > %s AND b <> %s', (1, 'two'), 1),
    ('SELECT 1::int', (), 1),
    ("SELECT '42'::int8 + ' -2 '::int4", (), 40),
    ("SELECT 1-'-2'::int", (), 3),
    ("SELECT '9'::int < '10'::int", (), True),
    ("SELECT 't'::boolean AND NOT 'off'::bool", (), True),
    ("SELECT '1.25'::float8 + '1'::double precision / 2", (), 1.75),
    ("SELECT '12345678901234567890.125'::numeric", (), Decimal('12345678901234567890.125')),
    ("SELECT CAST('12345678901234567890.125' AS numeric)", (), Decimal('12345678901234567890.125')),
    ("SELECT CAST('1' || '2' AS integer) + CAST('1' AS int)", (), 13),
    ("SELECT '\\xfF00'::bytea", (), b'\xff\0'),
    ("SELECT '2024-2-29'::date", (), date(2024, 2, 29)),
    ("SELECT '2024-02-29 02:00+02'::timestamptz = '2024-02-29 00:00Z'::timestamp with time zone", (), True),
    ("SELECT 'x'::varchar(20)", (), 'x'),
    (r"SELECT E'it\'s \x41'::text", (), "it's A"),
    ('SELECT a::text FROM t WHERE a = 2', (), '2'),
    ('SELECT t."a"::text || \'x\' FROM t WHERE t.a::int8 = 2', (), '2x'),
    ('SELECT (a + 1)::text FROM t WHERE a = 2', (), '3'),
    ('SELECT length(b)::text FROM t WHERE a = 2', (), '3'),
    ('SELECT count(*) FILTER (WHERE a > 1)::int FROM t', (), 2),
    ('SELECT max(a) OVER ()::text FROM t WHERE a = 2', (), '2'),
    ('SELECT CASE WHEN a = 2 THEN 2 END::text FROM t WHERE a = 2', (), '2'),
    ('SELECT 5::int::text::int8', (), 5),
    ('SELECT 5::pg_catalog.int4', (), 5),
    ("SELECT '5'::\"pg_catalog\".\"int4\"::text", (), '5'),
    ("SELECT quote_literal('it''s')", (), "'it''s'"),
    (r"SELECT quote_literal('a\b')", (), r"E'a\\b'"),
    ('SELECT quote_literal(NULL::text)', (), None),
    ('SELECT NULL::int', (), None),
    ('SELECT -2::int', (), -2),
    ('SELECT 1.5::int + 10 * 2.5::int8', (), 32),
    ('SELECT -1.5::int * 10 + (-2.5)::smallint', (), -23),
    ('SELECT CAST(2.5 AS int) + CAST(-2.4999 AS int)', (), 1),
    ("SELECT 2.5e0::int + '2.5'::numeric::int * 10", (), 33),
    ("SELECT 2.5::float8::int + '3.5'::float8::int * 10 + CAST(2.5::real AS int) * 100", (), 242),
    ('SELECT (1.5 + 1)::int', (), 3),
    ('SELECT 9223372036854775807.4::int8', (), 2**63 - 1),
    ('SELECT 1234567890123456789.5::bigint', (), 1234567890123456790),
    ('SELECT (a = 2)::int FROM t WHERE a = 2', (), 1),
    ("SELECT ' 7 '::text::int", (), 7),
    ("SELECT count(*) FROM t WHERE a = '2.5'::numeric::int", (), 1),
    ('SELECT NOT (a = 1)::bool FROM t WHERE a = 2', (), True),
    ('SELECT %s::text', ('7',), '7'),
    ('SELECT %s::int + 1', ('7',), 8),
    ('SELECT 7 = %s::int', ('7',), True),
    ('SELECT %s::numeric', (Decimal('12345678901234567890.125'),), Decimal('12345678901234567890.125')),
    ('SELECT current_user', (), 'postgres'),
    ('SELECT session_user', (), 'postgres'),
    ('SELECT user', (), 'postgres'),
    ('SELECT current_role', (), 'postgres'),
    ('SELECT current_catalog', (), 'postgres'),
    ('SELECT current_schema', (), 'public'),
    ("SELECT count(*) FROM t WHERE current_user = USER AND Current_Schema || b <> ''", (), 3),
    ('SELECT pg_catalog.current_database()', (), 'postgres'),
]
NAMES = [  # what a column is called: (SQL, name)
    ('SELECT 1::int', 'int4'), ("SELECT '1'::int::text", 'text'), ('SELECT a::text FROM t', 'a'),
    ('SELECT t."a"::text FROM t', 'a'), ('SELECT -a FROM t', '?column?'), ('SELECT TRUE::int', 'int4'),
    ('SELECT COUNT(*)::int FROM t', 'count'), ('SELECT CASE WHEN true THEN 1 END::int', 'int4'),
    ('SELECT current_user', 'current_user'), ('SELECT USER', 'user'), ('SELECT localtimestamp', 'localtimestamp'),
    ('SELECT current_timestamp', 'current_timestamp'), ('SELECT pg_catalog.version()', 'version'),
    ('SELECT 1::int AS n', 'n'), ('SELECT 1::int n', 'n'),
]
FIRST_STATEMENTS = [  # of drivers and tools, and of those who try a server out
    'SELECT version()', 'SELECT pg_catalog.version()', 'select current_schema()',
    'SELECT current_schema(),session_user', 'SELECT pg_backend_pid()',
    'SHOW transaction isolation level', 'SHOW TRANSACTION ISOLATION LEVEL',
    'show standard_conforming_strings', 'SHOW search_path', 'SET extra_float_digits = 3',
    "SET client_encoding = 'UTF8'",
    "SET application_name = 'a tool'", "SELECT set_config('bytea_output', 'hex', false)",
    "SELECT pg_catalog.set_config('search_path', '', false)", "SELECT current_setting('server_version_num')::int",
    "SELECT CAST('test plain returns' AS VARCHAR(60)) AS anon_1", 'SELECT now()', 'SELECT localtimestamp',
    'SELECT localtime', 'SELECT current_date', 'SELECT current_timestamp', 'SELECT 1', '',
]


@pytest.fixture
def connection(target):
    with psycopg.connect(target.dsn, autocommit=True) as made:
        for sql in ('DROP TABLE IF EXISTS t', 'CREATE TABLE t (a integer PRIMARY KEY, b text)',
                    "INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')"):
            made.execute(sql)
        yield made


def rows(connection):
    return connection.execute('SELECT a, b FROM t ORDER BY a').fetchall()


# ------------------------------------------------------------ values and types


@pytest.mark.parametrize('kind,oid,values', COLUMNS, ids=[c[0] for c in COLUMNS])
@pytest.mark.parametrize('sent', ['%t', '%b'], ids=['sent in text', 'sent in binary'])
@pytest.mark.parametrize('binary', [False, True], ids=['read in text', 'read in binary'])
def test_values_come_back_as_they_went(connection, kind, oid, values, sent, binary):
    connection.execute('DROP TABLE IF EXISTS v')
    connection.execute(f'CREATE TABLE v (k integer PRIMARY KEY, v {kind})')
    for k, value in enumerate([*values, None]):
        connection.execute(f'INSERT INTO v VALUES (%s, {sent})', (k, value))
    with connection.cursor(binary=binary) as cursor:
        cursor.execute('SELECT v FROM v ORDER BY k')
        assert cursor.description[0].type_code == oid
        found = [value for value, in cursor]
    assert found == [*values, None]
    assert [type(value) for value in found] == [type(value) for value in [*values, None]]


@pytest.mark.parametrize('sent', ['%t', '%b'], ids=['sent in text', 'sent in binary'])
@pytest.mark.parametrize('binary', [False, True], ids=['read in text', 'read in binary'])
def test_json_is_read_as_what_it_stands_for(connection, sent, binary):
    connection.execute('DROP TABLE IF EXISTS v')
    connection.execute('CREATE TABLE v (k integer PRIMARY KEY, v json)')
    values = [{'a': [1, 'ž', None]}, [], 'x', 1.5, True]
    for k, value in enumerate(values):
        connection.execute(f'INSERT INTO v VALUES (%s, {sent})', (k, Json(value)))
    with connection.cursor(binary=binary) as cursor:
        found = cursor.execute('SELECT v FROM v ORDER BY k').fetchall()
        assert cursor.description[0].type_code == 114 and found == [(value,) for value in values]


@pytest.mark.parametrize('kind,oid,values', COLUMNS, ids=[c[0] for c in COLUMNS])
@pytest.mark.parametrize('sent', ['%t', '%b'], ids=['sent in text', 'sent in binary'])
def test_values_are_found_by_their_equals(connection, kind, oid, values, sent):
    connection.execute('DROP TABLE IF EXISTS v')
    connection.execute(f'CREATE TABLE v (k integer PRIMARY KEY, v {kind})')
    for k, value in enumerate(values):
        connection.execute('INSERT INTO v VALUES (%s, %s)', (k, value))
    for k, value in enumerate(values):
        assert connection.execute(f'SELECT k FROM v WHERE v = {sent}', (value,)).fetchall() == [(k,)]


@pytest.mark.parametrize('sql,arguments,value', EXPRESSIONS, ids=[e[0] for e in EXPRESSIONS])
@pytest.mark.parametrize('binary', [False, True], ids=['text', 'binary'])
def test_expressions_have_types(connection, sql, arguments, value, binary):
    found = connection.execute(sql, arguments, binary=binary).fetchall()
    assert found == [(value,)] and type(found[0][0]) is type(value)


@pytest.mark.parametrize('sql,name', NAMES, ids=[n[0] for n in NAMES])
def test_columns_have_names(connection, sql, name):
    assert connection.execute(sql).description[0].name == name


@pytest.mark.parametrize('sql', FIRST_STATEMENTS)
@pytest.mark.parametrize('arguments', [None, ()], ids=['simple', 'extended'])
def test_what_clients_say_first_is_understood(connection, sql, arguments):
    connection.execute(sql, arguments)


def test_the_time_without_a_zone(connection):
    stamp, time_of_day, now = connection.execute('SELECT localtimestamp, localtime, now()').fetchone()
    assert stamp.tzinfo is None and abs(now.replace(tzinfo=None) - stamp) < timedelta(seconds=5)
    assert time_of_day.tzinfo is None and abs(time_of_day.second - stamp.second) in (0, 1, 59)


def test_columns_are_described(connection):
    cursor = connection.execute('SELECT a, b AS other FROM t')
    assert [(c.name, c.type_code, c.internal_size) for c in cursor.description] == [('a', 23, 4), ('other', 25, None)]
    assert cursor.rowcount == 3 and cursor.statusmessage == 'SELECT 3'


def test_an_integer_out_of_range_is_refused(connection):
    with pytest.raises(errors.NumericValueOutOfRange):
        connection.execute('SELECT a FROM t WHERE a = CAST(%s AS integer)', ('99999999999',))


def test_a_text_that_is_no_date_is_refused(connection):
    connection.execute('DROP TABLE IF EXISTS v')
    connection.execute('CREATE TABLE v (v date)')
    with pytest.raises((errors.InvalidDatetimeFormat, errors.DatetimeFieldOverflow)):
        connection.execute('INSERT INTO v VALUES (CAST(%s AS date))', ('2024-02-30',))


@pytest.mark.parametrize('sql,expected,position', [
    ("SELECT 'é', 'x'::int", errors.InvalidTextRepresentation, 13),
    ("SELECT 1, CAST('x' AS bool)", errors.InvalidTextRepresentation, 16),
    ("SELECT '99999999999'::int", errors.NumericValueOutOfRange, 8),
    ("SELECT '2024-02-30'::date", errors.DatetimeFieldOverflow, 8),
    ("SELECT 1, 'x'::nosuch", errors.UndefinedObject, 16), ('SELECT 1::nosuch(3)', errors.UndefinedObject, 11),
    ('SELECT 1::', errors.SyntaxError, 11), ('SELECT ::int', errors.SyntaxError, 8),
    ('SELECT 1::int::, 2', errors.SyntaxError, 16), ('SELECT 1 FROM t::int', errors.SyntaxError, 16),
    ('SELECT a::int, nosuch::int FROM t', errors.UndefinedColumn, 16),
    ('SELECT user, current_user, nosuch FROM t', errors.UndefinedColumn, 28)],
                         ids=lambda p: p if isinstance(p, str) else '')
def test_a_wrong_cast_is_an_error_in_its_place(connection, sql, expected, position):
    with pytest.raises(expected) as caught:
        connection.execute(sql)
    assert caught.value.diag.statement_position == str(position)


@pytest.mark.parametrize('sql,expected,message', [
    ('SELECT 2147483647.5::int', errors.NumericValueOutOfRange, 'integer out of range'),
    ('SELECT CAST(40000 AS smallint)', errors.NumericValueOutOfRange, 'smallint out of range'),
    ('SELECT 9223372036854775807.5::int8', errors.NumericValueOutOfRange, 'bigint out of range'),
    ('SELECT 1e100::float8::int8', errors.NumericValueOutOfRange, 'bigint out of range'),
    ('SELECT b::int FROM t', errors.InvalidTextRepresentation, 'invalid input syntax for type integer: "one"'),
    ("SELECT '1.5'::text::int", errors.InvalidTextRepresentation, 'invalid input syntax for type integer: "1.5"')],
                         ids=lambda p: p if isinstance(p, str) else '')
def test_what_is_no_integer_is_not_made_one(connection, sql, expected, message):
    with pytest.raises(expected) as caught:
        connection.execute(sql)
    assert caught.value.diag.message_primary == message
    assert len(rows(connection)) == 3


def test_a_definition_keeps_its_casts(connection):
    connection.execute('DROP TABLE IF EXISTS v')
    connection.execute('CREATE TABLE v (n numeric, CHECK (n::int < 100))')
    connection.execute('CREATE INDEX v_n ON v ((n::int))')
    connection.execute('INSERT INTO v VALUES (7)')
    assert connection.execute('SELECT n::int FROM v WHERE n::int = 7').fetchone() == (7,)
    with pytest.raises(errors.CheckViolation):
        connection.execute('INSERT INTO v VALUES (100)')


def test_a_column_may_be_called_like_a_word_that_is_a_function(connection):
    connection.execute('DROP TABLE IF EXISTS v')
    connection.execute('CREATE TABLE v ("user" text, "localtime" integer)')
    connection.execute('INSERT INTO v ("user", "localtime") VALUES (current_user || $$!$$, 7)')
    assert connection.execute('SELECT "user", v."localtime"::text AS user, session_user FROM v').fetchone() == (
        'postgres!', '7', 'postgres')


def test_casts_may_be_nested_deep(connection):
    sql = 'SELECT ' + '(' * 20 + '1' + '::int)' * 20 + '::text'
    assert connection.execute(sql).fetchone() == ('1',)
    with pytest.raises(psycopg.Error):  # in no time, whether it is too deep or not
        connection.execute('SELECT ' + '(' * 100_000 + '1' + '::int)' * 100_000 + '::nosuch')
    assert len(rows(connection)) == 3


def test_a_constant_is_read_by_the_order_of_dates(connection):
    connection.execute("SET DateStyle = 'ISO, DMY'")
    assert connection.execute("SELECT '1/2/2024'::date").fetchone() == (date(2024, 2, 1),)


@pytest.mark.parametrize('sql,expected,position', [
    ('SELECT $1', errors.UndefinedParameter, '8'), ("SELECT 'é', $2, $1", errors.UndefinedParameter, '13'),
    ('SELECT 1; SELECT a FROM t WHERE a = $1', errors.UndefinedParameter, '37'),
    ('DELETE FROM t WHERE a = $1', errors.UndefinedParameter, '25'), ('SELECT $0', errors.UndefinedParameter, '8'),
    ('SELECT $1 FROM nosuch', errors.UndefinedTable, '16'), ('SELECT $1a', errors.SyntaxError, '8')],
                         ids=lambda p: p if isinstance(p, str) else '')
def test_a_simple_query_has_no_parameters(connection, sql, expected, position):
    with pytest.raises(expected) as caught:
        connection.execute(sql)
    assert caught.value.diag.statement_position == position
    assert len(rows(connection)) == 3


@pytest.mark.parametrize('sql,types,states', [
    ('SELECT $0', [], ['42P02']), ('SELECT $2', [], ['42P18']), ('SELECT $1::int, $3::int', [], ['42P18']),
    ('SELECT $1, $3', [0, 0, 25], ['42P18']), ('SELECT $65536', [], ['42P02', '42P18']),
    ('SELECT $2', [23], ['']), ('SELECT 1', [23], ['']), ('SELECT $01', [], [''])],
                         ids=lambda p: p if isinstance(p, str) else '')
def test_a_prepared_statement_knows_its_parameters(connection, sql, types, states):
    result = connection.pgconn.prepare(b'', sql.encode(), types or None)
    assert (result.error_field(pq.DiagnosticField.SQLSTATE) or b'').decode() in states


def test_a_megabyte_there_and_back(connection):
    data = bytes(range(256)) * 4096
    connection.execute('DROP TABLE IF EXISTS v')
    connection.execute('CREATE TABLE v (v bytea)')
    connection.execute('INSERT INTO v VALUES (%b)', (data,))
    for binary in (False, True):
        assert connection.execute('SELECT v FROM v', binary=binary).fetchone() == (data,)


def test_the_client_may_put_the_values_into_the_text_itself(target, connection):
    with psycopg.connect(target.dsn, autocommit=True, cursor_factory=psycopg.ClientCursor) as client:
        client.execute('INSERT INTO t VALUES (%s, %s)', (4, "it's \\ 100%"))
        assert client.execute('SELECT b FROM t WHERE a = %s', (4,)).fetchone() == ("it's \\ 100%",)


def test_parameters_by_number(target, connection):
    with psycopg.connect(target.dsn, autocommit=True, cursor_factory=psycopg.RawCursor) as client:
        assert client.execute('SELECT a FROM t WHERE b = $2 AND a = $1', (2, 'two')).fetchall() == [(2,)]


def test_rows_as_dictionaries(connection):
    with connection.cursor(row_factory=dict_row) as cursor:
        assert cursor.execute('SELECT a, b FROM t WHERE a = 1').fetchall() == [{'a': 1, 'b': 'one'}]


def test_a_result_can_be_streamed(connection):
    sql = ('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) '
           'SELECT CAST(i AS integer) FROM n')
    assert sum(i for i, in connection.cursor().stream(sql, (10_000,))) == 50_005_000


def test_several_statements_have_several_results(connection):
    cursor = connection.execute(
        "SELECT a FROM t WHERE a = 1; INSERT INTO t VALUES (4, 'x'); SELECT b FROM t WHERE a = 4")
    assert cursor.fetchall() == [(1,)] and cursor.nextset()
    assert cursor.statusmessage == 'INSERT 0 1' and cursor.rowcount == 1 and cursor.nextset()
    assert cursor.fetchall() == [('x',)] and not cursor.nextset()


def test_the_empty_statement(connection):
    assert connection.execute('').pgresult.status == pq.ExecStatus.EMPTY_QUERY


# ------------------------------------------------------------ prepared statements, batches, pipelines


def test_statements_are_prepared_at_once_when_asked(target, connection):
    with psycopg.connect(target.dsn, autocommit=True, prepare_threshold=0) as client:
        for a, b in ((1, 'one'), (2, 'two'), (3, 'three')) * 10:
            assert client.execute('SELECT b FROM t WHERE a = %s', (a,)).fetchall() == [(b,)]
            assert client.execute('SELECT a FROM t WHERE b = %s', (b,), binary=True).fetchall() == [(a,)]
        assert len(client._prepared._names) == 2  # the client prepared each once


def test_prepared_statements_are_forgotten_by_the_oldest(target, connection):
    with psycopg.connect(target.dsn, autocommit=True, prepare_threshold=0) as client:
        client.prepared_max = 3
        for round_ in range(3):
            for n in range(6):
                assert client.execute(f'SELECT a + {n} FROM t WHERE a = %s', (1,)).fetchone() == (1 + n,)


def test_a_prepared_statement_survives_a_rollback(target, connection):
    with psycopg.connect(target.dsn, prepare_threshold=0) as client:
        for _ in range(3):
            assert client.execute('SELECT b FROM t WHERE a = %s', (1,)).fetchone() == ('one',)
            with pytest.raises(errors.UniqueViolation):
                client.execute('INSERT INTO t VALUES (%s, %s)', (1, 'again'))
            client.rollback()


def test_many_insertions(connection):
    cursor = connection.cursor()
    cursor.executemany('INSERT INTO t VALUES (%s, %s)', [(n, f'row {n}') for n in range(10, 510)])
    assert cursor.rowcount == 500 and len(rows(connection)) == 503


def test_many_insertions_that_return(connection):
    cursor = connection.cursor()
    cursor.executemany('INSERT INTO t VALUES (%s, %s) RETURNING a', [(n, f'row {n}') for n in range(10, 20)],
                       returning=True)
    returned = [cursor.fetchone()[0]]
    while cursor.nextset():
        returned.append(cursor.fetchone()[0])
    assert returned == list(range(10, 20))


def test_a_pipeline(connection):
    with connection.pipeline() as pipeline:
        cursors = [connection.execute('SELECT b FROM t WHERE a = %s', (n % 3 + 1,)) for n in range(300)]
        pipeline.sync()
        assert [c.fetchone()[0] for c in cursors] == ['one', 'two', 'three'] * 100


def test_a_pipeline_that_is_flushed_by_reading(connection):
    with connection.pipeline():
        cursor = connection.execute('SELECT b FROM t WHERE a = %s', (1,))
        assert cursor.fetchone() == ('one',)
        connection.execute('INSERT INTO t VALUES (%s, %s)', (4, 'x'))
        assert connection.execute('SELECT b FROM t WHERE a = %s', (4,)).fetchone() == ('x',)


def test_an_error_in_a_pipeline_aborts_what_follows(connection):
    with pytest.raises(errors.UndefinedTable):
        with connection.pipeline() as pipeline:
            first = connection.execute("INSERT INTO t VALUES (4, 'x')")
            pipeline.sync()
            connection.execute("INSERT INTO t VALUES (5, 'y')")
            connection.execute('SELECT * FROM nosuch')
            connection.execute("INSERT INTO t VALUES (6, 'z')")
            pipeline.sync()
    assert [a for a, _ in rows(connection)] == [1, 2, 3, 4]
    assert connection.info.transaction_status == pq.TransactionStatus.IDLE


def test_a_transaction_in_a_pipeline(connection):
    with connection.pipeline(), connection.transaction():
        connection.execute('INSERT INTO t VALUES (%s, %s)', (4, 'x'))
        connection.execute('UPDATE t SET b = %s WHERE a = %s', ('y', 4))
    assert rows(connection)[-1] == (4, 'y')


def test_pipelines_prepare_too(target, connection):
    with psycopg.connect(target.dsn, autocommit=True, prepare_threshold=0) as client, client.pipeline():
        cursors = [client.execute('SELECT b FROM t WHERE a = %s', (1,)) for _ in range(50)]
        assert {c.fetchone()[0] for c in cursors} == {'one'}


# ------------------------------------------------------------ transactions


def test_commit_and_rollback(target, connection):
    with psycopg.connect(target.dsn) as client:
        status = [client.info.transaction_status]
        client.execute("INSERT INTO t VALUES (4, 'x')")
        status.append(client.info.transaction_status)
        client.rollback()
        assert len(rows(client)) == 3
        client.execute("INSERT INTO t VALUES (4, 'x')")
        client.commit()
        status.append(client.info.transaction_status)
        with pytest.raises(errors.UndefinedTable):
            client.execute('SELECT * FROM nosuch')
        status.append(client.info.transaction_status)
        with pytest.raises(errors.InFailedSqlTransaction):
            client.execute('SELECT 1')
        client.rollback()
    idle, open_, failed = pq.TransactionStatus.IDLE, pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR
    assert status == [idle, open_, idle, failed]
    assert len(rows(connection)) == 4


def test_transactions_nest(connection):
    with connection.transaction():
        connection.execute("INSERT INTO t VALUES (4, 'kept')")
        with pytest.raises(errors.UniqueViolation), connection.transaction():
            connection.execute("INSERT INTO t VALUES (5, 'lost')")
            connection.execute("INSERT INTO t VALUES (1, 'again')")
        with connection.transaction(savepoint_name='mine'):
            connection.execute("INSERT INTO t VALUES (6, 'kept')")
        with connection.transaction(force_rollback=True):
            connection.execute("INSERT INTO t VALUES (7, 'lost')")
    assert [a for a, b in rows(connection)] == [1, 2, 3, 4, 6]


def test_an_exception_rolls_back(connection):
    with pytest.raises(KeyError):
        with connection.transaction():
            connection.execute('DELETE FROM t')
            raise KeyError
    assert len(rows(connection)) == 3


def test_nobody_sees_what_is_not_committed(target, connection):
    with psycopg.connect(target.dsn) as writer:
        writer.execute("INSERT INTO t VALUES (4, 'x')")
        assert len(rows(connection)) == 3
        writer.commit()
        assert len(rows(connection)) == 4


def test_outside_of_a_transaction_the_modes_are_the_defaults(connection):
    def modes():
        return [connection.execute(sql).fetchone()[0]
                for sql in ('SHOW transaction_isolation', "SELECT current_setting('transaction_read_only')")]

    connection.execute('SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    assert modes() == ['repeatable read', 'on']
    with connection.transaction():
        connection.execute('SET default_transaction_isolation = serializable')
        assert modes() == ['repeatable read', 'on'], 'the transaction at work keeps its own'
    assert modes() == ['serializable', 'on']
    connection.execute('SET transaction_isolation = "read committed"')
    assert modes() == ['serializable', 'on'], 'it was that of its own transaction'
    connection.execute('RESET ALL')
    assert modes() == ['read committed', 'off']


def test_a_transaction_may_be_read_only_or_serializable(target, connection):
    with psycopg.connect(target.dsn) as client:
        client.read_only = True
        with pytest.raises(errors.ReadOnlySqlTransaction):
            client.execute('DELETE FROM t')
        client.rollback()
        client.read_only = None
        client.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        client.execute('DELETE FROM t')
        client.commit()
    assert rows(connection) == []


def test_a_write_on_an_outdated_snapshot_is_a_serialization_failure(target, connection):
    with psycopg.connect(target.dsn) as late:
        late.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert len(rows(late)) == 3
        connection.execute("UPDATE t SET b = 'first' WHERE a = 1")
        assert rows(late)[0] == (1, 'one')
        with pytest.raises(errors.SerializationFailure):
            late.execute("UPDATE t SET b = 'second' WHERE a = 1")
        late.rollback()
        late.execute("UPDATE t SET b = 'second' WHERE a = 1")
    assert rows(connection)[0] == (1, 'second')


def test_a_wait_for_a_lock_is_cancelled(target, connection):
    done = threading.Event()

    def cancel_until_done():
        while not done.wait(0.2):
            connection.cancel()

    with psycopg.connect(target.dsn) as holder:
        holder.execute("UPDATE t SET b = 'mine' WHERE a = 1")
        thread = threading.Thread(target=cancel_until_done)
        thread.start()
        try:
            with pytest.raises(errors.QueryCanceled):
                connection.execute("UPDATE t SET b = 'yours' WHERE a = 1")
        finally:
            done.set()
            thread.join()
    assert rows(connection)[0] == (1, 'mine')


# ------------------------------------------------------------ errors, notices, information


@pytest.mark.parametrize('sql,expected', [
    ('SELECT * FROM nosuch', errors.UndefinedTable), ('SELECT nosuch FROM t', errors.UndefinedColumn),
    ('SELECT nosuch(1)', errors.UndefinedFunction), ('SELEC 1', errors.SyntaxError),
    ("INSERT INTO t VALUES (1, 'again')", errors.UniqueViolation),
    ('CREATE TABLE t (a integer)', errors.DuplicateTable),
    ('SHOW nosuch', errors.UndefinedObject), ('SAVEPOINT s', errors.NoActiveSqlTransaction)],
                         ids=lambda p: p if isinstance(p, str) else '')
@pytest.mark.parametrize('arguments', [None, ()], ids=['simple', 'extended'])
def test_errors_have_their_classes(connection, sql, expected, arguments):
    with pytest.raises(expected) as caught:
        connection.execute(sql, arguments)
    assert caught.value.diag.severity_nonlocalized == 'ERROR' and caught.value.diag.message_primary
    assert connection.execute('SELECT a FROM t WHERE a = 1').fetchone() == (1,)


@pytest.mark.parametrize('column,value,expected', [
    ('a integer NOT NULL', 'NULL', errors.NotNullViolation), ('a integer CHECK (a > 0)', '-1', errors.CheckViolation),
    ('a integer REFERENCES t (a)', '99', errors.ForeignKeyViolation)], ids=['not null', 'check', 'foreign key'])
def test_constraints_have_their_classes(connection, column, value, expected):
    connection.execute('DROP TABLE IF EXISTS bound')
    connection.execute(f'CREATE TABLE bound ({column})')
    with pytest.raises(expected):
        connection.execute(f'INSERT INTO bound VALUES ({value})')
    connection.execute('DROP TABLE bound')


def test_the_position_of_an_error(connection):
    with pytest.raises(errors.UndefinedTable) as caught:
        connection.execute('SELECT * FROM nosuch')
    assert caught.value.diag.statement_position == '15'


def test_a_warning_reaches_its_handler(connection):
    heard = []
    connection.add_notice_handler(lambda diag: heard.append((diag.severity_nonlocalized, diag.sqlstate)))
    connection.execute('COMMIT')
    assert heard == [('WARNING', '25P01')]


def test_what_a_connection_knows(target, connection):
    info = connection.info
    assert 100_000 < info.server_version < 300_000
    assert info.server_version // 10_000 == int(info.parameter_status('server_version').split('.')[0])
    assert (info.host, info.port, info.user, info.dbname) == ('127.0.0.1', target.port, 'postgres', 'postgres')
    assert info.encoding == 'utf-8' and info.parameter_status('client_encoding') == 'UTF8'
    assert info.parameter_status('standard_conforming_strings') == info.parameter_status('integer_datetimes') == 'on'
    assert info.parameter_status('nosuch') is None
    assert info.backend_pid > 0 and str(info.timezone) in ('UTC', 'Etc/UTC')


def test_a_parameter_changes_and_says_so(connection):
    connection.execute("SET application_name = 'me'")
    assert connection.info.parameter_status('application_name') == 'me'
    connection.execute('RESET application_name')
    assert connection.info.parameter_status('application_name') == ''


def test_options_of_the_connection_are_settings(target):
    with psycopg.connect(target.dsn, application_name='my test', options='-c DateStyle=ISO,DMY') as client:
        assert client.execute('SHOW application_name').fetchone() == ('my test',)
        assert client.info.parameter_status('DateStyle') == 'ISO, DMY'


@pytest.mark.parametrize('kind', ['CURSOR WITH HOLD', 'SCROLL CURSOR'])
def test_what_a_cursor_keeps_is_shown_in_the_style_of_the_fetch(connection, kind):
    def fetched(how):
        return connection.execute(f'FETCH {how} c').pgresult.get_value(0, 0)

    with connection.transaction():
        connection.execute(f"DECLARE c {kind} FOR SELECT CAST('\\x4100' AS bytea) AS d, 1 AS n")
        if 'SCROLL' in kind:
            assert fetched('1') == b'\\x4100'
            connection.execute("SET bytea_output = 'escape'")
            assert fetched('ABSOLUTE 1') == b'A\\000'
    if 'HOLD' in kind:
        connection.execute("SET bytea_output = 'escape'")
        assert fetched('1') == b'A\\000'


def test_a_query_that_takes_longer_than_its_limit_is_cancelled(connection):
    connection.execute("SET statement_timeout = '100ms'")
    with pytest.raises(errors.QueryCanceled, match='canceling statement due to statement timeout'):
        connection.execute('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n')
    assert connection.execute('SELECT count(*) FROM t').fetchone() == (3,)


def test_a_query_is_cancelled(connection):
    done = threading.Event()

    def cancel_until_done():
        while not done.wait(0.2):
            connection.cancel()

    thread = threading.Thread(target=cancel_until_done)
    thread.start()
    try:
        with pytest.raises(errors.QueryCanceled):
            for _ in connection.cursor().stream(
                    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'):
                pass
    finally:
        done.set()
        thread.join()
    assert connection.execute('SELECT a FROM t WHERE a = 1').fetchone() == (1,)


# ------------------------------------------------------------ many at once


def in_threads(count, work):
    failures = []

    def guarded(number):
        try:
            work(number)
        except Exception as fault:  # noqa: BLE001: it is raised below
            failures.append(fault)

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failures:
        raise failures[0]


def test_threads_on_their_own_connections(target, connection):
    def work(number):
        with psycopg.connect(target.dsn, autocommit=True) as client:
            for n in range(25):
                client.execute('INSERT INTO t VALUES (%s, %s)', (1000 * number + 100 + n, 'x'))
                assert client.execute('SELECT b FROM t WHERE a = %s', (1000 * number + 100 + n,)).fetchone() == ('x',)

    in_threads(6, work)
    assert len(rows(connection)) == 3 + 6 * 25


def test_threads_with_transactions_wait_for_one_another(target, connection):
    def work(number):
        with psycopg.connect(target.dsn) as client:
            for _ in range(20):
                client.execute('UPDATE t SET a = a WHERE a = 1')  # takes the write lock where there is one for all
                client.execute('UPDATE counter SET n = n + 1')
                client.commit()

    connection.execute('DROP TABLE IF EXISTS counter')
    connection.execute('CREATE TABLE counter (n integer)')
    connection.execute('INSERT INTO counter VALUES (0)')
    in_threads(5, work)
    assert connection.execute('SELECT n FROM counter').fetchone() == (100,)


def test_threads_on_one_connection_take_turns(connection):
    def work(number):
        for _ in range(50):
            found = connection.execute('SELECT b FROM t WHERE a = %s', (number % 3 + 1,)).fetchone()
            assert found == (('one', 'two', 'three')[number % 3],)

    in_threads(6, work)


def test_asynchronous_connections(target, connection):
    async def work(number):
        async with await psycopg.AsyncConnection.connect(target.dsn, autocommit=True) as client:
            async with client.pipeline():
                cursors = [await client.execute('SELECT b FROM t WHERE a = %s', (2,)) for _ in range(10)]
                assert [await c.fetchone() for c in cursors] == [('two',)] * 10
            await client.execute('INSERT INTO t VALUES (%s, %s)', (100 + number, 'async'))

    async def all_of_it():
        await asyncio.gather(*(work(n) for n in range(8)))

    asyncio.run(all_of_it())
    assert len(rows(connection)) == 11


# ------------------------------------------------------------ notifications


def heard(connection, number, timeout=5):
    """The next notifications: (channel, payload, process id of who has said it)."""
    return [(n.channel, n.payload, n.pid) for n in connection.notifies(timeout=timeout, stop_after=number)]


def test_notifications_reach_an_idle_client(target, connection):
    with psycopg.connect(target.dsn, autocommit=True) as listener:
        listener.execute('LISTEN news')
        listener.execute('LISTEN "Other News"')
        connection.execute("NOTIFY NEWS, 'it''s one'")
        connection.execute('NOTIFY "Other News"')
        connection.execute('SELECT pg_notify(%s, %s)', ('news', 'žluťoučký 🐎'))
        sender = connection.info.backend_pid
        assert heard(listener, 3) == [('news', "it's one", sender), ('Other News', '', sender),
                                      ('news', 'žluťoučký 🐎', sender)]
        listener.execute('UNLISTEN news')
        connection.execute("NOTIFY news, 'unheard'")
        connection.execute('NOTIFY "Other News", \'heard\'')
        assert heard(listener, 1) == [('Other News', 'heard', sender)]


def test_a_session_may_ask_what_it_listens_to(connection):
    def channels(sql):
        return [row[0] for row in connection.execute(sql)]

    assert channels('SELECT pg_listening_channels()') == []
    connection.execute('LISTEN news; LISTEN "Other News"; LISTEN more')
    everything = ['Other News', 'more', 'news']
    assert sorted(channels('SELECT pg_listening_channels()')) == everything
    assert sorted(channels('SELECT * FROM pg_catalog.pg_listening_channels()')) == everything
    assert channels("SELECT count(*) FROM pg_listening_channels() WHERE pg_listening_channels > 'm'") == [2]
    assert channels("SELECT 'news' IN (SELECT pg_listening_channels())") == [True]
    result = connection.execute('SELECT pg_listening_channels() AS x ORDER BY 1 LIMIT 1')
    assert (result.description[0].name, result.description[0].type_code) == ('x', 25)
    assert result.fetchone() == ('Other News',)
    with connection.transaction():
        connection.execute('UNLISTEN more')
        assert sorted(channels('SELECT pg_listening_channels()')) == everything, 'it has yet to be committed'
    assert sorted(channels('SELECT pg_listening_channels()')) == ['Other News', 'news']


def test_notifications_are_sent_once_at_commit_and_not_at_rollback(target, connection):
    with psycopg.connect(target.dsn, autocommit=True) as listener, psycopg.connect(target.dsn) as sender:
        listener.execute('LISTEN news')
        sender.execute("NOTIFY news, 'dropped'")
        sender.rollback()
        for payload in ('first', 'second', 'first'):
            sender.execute('SELECT pg_notify(%s, %s)', ('news', payload))
        with pytest.raises(psycopg.Error), sender.transaction():
            sender.execute("NOTIFY news, 'dropped'")
            sender.execute('SELECT nothing FROM nowhere')
        assert heard(listener, 1, timeout=0.2) == []
        sender.commit()
        assert [payload for _, payload, _ in heard(listener, 2)] == ['first', 'second']
        connection.execute("NOTIFY news, 'last'")
        assert [payload for _, payload, _ in heard(listener, 1)] == ['last']


def test_a_client_in_a_transaction_hears_when_it_is_over(target, connection):
    with psycopg.connect(target.dsn, autocommit=True) as listener:
        said = []
        listener.add_notify_handler(lambda n: said.append(n.payload))
        listener.execute('LISTEN news')
        with listener.transaction():
            connection.execute("NOTIFY news, 'meanwhile'")
            listener.execute('SELECT a FROM t')
            assert said == []
        assert said == ['meanwhile']
        listener.execute("NOTIFY news, 'own'")
        assert said == ['meanwhile', 'own']


def test_notifications_that_can_not_be_said(connection):
    for channel, payload in ((None, 'x'), ('', 'x'), ('x' * 64, 'x'), ('x', 'x' * 8000)):
        with pytest.raises(errors.InvalidParameterValue):
            connection.execute('SELECT pg_notify(%s, %s)', (channel, payload))
    with pytest.raises(errors.SyntaxError):
        connection.execute('NOTIFY news, 5')
    assert connection.execute('SELECT pg_notify(%s, %s)', ('x', 'x' * 7999)).fetchone() == ('',)


def test_threads_notify_and_listen(target, connection):
    def listen(number):
        with psycopg.connect(target.dsn, autocommit=True) as listener:
            listener.execute('LISTEN news')
            ready.wait()
            payloads = [n.payload for n in listener.notifies(timeout=20, stop_after=300)]
            for name in range(3):
                assert [p for p in payloads if p.startswith(f'{name}:')] == [f'{name}:{i}' for i in range(100)]
            everybodys[number] = payloads

    def notify(number):
        with psycopg.connect(target.dsn, autocommit=True) as sender:
            ready.wait()
            for i in range(100):
                sender.execute('SELECT pg_notify(%s, %s)', ('news', f'{number}:{i}'))

    ready, everybodys = threading.Barrier(6), {}
    in_threads(6, lambda number: listen(number) if number >= 3 else notify(number))
    assert everybodys[3] == everybodys[4] == everybodys[5]


# ------------------------------------------------------------ COPY


def copied_in(connection, sql, *pieces):
    with connection.cursor().copy(sql) as copy:
        for piece in pieces:
            copy.write(piece)
    return copy.cursor.rowcount


def test_rows_are_copied_in(connection):
    cursor = connection.cursor()
    with cursor.copy('COPY t FROM STDIN') as copy:
        for row in ((4, 'four'), (5, None), (6, 'a\tb\\c\n'), (7, ''), (8, '\\N'), (9, 'žluťoučký 🐎')):
            copy.write_row(row)
    assert (cursor.rowcount, cursor.statusmessage) == (6, 'COPY 6')
    assert connection.execute('SELECT a, b FROM t WHERE a > 3 ORDER BY a').fetchall() == [
        (4, 'four'), (5, None), (6, 'a\tb\\c\n'), (7, ''), (8, '\\N'), (9, 'žluťoučký 🐎')]


def test_pieces_of_copied_data_are_cut_anywhere(connection):
    data = ''.join(f'{n}\trow {n} žluťoučký\n' for n in range(100, 200)).encode()
    assert copied_in(connection, 'COPY t FROM STDIN', *(data[i:i + 7] for i in range(0, len(data), 7))) == 100
    assert connection.execute("SELECT count(*) FROM t WHERE b = 'row ' || a || ' žluťoučký'").fetchone() == (100,)


def test_rows_are_copied_out(connection):
    cursor = connection.cursor()
    with cursor.copy('COPY (SELECT a, b FROM t UNION ALL SELECT 7, NULL ORDER BY a) TO STDOUT') as copy:
        copy.set_types(['int4', 'text'])
        assert list(copy.rows()) == [(1, 'one'), (2, 'two'), (3, 'three'), (7, None)]
    assert cursor.rowcount == 4
    with cursor.copy('COPY t (b) TO STDOUT') as copy:
        assert b''.join(copy) == b'one\ntwo\nthree\n'


def test_every_kind_of_column_is_copied_both_ways(connection):
    kinds = [(kind, value) for kind, _, values in COLUMNS for value in values]
    connection.execute('DROP TABLE IF EXISTS kinds')
    connection.execute('DROP TABLE IF EXISTS copied')
    for table in ('kinds', 'copied'):
        connection.execute(f'CREATE TABLE {table} (' + ', '.join(
            f'c{i} {kind}' for i, (kind, *_) in enumerate(COLUMNS)) + ')')
    numbers = {kind: i for i, (kind, *_) in enumerate(COLUMNS)}
    cursor = connection.cursor()
    with cursor.copy('COPY kinds FROM STDIN') as copy:
        for kind, value in kinds:
            copy.write_row([value if i == numbers[kind] else None for i in range(len(COLUMNS))])
    found = connection.execute('SELECT * FROM kinds').fetchall()
    assert [row[numbers[kind]] for row, (kind, _) in zip(found, kinds)] == [value for _, value in kinds]
    with connection.cursor().copy('COPY kinds TO STDOUT') as out:
        data = b''.join(out)
    assert copied_in(connection, 'COPY copied FROM STDIN', data) == len(kinds)
    assert connection.execute('SELECT * FROM copied').fetchall() == found
    connection.execute('DROP TABLE kinds')
    connection.execute('DROP TABLE copied')


@pytest.mark.parametrize('data,error,context', [
    ('4\tfour\nx\tfive\n', errors.InvalidTextRepresentation, 'COPY t, line 2, column a: "x"'),
    ('4\tfour\n5\n', errors.BadCopyFileFormat, 'COPY t, line 2: "5"'),
    ('4\tfour\textra\n', errors.BadCopyFileFormat, 'COPY t, line 1: "4\tfour\textra"'),
    ('4\tfour\n1\tagain\n', errors.UniqueViolation, 'COPY t, line 2')])
def test_copied_data_with_an_error_leave_nothing(connection, data, error, context):
    with pytest.raises(error) as caught:
        copied_in(connection, 'COPY t FROM STDIN', data)
    assert caught.value.diag.context == context
    assert len(rows(connection)) == 3


def test_an_error_far_behind_in_copied_data_leaves_nothing(connection):
    data = ''.join(f'{n}\trow {n}\n' for n in range(100, 50100))
    with pytest.raises(errors.InvalidTextRepresentation):
        copied_in(connection, 'COPY t FROM STDIN', data, 'x\ty\n', data)
    with pytest.raises(errors.UniqueViolation):
        copied_in(connection, 'COPY t FROM STDIN', data, '2\tagain\n')
    assert len(rows(connection)) == 3
    assert copied_in(connection, 'COPY t FROM STDIN', data) == 50000


def test_a_client_that_gives_up_copying_leaves_nothing(connection):
    with pytest.raises(RuntimeError), connection.cursor().copy('COPY t FROM STDIN') as copy:
        copy.write('4\tfour\n')
        raise RuntimeError
    assert len(rows(connection)) == 3


def test_copying_belongs_to_its_transaction(target, connection):
    with psycopg.connect(target.dsn) as client:
        assert copied_in(client, 'COPY t FROM STDIN', '4\tfour\n') == 1
        assert len(rows(connection)) == 3
        client.rollback()
        assert len(rows(connection)) == 3
        assert copied_in(client, 'COPY t FROM STDIN', '5\tfive\n') == 1
        client.commit()
        assert [a for a, *_ in rows(connection)] == [1, 2, 3, 5]
        with pytest.raises(errors.BadCopyFileFormat):
            copied_in(client, 'COPY t FROM STDIN', '6\n')
        with pytest.raises(errors.InFailedSqlTransaction):
            client.execute('SELECT 1')


def test_copying_waits_for_another_writer(target, connection):
    def work(number):
        with psycopg.connect(target.dsn, autocommit=True) as client:
            for n in range(10):
                first = 1000 * number + 100 * n + 100
                copied_in(client, 'COPY t FROM STDIN', ''.join(f'{first + i}\tx\n' for i in range(20)))

    in_threads(5, work)
    assert len(rows(connection)) == 3 + 5 * 10 * 20


def test_copying_out_can_be_cancelled(connection):
    with pytest.raises(errors.QueryCanceled), connection.cursor().copy(
            'COPY (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n) TO STDOUT') as copy:
        for number, _ in enumerate(copy):
            if number == 1000:
                connection.cancel()
    assert connection.execute('SELECT a FROM t WHERE a = 1').fetchone() == (1,)


# ------------------------------------------------------------ bytes in the text of a statement


def test_the_text_of_bytes_is_read_where_bytes_are_meant(connection):
    connection.execute('DROP TABLE IF EXISTS bytes')
    connection.execute('CREATE TABLE bytes (a integer, b bytea, c text)')
    connection.execute(r"INSERT INTO bytes VALUES (1, '\x4142', '\x4142'), (2, '', ''), (3, NULL, 'x')")
    connection.execute(r"INSERT INTO bytes (c, b) VALUES ('\x00', '\x00fF'::bytea)")
    connection.execute(r"UPDATE bytes SET b = '\x0102', c = '\x0102' WHERE a = 3")
    found = dict((c, b) for b, c in connection.execute('SELECT b, c FROM bytes').fetchall())
    assert found == {r'\x4142': b'AB', '': b'', r'\x0102': b'\1\2', r'\x00': b'\0\xff'}
    assert connection.execute(r"SELECT a FROM bytes WHERE b = '\x4142'").fetchall() == [(1,)]
    with pytest.raises(psycopg.DataError):
        connection.execute(r"INSERT INTO bytes (b) VALUES ('\x4')")
    connection.execute('DROP TABLE bytes')


def test_a_statement_whose_columns_have_changed_is_refused_with_its_routine(connection):
    with pytest.raises(errors.FeatureNotSupported) as caught:
        connection.execute('SELECT * FROM t', prepare=True)
        connection.execute('ALTER TABLE t ADD COLUMN c integer')
        connection.execute('SELECT * FROM t', prepare=True)
    assert caught.value.diag.source_function == 'RevalidateCachedQuery'


def test_what_a_pool_says_when_it_takes_a_connection_back(connection):
    found = connection.execute('SELECT pg_advisory_unlock_all()')
    assert (found.fetchone(), found.description[0].type_code) == (('',), 2278)
    connection.execute('SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;')


# ------------------------------------------------------------ cursors of the server


NUMBERS = ('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) '
           'SELECT CAST(i AS integer) AS i FROM n')


@pytest.mark.parametrize('binary', [False, True], ids=['text', 'binary'])
def test_a_named_cursor_fetches_in_portions(connection, binary):
    with connection.transaction(), connection.cursor('numbers', binary=binary) as cursor:
        cursor.itersize = 100
        cursor.execute(NUMBERS, (1050,))
        assert [(c.name, c.type_code) for c in cursor.description] == [('i', 23)]
        assert cursor.fetchone() == (1,) and cursor.fetchmany(3) == [(2,), (3,), (4,)]
        assert [i for i, in cursor] == list(range(5, 1051))
        assert cursor.fetchall() == []


def test_named_cursors_keep_the_values_they_were_given(connection):
    with connection.transaction(), connection.cursor('a') as a, connection.cursor('B "c"') as b:
        a.execute('SELECT b FROM t WHERE a >= %s ORDER BY a', (2,))
        b.execute('SELECT a FROM t WHERE b <> %s ORDER BY a', ('two',))
        connection.execute('SELECT %s, %s', ('other', 'values'))
        assert a.fetchone() == ('two',) and b.fetchone() == (1,)
        assert a.fetchall() == [('three',)] and b.fetchall() == [(3,)]


def test_a_named_cursor_skips_rows(connection):
    with connection.transaction(), connection.cursor('numbers', scrollable=False) as cursor:
        cursor.execute(NUMBERS, (20,))
        cursor.scroll(10)
        assert cursor.fetchone() == (11,)
        cursor.scroll(15, mode='absolute')
        assert cursor.fetchone() == (16,)
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match='can only scan forward'):
            with connection.transaction():
                cursor.scroll(-1)
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match='cannot be run'):
            with connection.transaction():
                cursor.fetchone()


@pytest.mark.parametrize('binary', [False, True], ids=['text', 'binary'])
def test_a_named_cursor_scrolls(connection, binary):
    with connection.transaction(), connection.cursor('numbers', scrollable=True, binary=binary) as cursor:
        cursor.execute(NUMBERS, (20,))
        cursor.scroll(10)
        assert cursor.fetchone() == (11,)
        cursor.scroll(-5)
        assert cursor.fetchone() == (7,)
        cursor.scroll(1, mode='absolute')
        assert cursor.fetchone() == (2,) and cursor.fetchall()[-1] == (20,)


@pytest.mark.parametrize('binary', [False, True], ids=['text', 'binary'])
def test_a_named_cursor_with_hold_outlives_its_transaction(connection, binary):
    cursor = connection.cursor('numbers', withhold=True, binary=binary)
    with connection.transaction():
        cursor.execute(NUMBERS, (20,))
    assert cursor.fetchone() == (1,)
    with pytest.raises(ZeroDivisionError), connection.transaction():
        assert cursor.fetchmany(2) == [(2,), (3,)]
        raise ZeroDivisionError
    assert cursor.fetchall() == [(i,) for i in range(4, 21)]
    cursor.close()


def test_a_cursor_ends_with_its_transaction(connection):
    with connection.transaction():
        connection.execute('DECLARE c CURSOR FOR SELECT a FROM t')
    with pytest.raises(psycopg.errors.InvalidCursorName, match='cursor "c" does not exist'):
        connection.execute('FETCH c')
    with pytest.raises(psycopg.errors.NoActiveSqlTransaction, match='DECLARE CURSOR can only be used in transaction'):
        connection.execute('DECLARE c CURSOR FOR SELECT a FROM t')


def test_a_cursor_made_after_a_savepoint_ends_with_a_return_to_it(connection):
    with connection.transaction():
        connection.execute('DECLARE old CURSOR FOR SELECT a FROM t ORDER BY a')
        with pytest.raises(psycopg.errors.DuplicateCursor, match='cursor "old" already exists'):
            with connection.transaction():
                connection.execute('DECLARE c CURSOR FOR SELECT a FROM t')
                assert connection.execute('FETCH old').fetchall() == [(1,)]
                connection.execute('DECLARE old CURSOR FOR SELECT a FROM t')
        assert connection.execute('FETCH ALL FROM old').fetchall() == [(2,), (3,)]
        with pytest.raises(psycopg.errors.InvalidCursorName):
            connection.execute('CLOSE c')


def test_tags_of_cursors(connection):
    with connection.transaction():
        tags = [connection.execute(sql).statusmessage for sql in (
            'DECLARE c CURSOR FOR SELECT a FROM t', 'FETCH 2 c', 'MOVE 0 c', 'MOVE ALL IN c', 'FETCH c', 'CLOSE c')]
    assert tags == ['DECLARE CURSOR', 'FETCH 2', 'MOVE 1', 'MOVE 1', 'FETCH 0', 'CLOSE CURSOR']


def test_an_error_in_a_cursors_query_points_into_the_whole_text(connection):
    with connection.transaction(force_rollback=True), pytest.raises(psycopg.errors.UndefinedColumn) as wrong:
        connection.execute('DECLARE c CURSOR FOR SELECT nope FROM t')
    assert wrong.value.diag.statement_position == '29'
