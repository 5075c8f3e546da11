"""pgbench in its three modes, several clients at once: nothing fails, and every transaction is found afterwards."""

import os
import re
import shutil
import subprocess

import psycopg
import pytest

CLIENTS, EACH = 4, 50

SINGLE = """\\set id random(1, 10)
UPDATE counters SET n = n + 1 WHERE id = :id;
"""
BLOCK = """\\set id random(1, 10)
BEGIN;
UPDATE counters SET n = n + 1 WHERE id = :id;
SELECT n FROM counters WHERE id = :id;
INSERT INTO history (client, id) VALUES (:client_id, :id);
COMMIT;
"""
PIPELINE = """\\set id random(1, 10)
\\startpipeline
UPDATE counters SET n = n + 1 WHERE id = :id;
INSERT INTO history (client, id) VALUES (:client_id, :id);
\\endpipeline
"""


def pgbench(server, script, mode, tmp_path, clients=CLIENTS, each=EACH):
    program = shutil.which('pgbench') or f'{os.environ.get("PGWIRE_POSTGRES15", "")}/pgbench'
    if not os.path.exists(program):
        pytest.fail('no pgbench') if os.environ.get('CI') else pytest.skip('no pgbench')
    file = tmp_path / 'script.sql'
    file.write_text(script)
    command = [program, '-n', '-f', str(file), '-M', mode, '-c', str(clients), '-j', '2', '-t', str(each)]
    done = subprocess.run([*command, server.dsn], capture_output=True, text=True, timeout=120,
                          env={**os.environ, 'LC_ALL': 'C'})
    assert done.returncode == 0, done.stdout + done.stderr
    total = clients * each
    assert f'number of transactions actually processed: {total}/{total}\n' in done.stdout, done.stdout + done.stderr
    assert re.search(r'number of failed transactions: 0 \(', done.stdout), done.stdout + done.stderr
    return total


@pytest.fixture
def tables(target):
    with psycopg.connect(target.dsn, autocommit=True) as connection:
        for sql in ('DROP TABLE IF EXISTS counters', 'DROP TABLE IF EXISTS history',
                    'CREATE TABLE counters (id integer PRIMARY KEY, n integer NOT NULL)',
                    'CREATE TABLE history (client integer, id integer)'):
            connection.execute(sql)
        connection.cursor().executemany('INSERT INTO counters VALUES (%s, 0)', [(i,) for i in range(1, 11)])
        yield connection


def updates(connection):
    return sum(n for n, in connection.execute('SELECT n FROM counters'))


def insertions(connection):
    return len(connection.execute('SELECT id FROM history').fetchall())


@pytest.mark.parametrize('mode', ['simple', 'extended', 'prepared'])
def test_every_update_counts(target, tables, tmp_path, mode):
    total = pgbench(target, SINGLE, mode, tmp_path)
    assert updates(tables) == total


@pytest.mark.parametrize('mode', ['simple', 'extended', 'prepared'])
def test_every_transaction_counts(target, tables, tmp_path, mode):
    total = pgbench(target, BLOCK, mode, tmp_path)
    assert updates(tables) == total
    assert insertions(tables) == total


@pytest.mark.parametrize('mode', ['extended', 'prepared'])
def test_every_pipeline_counts(target, tables, tmp_path, mode):
    total = pgbench(target, PIPELINE, mode, tmp_path)
    assert updates(tables) == total
    assert insertions(tables) == total


@pytest.mark.parametrize('mode', ['simple', 'extended', 'prepared'])
def test_reading_clients_do_not_fail(target, tables, tmp_path, mode):
    script = '\\set id random(1, 10)\nSELECT n FROM counters WHERE id = :id;\n'
    pgbench(target, script, mode, tmp_path, clients=8, each=200)


@pytest.mark.parametrize('mode', ['simple', 'extended', 'prepared'])
def test_the_echo_server_answers_pgbench(farm, tmp_path, mode):
    pgbench(farm.get('echo'), 'SELECT 1;\n', mode, tmp_path, clients=8, each=500)
