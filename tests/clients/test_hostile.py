"""Clients that mean harm, or are broken: they get what they deserve, and nobody else notices."""

import random
import socket
import struct
import time

import pytest

import wire
from wire import (Wire, bind, close, describe, execute, flush, function_call, message, parse, play, query, shape,
                  startup, sync, terminate)

ALIVE = ['T:n', 'D:1', 'C:SELECT 1', 'Z:I']
MEGABYTE = 1024  # in kB
RUNAWAY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'  # gives no row, ever
ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'


@pytest.fixture
def other(target):
    """Another client, which must be served before, between and after."""
    with Wire(target.port) as client:
        client.login()
        yield client
        assert client.ask('SELECT 1 AS n') == ALIVE, 'another client is disturbed'
    assert target.alive(), target.output()


def logged_in(target, count):
    clients = [Wire(target.port) for _ in range(count)]
    for client in clients:
        client.login()
    return clients


def end(clients):
    for client in clients:
        client.socket.close()


def test_memory_follows_received_bytes_not_declared_lengths(target, other):
    clients = logged_in(target, 20)
    before = wire.resident_kilobytes(target.pid)
    for client in clients:
        client.send(message('Q', b'SELECT ' + b' ' * 1000, 0x3FFFFFFE))
        assert client.is_quiet(0.02)
    assert other.ask('SELECT 1 AS n') == ALIVE
    grown = wire.resident_kilobytes(target.pid) - before
    end(clients)
    assert grown < 20 * MEGABYTE, f'{grown} kB for 20 kB received'


def test_memory_follows_received_bytes_in_counts_too(target, other):
    clients = logged_in(target, 20)
    before = wire.resident_kilobytes(target.pid)
    for client in clients:
        client.send(message('P', b'\0SELECT 1\0\xff\xff') + sync())
        assert [shape(*m) for m in client.read_until()] == ['E:08P01', 'Z:I']
    grown = wire.resident_kilobytes(target.pid) - before
    end(clients)
    assert grown < 20 * MEGABYTE


@pytest.mark.parametrize('asked', [query(ENDLESS), parse('', ENDLESS) + bind() + execute() + sync()],
                         ids=['simple', 'extended'])
def test_a_client_that_does_not_read_is_held_back(target, other, asked):
    """An endless result: the server stops pulling when nobody takes the rows, and serves others."""
    with Wire(target.port) as greedy:
        greedy.login()
        before = wire.resident_kilobytes(target.pid)
        greedy.send(asked)
        for _ in range(20):
            assert other.ask('SELECT 1 AS n') == ALIVE
        other.is_quiet(0.5)  # let it run
        grown = wire.resident_kilobytes(target.pid) - before
        assert other.ask('SELECT 1 AS n') == ALIVE
    assert grown < 20 * MEGABYTE, f'{grown} kB'


def test_a_runaway_query_disturbs_nobody_and_can_be_cancelled(target, other):
    with Wire(target.port) as runaway:
        key = dict(runaway.login())['K']
        clients = logged_in(target, 8)  # some on the same thread, if there are fewer threads than that
        runaway.send(query(RUNAWAY))
        assert runaway.is_quiet(0.3)
        for client in clients:
            assert client.ask('SELECT 1 AS n') == ALIVE
        end(clients)
        with Wire(target.port) as newcomer:
            newcomer.login()
        with Wire(target.port) as canceller:
            canceller.send(wire.untyped(wire.CANCEL_REQUEST, key))
            assert canceller.read_to_end() == b''
        assert [shape(*m) for m in runaway.read_until()][-2:] == ['E:57014', 'Z:I']
        assert runaway.ask('SELECT 1 AS n') == ALIVE


def is_busy(target):
    used = wire.processor_seconds(target.pid)
    time.sleep(0.5)
    return wire.processor_seconds(target.pid) - used > 0.25


