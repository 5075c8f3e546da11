"""What a session costs while much passes through it: a client that reads slowly, or never, does not make the server grow.

The figure is the peak of the process's resident memory while the client reads, less what was resident before. Each test
has a server of its own, with one thread; a session has been served, and the one that is measured has had a short answer
of the same kind.
"""

import select
import socket
import time

import pytest

import certificates
import servers
from wire import (Growth, SecureWire, Wire, bind, come_to_rest, copy_data, copy_done, describe, execute, parse, query, shape,
                  sync)

MEGABYTE = 1024  # in kB
ROWS = 1_000_000


@pytest.fixture
def server(tmp_path):
    files = certificates.write(tmp_path)
    server = servers.start_program('sqlite', servers.sqlite(), '--threads', '1', '--create', '{root}/test.db', '--tls-cert',
                                   files['server'], '--tls-key', files['server_key'])
    yield server
    said = server.output()
    code = servers.remove(server)
    assert code == 0, f'it ended with {code}:\n{said}'


def slow(made):
    """A client with a small window."""
    # From here on the kernel takes no more than this for us; the first window was offered already, and is small.
    made.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    return made


def slow_wire(port):
    return slow(Wire(port, timeout=60))


def slow_secure_wire(port):
    return slow(SecureWire(port, timeout=60))


def numbers(count):
    return f'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i, i * 3 FROM n'


def read_slowly(client, expected):
    """Reads to ReadyForQuery in small pieces, with a pause after every quarter of a megabyte. How many there were of
    each type of message."""
    counts, pending, since, ended = {}, bytearray(), 0, False
    while not ended:
        assert select.select([client.socket], [], [], 30)[0], f'the server is silent after {counts}'
        data = client.socket.recv(8192)
        assert data, f'the connection is closed after {counts}'
        pending += data
        since += len(data)
        at = 0
        while len(pending) - at >= 5:
            length = int.from_bytes(pending[at + 1:at + 5], 'big') + 1
            if len(pending) - at < length:
                break
            tag = chr(pending[at])
            counts[tag] = counts.get(tag, 0) + 1
            ended = tag == 'Z'
            at += length
        del pending[:at]
        if since > 1 << 18:
            time.sleep(0.01)
            since = 0
    assert counts.get('E', 0) == 0
    assert counts[expected[0]] == expected[1], counts


def extended(sql):
    return parse('', sql) + bind() + describe('P') + execute() + sync()


STREAMS = {
    'simple': (lambda n: query(numbers(n)), 'D'),
    'extended': (lambda n: extended(numbers(n)), 'D'),
    'COPY': (lambda n: query(f'COPY ({numbers(n)}) TO STDOUT'), 'd'),
    'cursor': (lambda n: query(f'BEGIN; DECLARE c CURSOR FOR {numbers(n)}; FETCH ALL FROM c; COMMIT'), 'D'),
}


@pytest.mark.parametrize('kind', STREAMS)
def test_a_million_rows_read_slowly_cost_less_than_a_megabyte(server, kind):
    make, tag = STREAMS[kind]
    with slow_wire(server.port) as client:
        client.login()
        client.send(make(10))
        client.read_until()
        grown = Growth(server.pid)
        client.send(make(ROWS))
        read_slowly(client, (tag, ROWS))
        kilobytes = grown()
    print(f'{kind}: {kilobytes} kB')
    assert kilobytes < MEGABYTE, f'{kilobytes} kB'


@pytest.mark.parametrize('kind, connect', [*((kind, slow_wire) for kind in STREAMS), ('simple', slow_secure_wire),
                                           ('extended', slow_secure_wire), ('COPY', slow_secure_wire)])
def test_a_result_that_nobody_reads_costs_less_than_a_megabyte(server, kind, connect):
    make, _ = STREAMS[kind]
    with connect(server.port) as client:
        client.login()
        client.send(make(10))
        client.read_until()
        grown = Growth(server.pid)
        client.send(make(10**12))
        assert come_to_rest(server.pid), 'it is pulled all the same'
        kilobytes = grown()
        for kind_of_other in (Wire, SecureWire):
            with kind_of_other(server.port) as other:
                other.login()
                assert other.ask('SELECT 1 AS n')[-1] == 'Z:I'
        assert client.read()[0] in '1THC', 'it has begun'
    print(f'{kind}: {kilobytes} kB')
    assert kilobytes < MEGABYTE, f'{kilobytes} kB'


def test_a_million_rows_copied_in_cost_little(server):
    with Wire(server.port, timeout=120) as client:
        client.login()
        client.run('CREATE TABLE t (a integer, b text)')
        for count in (10, ROWS):
            client.send(query('COPY t FROM STDIN'))
            assert client.read()[0] == 'G'
            grown = Growth(server.pid)
            for first in range(0, count, 1000):
                client.send(copy_data(''.join(f'{n}\tsome text\n' for n in range(first, min(first + 1000, count)))))
            client.send(copy_done())
            assert [shape(*m) for m in client.read_until()] == [f'C:COPY {count}', 'Z:I']
            kilobytes = grown()
    print(f'COPY FROM: {kilobytes} kB')
    assert kilobytes < 4 * MEGABYTE, f'{kilobytes} kB'


def test_notifications_that_nobody_reads_cost_a_bounded_amount(server):
    with slow_wire(server.port) as deaf, Wire(server.port, timeout=60) as speaker:
        deaf.login()
        assert deaf.ask('LISTEN news')[0] == 'C:LISTEN'
        speaker.login()
        payload, number = 'x' * 7000, 0

        def speak(megabytes):
            nonlocal number
            for _ in range(megabytes * 10):
                batch = ''.join(f"NOTIFY news, '{number + i}{payload}';" for i in range(15))
                number += 15
                speaker.run(batch)

        speak(1)
        grown = Growth(server.pid)
        speak(30)
        first = grown()
        speak(60)
        both = grown()
    print(f'notifications: {first} kB, then {both} kB')
    assert both < 24 * MEGABYTE, f'{both} kB'
    assert both - first < MEGABYTE, f'{first} kB for 30 MB, but {both} kB for 90'
