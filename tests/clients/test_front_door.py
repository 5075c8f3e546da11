"""The SQLite server behind its door: TLS, users, rules, limits, from files that may be read again."""

import json
import os
import pwd
import signal
import ssl
import subprocess
import threading
import time
import urllib.request

import psycopg
import pytest

import certificates
import servers
import wire
from wire import SecureWire, Wire

USERS = """
"alice" "SCRAM-SHA-256$4096:EKtPd0mjOxgZdINgZ420Tg==$6otkv8PgCsgp7RipSsko4ai4pPMk31FHtinGFscAAUc=:iBBduQ9Pk776ZpEDDo3O9zGtHt+OJwzTFZygJ9iBOhM="
"bob" "md521f3163f8f86fa10bdefbfbd502a8f06"
"carol" "secret"
"""
RULES = """
# type     database  user    address       method
hostnossl  all       carol   127.0.0.1/32  reject
hostssl    all       carol   127.0.0.1/32  password
hostssl    all       dave    all           cert       clientname=DN map=people
hostssl    certs     all     all           cert
host       all       bob     127.0.0.1 255.255.255.255  md5
host       "sales"   all     127.0.0.0/8   trust
host       all       all     127.0.0.1/32  scram-sha-256
"""


MAPS = 'people "CN=alice,UID=7,OU=people,O=Example\\, Inc.,C=DE" dave'


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp('door')
    found = certificates.write(folder)
    for name, text in (('users', USERS), ('hba', RULES), ('ident', MAPS)):
        (folder / name).write_text(text)
        found[name] = str(folder / name)
    return found


@pytest.fixture
def server(files):
    one = servers.start_program('sqlite', servers.sqlite(), '--users', files['users'], '--hba', files['hba'],
                                '--ident', files['ident'], '--tls-cert',
                                files['server'], '--tls-key', files['server_key'], '--tls-client-ca', files['authority'])
    yield one
    one.stop()
    said = one.output()
    assert servers.remove(one) == 0, said


def attempt(server, user, password=None, database='d', host='127.0.0.1', **options):
    """`in`, or what the client is told."""
    try:
        with psycopg.connect(host=host, port=server.port, user=user, dbname=database, password=password,
                             connect_timeout=10, **{'sslmode': 'disable', **options}) as connection:
            assert connection.execute('SELECT count(*) FROM products').fetchone()[0] > 0
            return 'in'
    except psycopg.OperationalError as error:
        return str(error).split('FATAL:')[-1].strip().split('\n')[0]


def test_rules_decide(server, files):
    no_entry = 'no entry for host "127.0.0.1", user "{}", database "d", {}'
    assert attempt(server, 'alice', 'secret') == 'in'
    assert attempt(server, 'alice', 'secret', require_auth='scram-sha-256') == 'in'
    assert attempt(server, 'alice', 'wrong') == 'password authentication failed for user "alice"'
    assert attempt(server, 'bob', 'secret', require_auth='md5') == 'in'
    assert attempt(server, 'bob', 'wrong') == 'password authentication failed for user "bob"'
    assert attempt(server, 'carol', 'secret') == no_entry.format('carol', 'no encryption')
    assert attempt(server, 'carol', 'secret', sslmode='require', require_auth='password') == 'in'
    assert attempt(server, 'carol', 'wrong', sslmode='require') == 'password authentication failed for user "carol"'
    assert attempt(server, 'nobody', database='sales') == 'in'
    assert attempt(server, 'nobody', 'secret') == 'password authentication failed for user "nobody"'


def test_certificates_by_their_names(server, files):
    mine = {'sslmode': 'require', 'sslcert': files['client'], 'sslkey': files['client_key']}
    assert attempt(server, 'alice', database='certs', **mine) == 'in'
    assert attempt(server, 'carol2', database='certs', **mine) == 'certificate authentication failed for user "carol2"'
    assert attempt(server, 'alice', database='certs', sslmode='require') == 'certificate authentication failed for user "alice"'
    assert attempt(server, 'dave', **mine) == 'in'
    assert attempt(server, 'dave', sslmode='require') == 'certificate authentication failed for user "dave"'


