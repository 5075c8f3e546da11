"""The small examples as programs: a result that never ends, a server inside a program with its own event loop,
transactions in memory, and tables that are stored nowhere."""

import signal
import subprocess
import threading
import time

import psycopg
import pytest

import servers
import wire
from wire import Wire, query, shape


@pytest.fixture(params=['ticker', 'embedded', 'transactions', 'cursors'])
def example(request):
    yield from started(request.param)


@pytest.fixture
def ticker():
    yield from started('ticker')


@pytest.fixture
def embedded():
    yield from started('embedded')


@pytest.fixture
def transactions():
    yield from started('transactions')


@pytest.fixture
def cursors():
    yield from started('cursors')


def started(name):
    server = servers.start_program(name, servers.example(name), '--threads', '2')
    yield server
    server.stop()
    said = server.output()
    assert servers.remove(server) == 0, said


def psql(server, *commands, **variables):
    """What psql prints for these, in one session."""
    sets = [x for name, value in variables.items() for x in ('--set', f'{name}={value}')]
    run = subprocess.run(['psql', '-XAtq', *sets, '-h', '127.0.0.1', '-p', str(server.port), '-U', 'x', '-d', 'x',
                          *(x for command in commands for x in ('-c', command))],
                         capture_output=True, text=True, timeout=30)
    return run.stdout.splitlines(), run.stderr


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
    assert 'Cancel request sent' in said  # and an error, unless it came between two FETCHes


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


# ---- transactions


def accounts(connection):
    return dict(connection.execute('accounts').fetchall())


def test_psql_keeps_what_it_commits(transactions):
    rows, said = psql(transactions, 'deposit 100 to ada', 'begin', 'withdraw 30 from ada', 'deposit 30 to grace',
                      'commit', 'begin', 'withdraw 70 from ada', 'rollback', 'accounts')
    assert (rows, said) == (['ada|100', 'ada|70', 'grace|30', 'ada|0', 'ada|70', 'grace|30'], '')
    rows, said = psql(transactions, 'deposit 1 to ada; withdraw 1000 from ada', 'begin', 'withdraw 1000 from ada',
                      'accounts', 'commit', 'accounts')
    assert rows == ['ada|71', 'ada|70', 'grace|30'], 'statements of one query are one transaction'
    assert 'ERROR:  current transaction is aborted' in said


def test_of_two_that_change_the_same_account_the_second_one_may_try_again(transactions):
    with psycopg.connect(transactions.dsn) as one, psycopg.connect(transactions.dsn) as another:
        one.execute('deposit 100 to ada')
        assert accounts(another) == {}, 'it began before, or the other one has not committed'
        another.execute('deposit 1 to ada')
        one.commit()
        with pytest.raises(psycopg.errors.SerializationFailure) as failure:
            another.commit()
        assert failure.value.diag.message_hint == 'The transaction might succeed if retried.'
        assert another.execute('deposit 1 to ada').fetchone() == ('ada', 101)
        another.commit()
        one.execute('deposit 5 to grace')  # another account: nobody is in the way
        another.execute('deposit 5 to alan')
        one.commit()
        another.commit()
        assert accounts(one) == {'ada': 101, 'alan': 5, 'grace': 5}


def test_savepoints_of_a_failed_block(transactions):
    with psycopg.connect(transactions.dsn) as connection:
        with connection.transaction():
            connection.execute('deposit 10 to ada')
            with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
                connection.execute('deposit 10 to ada')
                connection.execute('withdraw 1000 from ada')
            with connection.transaction():
                connection.execute('withdraw 3 from ada')
        assert accounts(connection) == {'ada': 7}


