"""asyncpg: everything in binary, statements prepared and cached by the client, portals, COPY, cancel by time-out."""

import asyncio
import io
import uuid
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import asyncpg

from checks import ENDLESS, PLACE, TABLE, check, run

OFFSET = timezone(timedelta(hours=5, minutes=30))
NUMBERS = ('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1::integer) '
           'SELECT CAST(i AS integer) AS i FROM n')

COLUMNS = [  # column type, what is kept in it
    ('smallint', [0, -32768]), ('integer', [0, 2147483647, -2147483648]), ('bigint', [2**63 - 1, -2**63]),
    ('real', [1.5, -0.25]), ('double precision', [0.1, -1e308, float('inf')]), ('boolean', [True, False]),
    ('numeric', [Decimal('12.5'), Decimal('-0.001'), Decimal(7)]),
    ('text', ['', "it's \\ ''", 'žluťoučký 🐎', 'line\nline', 'NULL']), ('varchar', ['x' * 300]),
    ('bytea', [b'', b'\0', bytes(range(256)), b'\\x41']),
    ('date', [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]),
    ('time', [time(12, 34, 56), time(23, 59, 59, 999999)]),
    ('timestamp', [datetime(2024, 2, 29, 12, 34, 56), datetime(1999, 12, 31, 23, 59, 59, 999999)]),
    ('timestamptz', [datetime(2024, 2, 29, 12, 34, 56, 7, tzinfo=OFFSET)]),
    ('uuid', [uuid.UUID('00112233-4455-6677-8899-aabbccddeeff')]), ('json', ['{"a": [1, "ž"]}', 'null']),
    ('character(3)', ['abc']), ('name', ['pg_class']), ('oid', [0, 2**32 - 1]),
]
FROM_TEXT = {  # what makes the values of texts, for those types whose texts they are not
    'int2': int, 'int4': int, 'int8': int, 'oid': int, 'float4': float, 'float8': float, 'numeric': Decimal,
    'bool': {'t': True, 'f': False}.__getitem__, 'bytea': lambda text: bytes.fromhex(text.removeprefix('\\x')),
    'date': date.fromisoformat, 'time': time.fromisoformat, 'timestamp': datetime.fromisoformat,
    'timestamptz': datetime.fromisoformat, 'uuid': uuid.UUID,
}


async def connect(**options):
    return await asyncpg.connect(**PLACE, ssl=False, timeout=10, **options)


async def with_table(**options):
    made = await connect(**options)
    for text in TABLE:
        await made.execute(text)
    return made


async def raises(kind, awaited, code=None):
    try:
        await awaited
    except kind as caught:
        assert code is None or caught.sqlstate == code, (caught.sqlstate, caught)
        return caught
    raise AssertionError(f'no {kind}')


def same(found, values):
    return found == values and all(isinstance(f, type(v)) for f, v in zip(found, values))


async def count(connection):
    return await connection.fetchval('SELECT count(*) FROM t')


# ---- values


@check
async def values_of_every_type_come_back_as_they_went():
    connection = await with_table()
    for number, (kind, values) in enumerate(COLUMNS):
        table = f'v_{number}'  # a name of its own: the client caches what it knows of a statement
        await connection.execute(f'DROP TABLE IF EXISTS {table}')
        await connection.execute(f'CREATE TABLE {table} (k integer PRIMARY KEY, v {kind})')
        for k, value in enumerate([*values, None]):
            await connection.execute(f'INSERT INTO {table} VALUES ($1, $2)', k, value)
        found = [row['v'] for row in await connection.fetch(f'SELECT v FROM {table} ORDER BY k')]
        assert same(found, [*values, None]), (kind, found)
        await connection.execute(f'DROP TABLE {table}')


@check
async def values_of_every_type_are_read_as_text():
    connection = await with_table()
    for kind, values in COLUMNS:
        statement = await connection.prepare(f'SELECT $1::{kind} AS v')
        name = statement.get_attributes()[0].type.name
        texts = []

        def decoded(text):
            texts.append(text)
            return FROM_TEXT.get(name, str)(text)

        await connection.set_type_codec(name, schema='pg_catalog', encoder=str, decoder=decoded, format='text')
        text_of = ('\\x' + value.hex() if isinstance(value, bytes) else value for value in values)
        found = [await connection.fetchval(f'SELECT $1::{kind} AS v', value) for value in text_of]
        assert same(found, values) and len(texts) == len(values), (kind, found, texts)


@check
async def casts_give_parameters_and_columns_their_types():
    connection = await with_table()
    for kind, values in COLUMNS:
        statement = await connection.prepare(f'SELECT $1::{kind} AS v')
        name = statement.get_parameters()[0].name
        assert statement.get_attributes()[0].type.name == name, (kind, name)
        for value in [*values, None]:
            found = await statement.fetchval(value)
            assert same([found], [value]), (kind, value, found)


