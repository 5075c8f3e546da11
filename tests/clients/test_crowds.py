"""Crowds that mean harm: a thousand connections that drip, or announce what they never send, and guessers of keys. What
they cost is bounded, and who behaves does not notice them.

Each test has a server of its own, so that no memory is there for the taking from the one before. The crowd comes from
127.0.0.2 and further, which count as addresses of others than 127.0.0.1.
"""

import concurrent.futures
import contextlib
import itertools
import json
import os
import socket
import ssl
import statistics
import struct
import time

import pytest

import certificates
import servers
import wire
from wire import Growth, SecureWire, Wire, come_to_rest, message, query, shape, startup

MEGABYTE = 1024  # in kB
GIBIBYTE = 1 << 30
ALIVE = ['T:n', 'D:1', 'C:SELECT 1', 'Z:I']
CROWD = 1_000
PLACES, PLACES_OF_ONE = 500, 250  # of who is not yet authenticated, in total and from one address: admission_limits.hpp
GUESSES_HEARD = 60  # of keys, in a minute and from one address: likewise
LONGEST = 0x3FFFFFFE  # the longest message that is taken, PostgreSQL's too
# What one of them may cost, in kB, without TLS and in the middle of a handshake: thrice what it does.
ENTERING, SHAKING_HANDS = 64, 240
WRONG_CANCELS = int(os.environ.get('PGWIRE_WRONG_CANCELS', 20_000))


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    return certificates.write(tmp_path_factory.mktemp('certificates'))


@pytest.fixture
def server(files, tmp_path):
    one = servers.start_program('sqlite', servers.sqlite(), '--threads', '2', '--max-connections', '1100', '--audit',
                                str(tmp_path / 'audit.json'), '--tls-cert', files['server'], '--tls-key', files['server_key'])
    one.audit = tmp_path / 'audit.json'
    yield one
    one.stop()
    said = one.output()
    assert servers.remove(one) == 0, said


@pytest.fixture
def other(server):
    """A client that is there before the crowd, and must be served before, between and after."""
    with Wire(server.port) as client:
        client.login()
        assert client.ask('SELECT 1 AS n') == ALIVE
        yield client
        assert client.ask('SELECT 1 AS n') == ALIVE, 'another client is disturbed'
    assert server.alive(), server.output()


def refused(server):
    """How many were refused with 08P01, and why, by the audit log."""
    events = [json.loads(line) for line in server.audit.read_text().splitlines()]
    return [event['reason'] for event in events if event['event'] == 'refused' and event['code'] == '08P01']


def soon(is_so, seconds=10):
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def newcomer_is_served(server):
    with Wire(server.port) as client:
        client.login()
        return client.ask('SELECT 1 AS n') == ALIVE


# ------------------------------------------------------------ who drips its first message


def drippers(server, addresses):
    """A thousand connections that do not wait, by their addresses in turn."""
    sockets = []
    for address in itertools.islice(itertools.cycle(addresses), CROWD):
        one = socket.create_connection(('127.0.0.1', server.port), 10, (address, 0))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.setblocking(False)
        sockets.append(one)
    return sockets


def stay(sockets):
    """Those that the server has not closed, and how many bytes it has sent them."""
    left, heard = [], 0
    for one in sockets:
        try:
            data = one.recv(100)
            heard += len(data)
            if data:
                left.append(one)
        except BlockingIOError:
            left.append(one)
        except ConnectionResetError:
            pass
    return left, heard


def send(sockets, data):
    for one in sockets:
        with contextlib.suppress(ConnectionError):  # some are closed
            one.send(data)


def client_hello():
    outgoing = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.set_alpn_protocols(['postgresql'])
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    return outgoing.read()


def drip(sockets, data, seconds, meanwhile):
    """A byte a second to each, and what is done meanwhile: how long that took, in seconds."""
    latencies = []
    for second in range(seconds):
        until = time.monotonic() + 1
        send(sockets, data[second:second + 1])
        while time.monotonic() < until:
            begin = time.monotonic()
            meanwhile()
            latencies.append(time.monotonic() - begin)
            time.sleep(0.02)
    return latencies