# Subjects, and how X509_NAME_print_ex of OpenSSL writes them with XN_FLAG_RFC2253, which is what PostgreSQL compares with its
# maps. Of a name of several values the last one in the certificate comes first, and in there they stand in the order of
# their encodings.
SUBJECTS = {
    '/DC=org/OU=a+CN=b': 'OU=a+CN=b,DC=org',
    '/C=DE/O=Example, Inc./UID=7+OU=people+CN=alice': 'UID=7+OU=people+CN=alice,O=Example\\, Inc.,C=DE',
    '/DC=org/DC=example/CN=zoe+emailAddress=zoe@example.org+serialNumber=12':
        'emailAddress=zoe@example.org+CN=zoe+serialNumber=12,DC=example,DC=org',
    '/C=DE/businessCategory=Private Organization/jurisdictionC=DE/organizationIdentifier=NTRDE-1/CN=y/description=some, thing':
        'description=some\\, thing,CN=y,organizationIdentifier=NTRDE-1,jurisdictionC=DE,'
        'businessCategory=Private Organization,C=DE',
    '/CN=z/pseudonym=zed/generationQualifier=III/dnQualifier=q/name=Zed/role=r/houseIdentifier=7/telephoneNumber=12':
        'telephoneNumber=12,houseIdentifier=7,role=r,name=Zed,dnQualifier=q,generationQualifier=III,pseudonym=zed,CN=z',
    '/O=Müller & Söhne/CN= space and #+UID=#1': 'CN=\\ space and #+UID=\\#1,O=M\\C3\\BCller & S\\C3\\B6hne',
}


def test_names_of_several_values_are_written_as_postgresql_does(files, tmp_path):
    rsa, key = (certificates.make_key(tmp_path / f'{kind[0]}.key', kind) for kind in (certificates.RSA, certificates.EC))
    authority = certificates.make_authority(tmp_path / 'authority.pem', rsa, '/CN=Some authority')
    rules, maps = tmp_path / 'hba', tmp_path / 'ident'
    rules.write_text('hostssl all all all cert clientname=DN map=names\n')
    maps.write_text('\n'.join(f'names "{name}" user{number}' for number, name in enumerate(SUBJECTS.values())))
    one = servers.start_program('sqlite', servers.sqlite(), '--hba', str(rules), '--ident', str(maps), '--tls-cert',
                                files['server'], '--tls-key', files['server_key'], '--tls-client-ca', str(authority))
    try:
        for number, (subject, name) in enumerate(SUBJECTS.items()):
            its_key = (rsa, key)[number % 2]
            certificate = certificates.make_certificate(tmp_path / f'{number}.pem', its_key, subject, authority, rsa)
            by_openssl = certificates.openssl('x509', '-in', certificate, '-noout', '-subject', '-nameopt', 'RFC2253')
            assert by_openssl == f'subject={name}\n'
            mine = {'sslmode': 'require', 'sslcert': str(certificate), 'sslkey': str(its_key)}
            assert attempt(one, f'user{number}', **mine) == 'in', name
            another = f'user{(number + 1) % len(SUBJECTS)}'
            assert attempt(one, another, **mine) == f'certificate authentication failed for user "{another}"'
    finally:
        assert servers.remove(one) == 0


def test_who_comes_through_a_unix_socket_is_known_by_the_system(tmp_path):
    me = pwd.getpwuid(os.getuid()).pw_name
    (tmp_path / 'hba').write_text('local mapped all peer map=here\nlocal all all peer\nhost all all all reject\n')
    (tmp_path / 'ident').write_text(f'here {me} alice\n')
    one = servers.start_program('sqlite', servers.sqlite(), '--hba', str(tmp_path / 'hba'), '--ident',
                                str(tmp_path / 'ident'), '--socket-dir', str(tmp_path))
    try:
        assert attempt(one, me, host=str(tmp_path)) == 'in'
        assert attempt(one, 'alice', host=str(tmp_path)) == 'Peer authentication failed for user "alice"'
        assert attempt(one, 'alice', host=str(tmp_path), database='mapped') == 'in'
        assert attempt(one, me, host=str(tmp_path), database='mapped') == f'Peer authentication failed for user "{me}"'
        assert 'no entry for host "127.0.0.1"' in attempt(one, me) or 'rejects' in attempt(one, me)
        psql = subprocess.run(['psql', '-XAt', '-h', tmp_path, '-p', str(one.port), '-U', me, '-d', 'd', '-c', 'SELECT 1'],
                              capture_output=True, text=True, timeout=30)
        assert psql.stdout == '1\n', psql.stderr
    finally:
        assert servers.remove(one) == 0
    assert not list(tmp_path.glob('.s.PGSQL.*')), 'the socket is left behind'


def test_a_directory_for_the_socket_must_be_there(tmp_path):
    run = subprocess.run([servers.sqlite(), '--socket-dir', tmp_path / 'nowhere'], capture_output=True, text=True, timeout=30)
    assert run.returncode == 2 and '--socket-dir' in run.stderr


RUNAWAY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'  # gives no row, ever