@check
async def parameters_have_the_types_of_what_they_meet():
    connection = await with_table()
    for text, types in (('SELECT b FROM t WHERE a = $1', ['int4']), ('SELECT a FROM t WHERE b = $1', ['text']),
                        ('INSERT INTO t VALUES ($1, $2)', ['int4', 'text']),
                        ('UPDATE t SET b = $2 WHERE a = $1', ['int4', 'text']),
                        ('SELECT a FROM t LIMIT $1', ['int8']), ('SELECT $1::date, $2::float8', ['date', 'float8'])):
        statement = await connection.prepare(text)
        assert [p.name for p in statement.get_parameters()] == types, (text, statement.get_parameters())


@check
async def a_value_of_the_wrong_type_does_not_leave_the_client():
    connection = await with_table()
    await raises(asyncpg.DataError, connection.fetch('SELECT b FROM t WHERE a = $1', 'x'))
    await raises(asyncpg.DataError, connection.fetch('SELECT b FROM t WHERE a = $1', 2**40))
    assert await count(connection) == 3


@check
async def columns_are_described():
    connection = await with_table()
    statement = await connection.prepare('SELECT a, b AS other, a + 1 AS more, count(*) AS n FROM t GROUP BY a, b')
    assert [(c.name, c.type.oid) for c in statement.get_attributes()] == [
        ('a', 23), ('other', 25), ('more', 23), ('n', 20)]
    assert (await connection.prepare('DELETE FROM t')).get_attributes() == ()


@check
async def rows_are_records():
    connection = await with_table()
    row = await connection.fetchrow('SELECT a, b FROM t WHERE a = $1', 2)
    assert tuple(row) == (2, 'two') and dict(row) == {'a': 2, 'b': 'two'} and row['b'] == 'two'
    assert await connection.fetchrow('SELECT a FROM t WHERE a = $1', 99) is None


@check
async def rows_are_counted():
    connection = await with_table()
    assert await connection.execute("UPDATE t SET b = 'x' WHERE a > $1", 1) == 'UPDATE 2'
    assert await connection.execute('DELETE FROM t WHERE a = 1') == 'DELETE 1'
    assert await connection.execute('INSERT INTO t VALUES ($1, $2)', 9, None) == 'INSERT 0 1'
    assert [tuple(r) for r in await connection.fetch('INSERT INTO t VALUES ($1, $2) RETURNING a, b', 10, 'x')] == [
        (10, 'x')]


@check
async def ten_thousand_rows():
    connection = await with_table()
    rows = await connection.fetch(NUMBERS, 10_000)
    assert [row['i'] for row in rows] == list(range(1, 10_001))


@check
async def a_megabyte_there_and_back():
    connection = await with_table()
    data = bytes(range(256)) * 4096
    assert await connection.fetchval('SELECT $1::bytea', data) == data


# ---- statements and batches


@check
async def statements_are_prepared_once_and_used_again():
    connection = await with_table()
    statement = await connection.prepare('SELECT b FROM t WHERE a = $1', name='mine')
    for a, b in ((1, 'one'), (2, 'two'), (3, 'three')) * 20:
        assert await statement.fetchval(a) == b
        assert await connection.fetchval('SELECT a FROM t WHERE b = $1', b) == a
    assert statement.get_name() == 'mine'
    await raises(asyncpg.DuplicatePreparedStatementError, connection.prepare('SELECT 1', name='mine'), '42P05')


@check
async def the_cache_of_statements_drops_the_oldest():
    connection = await with_table(statement_cache_size=3)
    for _ in range(3):
        for n in range(6):
            assert await connection.fetchval(f'SELECT a + {n} FROM t WHERE a = $1', 1) == 1 + n


@check
async def without_a_cache_statements_have_no_names():
    connection = await with_table(statement_cache_size=0)
    for n in (1, 2, 3) * 3:
        assert await connection.fetchval('SELECT a FROM t WHERE a = $1', n) == n


@check
async def a_batch_is_all_or_nothing():
    connection = await with_table()
    await connection.executemany('INSERT INTO t VALUES ($1, $2)', [(n, f'row {n}') for n in range(10, 1010)])
    assert await count(connection) == 1003
    await raises(asyncpg.UniqueViolationError,
                 connection.executemany('INSERT INTO t VALUES ($1, $2)', [(2000, 'x'), (2001, 'x'), (10, 'again')]),
                 '23505')
    assert await count(connection) == 1003


@check
async def a_batch_gives_rows():
    connection = await with_table()
    rows = await connection.fetchmany('INSERT INTO t VALUES ($1, $2) RETURNING a', [(n, 'x') for n in range(10, 15)])
    assert [row['a'] for row in rows] == [10, 11, 12, 13, 14]