@pytest.mark.parametrize('encrypted', [False, True], ids=['plain', 'TLS'])
def test_a_thousand_of_one_address_drip_and_keep_nobody_else_out(server, other, encrypted):
    """Of them as many are heard as one address has places."""
    assert newcomer_is_served(server)
    grown = Growth(server.pid)
    crowd = drippers(server, ['127.0.0.2'])
    if encrypted:
        send(crowd, wire.ssl_request())
        answered = 0

        def all_are_answered():
            nonlocal crowd, answered
            crowd, more = stay(crowd)
            answered += more
            return (len(crowd), answered) == (PLACES_OF_ONE, PLACES_OF_ONE)

        assert soon(all_are_answered), f'{len(crowd)} are left, {answered} answered'

    def meanwhile():
        assert other.ask('SELECT 1 AS n') == ALIVE
        assert newcomer_is_served(server)

    latencies = drip(crowd, client_hello() if encrypted else startup(user='x', database='d'), 5, meanwhile)
    left = stay(crowd)[0]
    kilobytes = grown()
    print(f'{kilobytes} kB; {statistics.median(latencies) * 1000:.2f} ms, at most {max(latencies) * 1000:.2f} ms')
    assert len(left) == PLACES_OF_ONE
    assert kilobytes < PLACES_OF_ONE * (SHAKING_HANDS if encrypted else ENTERING), f'{kilobytes} kB'
    assert statistics.median(latencies) < 0.5, 'a login and two queries'
    for one in crowd:
        one.close()


def test_a_thousand_of_four_addresses_drip_and_disturb_nobody_who_is_there(server, other):
    """They have all places of those who enter: until some of them leave nobody else is heard, but whoever is in is."""
    grown = Growth(server.pid)
    crowd = drippers(server, [f'127.0.0.{n}' for n in range(2, 6)])
    assert soon(lambda: len(stay(crowd)[0]) == PLACES), f'{len(stay(crowd)[0])} are left'

    def meanwhile():
        assert other.ask('SELECT 1 AS n') == ALIVE

    latencies = drip(crowd, client_hello(), 3, meanwhile)
    left = stay(crowd)[0]
    kilobytes = grown()
    print(f'{kilobytes} kB; {statistics.median(latencies) * 1000:.2f} ms, at most {max(latencies) * 1000:.2f} ms')
    assert len(left) == PLACES
    assert kilobytes < PLACES * SHAKING_HANDS, f'{kilobytes} kB'
    assert statistics.median(latencies) < 0.5, 'a query'
    with Wire(server.port) as late:
        assert late.read_to_end() == b''
    for one in crowd:
        one.close()

    def is_heard():
        with contextlib.suppress(OSError, wire.Closed):
            return newcomer_is_served(server)

    assert soon(is_heard), 'their places are not given back'


# ------------------------------------------------------------ who announces a gibibyte


