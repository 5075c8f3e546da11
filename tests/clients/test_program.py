"""The SQLite server as a program: its command line and its end."""

import os
import pathlib
import signal
import subprocess

import pytest

import servers
from wire import Closed, Wire, query

ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n'


@pytest.fixture
def program(farm):
    farm.get('sqlite')
    return os.environ['PGWIRE_SQLITE_SERVER']


@pytest.mark.parametrize('arguments,named', [
    (['--nosuch'], '--nosuch'),
    (['--port'], '--port'),
    (['--port', 'many'], '--port'),
    (['--port', '65536'], '--port'),
    (['--port', '-1'], '--port'),
    (['--threads', '0'], '--threads'),
    (['--threads', 'x'], '--threads'),
    (['--create'], '--create'),
    (['nosuch.db'], 'nosuch.db'),
    (['/no/such/folder/file.db'], '/no/such/folder/file.db'),
    (['--create', '/no/such/folder/file.db'], '/no/such/folder/file.db'),
    (['/usr'], '/usr'),
    (['--create', '/usr'], '/usr'),
])
def test_a_wrong_option_or_file_is_named_and_ends_it_with_2(program, tmp_path, arguments, named):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=10, cwd=tmp_path)
    assert done.returncode == 2
    assert named in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('content', [b'not a database, ' * 100, b'x', b'SQLite format 3\0'],
                         ids=['a long text', 'one byte', 'no more than the first bytes of one'])
@pytest.mark.parametrize('options', [[], ['--create']], ids=['', 'with --create'])
def test_a_file_that_is_no_database_is_named_and_left_as_it_is(program, tmp_path, content, options):
    file = tmp_path / 'picture.db'
    file.write_bytes(content)
    command = [program, '--port', str(servers.free_port()), *options, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    assert done.returncode == 2
    assert str(file) in done.stderr
    assert file.read_bytes() == content


def test_a_port_in_use_is_named(program, farm, tmp_path):
    port = str(farm.get('sqlite').port)
    command = [program, '--port', port, '--create', str(tmp_path / 'x.db')]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    assert done.returncode not in (0, -signal.SIGABRT)
    assert port in done.stderr


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=['Ctrl-C', 'SIGTERM'])
@pytest.mark.parametrize('busy', ['SELECT 1 AS n', ENDLESS.format('i'), ENDLESS.format('count(*)')],
                         ids=['with an idle client', 'while rows flow', 'in a query that gives no row'])
def test_a_signal_ends_it_cleanly(program, number, busy):
    server = servers.start_program('sqlite', program, '--create', '{root}/test.db')
    try:
        with Wire(server.port) as client:
            client.login()
            client.send(query(busy))
            client.is_quiet(0.2)
            server.process.send_signal(number)
            assert server.process.wait(10) == 0, server.output()
            with pytest.raises(Closed):
                while True:
                    client.read()
    finally:
        servers.remove(server)


def test_what_is_committed_is_there_after_a_restart(program, tmp_path):
    file = str(tmp_path / 'kept.db')
    for options, expected in ((['--create'], ['C:CREATE TABLE', 'Z:I']), ([], ['E:42P07', 'Z:I'])):
        server = servers.start_program('sqlite', program, *options, file)
        try:
            with Wire(server.port) as client:
                client.login()
                assert client.ask('CREATE TABLE kept (a integer)') == expected
        finally:
            servers.remove(server)


def test_every_example_is_listed_with_what_it_is():
    root = pathlib.Path(__file__).resolve().parents[2]
    done = subprocess.run([root / 'examples/run.sh', '--list'], capture_output=True, text=True, timeout=60)
    listed = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert {'echo', 'greeting', 'sqlite'} <= {words[0] for words in listed}
    assert all(len(words) == 2 for words in listed), done.stdout