@check
async def a_text_of_several_statements_is_a_script():
    connection = await with_table()
    assert await connection.execute("INSERT INTO t VALUES (4, 'x'); DELETE FROM t WHERE a < 3") == 'DELETE 2'
    assert await count(connection) == 2


@check
async def a_statement_that_outlives_its_table():
    connection = await with_table()
    statement = await connection.prepare('SELECT * FROM t WHERE a = $1')
    assert tuple(await statement.fetchrow(1)) == (1, 'one')
    await connection.execute('ALTER TABLE t ADD COLUMN c integer')
    await raises(asyncpg.FeatureNotSupportedError, statement.fetchrow(1), '0A000')
    assert tuple(await connection.fetchrow('SELECT * FROM t WHERE a = $1', 1)) == (1, 'one', None)


# ---- errors and transactions


@check
async def errors_have_their_classes():
    connection = await with_table()
    for text, kind, code in (
            ('SELECT * FROM nosuch', asyncpg.UndefinedTableError, '42P01'),
            ('SELEC 1', asyncpg.PostgresSyntaxError, '42601'),
            ('SELECT nosuch FROM t', asyncpg.UndefinedColumnError, '42703'),
            ("INSERT INTO t VALUES (1, 'again')", asyncpg.UniqueViolationError, '23505')):
        for awaited in (connection.execute(text), connection.fetch(text)):
            await raises(kind, awaited, code)
        assert await count(connection) == 3
    assert (await raises(asyncpg.UndefinedTableError, connection.fetch('SELECT * FROM nosuch'))).position == '15'


@check
async def an_error_midway_leaves_the_connection_usable():
    connection = await with_table()
    await connection.execute('DROP TABLE IF EXISTS v')
    await connection.execute('CREATE TABLE v (v integer CHECK (v < 5))')
    await raises(asyncpg.CheckViolationError, connection.fetch('INSERT INTO v VALUES (1), (9) RETURNING v'), '23514')
    assert await connection.fetchval('SELECT count(*) FROM v') == 0


@check
async def transactions_commit_roll_back_and_nest():
    connection, other = await with_table(), await connect()
    async with connection.transaction():
        assert connection.is_in_transaction()
        await connection.execute("INSERT INTO t VALUES (4, 'kept')")
        assert await count(other) == 3
        try:
            async with connection.transaction():
                await connection.execute("INSERT INTO t VALUES (5, 'lost')")
                await connection.execute("INSERT INTO t VALUES (1, 'again')")
        except asyncpg.UniqueViolationError:
            pass
        async with connection.transaction():
            await connection.execute("INSERT INTO t VALUES (6, 'kept')")
    assert not connection.is_in_transaction()
    assert [row['a'] for row in await other.fetch('SELECT a FROM t ORDER BY a')] == [1, 2, 3, 4, 6]


@check
async def a_failed_transaction_takes_nothing_more():
    connection = await with_table()
    transaction = connection.transaction()
    await transaction.start()
    await raises(asyncpg.UndefinedTableError, connection.fetch('SELECT * FROM nosuch'))
    await raises(asyncpg.InFailedSQLTransactionError, connection.fetch('SELECT 1 AS one'), '25P02')
    await transaction.rollback()
    assert await count(connection) == 3


@check
async def a_transaction_is_read_only_or_serializable():
    connection = await with_table()
    async with connection.transaction(isolation='serializable'):
        assert await connection.fetchval('SHOW transaction_isolation') == 'serializable'
        await connection.execute('DELETE FROM t')
    try:
        async with connection.transaction(readonly=True):
            await connection.execute("INSERT INTO t VALUES (1, 'x')")
        raise AssertionError('it was written to')
    except asyncpg.ReadOnlySQLTransactionError as caught:
        assert caught.sqlstate == '25006'
    assert await count(connection) == 0


@check
async def a_connection_knows_its_server():
    connection = await connect(server_settings={'application_name': 'checks'})
    assert connection.get_server_pid() > 0 and connection.get_server_version().major >= 10
    settings = connection.get_settings()
    assert settings.application_name == 'checks' and settings.client_encoding == 'UTF8'
    await connection.execute("SET application_name = 'other'")
    assert settings.application_name == 'other' and connection.get_settings().application_name == 'other'


@check
async def a_warning_is_heard():
    connection, heard = await connect(), []
    connection.add_log_listener(lambda _, message: heard.append((message.severity, message.sqlstate)))
    await connection.execute('COMMIT')
    await asyncio.sleep(0)
    assert heard == [('WARNING', '25P01')], heard


@check
async def a_pool_resets_its_connections():
    async with asyncpg.create_pool(**PLACE, ssl=False, min_size=2, max_size=4) as pool:
        async def work(number):
            async with pool.acquire() as connection:
                await connection.execute("SET application_name = 'lent'")
                return await connection.fetchval('SELECT $1::integer', number)
        assert await asyncio.gather(*(work(n) for n in range(30))) == list(range(30))
        async with pool.acquire() as connection:
            assert await connection.fetchval('SHOW application_name') == ''


