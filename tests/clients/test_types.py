"""Every type, against PostgreSQL: the same values, as text and in binary, to PostgreSQL 18, to PostgreSQL 15 and to the example
`types`, each asked for in both formats. The same bytes must come back, and what PostgreSQL refuses must be refused with an
SQLSTATE of the same class.

The values are in values/. To each text's value PostgreSQL's own binary form is added, its truncations, and mutations of it.
PostgreSQL 18 decides; where it is missing, 15.
"""

import importlib
import pkgutil
import random
import re
import struct

import psycopg
import pytest

import samples
import servers
import values
import wire
from wire import bind, execute, parse, sync

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
        self.is_postgres = server.version != 0
        self.own_types = {}  # {name: OID} of those that are not built in

    def close(self):
        self.wire.socket.close()

    def rows(self, sql):
        messages = self.wire.run(sql)
        for tag, body in messages:
            assert tag != 'E', (sql, wire.fields(body))
        return [wire.data_row(body) for tag, body in messages if tag == 'D']

    def has_extension(self, name):
        return self.rows(f"SELECT 1 FROM pg_available_extensions WHERE name = '{name}'") != []

    def prepare(self, item):
        if self.is_postgres:
            for sql in item.setup:
                self.rows(sql)
            own = self.rows(f'SELECT typname, oid FROM pg_type WHERE oid >= {FIRST_OWN_OID}')
            oid = int(self.rows(f"SELECT '{item.type}'::regtype::oid")[0][0])
        else:
            own, oid = self.rows('SELECT * FROM types'), None
        self.own_types = {name.decode(): int(number) for name, number in own}
        return oid

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


class Translated:
    """The same client, to whom types that are not built in have the OIDs that they have at another server."""

    def __init__(self, client, other):
        self.client = client
        pairs = [(struct.pack('!I', oid), struct.pack('!I', client.own_types[name]))
                 for name, oid in other.own_types.items() if name in client.own_types]
        self.there, self.back = dict(pairs), {theirs: ours for ours, theirs in pairs}

    @staticmethod
    def _replaced(data, oids):
        if not oids or not data:
            return data
        return re.sub(b'|'.join(map(re.escape, oids)), lambda found: oids[found[0]], data)

    def exchange(self, inputs, setting):
        inputs = [(format, self._replaced(data, self.there) if format == BINARY else data) for format, data in inputs]
        return [answer if not isinstance(answer, tuple) else (answer[0], self._replaced(answer[1], self.back))
                for answer in self.client.exchange(inputs, setting)]


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
    if isinstance(expected, str) and isinstance(ours, str):
        return expected[:2] == ours[:2]
    return expected == ours


def all_values():
    for family in FAMILIES:
        for item in importlib.import_module(f'values.{family}').generate(random.Random(family)):
            yield pytest.param(item, id=f'{family}-{item.type}')


@pytest.fixture(scope='module')
def ours():
    server = servers.start_program('types', servers.example('types'))
    yield server
    assert servers.remove(server) == 0


@pytest.mark.parametrize('item', all_values())
def test_a_type_is_read_and_written_as_postgres_does(farm, ours, item):
    oracles = [Client(farm.get(name)) for name in ('postgres18', 'postgres15')]
    if item.extension:
        oracles = [oracle for oracle in oracles if oracle.has_extension(item.extension)]
        if not oracles:
            pytest.skip(f'no PostgreSQL here has the extension {item.extension}')
    our = Client(ours)
    oids = [oracle.prepare(item) for oracle in oracles]
    our.prepare(item)
    for oracle, oid in zip(oracles, oids):
        oracle.parse(oid)
    own_name = next((name for name, oid in oracles[0].own_types.items() if oid == oids[0]), None)
    our.parse(our.own_types[own_name] if own_name else oids[0])
    clients = [oracles[0], *(Translated(client, oracles[0]) for client in (*oracles[1:], our))]

    inputs = [(TEXT, text if isinstance(text, bytes) else text.encode()) for text in item.texts]
    first = clients[0].exchange(inputs, item.settings[0])
    binary = list(dict.fromkeys(answer[1] for answer in first if isinstance(answer, tuple)))
    binary += [form for form in item.binaries if form not in binary]
    if item.mutate:
        binary += list(mutations(random.Random(item.type), binary))
    inputs += [(BINARY, form) for form in dict.fromkeys(binary)]

    different, accepted, older = [], 0, 0
    for setting in item.settings:
        expected, *others, got = (client.exchange(inputs, setting) for client in clients)
        older += sum(not same(right, old) for other in others for right, old in zip(expected, other))
        accepted += sum(isinstance(right, tuple) for right in expected)
        different += [f'{setting or ""} {"text" if value[0] == TEXT else "binary"} {show(value)}: {shown(right)}, not {shown(answer)}'
                      for value, right, answer in zip(inputs, expected, got) if not same(right, answer)]
    for client in (*oracles, our):
        client.close()
    count = len(inputs) * len(item.settings)
    print(f'{item.type}: {count} values, {accepted} of them accepted; PostgreSQL 15 differs in {older}')
    assert accepted, 'no value of these is one'
    assert not different, f'{len(different)} of {count} differ:\n' + '\n'.join(different[:20])


def shown(answer):
    if not isinstance(answer, tuple):
        return str(answer)
    text, binary = answer
    return f'{text.decode(errors="backslashreplace") if text is not None else None!r} ({binary.hex() if binary is not None else None})'


def comparable(value):
    """Two values that look the same are: also NaN, and what has no comparison of its own."""
    return type(value).__name__, repr(value)


@pytest.mark.parametrize('binary', (False, True), ids=('text', 'binary'))
def test_psycopg_reads_a_value_of_every_type_as_from_postgres(farm, ours, binary):
    with (psycopg.connect(ours.dsn, autocommit=True) as us,
          psycopg.connect(farm.get('postgres18').dsn, autocommit=True) as postgres):
        different = []
        for kind, texts in samples.read(ours.port):
            for text in texts:
                read = []
                for connection in (us, postgres):
                    try:
                        statement = samples.select(kind, text)
                        read.append(comparable(connection.execute(statement, binary=binary, prepare=False).fetchone()))
                    except (psycopg.DataError, psycopg.NotSupportedError) as refused:  # a date that Python has not
                        read.append((type(refused).__name__, str(refused)))
                if read[0] != read[1]:
                    different.append(f'{statement}: {read[1]}, not {read[0]}')
        assert not different, '\n'.join(different)
