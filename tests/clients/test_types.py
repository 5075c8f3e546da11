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


class Client:
    """A session with one of the servers, which gives each value back in both formats."""

    def __init__(self, server):
        self.wire = wire.Wire(server.port, timeout=60)
        self.wire.login()
        self.is_postgres = server.version != 0
        self.formats = (TEXT, BINARY)

    def command(self, sql):
        for tag, body in self.wire.run(sql):
            assert tag != 'E', (sql, wire.fields(body))

    def oid_of(self, name):
        if self.is_postgres:
            tag, body = self.wire.run(f"SELECT '{name}'::regtype::oid")[1]
            assert tag == 'D', (name, body)
            return int(wire.data_row(body)[0])
        return None

    def prepare(self, oid):
        self.wire.send(parse('v', 'SELECT $1, $1', [oid]) + sync())
        messages = self.wire.read_until('Z')
        assert messages[0][0] == '1', (oid, wire.fields(messages[0][1]))

    def close(self):
        self.wire.send(wire.close('S', 'v') + sync())
        self.wire.read_until('Z')

    def exchange(self, inputs):
        """[(format, bytes)] -> [(text, binary)] or [SQLSTATE]."""
        out = []
        for start in range(0, len(inputs), BATCH):
            batch = inputs[start:start + BATCH]
            self.wire.send(b''.join(bind('', 'v', [value], [format], self.formats) + execute() + sync()
                                    for format, value in batch))
            for _ in batch:
                answer = None
                while (message := self.wire.read())[0] != 'Z':
                    if message[0] == 'D':
                        answer = tuple(wire.data_row(message[1]))
                    elif message[0] == 'E':
                        answer = wire.fields(message[1])['C']
                out.append(answer)
        return out


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


def exchange_all(client, item, inputs, setting):
    for name, value in setting.items():
        client.command(f"SET {name} TO '{value}'")
    answers = client.exchange(inputs)
    for name in setting:
        client.command(f'RESET {name}')
    return answers


@pytest.mark.parametrize('item', all_values())
def test_a_type_is_read_and_written_as_postgres_does(farm, ours, item):
    oracles = [Client(farm.get(name)) for name in ('postgres18', 'postgres15')]
    our = Client(ours)
    for oracle in oracles:
        for sql in item.setup:
            oracle.command(sql)
    oid = {}
    for client in oracles:
        oid[client] = client.oid_of(item.type)
        client.prepare(oid[client])
    our.prepare(our_oid(ours, item.type) or oid[oracles[0]])

    decisive = oracles[0]
    inputs = [(TEXT, text if isinstance(text, bytes) else text.encode()) for text in item.texts]
    first = exchange_all(decisive, item, inputs, item.settings[0])
    binary = list(dict.fromkeys(answer[1] for answer in first if isinstance(answer, tuple)))
    binary += [form for form in item.binaries if form not in binary]
    inputs += [(BINARY, form) for form in binary]
    inputs += [(BINARY, form) for form in dict.fromkeys(mutations(random.Random(item.type), binary))]

    different, older, accepted = [], 0, 0
    for setting in item.settings:
        expected = exchange_all(decisive, item, inputs, setting)
        other = exchange_all(oracles[1], item, inputs, setting)
        for value, right, old, got in zip(inputs, expected, other, exchange_all(our, item, inputs, setting)):
            older += not same(right, old)
            accepted += isinstance(right, tuple)
            if not same(right, got):
                different.append(f'{setting or ""} {"text" if value[0] == TEXT else "binary"} {show(value)}: {shown(right)}, '
                                 f'not {shown(got)}')
    for client in (*oracles, our):
        client.wire.socket.close()
    count = len(inputs) * len(item.settings)
    print(f'{item.type}: {count} values, {accepted} of them accepted; PostgreSQL 15 differs in {older}')
    assert accepted, 'no value of these is one'
    assert not different, f'{len(different)} of {count} differ:\n' + '\n'.join(different[:20])


def our_oid(server, name):
    """The number that a user type has in our server; None for a built-in one."""
    return None


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