# ---- cursors


@check
async def a_cursor_reads_a_portal_in_portions():
    connection = await with_table()
    async with connection.transaction():
        found = [row['i'] async for row in connection.cursor(NUMBERS, 1000, prefetch=30)]
        assert found == list(range(1, 1001))


@check
async def a_cursor_fetches_and_skips():
    connection = await with_table()
    async with connection.transaction():
        cursor = await connection.cursor(NUMBERS, 10)
        assert (await cursor.fetchrow())['i'] == 1
        assert [row['i'] for row in await cursor.fetch(3)] == [2, 3, 4]
        other = await connection.cursor('SELECT b FROM t ORDER BY a')
        assert (await other.fetchrow())['b'] == 'one'
        assert [row['i'] for row in await cursor.fetch(100)] == [5, 6, 7, 8, 9, 10]
        assert await cursor.fetch(5) == [] and (await other.fetchrow())['b'] == 'two'


@check
async def a_cursor_skips_rows_by_MOVE():
    connection = await with_table()
    async with connection.transaction():
        cursor = await connection.cursor(NUMBERS, 10)
        assert await cursor.forward(4) == 4
        assert (await cursor.fetchrow())['i'] == 5


@check
async def a_cursor_ends_with_its_transaction():
    connection = await with_table()
    async with connection.transaction():
        cursor = await connection.cursor(NUMBERS, 10)
        await cursor.fetchrow()
    await raises(asyncpg.NoActiveSQLTransactionError, cursor.fetchrow())
    assert await count(connection) == 3


# ---- COPY


@check
async def rows_are_copied_in_as_text():
    connection = await with_table()
    assert await connection.copy_to_table('t', source=io.BytesIO('4\tfour\n5\t\\N\n6\ttab\\tž\n'.encode())) == 'COPY 3'
    assert [tuple(r) for r in await connection.fetch('SELECT a, b FROM t WHERE a > 3 ORDER BY a')] == [
        (4, 'four'), (5, None), (6, 'tab\tž')]
    await raises(asyncpg.InvalidTextRepresentationError,
                 connection.copy_to_table('t', source=io.BytesIO(b'7\tx\nx\ty\n')), '22P02')
    await raises(asyncpg.BadCopyFileFormatError, connection.copy_to_table('t', source=io.BytesIO(b'7\n')), '22P04')
    assert await count(connection) == 6


@check
async def rows_are_copied_out_as_text():
    connection = await with_table()
    out = io.BytesIO()
    assert await connection.copy_from_table('t', output=out, columns=['b', 'a']) == 'COPY 3'
    assert out.getvalue() == b'one\t1\ntwo\t2\nthree\t3\n'
    out = io.BytesIO()
    assert await connection.copy_from_query('SELECT b FROM t WHERE a > $1 ORDER BY a', 1, output=out) == 'COPY 2'
    assert out.getvalue() == b'two\nthree\n'


@check
async def records_are_copied_in_binary():
    connection = await with_table()
    records = [(n, None if n % 7 == 0 else f'row {n}') for n in range(10, 5010)]
    assert await connection.copy_records_to_table('t', records=records) == 'COPY 5000'
    assert [tuple(r) for r in await connection.fetch('SELECT a, b FROM t WHERE a >= 10 ORDER BY a')] == records


@check
async def a_copy_whose_source_breaks_copies_nothing():
    connection = await with_table()

    async def lines():
        yield b'4\tfour\n'
        raise KeyError('mine')

    await raises(KeyError, connection.copy_to_table('t', source=lines()))
    assert await count(connection) == 3


# ---- cancel, notifications


@check
async def a_query_that_takes_too_long_is_cancelled():
    connection = await with_table()
    await raises(TimeoutError, connection.fetch(ENDLESS, timeout=0.5))
    assert await count(connection) == 3


@check
async def a_task_that_is_cancelled_cancels_its_query():
    connection = await with_table()
    task = asyncio.ensure_future(connection.fetch(ENDLESS))
    await asyncio.sleep(0.3)
    task.cancel()
    await raises(asyncio.CancelledError, task)
    assert await count(connection) == 3


@check
async def notifications_arrive():
    connection, other, heard = await with_table(), await connect(), asyncio.Queue()
    await connection.add_listener('mine', lambda _, pid, channel, payload: heard.put_nowait((pid, channel, payload)))
    await other.execute("NOTIFY yours, 'nobody'")
    await other.execute("NOTIFY mine, 'hello ž'")
    assert await asyncio.wait_for(heard.get(), 10) == (other.get_server_pid(), 'mine', 'hello ž')


run(lambda function: asyncio.run(function()))
