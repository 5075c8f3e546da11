"""Every type, against PostgreSQL: the same values, as text and in binary, to PostgreSQL 18, to PostgreSQL 15 and to the example
`types`, each asked for in both formats. The same bytes must come back, and what PostgreSQL refuses must be refused with an
SQLSTATE of the same class.

The values are in values/. To each text's value PostgreSQL's own binary form is added, its truncations, and mutations of it.
PostgreSQL 18 decides; where it is missing, 15.
"""

import importlib
import pkgutil
import random
import struct

import pytest

import servers
import values
import wire
from wire import bind, describe, execute, parse, sync

FAMILIES = sorted(module.name for module in pkgutil.iter_modules(values.__path__))
BATCH = 200      # values in flight
TRUNCATED = 12   # values whose every truncation is sent
MUTATED = 400    # values sent with a byte changed
TEXT, BINARY = 0, 1
FIRST_OWN_OID = 16384


class Client:
    """A session with one of the servers, which gives each value back in both formats."""

    def __init__(self, server):
        self.wire = wire.Wire(server.port, timeout=60)
        self.wire.login()

    def close(self):
        self.wire.socket.close()

    def rows(self, sql):
        messages = self.wire.run(sql)
        for tag, body in messages:
            assert tag != 'E', (sql, wire.fields(body))
        return [wire.data_row(body) for tag, body in messages if tag == 'D']

    def has_extension(self, name):
        return self.rows(f"SELECT 1 FROM pg_extension WHERE extname = '{name}'") != []

    def oid_of(self, type):
        return int(self.rows(f"SELECT '{type}'::regtype::oid")[0][0])

    def parse(self, oid):
        self.wire.send(parse('v', 'SELECT $1, $1', [oid]) + sync())
        messages = self.wire.read_until('Z')
        assert messages[0][0] == '1', (oid, wire.fields(messages[0][1]))

    def exchange(self, inputs, setting):
        """[(format, bytes)] -> [(text, binary) or SQLSTATE]."""
        for name, value in setting.items():
            self.rows(f"SET {name} TO '{value}'")
        out = []
        for start in range(0, len(inputs), BATCH):
            batch = inputs[start:start + BATCH]
            self.wire.send(b''.join(bind('', 'v', [value], [format], (TEXT, BINARY)) + execute() + sync()
                                    for format, value in batch))
            for _ in batch:
                answer = None
                while (message := self.wire.read())[0] != 'Z':
                    if message[0] == 'D':
                        answer = tuple(wire.data_row(message[1]))
                    elif message[0] == 'E':
                        answer = wire.fields(message[1])['C']
                out.append(answer)
        for name in setting:
            self.rows(f'RESET {name}')
        return out

    def refusals(self, texts):
        """[bytes] -> [(SQLSTATE, message, detail) or None]."""
        out = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start:start + BATCH]
            self.wire.send(b''.join(bind('', 'v', [text], [TEXT]) + execute() + sync() for text in batch))
            for _ in batch:
                errors = [wire.fields(body) for tag, body in self.wire.read_until('Z') if tag == 'E']
                out.append((errors[0]['C'], errors[0]['M'], errors[0].get('D')) if errors else None)
        return out

    def answer(self, statement, values=(), formats=()):
        """What is described, or refused and where; and what is refused of the values."""
        self.wire.send(parse('', statement) + describe('S') + bind('', '', values, formats) + execute() + sync())
        answer = []
        for tag, body in self.wire.read_until('Z'):
            if tag == 'E':
                fields = wire.fields(body)
                answer.append((fields['C'], fields['M'], fields.get('P')))
            elif tag in 'tTD':
                answer.append((tag, body))
        return answer


