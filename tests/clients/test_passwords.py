"""Passwords, by psql of PostgreSQL 15 and by the newer libpq that psycopg brings: the example `scram` and its file of users."""

import os
import subprocess

import psycopg
import pytest

import servers
import wire
from wire import Wire

# Made by PostgreSQL 15 for the passwords "secret" and, in the last one, "I<soft hyphen>X", which is prepared as "IX".
USERS = """; users
"alice" "SCRAM-SHA-256$4096:EKtPd0mjOxgZdINgZ420Tg==$6otkv8PgCsgp7RipSsko4ai4pPMk31FHtinGFscAAUc=:iBBduQ9Pk776ZpEDDo3O9zGtHt+OJwzTFZygJ9iBOhM="
"bob" "md521f3163f8f86fa10bdefbfbd502a8f06"
"carol" "I­X"
"""


@pytest.fixture(scope='module')
def users(tmp_path_factory):
    path = tmp_path_factory.mktemp('users') / 'users.txt'
    path.write_text(USERS)
    return path


@pytest.fixture(scope='module')
def server(users):
    one = servers.start_program('scram', servers.example('scram'), '--users', str(users), '--threads', '2')
    yield one
    one.stop()
    said = one.output()
    assert servers.remove(one) == 0, said


def psql(server, user, password, database='d'):
    run = subprocess.run(['psql', '-XAtq', '-h', '127.0.0.1', '-p', str(server.port), '-U', user, '-d', database, '-c', 'x'],
                         env={**os.environ, 'PGPASSWORD': password}, capture_output=True, text=True, timeout=30)
    return run.stdout.strip(), run.stderr.strip()


def connect(server, user, password, **options):
    return psycopg.connect(host='127.0.0.1', port=server.port, user=user, dbname='d', password=password,
                           sslmode='disable', connect_timeout=10, **options)


@pytest.mark.parametrize('user, password', [('alice', 'secret'), ('carol', 'IX'), ('carol', 'I­X'), ('carol', 'Ⅸ')])
def test_who_knows_the_password_is_let_in(server, user, password):
    assert psql(server, user, password) == (f'{user}|x', '')
    with connect(server, user, password, require_auth='scram-sha-256') as connection:
        assert connection.execute('x').fetchone() == (user, 'x')


@pytest.mark.parametrize('user, password', [('alice', 'Secret'), ('alice', ''), ('alice', 'secret '), ('carol', 'ix'),
                                            ('bob', 'secret'), ('nobody', 'secret'), ('Alice', 'secret')])
def test_nobody_else_is_and_all_are_told_the_same(server, user, password):
    out, said = psql(server, user, password)
    assert out == ''
    if password:
        assert said.endswith(f'FATAL:  password authentication failed for user "{user}"')
        with pytest.raises(psycopg.OperationalError, match='password authentication failed'):
            connect(server, user, password)


def test_a_client_that_wants_another_method_does_not_get_it(server):
    for method in ('password', 'md5', 'none'):
        with pytest.raises(psycopg.OperationalError, match='server requested SASL authentication'):
            connect(server, 'alice', 'secret', require_auth=method)


def test_the_rules_are_those_of_a_postgresql_server(server):
    """What is no SASL response, in the words of PostgreSQL, and the connection is closed."""
    for bytes_sent, expected in ((wire.query('x'), 'FATAL:08P01'), (b'X\0\0\0\4', 'FATAL:08P01'),
                                 (b'p\0\0\0\4', 'FATAL:08P01'), (b'p\x7f\xff\xff\xff', None)):
        with Wire(server.port) as client:
            client.send(wire.startup(user='alice', database='d'))
            assert client.read()[0] == 'R'
            client.send(bytes_sent)
            if expected:
                assert wire.shape(*client.read()) == expected
            assert client.read_to_end() == b''


def test_the_example_adds_users_to_its_file(tmp_path):
    path = tmp_path / 'users.txt'

    def add(name, password):
        return subprocess.run([servers.example('scram'), '--users', str(path), '--add', name], input=password, capture_output=True, text=True,
                              timeout=30)

    assert add('dave', 'pass word\n').returncode == 0
    assert add('e"ve', 'p"\n').returncode == 0
    again = add('dave', 'other\n')
    assert again.returncode == 2 and 'has a user "dave" already' in again.stderr
    assert add('frank', '').returncode == 2
    text = path.read_text()
    assert text.count('SCRAM-SHA-256$4096:') == 2 and 'pass word' not in text
    one = servers.start_program('scram', servers.example('scram'), '--users', str(path))
    try:
        assert psql(one, 'dave', 'pass word') == ('dave|x', '')
        assert psql(one, 'e"ve', 'p"') == ('e"ve|x', '')
    finally:
        servers.remove(one)


@pytest.mark.parametrize('text, said', [(None, "can't be read"), ('alice "hunter2"', 'line 1: '),
                                        ('; fine\n"alice" "x"\n"bob" hunter2', 'line 3: ')])
def test_a_wrong_file_stops_the_start(tmp_path, text, said):
    path = tmp_path / 'users.txt'
    if text is not None:
        path.write_text(text)
    run = subprocess.run([servers.example('scram'), '--users', str(path)], capture_output=True, text=True, timeout=30)
    assert run.returncode == 2
    assert str(path) in run.stderr and said in run.stderr and 'hunter2' not in run.stderr
