"""Tokens instead of passwords: the example `oauth` and the SQLite server's rules, by PostgreSQL 18's libpq and by hand."""

import json
import subprocess
import time

import pytest

import issuer
import libpq
import servers
import wire
from wire import Wire

WHERE = issuer.URL + '/.well-known/openid-configuration'


@pytest.fixture(scope='module')
def us(tmp_path_factory):
    return issuer.Issuer(tmp_path_factory.mktemp('issuer'))


@pytest.fixture(scope='module')
def keys(us):
    path = us.folder / 'keys.json'
    path.write_text(us.keys('rsa', 'curve'))
    return path


@pytest.fixture(scope='module')
def server(keys):
    one = servers.start_program('oauth', servers.example('oauth'), '--issuer', issuer.URL, '--scope', 'openid db', '--jwks',
                                str(keys), '--audience', 'db')
    yield one
    one.stop()
    said = one.output()
    assert servers.remove(one) == 0, said


@pytest.fixture(scope='module')
def library():
    return libpq.load()


def connect(library, server, *tokens, user='alice', **settings):
    """What a client with these tokens is told; they are asked for one by one."""
    library.tokens, library.asked = list(tokens), []
    return library.ask('hello', host='127.0.0.1', port=server.port, user=user, dbname='d', oauth_issuer=issuer.URL,
                       oauth_client_id='tests', sslmode='disable', **settings)


@pytest.mark.parametrize('key', ['rsa', 'curve'])
def test_libpq_finds_out_where_tokens_are_to_be_had_and_comes_in_with_one(library, server, us, key):
    assert connect(library, server, us.token('alice', key), require_auth='oauth') == 'alice'
    assert connect(library, server, us.token('alice', key, kind='at+jwt')) == 'alice'
    assert library.asked == [(WHERE, 'openid db')]  # the second time


def test_libpq_is_told_that_its_token_is_not_good(library, server, us):
    refused = 'FATAL:  OAuth bearer authentication failed for user "alice"'
    now = int(time.time())
    for bad in (us.token('bob'), us.token('alice', exp=now - 60), us.token('alice', aud='another'),
                us.token('alice', scope='openid'), us.token('alice', iss='https://another.example'),
                us.token('alice', nbf=now + 600), us.token('alice')[:-8] + 'AAAAAAAA', 'abc'):
        assert refused in connect(library, server, bad)
    assert connect(library, server, us.token('alice')) == 'alice'


def test_whoever_makes_a_token_with_another_key_is_not_believed(library, server, tmp_path):
    stranger = issuer.Issuer(tmp_path)
    for key in ('rsa', 'curve'):
        assert 'OAuth bearer authentication failed' in connect(library, server, stranger.token('alice', key))


def bearer(server, token, user='alice'):
    """The messages that answer a token which is sent at once."""
    with Wire(server.port) as client:
        client.send(wire.startup(user=user, database='d'))
        tag, body = client.read()
        assert (tag, body) == ('R', b'\0\0\0\x0aOAUTHBEARER\0\0')
        response = b'n,,\x01auth=Bearer ' + token.encode() + b'\x01\x01'
        client.send(wire.message('p', b'OAUTHBEARER\0' + len(response).to_bytes(4, 'big') + response))
        tag, body = client.read()
        if tag != 'R' or body[3] != 11:
            return tag, body
        client.send(wire.message('p', b'\x01'))
        return json.loads(body[4:]), wire.fields(client.read()[1])


def test_a_client_with_a_wrong_token_is_told_where_to_get_a_good_one(server, us):
    assert bearer(server, us.token('alice')) == ('R', b'\0\0\0\0')
    said, error = bearer(server, us.token('bob'))
    assert said == {'status': 'invalid_token', 'openid-configuration': WHERE, 'scope': 'openid db'}
    assert (error['S'], error['C']) == ('FATAL', '28000')


def test_new_keys_of_the_issuer_are_found_by_their_name(library, us, tmp_path):
    path = tmp_path / 'keys.json'
    path.write_text(us.keys('curve'))
    one = servers.start_program('oauth', servers.example('oauth'), '--issuer', issuer.URL, '--jwks', str(path),
                                '--audience', 'db')
    try:
        assert connect(library, one, us.token('alice', 'curve')) == 'alice'
        path.write_text(us.keys('curve', 'rsa'))
        assert connect(library, one, us.token('alice', 'rsa')) == 'alice'
    finally:
        servers.remove(one)


def test_rules_let_the_owners_of_tokens_in(library, us, keys, tmp_path):
    (tmp_path / 'hba').write_text(f'host all all all oauth issuer="{issuer.URL}" scope="openid db" map=people\n')
    (tmp_path / 'ident').write_text('people alice@example.org alice\n')
    options = ['--hba', str(tmp_path / 'hba'), '--ident', str(tmp_path / 'ident'), '--jwks', str(keys), '--audience', 'db']
    one = servers.start_program('sqlite', servers.sqlite(), *options)

    def ask(token, user='alice'):
        library.tokens = [token]
        return library.ask('SELECT 1', host='127.0.0.1', port=one.port, user=user, dbname='d', sslmode='disable',
                           oauth_issuer=issuer.URL, oauth_client_id='tests')

    try:
        assert ask(us.token('alice@example.org')) == '1'
        for token, user in ((us.token('alice'), 'alice'), (us.token('alice@example.org'), 'bob')):
            assert f'OAuth bearer authentication failed for user "{user}"' in ask(token, user)
    finally:
        servers.remove(one)


@pytest.mark.parametrize('text, said', [
    (None, "can't be read"),
    ('keys', 'this is no JSON'),
    ('{"keys": []}', 'there is no key in it that could have signed a token'),
])
def test_keys_that_cannot_be_used_stop_the_start(tmp_path, text, said):
    if text is not None:
        (tmp_path / 'keys').write_text(text)
    (tmp_path / 'hba').write_text('host all all all oauth issuer="https://i.example" scope=openid\n')
    for program, options in ((servers.example('oauth'), ['--issuer', issuer.URL]),
                             (servers.sqlite(), ['--hba', str(tmp_path / 'hba')])):
        run = subprocess.run([program, *options, '--audience', 'db', '--jwks', tmp_path / 'keys'], capture_output=True, text=True, timeout=30)
        assert run.returncode == 2
        assert f'--jwks {tmp_path}/keys: {said}' in run.stderr


def test_keys_are_those_of_one_issuer(keys, tmp_path):
    (tmp_path / 'hba').write_text('host all a all oauth issuer="https://i.example" scope=openid\n'
                                  'host all b all oauth issuer="https://j.example" scope=openid\n')
    run = subprocess.run([servers.sqlite(), '--hba', tmp_path / 'hba', '--jwks', keys, '--audience', 'db'], capture_output=True,
                         text=True, timeout=30)
    assert run.returncode == 2
    assert 'line 2: the keys in --jwks are those of https://i.example' in run.stderr


def test_rules_with_tokens_need_keys(tmp_path):
    (tmp_path / 'hba').write_text('\nhost all all all oauth issuer="https://i.example" scope=openid\n')
    run = subprocess.run([servers.sqlite(), '--hba', tmp_path / 'hba'], capture_output=True, text=True, timeout=30)
    assert run.returncode == 2
    assert 'line 2: oauth needs --jwks' in run.stderr