def test_a_pipeline_is_one_transaction_up_to_its_sync(transactions):
    def messages(*statements):
        return b''.join(wire.parse('', s) + wire.bind() + wire.execute() for s in statements) + wire.sync()

    with Wire(transactions.port) as client:
        client.login()
        client.send(messages('deposit 10 to ada', 'withdraw 11 from ada', 'deposit 10 to ada'))
        assert [shape(*m) for m in client.read_until()][-2:] == ['E:23514', 'Z:I']
        client.send(messages('deposit 10 to ada', 'withdraw 9 from ada'))
        client.read_until()
        client.send(messages('accounts'))
        assert [wire.data_row(body) for tag, body in client.read_until() if tag == 'D'] == [[b'ada', b'1']]


def test_many_sessions_that_try_again_lose_nothing(transactions):
    def work():
        with psycopg.connect(transactions.dsn) as connection:
            for _ in range(25):
                while True:
                    try:
                        with connection.transaction():
                            connection.execute('deposit 1 to ada')
                        break
                    except psycopg.errors.SerializationFailure:
                        pass

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert psql(transactions, 'accounts')[0] == ['ada|150']


# ---- cursors


def test_psql_fetches_a_table_that_is_stored_nowhere(cursors):
    rows, said = psql(cursors, 'BEGIN; DECLARE c CURSOR FOR SELECT * FROM multiples(3); MOVE 99999 IN c; FETCH 2 c')
    assert (rows, said) == (['100000|200000|300000', '100001|200002|300003'], '')
    command = ['psql', '-XAt', '-h', '127.0.0.1', '-p', str(cursors.port), '-U', 'x', '-d', 'x', '--set',
               'FETCH_COUNT=1000', '-c', 'SELECT * FROM collatz']
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as psql_process:
        lines = [psql_process.stdout.readline().strip() for _ in range(2500)]
        psql_process.kill()
    assert (lines[26], lines[2499]) == ('27|111', '2500|27')
    assert 'there is no such table' in psql(cursors, 'SELECT * FROM multiples(10)')[1]


@pytest.mark.parametrize('table, described, first, fourth', [
    ('collatz', 'T:n,steps', [b'1', b'0'], [b'4', b'2']),
    ('multiples(2)', 'T:times_1,times_2', [b'1', b'2'], [b'4', b'8'])])
def test_a_row_limit_suspends_a_portal(cursors, table, described, first, fourth):
    with Wire(cursors.port) as client:
        client.login()
        client.send(wire.parse('', f'SELECT * FROM {table}') + wire.bind() + wire.describe('P') + wire.execute('', 3) +
                    wire.execute('', 1) + wire.sync())
        answer = client.read_until()
        assert [shape(*m) for m in answer if m[0] in 'TsZ'] == [described, 's', 's', 'Z:I']
        rows = [wire.data_row(body) for tag, body in answer if tag == 'D']
        assert len(rows) == 4 and rows[0] == first and rows[3] == fourth


@pytest.mark.parametrize('binary', [False, True])
def test_psycopg_iterates_over_a_named_cursor(cursors, binary):
    with psycopg.connect(cursors.dsn) as connection:
        with connection.cursor('c', binary=binary) as cursor:
            cursor.itersize = 700
            cursor.execute('SELECT * FROM multiples(2)')
            for n, row in zip(range(1, 5_000), cursor):
                assert row == (n, 2 * n)
            cursor.scroll(1_000)
            assert [column.name for column in cursor.description] == ['times_1', 'times_2']


def test_memory_stays_what_it_is_and_a_cancel_comes_between_rows(cursors):
    with Wire(cursors.port) as client:
        key = dict(client.login())['K']

        def read_rows(n):
            while n:
                n -= client.read()[0] == 'D'

        client.send(query('SELECT * FROM multiples(9)'))
        read_rows(20_000)
        before = wire.resident_kilobytes(cursors.pid)
        read_rows(200_000)
        time.sleep(0.3)  # it has every chance to run ahead
        assert wire.resident_kilobytes(cursors.pid) < before + 2_000
        with Wire(cursors.port) as canceller:
            canceller.send(wire.untyped(wire.CANCEL_REQUEST, key))
            assert canceller.read_to_end() == b''
        last = [shape(*m) for m in client.read_until() if m[0] != 'D']
        assert last[-2:] == ['E:57014', 'Z:I']
