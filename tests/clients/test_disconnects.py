"""Clients that leave in every state, and clients that drip: nothing of them stays behind, and nobody else waits."""

import os
import struct
import time

import pytest

import wire
from wire import (Wire, bind, copy_data, copy_done, describe, execute, flush, message, parse, query, shape, startup, sync)

MEGABYTE = 1024  # in kB
GIBIBYTE = 1 << 30
ALIVE = ['T:n', 'D:1', 'C:SELECT 1', 'Z:I']
ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'
RUNAWAY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'  # gives no row, ever


def sockets(pid):
    """How many are open. Not all files are counted: SQLite opens one for each of its connections, and keeps it for the
    next one."""
    count = 0
    for file in os.listdir(f'/proc/{pid}/fd'):
        try:
            count += os.readlink(f'/proc/{pid}/fd/{file}').startswith('socket:')
        except FileNotFoundError:
            pass  # closed meanwhile
    return count


def threads(pid):
    return len(os.listdir(f'/proc/{pid}/task'))


def settles(measure, at_most, seconds=10):
    """Whether what is measured comes down to this, in the end."""
    deadline = time.monotonic() + seconds
    while measure() > at_most:
        if time.monotonic() > deadline:
            print(f'{measure()} instead of {at_most}')
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def other(target):
    """Another client, which must be served before, between and after."""
    with Wire(target.port) as client:
        client.login()
        client.run('DROP TABLE IF EXISTS sink')
        client.run('CREATE TABLE sink (a integer, b text)')
        yield client
        assert client.ask('SELECT 1 AS n') == ALIVE, 'another client is disturbed'
    assert target.alive(), target.output()


def until(client, tag):
    while client.read()[0] != tag:
        pass


# ------------------------------------------------------------ what a client is at when it leaves

def copying_in(client, *data):
    client.send(query('COPY sink FROM STDIN'))
    until(client, 'G')
    for piece in data:
        client.send(piece)


def copying_in_amid_a_line(client):
    copying_in(client, copy_data('1\tone\n2\ttw'))


def copying_in_amid_a_message(client):
    copying_in(client, message('d', b'1\tone\n', 1000))


def copying_in_many_lines(client):
    copying_in(client, *[copy_data(''.join(f'{n}\tsome text\n' for n in range(1000)))] * 20)


def copying_in_extended(client):
    client.send(parse('', 'COPY sink FROM STDIN') + bind() + execute() + sync())
    until(client, 'G')
    client.send(copy_data('1\tone\n'))


def copying_in_in_a_transaction(client):
    client.run('BEGIN')
    client.run("INSERT INTO sink VALUES (0, 'lost')")
    copying_in(client, copy_data('1\tone\n'))


def copying_out(client):
    client.send(query(f'COPY ({ENDLESS}) TO STDOUT'))
    until(client, 'd')


def copying_out_extended(client):
    client.send(parse('', f'COPY ({ENDLESS}) TO STDOUT') + bind() + execute() + sync())
    until(client, 'd')


def fetching(client):
    client.run('BEGIN')
    client.run(f'DECLARE c CURSOR FOR {ENDLESS}')
    assert client.ask('FETCH 2 FROM c')[1:] == ['D:1', 'D:2', 'C:FETCH 2', 'Z:T']
    client.send(query('FETCH 100000 FROM c'))
    until(client, 'D')


def between_two_fetches(client):
    client.run('BEGIN')
    client.run(f'DECLARE c CURSOR FOR {ENDLESS}')
    client.run('FETCH 2 FROM c')


def with_a_suspended_portal(client):
    client.send(parse('', ENDLESS) + bind('p') + execute('p', 2) + flush())
    until(client, 's')


def in_rows(client):
    client.send(parse('', ENDLESS) + bind() + describe('P') + execute() + sync())
    until(client, 'D')


def in_a_pipeline(client):
    client.send((parse('', "INSERT INTO sink VALUES (0, 'lost')") + bind() + execute()) * 5 + flush())
    for _ in range(5):
        until(client, 'C')
    client.send((parse('', 'SELECT 1 AS n') + bind() + execute()) * 200 + parse('', 'SELECT')[:-3])


def skipping_to_a_sync(client):
    client.send(parse('', 'SELECT nonsense FROM nowhere') + bind() + execute() + flush())
    until(client, 'E')


def listening(client):
    client.run('LISTEN news')


def listening_in_a_transaction(client):
    client.run('LISTEN news')
    client.run('BEGIN')
    client.run('LISTEN other')
    client.run("NOTIFY news, 'lost'")


def working(client):
    client.send(query(RUNAWAY))
    client.is_quiet(0.02)


def idle(_):
    pass


STATES = [copying_in, copying_in_amid_a_line, copying_in_amid_a_message, copying_in_many_lines, copying_in_extended,
          copying_in_in_a_transaction, copying_out, copying_out_extended, fetching, between_two_fetches,
          with_a_suspended_portal, in_rows, in_a_pipeline, skipping_to_a_sync, listening, listening_in_a_transaction, working,
          idle]


