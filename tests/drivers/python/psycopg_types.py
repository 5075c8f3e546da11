"""psycopg 3: values of every type are the same from the example `types` and from PostgreSQL, and go there the same way.

psycopg knows the built-in types by itself. What the example's own ones are made of it learns from PostgreSQL's catalog,
for both servers: the types have the same numbers in both.
"""

import enum

import psycopg
from psycopg import types
from psycopg.types import composite, hstore, json, multirange, numeric
from psycopg.types import enum as enums
from psycopg.types import range as ranges

import samples
from checks import check, run

MOOD = enum.Enum('mood', ['sad', 'ok', 'happy', 'two_words', 'quote', 'none'])  # not all labels are names in Python
TEXTS, BYTES = ('text', 'varchar', 'bpchar', 'name', 'char'), ('bytea',)
WRAPPED = {'json': json.Json, 'jsonb': json.Jsonb}
REFUSALS = (psycopg.Error, AttributeError)

# What psycopg can't do with PostgreSQL either.
UNREADABLE = {  # values that Python has not
    'date': ('0001-01-01 BC', '5874897-12-31', 'infinity'), 'time': ('24:00:00',), 'timetz': ('24:00:00',),
    **dict.fromkeys(['timestamp', 'timestamptz', 'tstzrange', 'tstzmultirange', 'item'], ('infinity',))}
UNSENT = ('char', '_char', '_inet', 'shelf', '_daterange')  # as binary; and whatever has an empty multirange
WITHOUT_CLASS = (  # what is read as text or bytes, whatever has come
    'money', 'bit', 'varbit', 'jsonpath', 'xml', 'tsvector', 'tsquery', 'macaddr', 'macaddr8', 'point', 'line', 'lseg',
    'box', 'path', 'polygon', 'circle', 'int2vector', 'oidvector', 'xid', 'xid8', 'cid', 'tid', 'pg_lsn', 'pg_snapshot',
    '_pg_snapshot', 'txid_snapshot', 'refcursor')  # and names of objects, regclass and its kin


def register_mood(info, connection):
    enums.register_enum(info, connection, MOOD, mapping=dict(zip(MOOD, info.labels)))


def register_quantity(info, connection):
    """A domain, which inside of arrays and composites is not its base type to psycopg, unless it is told."""
    class Dumper(numeric.Int4BinaryDumper):
        oid = info.oid

    info.register(connection)
    connection.adapters.register_loader(info.oid, numeric.IntLoader)
    connection.adapters.register_loader(info.oid, numeric.Int4BinaryLoader)
    connection.adapters.register_dumper(None, Dumper)


OWN = [  # those before those that they are part of: (name, what is known of it, who makes psycopg read and write it)
    ('mood', enums.EnumInfo, register_mood), ('quantity', types.TypeInfo, register_quantity),
    ('item', composite.CompositeInfo, composite.register_composite),
    ('shelf', composite.CompositeInfo, composite.register_composite),
    ('floatrange', ranges.RangeInfo, ranges.register_range),
    ('floatmultirange', multirange.MultirangeInfo, multirange.register_multirange),
    ('hstore', types.TypeInfo, hstore.register_hstore),
]


def connected():
    """A connection to the example and one to PostgreSQL."""
    both = [psycopg.connect(host=place['host'], port=place['port'], user=place['user'], dbname=place['database'],
                            sslmode='disable', autocommit=True) for place in (samples.PLACE, samples.ORACLE)]
    for name, kind, register in OWN:
        info = kind.fetch(both[1], name)
        for connection in both:
            register(info, connection)
    return both


def value(connection, sql, arguments, binary):
    try:
        return connection.execute(sql, arguments, binary=binary, prepare=False).fetchone()[0]
    except REFUSALS as refusal:
        return refusal


def add_checks(kind, texts, binary):
    as_format, sql = ('binary', 'SELECT %b') if binary else ('text', 'SELECT %t')
    element = samples.element_of(kind)
    unreadable = UNREADABLE.get(element or kind, ())
    without_class = kind in WITHOUT_CLASS or kind.startswith('reg') or kind in (BYTES if binary else TEXTS)
    unsent = binary and (kind in UNSENT or kind.endswith('multirange') and kind != '_floatmultirange')
    wrap = WRAPPED.get(element or kind, lambda given: given)

    def reads():
        for text in texts:
            sql = samples.select(kind, text)
            found, expected = (value(connection, sql, None, binary) for connection in BOTH)
            samples.same(found, expected, sql)
            assert isinstance(expected, Exception) == samples.has_any(text, unreadable), f'{sql}: {expected!r}'
            assert isinstance(expected, bytes if binary else str) == without_class, f'{sql}: {expected!r}'

    def sends():
        refused = []
        for text in texts:
            if not samples.has_any(text, unreadable):
                read = value(BOTH[1], samples.select(kind, text), None, binary)
                sent = [wrap(one) for one in read] if element else wrap(read)
                found, expected = (value(connection, sql, [sent], binary) for connection in BOTH)
                samples.same(found, expected, f'{sql} of {sent!r}')
                refused += [expected] if isinstance(expected, Exception) else []
        assert bool(refused) == unsent, refused

    reads.__name__ = f'{kind} is read as from PostgreSQL, as {as_format}'
    sends.__name__ = f'{kind} is sent as to PostgreSQL, as {as_format}'
    check(reads)
    check(sends)


BOTH = connected()
for kind, texts in samples.read().items():
    for binary in (False, True):
        add_checks(kind, texts, binary)
run()
