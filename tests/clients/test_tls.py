"""TLS: the example `secure` with certificates of every kind, by psql of PostgreSQL 15, the newer libpq of psycopg, Python's
OpenSSL, and by hand."""

import contextlib
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

import psycopg
import pytest

import certificates
import servers
import wire
from wire import Wire

DIRECT = psycopg.pq.version() >= 170000  # sslnegotiation=direct


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """Where the certificates and keys are, by name."""
    return certificates.write(tmp_path_factory.mktemp('certificates'))


def start(certificate, key, *arguments):
    return servers.start_program('secure', servers.example('secure'), '--tls-cert', str(certificate), '--tls-key', str(key), *arguments)


@pytest.fixture(scope='module')
def server(files):
    one = start(files['server'], files['server_key'], '--tls-client-ca', files['authority'], '--threads', '2')
    yield one
    one.stop()
    said = one.output()
    assert servers.remove(one) == 0, said


def psql(server, **options):
    settings = {'host': 'localhost', 'hostaddr': '127.0.0.1', 'port': server.port, 'user': 'alice', 'dbname': 'd',
                'password': 'wonderland', 'gssencmode': 'disable', **options}
    run = subprocess.run(['psql', '-XAtq', ' '.join(f'{name}={value}' for name, value in settings.items()), '-c', 'x'],
                         capture_output=True, text=True, timeout=30)
    return run.stdout.strip() or run.stderr.strip()


def connect(server, **options):
    settings = {'host': 'localhost', 'hostaddr': '127.0.0.1', 'port': server.port, 'user': 'alice', 'dbname': 'd',
                'password': 'wonderland', 'connect_timeout': 10, **options}
    return psycopg.connect(**settings)


@pytest.mark.parametrize('mode', ['allow', 'prefer', 'require', 'verify-ca', 'verify-full'])
def test_every_sslmode_that_has_tls(server, files, mode):
    expected = r'alice\|a password\|TLSv1.3 .*\|x'
    assert re.fullmatch(expected, psql(server, sslmode=mode, sslrootcert=files['authority']))
    with connect(server, sslmode=mode, sslrootcert=files['authority']) as connection:
        assert connection.execute('x').fetchone()[:2] == ('alice', 'a password')


def test_without_tls_nobody_is_let_in(server):
    assert 'no entry for host "127.0.0.1", user "alice", database "d", no encryption' in psql(server, sslmode='disable')


@pytest.mark.parametrize('binding', ['disable', 'prefer', 'require'])
def test_passwords_are_bound_to_the_certificate(server, files, binding):
    assert psql(server, sslmode='verify-full', sslrootcert=files['authority'], channel_binding=binding).startswith('alice|')
    with connect(server, sslmode='require', channel_binding=binding, require_auth='scram-sha-256') as connection:
        assert connection.execute('x').fetchone()[0] == 'alice'


def test_a_wrong_password_is_refused_within_tls(server):
    assert 'password authentication failed for user "alice"' in psql(server, sslmode='require', password='wonder')
    with pytest.raises(psycopg.OperationalError, match='password authentication failed'):
        connect(server, sslmode='require', channel_binding='require', password='wonder')


@pytest.mark.skipif(not DIRECT, reason='this libpq knows no direct TLS')
def test_direct_tls(server, files):
    with connect(server, sslmode='require', sslnegotiation='direct', channel_binding='require') as connection:
        assert connection.execute('x').fetchone()[0] == 'alice'
    with connect(server, sslmode='verify-full', sslrootcert=files['authority'], sslnegotiation='direct',
                 min_protocol_version='3.2' if psycopg.pq.version() >= 180000 else None) as connection:
        assert connection.execute('x').fetchone()[0] == 'alice'


def test_clients_refuse_a_server_that_they_do_not_trust(server, files):
    assert 'certificate verify failed' in psql(server, sslmode='verify-ca', sslrootcert=files['other_authority'])
    assert 'does not match host name' in psql(server, host='example.org', sslmode='verify-full', sslrootcert=files['authority'])


def test_a_certificate_lets_its_user_in_and_nobody_else(server, files):
    mine = {'sslmode': 'verify-full', 'sslrootcert': files['authority'], 'sslcert': files['client'], 'sslkey': files['client_key']}
    assert psql(server, **mine, password='none').startswith('alice|a certificate|')
    assert 'password authentication failed for user "bob"' in psql(server, **mine, user='bob', password='none')
    with connect(server, **mine, password=None) as connection:
        assert connection.execute('x').fetchone()[:2] == ('alice', 'a certificate')