def test_a_gibibyte_announced_before_the_login_is_refused_at_once(server, other):
    """In batches that one address has places for: each of them is heard, and refused for what it says."""
    before = len(refused(server))
    grown = Growth(server.pid)
    for start in range(0, CROWD, PLACES_OF_ONE // 5):
        clients = [Wire(server.port, source='127.0.0.2') for _ in range(PLACES_OF_ONE // 5)]
        for number, client in enumerate(clients):
            code = (wire.PROTOCOL_3_0, wire.CANCEL_REQUEST, wire.PROTOCOL_3_2)[number % 3]
            client.send(wire.untyped(code, b'user\0' + b'x' * 300, length=GIBIBYTE))
        for client in clients:
            assert client.read_to_end() == b''
            client.socket.close()
        assert other.ask('SELECT 1 AS n') == ALIVE
    kilobytes = grown()
    print(f'{kilobytes} kB')
    assert refused(server)[before:] == ['invalid length of startup packet'] * CROWD
    assert kilobytes < 4 * MEGABYTE, f'{kilobytes} kB'


def test_a_gibibyte_announced_before_the_login_is_refused_within_tls_too(server, other):
    before = len(refused(server))
    grown = Growth(server.pid)
    for direct in [False, True] * 50:
        with SecureWire(server.port, direct=direct, source='127.0.0.2') as client:
            client.send(wire.untyped(wire.PROTOCOL_3_0, b'user\0' + b'x' * 300, length=GIBIBYTE))
            assert client.read_to_end() == b''
    kilobytes = grown()
    print(f'{kilobytes} kB')
    assert refused(server)[before:] == ['invalid length of startup packet'] * 100
    assert kilobytes < 4 * MEGABYTE, f'{kilobytes} kB'


def test_sixteen_megabytes_announced_in_a_handshake_are_refused_at_once(server, other):
    """A ClientHello's own length has three bytes."""
    before = len(refused(server))
    hello = b'\x01\xff\xff\xff' + client_hello()[9:]
    grown = Growth(server.pid)
    for _ in range(100):  # not more: failures count, and are limited
        with Wire(server.port, source='127.0.0.2') as client:
            client.send(b'\x16\x03\x01' + struct.pack('!H', len(hello)) + hello)
            client.read_to_end()  # an alert, or nothing
    kilobytes = grown()
    print(f'{kilobytes} kB')
    reasons = refused(server)[before:]
    assert len(reasons) == 100 and all('TLS: ' in reason and 'too large' in reason for reason in reasons), reasons
    assert kilobytes < 4 * MEGABYTE, f'{kilobytes} kB'


def announce(clients, length):
    """Half of them a Query, half of them a Parse, of which a few hundred bytes are sent."""
    for number, client in enumerate(clients):
        text = b'SELECT ' + b'x' * 300
        client.send(message('Q', text, length) if number % 2 else message('P', b's\0' + text, length))


@pytest.mark.parametrize('made, count', [(Wire, CROWD), (SecureWire, 150)], ids=['plain', 'TLS'])
def test_a_gibibyte_announced_by_each_of_many_sessions_costs_what_has_come(server, other, made, count):
    clients = []
    for _ in range(count):
        clients.append(made(server.port, source='127.0.0.2'))
        clients[-1].login()
        assert clients[-1].ask('SELECT 1 AS n') == ALIVE
    grown = Growth(server.pid)
    announce(clients, LONGEST)
    assert come_to_rest(server.pid)
    assert other.ask('SELECT 1 AS n') == ALIVE
    assert newcomer_is_served(server)
    kilobytes = grown()
    print(f'{kilobytes} kB for {count} sessions')
    assert all(client.is_quiet(0) for client in clients), 'each of them is waited for'
    assert kilobytes < count * 8, f'{kilobytes} kB'
    for client in clients:
        client.socket.close()


def test_more_than_the_longest_message_ends_the_session(server, other):
    for made in (Wire, SecureWire):
        for tag in 'QPBFd':
            with made(server.port) as client:
                client.login()
                client.send(message(tag, b's\0SELECT', LONGEST + 1))
                assert client.read_to_end() == b''


# ------------------------------------------------------------ who guesses keys


@pytest.fixture
def ticker():
    """A server of endless results that wait for their next row, and take no time."""
    one = servers.start_program('ticker', servers.example('ticker'), '--threads', '2')
    yield one
    one.stop()
    said = one.output()
    assert servers.remove(one) == 0, said


class Victim(Wire):
    """A client with a query that runs on and on."""

    def __init__(self, server):
        super().__init__(server.port)
        self.key = dict(self.login())['K']
        self.send(query('SELECT * FROM ticks(100000000)'))
        assert [shape(*self.read())[0] for _ in range(2)] == ['T', 'D']

    def is_told_that_it_is_cancelled(self):
        return [shape(*m) for m in self.read_until()] == ['E:57014', 'Z:I']


def ask_to_cancel(server, source, requests):
    """Each on its own connection, and all of them there before the first one is looked after. Whether each was closed
    without a word."""
    sockets, closed = [], 0
    for request in requests:
        one = socket.socket()
        one.settimeout(10)
        one.bind((source, 0))
        one.connect(('127.0.0.1', server.port))
        one.sendall(request)
        sockets.append(one)
    for one in sockets:
        closed += one.recv(1) == b''
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))  # a million leave no ports in waiting
        one.close()
    return closed == len(sockets)


def wrong_keys(key):
    """CancelRequests that are nearly right, without end."""
    pid, secret = struct.unpack('!I', key[:4])[0], key[4:]
    number = int.from_bytes(secret, 'big')
    near = [wire.cancel_request(pid, (number ^ 1 << bit).to_bytes(len(secret), 'big')) for bit in range(8 * len(secret))]
    lengths = [wire.cancel_request(pid, one) for one in (secret[:-1], secret + b'\0', secret * 8, secret * 64, b'\0' * 4)]
    others = [wire.cancel_request(other & 0xFFFFFFFF, secret) for other in (pid - 1, pid + 1, pid + 16, -pid, 0)]
    return itertools.cycle(near + lengths + others)


def test_wrong_keys_cancel_nothing_and_disturb_nobody(ticker):
    """They come from many addresses, so that most of them are looked at. PGWIRE_WRONG_CANCELS says how many."""
    each = 50  # of an address: all of them are heard, and all are looked at
    assert each <= GUESSES_HEARD and 4 * each < PLACES
    with Victim(ticker) as victim, Wire(ticker.port) as other, concurrent.futures.ThreadPoolExecutor(4) as pool:
        other.login()
        guesses = wrong_keys(victim.key)
        grown = Growth(ticker.pid)
        begin = time.monotonic()
        under_way = [pool.submit(ask_to_cancel, ticker, f'127.{1 + (n >> 16)}.{n >> 8 & 255}.{n & 255}',
                                 list(itertools.islice(guesses, each)))
                     for n in range(1, max(WRONG_CANCELS // each, 1) + 1)]
        latencies = []
        while not all(one.done() for one in under_way[-4:]) or not latencies:
            asked = time.monotonic()
            assert other.ask('SHOW server_version')[-1] == 'Z:I'
            with Wire(ticker.port) as newcomer:
                newcomer.login()
            latencies.append(time.monotonic() - asked)
            time.sleep(0.02)
        assert all(one.result() for one in under_way)
        took = time.monotonic() - begin
        kilobytes = grown()
        print(f'{len(under_way) * each} in {took:.1f} s, {kilobytes} kB, {statistics.median(latencies) * 1000:.2f} ms')
        assert victim.is_quiet(), 'it is cancelled, by a wrong key'
        assert kilobytes < 4 * MEGABYTE + len(under_way), f'{kilobytes} kB for {len(under_way)} addresses'
        assert statistics.median(latencies) < 0.5, 'a query, and a login'
        assert ask_to_cancel(ticker, '127.0.0.2', [wire.untyped(wire.CANCEL_REQUEST, victim.key)])
        assert victim.is_told_that_it_is_cancelled()


def test_who_guesses_keys_is_soon_not_looked_at(ticker):
    """Not even with the right key; whoever comes from elsewhere is. Every second one guess is looked at again: if this
    machine stops for that long, the right key may be that one, but not each time."""
    for attempt in range(3):
        with Victim(ticker) as victim:
            right = wire.untyped(wire.CANCEL_REQUEST, victim.key)
            source = f'127.0.0.{2 + attempt}'
            assert ask_to_cancel(ticker, source, list(itertools.islice(wrong_keys(victim.key), GUESSES_HEARD + 10)))
            assert ask_to_cancel(ticker, source, [right])
            was_overheard = victim.is_quiet()
            if was_overheard:
                assert ask_to_cancel(ticker, '127.0.0.1', [right])
            assert victim.is_told_that_it_is_cancelled()
        if was_overheard:
            return
    pytest.fail('a guesser is heard, however often it has guessed')
