"""asyncpg: values of every type are the same from the example `types` and from PostgreSQL, and go there the same way.

What a type is made of asyncpg asks the catalog, unless it knows the type by itself. The example has no catalog: there
PostgreSQL answers, in which its own types have the same numbers. It is only the values that come from the example.

asyncpg asks for binary where it has a class for a type. A text it reads as it is told to: here it stays one.
"""

import asyncio
import contextlib

import asyncpg

import samples
from checks import PLACE, check, run

ONLY_BINARY = ('char', 'int2vector', 'oidvector', 'quantity', 'item', 'shelf', 'hstore')  # as are ranges
REFUSALS = (ValueError, OverflowError, asyncpg.DataError, asyncpg.UnsupportedClientFeatureError)

STRINGS = ('text', 'varchar', 'bpchar', 'name', 'json', 'jsonb', 'mood',  # and what asyncpg has no class for:
           'money', 'jsonpath', 'xml', 'tsvector', 'tsquery', 'macaddr', 'macaddr8', 'refcursor')  # and names of objects, regclass and its kin

# What asyncpg can't do with PostgreSQL either.
UNREADABLE = {  # values that Python has not
    'date': ('0001-01-01 BC', '5874897-12-31'), 'time': ('24:00:00',), 'timetz': ('24:00:00',)}
UNSENT = ('int2vector', 'oidvector', 'shelf', '_item')  # and arrays of multiranges and of:
LIKE_ARRAYS = ('int2vector', 'oidvector', 'path', 'polygon')
DEADLY = ('_tsvector', '_refcursor')  # arrays that it reads as texts: an empty element ends the process


class BorrowsCatalog(asyncpg.Connection):
    """To a server without a catalog: what is asked of it, `postgres` answers, another connection."""

    async def _introspect_types(self, *arguments):
        return await self.postgres._introspect_types(*arguments)

    async def _introspect_type(self, *arguments):
        return await self.postgres._introspect_type(*arguments)


async def connected():
    """A connection to the example and one to PostgreSQL."""
    options = {'ssl': False, 'timeout': 10, 'statement_cache_size': 0}
    right = await asyncpg.connect(**samples.ORACLE, **options)
    ours = await asyncpg.connect(**PLACE, **options, connection_class=BorrowsCatalog)
    ours.postgres = right
    for connection in (ours, right):
        await connection.set_builtin_type_codec('hstore', codec_name='pg_contrib.hstore')
    return ours, right


@contextlib.asynccontextmanager
async def read_as_text(kind):
    """Both connections have values of this type as texts, also in arrays; None: all is binary that can be."""
    schema = 'public' if kind == 'mood' else 'pg_catalog'
    for connection in BOTH if kind else ():
        await connection.set_type_codec(kind, schema=schema, encoder=str, decoder=str, format='text')
    try:
        yield
    finally:
        for connection in BOTH if kind else ():
            await connection.reset_type_codec(kind, schema=schema)


async def value(awaited):
    try:
        return await awaited
    except REFUSALS as refusal:
        return refusal


def add_checks(kind, texts, as_text=None):
    element = samples.element_of(kind)
    unreadable = () if as_text else UNREADABLE.get(element or kind, ())
    is_string = not element if as_text else kind in STRINGS or kind.startswith('reg')
    unsent = not as_text and (kind in UNSENT or element in LIKE_ARRAYS or element.endswith('multirange'))

    async def reads():
        async with read_as_text(as_text):
            for text in texts:
                sql = samples.select(kind, text)
                found, expected = [await value(connection.fetchval(sql)) for connection in BOTH]
                samples.same(found, expected, sql)
                assert isinstance(expected, Exception) == samples.has_any(text, unreadable), f'{sql}: {expected!r}'
                assert isinstance(expected, str) == is_string, f'{sql}: {expected!r}'

    async def sends():
        async with read_as_text(as_text):
            sql = f'SELECT $1::{samples.spelled(kind)}'
            prepared = [await connection.prepare(sql) for connection in BOTH]
            described = [[*statement.get_parameters(), statement.get_attributes()[0].type] for statement in prepared]
            samples.same(*described, sql)
            refused = []
            for text in texts:
                if not samples.has_any(text, unreadable):
                    sent = await BOTH[1].fetchval(samples.select(kind, text))
                    found, expected = [await value(statement.fetchval(sent)) for statement in prepared]
                    samples.same(found, expected, f'{sql} of {sent!r}')
                    refused += [expected] if isinstance(expected, Exception) else []
            assert bool(refused) == unsent, f'{sql}: {refused}'

    as_format = 'text' if as_text else 'binary'
    reads.__name__ = f'{kind} is read as from PostgreSQL, as {as_format}'
    sends.__name__ = f'{kind} is sent as to PostgreSQL, as {as_format}'
    check(reads)
    check(sends)


LOOP = asyncio.new_event_loop()
BOTH = LOOP.run_until_complete(connected())
for kind, texts in samples.read().items():
    element = samples.element_of(kind)
    not_empty = [text.replace('""', 'NULL') for text in texts] if element else texts
    add_checks(kind, not_empty if kind in DEADLY else texts)
    if (element or kind) not in ONLY_BINARY and not kind.endswith('range'):
        add_checks(kind, not_empty, as_text=element or kind)

run(lambda function: LOOP.run_until_complete(function()))