@pytest.mark.parametrize('name', ['stranger', 'expired'])
def test_a_certificate_that_is_not_good_ends_the_connection(server, files, name):
    said = psql(server, sslmode='require', sslcert=files[name], sslkey=files[f'{name}_key'])
    assert 'alice' not in said and ('alert' in said or 'closed' in said or 'SSL error' in said)


def test_an_expired_certificate_of_the_server(files):
    one = start(files['expired'], files['expired_key'])
    try:
        assert 'certificate verify failed' in psql(one, sslmode='verify-ca', sslrootcert=files['authority'])
        assert psql(one, sslmode='require').startswith('alice|')
    finally:
        servers.remove(one)


@pytest.fixture(scope='module')
def rsa(tmp_path_factory):
    folder = tmp_path_factory.mktemp('rsa')
    return folder, certificates.make_key(folder / 'key.pem', certificates.RSA)


@pytest.mark.parametrize('digest', ['sha256', 'sha384', 'sha512'])
def test_a_certificate_of_rsa(rsa, digest):
    folder, key = rsa
    certificate = certificates.make_authority(folder / f'{digest}.pem', key, '/CN=localhost', '-addext',
                                              'subjectAltName=DNS:localhost', f'-{digest}')
    one = start(certificate, key)
    try:
        for version in ('TLSv1.2', 'TLSv1.3'):
            settings = {'sslmode': 'verify-full', 'sslrootcert': certificate, 'channel_binding': 'require',
                        'ssl_min_protocol_version': version, 'ssl_max_protocol_version': version}
            expected = rf'alice\|a password\|{version} .*\|x'
            assert re.fullmatch(expected, psql(one, **settings))
            with connect(one, **settings, require_auth='scram-sha-256') as connection:
                assert connection.execute('x').fetchone()[:2] == ('alice', 'a password')
            assert 'password authentication failed' in psql(one, **settings, password='wonder')
        with wire.SecureWire(one.port, version=ssl.TLSVersion.TLSv1_2) as client:
            assert '-RSA-' in client.socket.cipher()[0]
    finally:
        assert servers.remove(one) == 0


def test_a_key_that_no_client_could_use_stops_the_start(tmp_path):
    key = certificates.make_key(tmp_path / 'pss.key', ('RSA-PSS', 'rsa_keygen_bits:2048'))
    certificate = certificates.make_authority(tmp_path / 'pss.pem', key, '/CN=localhost')
    run = subprocess.run([servers.example('secure'), '--tls-cert', certificate, '--tls-key', key], capture_output=True, text=True,
                         timeout=30)
    assert run.returncode == 2
    assert f"certificate {certificate}: has a key of the kind RSA-PSS, which can't be used" in run.stderr


def test_a_new_certificate_is_taken_on_a_hangup(files, tmp_path):
    certificate, key = tmp_path / 'c.pem', tmp_path / 'k.pem'
    shutil.copy(files['expired'], certificate)
    shutil.copy(files['expired_key'], key)
    one = start(str(certificate), str(key))
    try:
        with connect(one, sslmode='require') as before:
            trusted = {'sslmode': 'verify-ca', 'sslrootcert': files['authority']}
            assert 'certificate verify failed' in psql(one, **trusted)

            def hang_up(expected):
                one.process.send_signal(signal.SIGHUP)
                deadline = time.monotonic() + 10
                while expected not in one.output():
                    assert time.monotonic() < deadline, one.output()
                    time.sleep(0.02)

            shutil.copy(files['server'], certificate)
            hang_up('nothing has changed')  # its key is another
            assert 'does not fit certificate' in one.output()
            assert 'certificate verify failed' in psql(one, **trusted)
            shutil.copy(files['server_key'], key)
            hang_up('the files were read again')
            assert psql(one, **trusted).startswith('alice|')
            assert before.execute('x').fetchone()[0] == 'alice'
    finally:
        assert servers.remove(one) == 0


