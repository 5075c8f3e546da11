"""The libpq of PostgreSQL 18: protocol 3.2, TLS in every way, passwords."""

import pytest

import certificates
import libpq
import servers

NEWEST = {'min_protocol_version': '3.2', 'max_protocol_version': '3.2'}
RUNAWAY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'  # gives no row, ever


@pytest.fixture(scope='module')
def library():
    return libpq.load()


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    return certificates.write(tmp_path_factory.mktemp('certificates'))


@pytest.fixture(scope='module')
def server(files):
    one = servers.start_program('secure', servers.example('secure'), '--tls-cert', files['server'], '--tls-key',
                                files['server_key'], '--tls-client-ca', files['authority'])
    yield one
    one.stop()
    said = one.output()
    assert servers.remove(one) == 0, said


@pytest.fixture(scope='module')
def plain(files):
    one = servers.start_program('sqlite', servers.sqlite(), '--tls-cert', files['server'], '--tls-key', files['server_key'])
    yield one
    assert servers.remove(one) == 0


def settings(server, **more):
    return {'host': 'localhost', 'hostaddr': '127.0.0.1', 'port': server.port, 'user': 'alice', 'dbname': 'd',
            'password': 'wonderland', 'gssencmode': 'disable', **more}


@pytest.mark.parametrize('negotiation', ['postgres', 'direct'])
@pytest.mark.parametrize('mode', ['require', 'verify-ca', 'verify-full'])
def test_every_sslmode_that_has_tls(library, server, files, mode, negotiation):
    given = settings(server, sslmode=mode, sslnegotiation=negotiation, sslrootcert=files['authority'])
    assert library.ask('x', **given) == 'alice'


@pytest.mark.parametrize('mode', ['allow', 'prefer'])
def test_tls_is_what_it_takes_if_it_may(library, server, mode):
    assert library.ask('x', **settings(server, sslmode=mode)) == 'alice'


def test_without_tls_nobody_is_let_in(library, server):
    assert 'user "alice", database "d", no encryption' in library.ask('x', **settings(server, sslmode='disable'))


def test_passwords_are_bound_to_the_certificate(library, server):
    bound = {'sslmode': 'require', 'channel_binding': 'require', 'require_auth': 'scram-sha-256'}
    assert library.ask('x', **settings(server, **bound)) == 'alice'
    assert 'password authentication failed for user "alice"' in library.ask('x', **settings(server, **bound) | {'password': '?'})
    refused = library.ask('x', **settings(server, sslmode='require', require_auth='md5'))
    assert 'authentication method requirement "md5" failed' in refused


def test_a_server_that_is_not_trusted_is_refused(library, server, files):
    said = library.ask('x', **settings(server, sslmode='verify-full', sslrootcert=files['stranger']))
    assert 'certificate verify failed' in said


def test_a_certificate_lets_its_user_in(library, server, files):
    mine = {'sslmode': 'require', 'sslcert': files['client'], 'sslkey': files['client_key'], 'password': '?'}
    assert library.ask('x', **settings(server) | mine) == 'alice'


@pytest.mark.parametrize('mode', ['disable', 'require'])
def test_protocol_3_2(library, plain, mode):
    with library.connected(**settings(plain, sslmode=mode), **NEWEST) as connection:
        assert library.library.PQfullProtocolVersion(connection) == 30002
    assert library.ask('SELECT 7', **settings(plain, sslmode=mode), **NEWEST) == '7'
    with library.connected(**settings(plain, sslmode=mode)) as connection:
        assert library.library.PQfullProtocolVersion(connection) == 30000


@pytest.mark.parametrize('mode', ['disable', 'require'])
@pytest.mark.parametrize('version', ['3.0', '3.2'])
def test_a_statement_is_cancelled_by_a_key_of_either_length(library, plain, mode, version):
    limits = {'min_protocol_version': version, 'max_protocol_version': version}
    said = library.cancel(RUNAWAY, 0.2, **settings(plain, sslmode=mode), **limits)
    assert 'canceling statement due to user request' in said