@pytest.mark.parametrize('direct', [False, True], ids=['asked for', 'direct'])
@pytest.mark.parametrize('version', ['TLSv1_2', 'TLSv1_3'])
def test_a_query_is_cancelled_from_within_tls(server, direct, version):
    """In the database where all are trusted."""
    with SecureWire(server.port) as victim:
        key = dict(victim.login(user='nobody', database='sales'))['K']
        victim.send(wire.query(RUNAWAY))
        assert victim.is_quiet()
        with SecureWire(server.port, direct, ssl.TLSVersion[version]) as canceller:
            canceller.send(wire.cancel_request(int.from_bytes(key[:4], 'big'), bytes(byte ^ 1 for byte in key[4:])))
            assert canceller.read_to_end() == b''
        assert victim.is_quiet(), 'the key was another'
        with SecureWire(server.port, direct, ssl.TLSVersion[version]) as canceller:
            canceller.send(wire.untyped(wire.CANCEL_REQUEST, key))
            assert canceller.read_to_end() == b''
        assert [wire.shape(*m) for m in victim.read_until()][-2:] == ['E:57014', 'Z:I']
        assert victim.ask('SELECT 1 AS n')[1] == 'D:1'


@pytest.mark.skipif(not psycopg.capabilities.has_cancel_safe(), reason='this libpq cancels without TLS')
def test_a_query_is_cancelled_by_a_libpq_that_encrypts_that_too(files, tmp_path):
    """In the audit log it is who has TLS and no name."""
    path = tmp_path / 'audit.json'
    one = servers.start_program('sqlite', servers.sqlite(), '--users', files['users'], '--audit', str(path), '--tls-cert',
                                files['server'], '--tls-key', files['server_key'])
    guard = threading.Timer(30, one.process.kill)  # what is not cancelled runs for ever
    guard.start()
    try:
        with psycopg.connect(host='127.0.0.1', port=one.port, user='alice', password='secret', dbname='d', sslmode='require',
                             channel_binding='require', autocommit=True) as connection:

            def cancel():
                used = wire.processor_seconds(one.pid)
                while wire.processor_seconds(one.pid) - used < 0.1 and one.alive():  # it runs
                    time.sleep(0.02)
                connection.cancel_safe(timeout=10)

            canceller = threading.Thread(target=cancel)
            canceller.start()
            with pytest.raises(psycopg.errors.QueryCanceled):
                connection.execute(RUNAWAY)
            canceller.join()
            assert connection.execute('SELECT 1').fetchone()[0] == 1
    finally:
        guard.cancel()
        assert servers.remove(one) == 0
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event['tls'] for event in events if 'tls' in event and 'user' not in event] == ['TLSv1.3']


def test_files_are_read_again_on_a_hangup(server, files):
    with open(files['users'], 'a') as users:
        users.write('"erin" "new"\n')
    assert attempt(server, 'erin', 'new') == 'password authentication failed for user "erin"'

    def hang_up(expected):
        before = server.output().count(expected)
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while server.output().count(expected) == before:
            assert time.monotonic() < deadline, server.output()
            time.sleep(0.02)

    hang_up('the files were read again')
    assert attempt(server, 'erin', 'new') == 'in'
    rules = open(files['hba']).read()
    try:
        open(files['hba'], 'w').write(rules + 'host all all everywhere trust\n')
        hang_up('nothing has changed')
        assert 'line 10: "everywhere" is no address' in server.output()
        assert attempt(server, 'alice', 'secret') == 'in'
    finally:
        open(files['hba'], 'w').write(rules)


@pytest.mark.parametrize('name, text, said', [
    ('hba', 'host all all all ldap', 'line 1: "ldap" is no method that is known here'),
    ('hba', None, "can't be read"),
    ('users', '"alice" "hunter2', 'line 1: '),
    ('users', None, "can't be read"),
])
def test_wrong_files_stop_the_start(tmp_path, name, text, said):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    run = subprocess.run([servers.sqlite(), f'--{name}', str(path)], capture_output=True, text=True, timeout=30)
    assert run.returncode == 2 and said in run.stderr and str(path) in run.stderr and 'hunter2' not in run.stderr


def test_options_that_need_each_other():
    for arguments in (['--tls-cert', 'x'], ['--tls-key', 'x'], ['--tls-client-ca', 'x'], ['--max-connections', '0']):
        run = subprocess.run([servers.sqlite(), *arguments], capture_output=True, text=True, timeout=30)
        assert run.returncode == 2 and arguments[0] in run.stderr


def test_it_says_that_it_is_open():
    one = servers.start_program('sqlite', servers.sqlite())
    try:
        assert 'to everybody on this machine, without a password' in one.output()
        assert attempt(one, 'anybody') == 'in'
    finally:
        assert servers.remove(one) == 0


