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


async def read(place, statements):
    connection = await asyncpg.connect(**place, ssl=False, timeout=10, statement_cache_size=0)
    found = []
    for statement in statements:
        try:
            value = await connection.fetchval(statement)
            found.append((type(value).__name__, repr(value)))
        except (ValueError, OverflowError, asyncpg.UnsupportedClientFeatureError) as refused:  # what Python has not
            found.append((type(refused).__name__, str(refused)))
    await connection.close()
    return found


def add_check(kind, texts):
    async def compare():
        statements = [samples.select(kind, text) for text in texts]
        ours, expected = await read(PLACE, statements), await read(ORACLE, statements)
        for statement, our, right in zip(statements, ours, expected):
            assert our == right, f'{statement}: {right}, not {our}'

    compare.__name__ = f'{kind} is read as from PostgreSQL'
    check(compare)


for kind, texts in samples.read(PLACE['port']):
    add_check(kind, texts)

run(lambda function: asyncio.run(function()))