def test_a_client_that_leaves_its_runaway_query_leaves_nothing_running(target, other):
    for _ in range(4):
        with Wire(target.port) as runaway:
            runaway.login()
            runaway.send(query(RUNAWAY))
            assert runaway.is_quiet(0.2)
    deadline = time.monotonic() + 10
    while is_busy(target):
        assert time.monotonic() < deadline, 'the query goes on for nobody'
    clients = logged_in(target, 8)
    for client in clients:
        assert client.ask('SELECT 1 AS n') == ALIVE
    end(clients)


def test_a_client_that_writes_without_reading_is_held_back_and_loses_nothing(target, other):
    with Wire(target.port, timeout=60) as client:
        client.login()
        before = wire.resident_kilobytes(target.pid)
        data, sent = query("SELECT '" + 'x' * 1000 + "' AS v") * 20_000, 0
        client.socket.settimeout(1)
        try:
            while sent < len(data):
                sent += client.socket.send(data[sent:sent + (1 << 16)])
        except socket.timeout:
            pass
        client.socket.setblocking(False)
        assert other.ask('SELECT 1 AS n') == ALIVE
        grown = wire.resident_kilobytes(target.pid) - before
        client.send(data[sent:])
        answers = 0
        while answers < 20_000:
            answers += client.read()[0] == 'Z'
    assert sent < len(data), 'the server took 20 MB of requests that nobody read the answers of'
    assert grown < 30 * MEGABYTE, f'{grown} kB'


def test_idle_sessions_are_small(target, other):
    if target.version:
        pytest.skip('PostgreSQL has a process for each session')
    before = wire.resident_kilobytes(target.pid)
    clients = logged_in(target, 200)
    for client in clients:
        assert client.ask('SELECT 1 AS n') == ALIVE
    grown = wire.resident_kilobytes(target.pid) - before
    end(clients)
    assert grown < 200 * 250, f'{grown} kB for 200 sessions'


def test_clients_that_never_finish_their_startup_keep_nobody_out(target, other):
    clients = [Wire(target.port) for _ in range(60)]
    for number, client in enumerate(clients):
        client.send(startup(user='postgres')[:number % 20])
    assert other.ask('SELECT 1 AS n') == ALIVE
    with Wire(target.port) as newcomer:
        newcomer.login()
        assert newcomer.ask('SELECT 1 AS n') == ALIVE
    end(clients)


def test_sessions_leave_no_memory_behind(target, other):
    script = [parse('s', 'SELECT CAST($1 AS text) AS v', [25]), bind('p', 's', ['x' * 2000]), execute('p', 1), sync()]

    def round_of(n):
        for number in range(n):
            if number % 3 == 0:
                play(target.port, [startup(('_pq_.' + 'x' * 200, 'y'), user='postgres', version=0x3270F)],
                     logged_in=False)
            else:
                assert play(target.port, script)[0] == ['1', '2', 'D:<2000 bytes>', 's', 'Z:I']

    round_of(150)
    before = wire.resident_kilobytes(target.pid)
    round_of(600)
    grown = wire.resident_kilobytes(target.pid) - before
    assert grown < 4 * MEGABYTE, f'{grown} kB in 600 sessions'


def test_clients_that_vanish_in_the_middle_of_rows(target, other):
    for _ in range(20):
        with Wire(target.port) as client:
            client.login()
            client.send(query(ENDLESS))
            assert client.read()[0] == 'T'
    assert other.ask('SELECT 1 AS n') == ALIVE


def test_a_client_that_vanishes_with_a_write_undone_locks_nobody_out(target, other):
    other.run('DROP TABLE IF EXISTS t')
    other.run('CREATE TABLE t (a integer PRIMARY KEY, b text)')
    for number in range(5):
        with Wire(target.port) as client:
            client.login()
            client.run('BEGIN')
            assert client.ask(f"INSERT INTO t VALUES ({number}, 'lost')") == ['C:INSERT 0 1', 'Z:T']
        assert other.ask(f"INSERT INTO t VALUES ({number}, 'kept')") == ['C:INSERT 0 1', 'Z:I']
    assert other.ask("SELECT count(*) AS n FROM t WHERE b = 'lost'")[1] == 'D:0'