def mutations(rng, forms):
    """Binary forms that are nearly right: cut off, longer, with a byte or a word changed."""
    forms = [form for form in forms if form]
    for form in rng.sample(forms, min(TRUNCATED, len(forms))):
        yield from (form[:n] for n in range(min(len(form), 64)))
        yield form + b'\0'
    for _ in range(MUTATED if forms else 0):
        form = bytearray(rng.choice(forms))
        at = rng.randrange(len(form))
        kind = rng.randrange(4)
        if kind == 0:
            form[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            form[at] = rng.randrange(256)
        elif kind == 2:
            form[at] = rng.choice((0, 1, 0x7f, 0x80, 0xff))
        else:
            at = at // 4 * 4
            form[at:at + 4] = struct.pack('!i', rng.choice((0, 1, -1, -2, 7, 0x7fffffff, -0x80000000, 1 << 24)))
        yield bytes(form)


def show(value):
    format, data = value
    return repr(data.decode(errors='backslashreplace')) if format == TEXT else data.hex()


def same(expected, ours):
    """What PostgreSQL itself calls an internal error may be refused by any other name."""
    if isinstance(expected, str) and isinstance(ours, str):
        return expected[:2] in (ours[:2], 'XX')
    return expected == ours


ALL = [(family, item) for family in FAMILIES
       for item in importlib.import_module(f'values.{family}').generate(random.Random(family))]


def make_types(client):
    """All types and extensions that are not there from the beginning, as far as the server has them."""
    for statement in dict.fromkeys(statement for _, item in ALL for statement in item.setup):
        client.rows(statement)
    for name in sorted({item.extension for _, item in ALL} - {''}):
        if client.rows(f"SELECT 1 FROM pg_available_extensions WHERE name = '{name}'"):
            client.rows(f'CREATE EXTENSION {name}')
    return client.rows(f'SELECT typname, oid, typarray FROM pg_type WHERE oid >= {FIRST_OWN_OID} AND typarray != 0')


# Of these PostgreSQL tells more: where in the text, or which rule of the type is broken; the SQLSTATE is of the same class.
OTHER_WORDS = {
    'json', 'jsonb', 'jsonpath', 'hstore', 'tsvector', 'tsquery', 'xml',
    'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle',
    'date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval',
    'txid_snapshot', 'regproc', 'regprocedure', 'regoper', 'regoperator', 'regclass', 'regtype', 'regconfig',
    'regdictionary', 'regnamespace', 'regrole', 'regcollation',
}
LONGEST_QUOTED = 1000  # bytes of a value that our errors repeat, PostgreSQL's repeat all

# Casts whose answers are the same: columns, values, or errors and where they are.
CASTS = [
    "'1'::int4", "'1'::INTEGER", "'1'::\"int4\"", "'1'::pg_catalog.int4", "'1'::pg_catalog.\"int4\"", "'1'::\"INT4\"",
    "'1'::\"integer\"", "'1'::pg_catalog.integer", "'1'::nosuch", "'1'::nosuch.int4", "'1'::double precision",
    "'1'::double", "'a'::\"char\"", "'ab'::character varying", "'{1,2}'::int4[]", "'{1,2}'::integer[2]", "'{1,2}'::_int4",
    "'{1,2}'::int4 ARRAY", "'{1,2}'::int4 array[2]", "'{{1}}'::int4[][]", "'12:00'::time without time zone",
    "'2024-01-01'::timestamp with time zone", "'1'::int4(3)", "'x'::text(3)", "'1'::varchar(a)", "'1'::varchar(3",
    "'1'::varchar()", "'1'::", "'1'::1", "'1'::'int4'", "'1'::int4[", "'1'::int4[x]", "'1'::pg_catalog.", "'1'::.int4",
]


@pytest.fixture(scope='module')
def oracles(farm):
    """PostgreSQL 18, which decides, and 15."""
    return [farm.get(name) for name in ('postgres18', 'postgres15')]


@pytest.fixture(scope='module')
def ours(oracles):
    """The example, whose own types have the OIDs that PostgreSQL 18 has given its own."""
    decisive, other = map(Client, oracles)
    own = {item.type for _, item in ALL if item.setup or item.extension}
    oids = [f'{name.decode()}={oid.decode()},{array.decode()}' for name, oid, array in make_types(decisive)
            if name.decode() in own]
    make_types(other)
    decisive.close()
    other.close()
    server = servers.start_program('types', servers.example('types'), *(x for oid in oids for x in ('--oid', oid)))
    yield server
    assert servers.remove(server) == 0


@pytest.mark.parametrize('item', [pytest.param(item, id=f'{family}-{item.type}') for family, item in ALL])
def test_a_type_is_read_and_written_as_postgres_does(oracles, ours, item):
    asked = [Client(oracle) for oracle in oracles]
    if item.setup:
        asked = asked[:1]  # the other has given such types other OIDs, which are in the binary forms
    if item.extension:
        asked = [oracle for oracle in asked if oracle.has_extension(item.extension)][:1]
        if not asked:
            pytest.skip(f'no PostgreSQL here has the extension {item.extension}')
    decisive, our = asked[0], Client(ours)
    for oracle in asked:
        oracle.parse(oracle.oid_of(item.type))
    own = {name.decode(): int(oid) for name, oid in our.rows('SELECT * FROM types')} if item.extension else {}
    our.parse(own.get(item.type) or decisive.oid_of(item.type))

    inputs = [(TEXT, text if isinstance(text, bytes) else text.encode()) for text in item.texts]
    first = decisive.exchange(inputs, item.settings[0])
    binary = list(dict.fromkeys(answer[1] for answer in first if isinstance(answer, tuple)))
    binary += [form for form in item.binaries if form not in binary]
    if item.mutate:
        binary += list(mutations(random.Random(item.type), binary))
    inputs += [(BINARY, form) for form in dict.fromkeys(binary) if form not in item.never]

    different, accepted, older = [], 0, 0
    for setting in item.settings:
        expected, *others, got = (client.exchange(inputs, setting) for client in (*asked, our))
        older += sum(not same(right, old) for other in others for right, old in zip(expected, other))
        accepted += sum(isinstance(right, tuple) for right in expected)
        different += [f'{setting or ""} {"text" if value[0] == TEXT else "binary"} {show(value)}: {shown(right)}, '
                      f'not {shown(answer)}'
                      for value, right, answer in zip(inputs, expected, got) if not same(right, answer)]
    for client in (*asked, our):
        client.close()
    count = len(inputs) * len(item.settings)
    print(f'{item.type}: {count} values, {accepted} of them accepted; PostgreSQL 15 differs in {older}')
    assert accepted, 'no value of these is one'
    assert not different, f'{len(different)} of {count} differ:\n' + '\n'.join(different[:20])


@pytest.mark.parametrize('item', [pytest.param(item, id=f'{family}-{item.type}') for family, item in ALL
                                  if item.type not in OTHER_WORDS and not item.extension])
def test_what_is_no_value_is_refused_in_postgres_own_words(oracles, ours, item):
    decisive, our = Client(oracles[0]), Client(ours)
    for client in (decisive, our):
        client.parse(decisive.oid_of(item.type))
    texts = [text if isinstance(text, bytes) else text.encode() for text in item.texts]
    texts = [text for text in dict.fromkeys(texts) if len(text) <= LONGEST_QUOTED]
    expected, got = (client.refusals(texts) for client in (decisive, our))
    for client in (decisive, our):
        client.close()
    different = [f'{text.decode(errors="backslashreplace")}: {right}, not {answer}'
                 for text, right, answer in zip(texts, expected, got) if right != answer]
    assert not different, f'{len(different)} of {len(texts)} differ:\n' + '\n'.join(different[:20])


def test_the_name_of_a_type_is_read_as_postgres_does(oracles, ours):
    decisive, our = Client(oracles[0]), Client(ours)
    answers = [(cast, *(client.answer(f'SELECT {cast}') for client in (decisive, our))) for cast in CASTS]
    for client in (decisive, our):
        client.close()
    different = [f'{cast}: {right}, not {answer}' for cast, right, answer in answers if right != answer]
    assert not different, '\n'.join(different)


@pytest.mark.parametrize('modified', ['varchar(3)', 'numeric(10,2)', 'timestamp(3) with time zone', 'bit varying (2)', 'float(3)'])
def test_a_type_modifier_that_would_not_be_applied_is_refused(ours, modified):
    our = Client(ours)
    assert [answer[0] for answer in our.answer(f"SELECT '1'::{modified}")] == ['0A000']
    our.close()


@pytest.mark.parametrize('statement', ['SELECT $1', 'SELECT $1::bytea', 'SELECT $1::"char"', 'SELECT $1::text', 'SELECT $1::int4'])
def test_a_binary_value_of_no_declared_type_is_of_the_type_that_the_statement_says(oracles, ours, statement):
    decisive, our = Client(oracles[0]), Client(ours)
    right, answer = (client.answer(statement, [b'\xff'], [BINARY]) for client in (decisive, our))
    for client in (decisive, our):
        client.close()
    assert answer == right


def shown(answer):
    if not isinstance(answer, tuple):
        return str(answer)
    text, binary = answer
    return f'{text.decode(errors="backslashreplace") if text is not None else None!r} ({binary.hex() if binary is not None else None})'
