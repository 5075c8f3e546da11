"""The small examples as programs: a result that never ends, and a server inside a program with its own event loop."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

import servers
import wire
from wire import Wire, query, shape


@pytest.fixture(params=['ticker', 'embedded'])
def example(request):
    yield from started(request.param)


@pytest.fixture
def ticker():
    yield from started('ticker')


@pytest.fixture
def embedded():
    yield from started('embedded')


def started(name):
    echo = os.environ.get('PGWIRE_ECHO_SERVER')
    program = pathlib.Path(echo).parent / name if echo else None
    if program is None or not program.exists():
        missing = f'{name} is not built beside the echo example'
        pytest.fail(missing) if os.environ.get('CI') else pytest.skip(missing)
    server = servers.start_program(name, str(program), '--threads', '2')
    yield server
    server.stop()
    said = server.output()
    assert servers.remove(server) == 0, said


def test_rows_arrive_as_they_happen_until_they_are_cancelled(ticker):
    with Wire(ticker.port) as client:
        key = dict(client.login())['K']
        began = time.monotonic()
        client.send(query('SELECT * FROM ticks(50)'))
        assert shape(*client.read()) == 'T:n,seconds'
        for n in range(1, 6):
            tag, body = client.read()
            assert tag == 'D' and wire.data_row(body)[0] == str(n).encode()
        assert 0.15 < time.monotonic() - began < 5, 'four pauses of 50 ms'
        with Wire(ticker.port) as canceller:
            canceller.send(wire.untyped(wire.CANCEL_REQUEST, key))
            assert canceller.read_to_end() == b''
        assert [shape(*m) for m in client.read_until()][-2:] == ['E:57014', 'Z:I']
        assert client.ask('nonsense') == ['E:42601', 'Z:I']


def test_psql_shows_rows_as_they_happen_and_ends_on_an_interrupt(ticker):
    command = ['psql', '-XAt', '-h', '127.0.0.1', '-p', str(ticker.port), '-U', 'x', '-d', 'x', '--set', 'FETCH_COUNT=1',
               '-c', 'SELECT * FROM ticks(50)']
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as psql:
        for n in range(1, 4):
            assert psql.stdout.readline().split('|')[0] == str(n)
        psql.send_signal(signal.SIGINT)
        _, said = psql.communicate(timeout=10)
    assert 'canceling statement due to user request' in said


def test_many_watch_at_once(ticker):
    clients = [Wire(ticker.port) for _ in range(50)]
    for client in clients:
        client.login()
        client.send(query('SELECT * FROM ticks'))
    for client in clients:
        assert [client.read()[0] for _ in range(2)] == ['T', 'D']
        client.socket.close()


def test_the_state_of_the_program_is_seen_as_it_changes(embedded):
    def steps():
        rows = [wire.data_row(body) for tag, body in client.run('select * from jobs') if tag == 'D']
        assert len(rows) == 5
        return sum(int(row[2]) for row in rows)

    with Wire(embedded.port) as client:
        client.login()
        before = steps()
        deadline = time.monotonic() + 10
        while steps() == before:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_idle_clients_are_told_when_the_program_ends(example):
    clients = [Wire(example.port) for _ in range(5)]
    for client in clients:
        client.login()
    assert example.stop() == 0
    for client in clients:
        assert [shape(*client.read())] == ['FATAL:57P01']
        assert client.read_to_end() == b''


def test_a_result_without_end_does_not_keep_the_program_alive(ticker):
    with Wire(ticker.port) as client:
        client.login()
        client.send(query('SELECT * FROM ticks(10)'))
        assert client.read()[0] == 'T'
        began = time.monotonic()
        assert ticker.stop() == 0
        assert time.monotonic() - began < 7.5, 'it has five seconds to end by itself'