def test_one_client_too_many_is_told_so():
    one = servers.start_program('sqlite', servers.sqlite(), '--max-connections', '3')
    try:
        clients = [Wire(one.port) for _ in range(3)]
        for client in clients:
            client.login()
        assert attempt(one, 'anybody') == 'sorry, too many clients already'
        with Wire(one.port) as client:
            client.send(wire.startup(user='x', database='d'))
            assert wire.shape(*client.read()) == 'FATAL:53300'
            assert client.read_to_end() == b''
        clients[0].socket.close()
        deadline = time.monotonic() + 5
        while attempt(one, 'anybody') != 'in':
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        assert servers.remove(one) == 0


def test_who_guesses_passwords_is_soon_not_heard(files):
    one = servers.start_program('sqlite', servers.sqlite(), '--users', files['users'])
    try:
        answers = [attempt(one, 'alice', f'guess {n}') for n in range(130)]
        assert answers[0] == 'password authentication failed for user "alice"'
        assert answers[-1] == 'too many failed logins in the last minute'
        assert attempt(one, 'alice', 'secret') == 'too many failed logins in the last minute'
    finally:
        assert servers.remove(one) == 0


def test_an_audit_log(files, tmp_path):
    path = tmp_path / 'audit.json'
    one = servers.start_program('sqlite', servers.sqlite(), '--users', files['users'], '--audit', str(path), '--tls-cert',
                                files['server'], '--tls-key', files['server_key'])
    try:
        deadline = time.monotonic() + 5
        while 'disconnected' not in path.read_text():  # of the connection that has looked whether it listens
            assert time.monotonic() < deadline
            time.sleep(0.02)
        path.write_text('')
        assert attempt(one, 'alice', 'secret', sslmode='require') == 'in'
        attempt(one, 'evil"\nuser', 'hunter2')
        with Wire(one.port) as client:
            client.send(b'GET / HTTP/1.1\r\n\r\n')
            client.read_to_end()
    finally:
        servers.remove(one)
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert 'hunter2' not in path.read_text() and 'secret' not in path.read_text()
    assert [event['event'] for event in events].count('disconnected') == 3
    let_in = [event for event in events if event['event'] == 'authenticated']
    assert [(event['user'], event['database'], event['address'], event['tls']) for event in let_in] == \
        [('alice', 'd', '127.0.0.1', 'TLSv1.3')]
    refused = [(event.get('user'), event['code'], event['reason']) for event in events if event['event'] == 'refused']
    assert refused == [('evil"\nuser', '28P01', 'password authentication failed for user "evil"\nuser"'),
                       (None, '08P01', 'invalid length of startup packet')]
    assert all(event['seconds'] >= 0 for event in events if event['event'] == 'disconnected')


def test_an_audit_log_that_cannot_be_written_stops_the_start(tmp_path):
    run = subprocess.run([servers.sqlite(), '--audit', str(tmp_path)], capture_output=True, text=True, timeout=30)
    assert run.returncode == 2 and str(tmp_path) in run.stderr


def test_a_map_that_is_not_there_stops_the_start(tmp_path):
    rules = tmp_path / 'hba'
    rules.write_text('local all all peer map=nosuch')
    run = subprocess.run([servers.sqlite(), '--hba', str(rules)], capture_output=True, text=True, timeout=30)
    assert run.returncode == 2 and 'line 1: there is no map "nosuch"' in run.stderr


def test_metrics(files):
    port = servers.free_port()
    one = servers.start_program('sqlite', servers.sqlite(), '--users', files['users'], '--metrics', str(port))
    try:
        assert attempt(one, 'alice', 'secret') == 'in'
        attempt(one, 'alice', 'wrong')
        with psycopg.connect(host='127.0.0.1', port=one.port, user='alice', dbname='d', password='secret', autocommit=True,
                             sslmode='disable') as connection:
            with pytest.raises(psycopg.errors.UndefinedTable):
                connection.execute('SELECT * FROM nosuch')
            text = urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics', timeout=10).read().decode()
        found = dict(line.rsplit(' ', 1) for line in text.splitlines() if not line.startswith('#'))
        assert int(float(found['pgwire_logins_total'])) == 2 and int(float(found['pgwire_connections_open'])) >= 1
        assert found['pgwire_refusals_total{sqlstate="28P01"}'] == '1'
        assert found['pgwire_errors_total{sqlstate="42P01"}'] == '1'
        assert float(found['pgwire_queries_total']) >= 2 and float(found['pgwire_cycle_seconds_count']) >= 2
        assert float(found['pgwire_received_bytes_total']) > 500 and float(found['pgwire_sent_bytes_total']) > 1000
        taken = subprocess.run([servers.sqlite(), '--port', str(servers.free_port()), '--metrics', str(port)],
                               capture_output=True, text=True, timeout=30)
        assert taken.returncode == 2 and f'--metrics {port}' in taken.stderr
    finally:
        assert servers.remove(one) == 0