def test_certificates_change_while_many_shake_hands(files, tmp_path):
    """Key and certificate stand in one file, which is replaced as a whole; each handshake has one certificate or the
    other, and its key."""
    both = tmp_path / 'both.pem'

    def put(name):
        made = tmp_path / 'made.pem'
        made.write_text(''.join(open(files[one]).read() for one in (name, f'{name}_key')))
        made.replace(both)

    put('server')
    known = {ssl.PEM_cert_to_DER_cert(open(files[name]).read()): name for name in ('server', 'elsewhere')}
    one = start(both, both, '--threads', '2')
    log = pathlib.Path(one.log)
    try:
        seen, failed, done = [], [], threading.Event()

        def work(version):
            made = context(minimum_version=version, maximum_version=version)
            try:
                for _ in range(40):
                    with made.wrap_socket(asked(one)) as secured:
                        seen.append(known[secured.getpeercert(binary_form=True)])
                        assert answers(secured)
            except (OSError, AssertionError, KeyError) as fault:
                failed.append(fault)

        threads = [threading.Thread(target=work, args=[version])
                   for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3) * 4]
        for thread in threads:
            thread.start()
        readings = 0
        while any(thread.is_alive() for thread in threads):
            put(('elsewhere', 'server')[readings % 2])
            one.process.send_signal(signal.SIGHUP)
            readings += 1
            deadline = time.monotonic() + 10
            while log.read_text().count('the files were read again') < readings:
                assert time.monotonic() < deadline and one.alive(), one.output()
                time.sleep(0.001)
        assert not failed and len(seen) == 320, failed
        print(f'{readings} readings, {seen.count("server")} of {len(seen)} have seen the first certificate')
        assert {'server', 'elsewhere'} == set(seen), 'nothing was changed meanwhile'
        assert 'nothing has changed' not in log.read_text()
        assert psql(one, sslmode='require').startswith('alice|')
    finally:
        assert servers.remove(one) == 0


@pytest.mark.parametrize('arguments, said', [
    (['--tls-cert', '{server}'], '--tls-key is required'),
    (['--tls-cert', '{server}', '--tls-key', '/nowhere'], "key /nowhere: can't be read"),
    (['--tls-cert', '{server}', '--tls-key', '{client_key}'], 'does not fit certificate'),
    (['--tls-cert', '{server_key}', '--tls-key', '{server_key}'], 'there is no'),
    (['--tls-cert', '{server}', '--tls-key', '{encrypted_key}'], 'is encrypted'),
    (['--tls-cert', '{server}', '--tls-key', '{server_key}', '--tls-client-ca', '{server_key}'], 'certificates to trust'),
])
def test_files_that_cannot_be_used_stop_the_start(files, arguments, said):
    run = subprocess.run([servers.example('secure'), *(a.format(**files) for a in arguments)], capture_output=True, text=True, timeout=30)
    assert run.returncode == 2 and said in run.stderr, run.stderr


# ---- by hand


def context(*protocols, **versions):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    if protocols:
        made.set_alpn_protocols(list(protocols))
    for name, value in versions.items():
        setattr(made, name, value)
    return made


def asked(server):
    plain = socket.create_connection(('127.0.0.1', server.port), timeout=10)
    plain.sendall(wire.ssl_request())
    assert plain.recv(1) == b'S'
    return plain


def answers(secured):
    """Whether the server goes on with the login."""
    secured.sendall(wire.startup(user='alice', database='d'))
    return secured.recv(1) == b'R'


