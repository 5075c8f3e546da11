"""The smallest server: it answers every statement with one row, 1 and the statement's text. No SQL is needed here."""

from wire import Wire, bind, describe, execute, parse, play, query, sync

ROW = ['1', '2', 'D:1,hello', 'C:SELECT 1', 'Z:I']


def test_a_query_comes_back(farm):
    assert play(farm.get('echo').port, [query('hello')])[0] == ['T:n,text', 'D:1,hello', 'C:SELECT 1', 'Z:I']


def test_a_prepared_statement_comes_back_in_binary(farm):
    script = parse('s', 'hello') + bind('', 's', results=[1, 0]) + describe('P') + execute() + sync()
    expected = ['1', '2', 'T:n/1,text', 'D:\\x00000001,hello', 'C:SELECT 1', 'Z:I']
    assert play(farm.get('echo').port, [script])[0] == expected


def test_65535_parameters_are_declared_described_and_bound(farm):
    script = parse('', 'hello', [23] * 65535) + describe('S') + bind('', '', ['7'] * 65535) + execute() + sync()
    assert play(farm.get('echo').port, [script])[0] == ['1', 't:65535', 'T:n,text', *ROW[1:]]


def test_sixty_four_megabytes_come_back(farm):
    text = 'x' * (64 << 20)
    with Wire(farm.get('echo').port, timeout=60) as client:
        client.login()
        tags = {tag: body for tag, body in client.run(text)}
    assert tags['D'].endswith(text.encode())


def test_clients_take_turns(farm):
    clients = [Wire(farm.get('echo').port) for _ in range(100)]
    for client in clients:
        client.login()
    for _ in range(3):
        for client in clients:
            client.send((parse('', 'hello') + bind() + execute() + sync()) * 5)
        for client in clients:
            for _ in range(5):
                assert [tag for tag, _ in client.read_until()] == ['1', '2', 'D', 'C', 'Z']
    for client in clients:
        client.socket.close()