def test_a_result_lost_in_mid_stream_releases_its_tables(target, other):
    other.run('DROP TABLE IF EXISTS big')
    other.run('CREATE TABLE big (a integer)')
    other.run('INSERT INTO big WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) '
              'SELECT i FROM n')
    with Wire(target.port) as client:
        client.login()
        client.send(query('SELECT * FROM big AS x, big AS y'))
        assert client.read()[0] == 'T'
    assert other.ask('DROP TABLE big') == ['C:DROP TABLE', 'Z:I']


# ------------------------------------------------------------ noise

VALID = [
    query('SELECT 1 AS n'),
    parse('s', 'SELECT a FROM nowhere WHERE a = $1', [23]),
    parse('', 'SELECT CAST($1 AS text) AS v, CAST($2 AS text) AS w', [25, 25]),
    bind('', '', ['one', None], [0, 1], [0, 1]),
    bind('p', '', ['x', 'y']),
    describe('S'),
    describe('P', 'p'),
    execute('', 1),
    execute('p'),
    close('S', 's'),
    flush(),
    sync(),
    function_call(1, ['x']),
    message('d', b'data'),
    message('c'),
    message('f', b'no\0'),
    query('BEGIN'),
    query('ROLLBACK'),
    query("SET application_name = 'x'"),
    query('SHOW application_name')
]


def provoke(target, data, login=True):
    """Send, close the sending side, and read on: the server must end the connection."""
    with Wire(target.port, timeout=15) as client:
        if login:
            client.login()
        client.send(data)
        try:
            client.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        received = client.read_to_end()
    at = 0
    while login and at < len(received):  # every byte of the answer belongs to a whole message
        length, = struct.unpack('!I', received[at + 1:at + 5])
        shape(chr(received[at]), received[at + 5:at + 1 + length])
        at += length + 1
    assert not login or at == len(received)


@pytest.mark.parametrize('seed', range(8))
def test_random_sequences_with_mutations_end_in_order(target, other, seed):
    dice = random.Random(seed)
    for _ in range(25):
        script = bytearray(b''.join(dice.choice(VALID) for _ in range(dice.randint(1, 12))))
        for _ in range(dice.randint(0, 3)):
            at = dice.randrange(len(script))
            how = dice.randrange(4)
            if how == 0:
                script[at] = dice.randrange(256)
            elif how == 1:
                del script[at:at + dice.randint(1, 8)]
            elif how == 2:
                script[at:at] = bytes(dice.choice((0, 255, 83, 81)) for _ in range(dice.randint(1, 8)))
            else:
                script[at:at + 4] = struct.pack('!i', dice.choice((-1, -2, -2**31, 2**31 - 1, 0, 3, 4, 65535)))
            if not script:
                script += sync()
        provoke(target, bytes(script))


@pytest.mark.parametrize('seed', range(4))
def test_random_bytes_instead_of_a_startup_packet_end_in_order(target, other, seed):
    dice = random.Random(seed)
    packets = [startup(user='postgres', database='postgres'), wire.ssl_request(), wire.cancel_request(1, b'1234')]
    for _ in range(25):
        packet = bytearray(dice.choice(packets) if dice.random() < 0.8 else dice.randbytes(dice.randint(1, 100)))
        for _ in range(dice.randint(0, 3)):
            packet[dice.randrange(len(packet))] = dice.randrange(256)
        provoke(target, bytes(packet), login=False)


@pytest.mark.parametrize('number', range(len(VALID)))
def test_every_message_cut_anywhere_ends_in_order(target, other, number):
    for cut in range(1, len(VALID[number])):
        provoke(target, VALID[number][:cut])
