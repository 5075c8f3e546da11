"""asyncpg: values of every type, which it reads in binary, are the same from the example `types` and from PostgreSQL."""

import asyncio
import os
import pathlib
import sys

import asyncpg

from checks import PLACE, check, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'clients'))
import samples  # noqa: E402

ORACLE = {**PLACE, 'port': int(os.environ['PGWIRE_ORACLE_PORT'])}


OWN_ARRAYS = ('_text', '_oid')  # those that asyncpg reads by itself


class NeedsCatalog(Exception):
    """asyncpg asks the catalog what such a type is made of, and the example has none."""


def needs_a_catalog(kind):
    """Whether asyncpg knows the type only from the catalog."""
    return kind.endswith('range') or kind in ('int2vector', 'oidvector') or (kind[0] == '_' and kind not in OWN_ARRAYS)


def shown(value):
    """Its class and what it looks like; a path and a polygon show nothing by themselves."""
    return type(value).__name__, repr([*value] if isinstance(value, (asyncpg.Path, asyncpg.Polygon)) else value)


async def read(place, statements):
    connection = await asyncpg.connect(**place, ssl=False, timeout=10, statement_cache_size=0)
    found = []
    try:
        for statement in statements:
            try:
                found.append(shown(await connection.fetchval(statement)))
            except (ValueError, OverflowError, asyncpg.UnsupportedClientFeatureError) as refused:  # what Python has not
                found.append((type(refused).__name__, str(refused)))
    except asyncpg.PostgresError as refused:
        if 'current_setting' in str(refused):  # the first thing that it asks
            raise NeedsCatalog from None
        raise
    finally:
        await connection.close()
    return found


def add_check(kind, texts):
    async def compare():
        statements = [samples.select(kind, text) for text in texts]
        for statement, our, right in zip(statements, await read(PLACE, statements), await read(ORACLE, statements)):
            assert our == right, f'{statement}: {right}, not {our}'

    async def refuse():
        try:
            await read(PLACE, [samples.select(kind, texts[0])])
        except NeedsCatalog:
            return
        raise AssertionError('it can be read: compare it')

    compare.__name__ = f'{kind} is read as from PostgreSQL'
    refuse.__name__ = f'{kind} needs a catalog'
    check(refuse if needs_a_catalog(kind) else compare)


for kind, texts in samples.read(PLACE['port']):
    add_check(kind, texts)

run(lambda function: asyncio.run(function()))