@pytest.mark.parametrize('version', [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_tls(server, version):
    with context(minimum_version=version, maximum_version=version).wrap_socket(asked(server)) as secured:
        assert secured.version() == {'TLSv1_2': 'TLSv1.2', 'TLSv1_3': 'TLSv1.3'}[version.name]
        assert 'GCM' in secured.cipher()[0] or 'CHACHA20' in secured.cipher()[0]
        assert answers(secured)


def test_a_session_is_resumed(files):
    one = start(files['server'], files['server_key'])
    try:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            made = context(minimum_version=version, maximum_version=version)
            with made.wrap_socket(asked(one)) as first:
                assert answers(first) and not first.session_reused
                session = first.session
            with made.wrap_socket(asked(one), session=session) as second:
                assert answers(second) and second.session_reused
    finally:
        assert servers.remove(one) == 0


@pytest.mark.filterwarnings('ignore::DeprecationWarning')
def test_older_versions_and_weak_ciphers_are_refused(server):
    old = context(minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
    old.set_ciphers('DEFAULT@SECLEVEL=0')
    weak = context(maximum_version=ssl.TLSVersion.TLSv1_2)
    weak.set_ciphers('AES128-SHA:ECDHE-RSA-AES128-SHA@SECLEVEL=0')
    for bad in (old, weak):
        with asked(server) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
            bad.wrap_socket(plain)
    assert psql(server, sslmode='require').startswith('alice|')


@pytest.mark.parametrize('direct, protocols, good', [
    (True, ['postgresql'], True), (True, ['h2', 'postgresql'], True), (True, [], False), (True, ['http/1.1'], False),
    (False, ['postgresql'], True), (False, [], True), (False, ['http/1.1'], False),
])
def test_the_application_protocol(server, direct, protocols, good):
    """Direct TLS needs it; elsewhere it may be left out, but not be another one."""
    plain = socket.create_connection(('127.0.0.1', server.port), timeout=10) if direct else asked(server)
    with plain:
        try:
            with context(*protocols).wrap_socket(plain) as secured:
                assert answers(secured) == good
        except (ssl.SSLError, ConnectionError):
            assert not good


def test_a_hello_byte_by_byte(server):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    engine = context('postgresql').wrap_bio(incoming, outgoing)
    with socket.create_connection(('127.0.0.1', server.port), timeout=10) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            try:
                engine.do_handshake()
                break
            except ssl.SSLWantReadError:
                for byte in outgoing.read():
                    plain.sendall(bytes([byte]))
                incoming.write(plain.recv(65536))
        engine.write(wire.startup(user='alice', database='d'))
        plain.sendall(outgoing.read())
        while True:
            try:
                assert engine.read(1) == b'R'
                break
            except ssl.SSLWantReadError:
                incoming.write(plain.recv(65536))


def test_what_stands_behind_a_request_is_refused(server):
    with Wire(server.port) as client:
        client.send(wire.ssl_request() + wire.startup(user='alice', database='d'))
        assert client.read_byte() == 'S'
        assert wire.shape(*client.read()) == 'FATAL:08P01'
        assert client.read_to_end() == b''


def test_requests_in_turn_are_answered_twice_at_most(server):
    for first, second in ((wire.ssl_request(), wire.gssenc_request()), (wire.gssenc_request(), wire.ssl_request())):
        with Wire(server.port) as client:
            client.send(first)
            said = client.read_byte()
            assert said in 'SN'
            if said == 'S':  # what follows is no handshake, and ends the connection
                client.send(second)
                assert client.read_to_end()[:1] in (b'', b'\x15'), 'nothing, or an alert of TLS'
            else:
                client.send(second)
                assert client.read_byte() == 'S'
    with Wire(server.port) as client:
        client.send(wire.gssenc_request())
        assert client.read_byte() == 'N'
        try:
            client.send((wire.gssenc_request() + wire.ssl_request()) * 50_000)
        except OSError:
            pass
    assert server.alive()


def test_a_cancel_request_within_tls(server):
    """It finds nobody, is not answered, and the connection is closed."""
    with context('postgresql').wrap_socket(asked(server)) as secured:
        secured.sendall(wire.cancel_request(1, b'xxxx'))
        assert secured.recv(1) == b''


def test_many_begin_and_never_end(server):
    """Those who stop in the middle of a handshake keep nobody out."""
    hello = ssl.MemoryBIO()
    engine = context('postgresql').wrap_bio(ssl.MemoryBIO(), hello)
    with pytest.raises(ssl.SSLWantReadError):
        engine.do_handshake()
    first = hello.read()
    halves = []
    for length in (1, 5, 50, len(first) - 1, len(first)) * 120:  # from one address, which has half of such places
        one = socket.create_connection(('127.0.0.1', server.port), timeout=10, source_address=('127.0.0.2', 0))
        with contextlib.suppress(ConnectionError):
            one.sendall(first[:length])
        halves.append(one)
    assert psql(server, sslmode='require').startswith('alice|')
    for one in halves:
        one.close()
    assert psql(server, sslmode='require').startswith('alice|')


def test_many_clients_at_once(server):
    results = []

    def work():
        with connect(server, sslmode='require') as connection:
            for i in range(20):
                results.append(connection.execute(f'{i} {"x" * 5000}').fetchone()[3] == f'{i} {"x" * 5000}')

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 200
