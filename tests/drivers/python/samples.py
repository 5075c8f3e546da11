"""What the example `types` has in its tables, as PostgreSQL spells it: the values that drivers are to read."""

import os
import pathlib
import sys
from collections.abc import Sequence

from checks import PLACE

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'clients'))
import wire  # noqa: E402

ORACLE = {**PLACE, 'port': int(os.environ['PGWIRE_ORACLE_PORT'])}  # PostgreSQL, which has the example's own types too
TABLES = ('samples', 'arrays', 'own')


def read():
    """{type: [text, …]}, without NULLs. Each value of a type that has arrays is in one of its own as well."""
    found = {}
    with wire.Wire(PLACE['port']) as client:
        client.login()
        for table in TABLES:
            messages = client.run(f'SELECT * FROM {table}')
            names = [column[0] for column in wire.row_description(messages[0][1])]
            rows = [wire.data_row(body) for tag, body in messages if tag == 'D']
            for i, name in enumerate(names):
                found[name] = [row[i].decode() for row in rows if row[i] is not None]
    for kind, texts in found.items():
        if element := element_of(kind):
            texts += ['{"' + text.replace('\\', r'\\').replace('"', r'\"') + '"}' for text in found[element]]
    return found


def element_of(kind):
    """The type of an array's elements; nothing for other types."""
    return kind[1:] if kind[0] == '_' else ''


def spelled(kind):
    """The type in SQL."""
    return '"char"' if kind == 'char' else kind  # without quotes it is another


def select(kind, text):
    """A statement that PostgreSQL and the example both answer with this value."""
    return f"SELECT '{text.replace(chr(39), chr(39) * 2)}'::{spelled(kind)}"


def has_any(text, parts):
    return any(part in text for part in parts)


def held(value):
    """What a value is made of."""
    if isinstance(value, Sequence):
        return [] if isinstance(value, (str, bytes)) else [*value]
    if hasattr(value, 'items'):
        return [*value.items()]
    if hasattr(value, 'lower_inc'):
        return [value.lower, value.upper, value.lower_inc, value.upper_inc, value.isempty]
    if hasattr(value, 'is_closed'):
        return [value.is_closed, *value]
    return []


def shown(value):
    """What has to be the same of two values: the class, the looks, and all this of what they are made of."""
    parts = held(value)
    looks = [] if parts or hasattr(value, 'sqlstate') else [repr(value)]  # each server refuses in its own words
    return type(value).__name__, *looks, *map(shown, parts)


def same(found, expected, what):
    assert shown(found) == shown(expected), f'{what}: {shown(expected)}, not {shown(found)}'