def leave(client, how):
    if how == 'reset':  # with what is unread and unsent dropped
        client.socket.setsockopt(wire.socket.SOL_SOCKET, wire.socket.SO_LINGER, struct.pack('ii', 1, 0))
    client.socket.close()


def come_and_leave(target, state, how='close'):
    """One client after the other: SQLite has one writer at a time."""
    with Wire(target.port) as client:
        client.login()
        state(client)
        leave(client, how)


@pytest.mark.parametrize('how', ['close', 'reset'])
@pytest.mark.parametrize('state', STATES, ids=lambda state: state.__name__)
def test_a_client_that_leaves_leaves_nothing_behind(target, other, state, how):
    come_and_leave(target, state, how)
    connections, tasks = sockets(target.pid), threads(target.pid)
    for _ in range(12):
        come_and_leave(target, state, how)
        assert other.ask('SELECT 1 AS n') == ALIVE
    if not target.version:  # PostgreSQL has a process for each session
        assert settles(lambda: sockets(target.pid), connections), 'sockets stay open'
        assert settles(lambda: threads(target.pid), tasks), 'threads stay'
    # Nothing of what it had begun has been done, and it has no lock.
    assert other.ask('SELECT count(*) AS n FROM sink')[1] == 'D:0'
    assert other.ask("INSERT INTO sink VALUES (1, 'kept')") == ['C:INSERT 0 1', 'Z:I']
    assert other.ask("NOTIFY news, 'to nobody'")[-1] == 'Z:I'


def test_clients_that_leave_in_all_states_leave_no_memory_behind(target, other):
    if target.version:
        pytest.skip('PostgreSQL has a process for each session')

    def round_of_all(times):
        for number in range(times):
            for state in STATES:
                come_and_leave(target, state, ('close', 'reset')[number % 2])

    round_of_all(4)
    assert other.ask('SELECT 1 AS n') == ALIVE
    before = wire.resident_kilobytes(target.pid)
    round_of_all(12)
    assert settles(lambda: wire.resident_kilobytes(target.pid), before + 4 * MEGABYTE), \
        f'{len(STATES) * 12} clients leave memory behind'


# ------------------------------------------------------------ clients that drip

def drip(client, data):
    for byte in data:
        client.send(bytes([byte]))


def test_a_gibibyte_of_copy_data_is_announced_and_drips(target, other):
    """Memory follows what has come, and lines are taken as they come."""
    clients = [Wire(target.port) for _ in range(1 if target.version else 8)]
    for client in clients:
        client.login()
    clients[0].send(query('COPY sink FROM STDIN'))
    until(clients[0], 'G')
    before = wire.resident_kilobytes(target.pid)
    clients[0].send(message('d', b'1\tone\n2\tt', GIBIBYTE - 2))
    for client in clients[1:]:  # these wait for a statement, in the same way
        client.send(message('P', b's\0SELECT ', GIBIBYTE - 2))
    for _ in range(20):
        for client in clients[1:]:
            drip(client, b'x')
        drip(clients[0], b'wo\n3\tt')
        assert other.ask('SELECT 1 AS n') == ALIVE
    grown = wire.resident_kilobytes(target.pid) - before
    for client in clients:
        client.socket.close()
    assert grown < 4 * MEGABYTE, f'{grown} kB'
    assert other.ask('SELECT count(*) AS n FROM sink')[1] == 'D:0'
    assert other.ask("INSERT INTO sink VALUES (1, 'kept')") == ['C:INSERT 0 1', 'Z:I']


def test_an_error_in_a_piece_that_drips_is_told_before_the_piece_is_whole(target, other):
    if target.version:
        pytest.skip('PostgreSQL reads a message whole')
    with Wire(target.port) as client:
        client.login()
        client.send(query('COPY sink FROM STDIN'))
        until(client, 'G')
        client.send(message('d', b'not a number\tone\n', 1_000_000))
        assert [shape(*m)[0] for m in client.read_until()] == ['E', 'Z']
        client.send(b'x' * (1_000_000 - 4 - 17))
        assert client.ask('SELECT 1 AS n') == ALIVE


@pytest.mark.parametrize('first', [0, 5])
def test_a_whole_conversation_that_drips_is_answered(target, other, first):
    script = (query('COPY sink FROM STDIN') + copy_data('1\tone\n') + copy_data('2\ttwo\n') + copy_done()
              + parse('', 'SELECT a, b FROM sink ORDER BY a') + bind('p') + describe('P', 'p') + execute('p', 1)
              + execute('p') + sync())
    with Wire(target.port) as client:
        client.login()
        client.send(script[:first])
        drip(client, script[first:])
        assert [shape(*m) for m in client.read_until()] == ['G:text:2', 'C:COPY 2', 'Z:I']
        assert [shape(*m) for m in client.read_until()] == ['1', '2', 'T:a,b', 'D:1,one', 's', 'D:2,two', 'C:SELECT 1',
                                                            'Z:I']
    with Wire(target.port) as client:
        drip(client, startup(user='postgres', database='postgres'))
        client.read_until()
        assert client.ask('SELECT 1 AS n') == ALIVE
