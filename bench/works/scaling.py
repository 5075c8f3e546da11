"""How the cost grows: with columns, rows, statements of a session and sessions in instructions, with threads in CPU time."""

import contextlib
import re
import time

from harness import allow_files, record, tool, wire


def measure(bench, _):
    yield from counted(bench, 'columns', 'grid', (1, 10, 100, 1000), 'value', values_of_columns)
    yield from counted(bench, 'rows', 'grid', (1, 100, 10_000, 100_000), 'row', rows_of_a_result)
    yield from counted(bench, 'statements', 'echo', (1, 100, 10_000), 'query', statements_of_a_session)
    yield from counted(bench, 'sessions', 'echo', (1, 100, 1000), 'query', queries_among_sessions)
    yield from threads(bench)


# Each is a load of `size` that runs what is counted so often, and tells how often that was.


def values_of_columns(client, size, times):
    rows = max(20_000 // size, 1) * times
    client.run(f'GRID {size} {rows}')
    return rows * size


def rows_of_a_result(client, size, times):
    results = max(300 // size, 1) * times
    for _ in range(results):
        time.sleep(0.001)
        client.run(f'GRID 4 {size}')
    return size * results


def statements_of_a_session(client, size, times):
    client.send(b''.join(wire.parse(f's{i}', f'SELECT {i}') for i in range(size)) + wire.sync())
    client.read_until('Z')
    for i in range(100 * times):
        time.sleep(0.001)
        client.send(wire.bind(statement=f's{i * 7 % size}') + wire.describe('P') + wire.execute() + wire.sync())
        client.read_until('Z')
    return 100 * times


def queries_among_sessions(client, size, times):
    with contextlib.ExitStack() as stack:
        for _ in range(size - 1):
            stack.enter_context(wire.Wire(client.socket.getpeername()[1])).login()
        time.sleep(0.5 + size / 1000)  # they have come to rest
        for _ in range(100 * times):
            time.sleep(0.001)
            client.run('SELECT 1')
    return 100 * times


def counted(bench, what, who, sizes, each, load):
    """The difference of a long and of a short load, for each unit of it."""
    valgrind = tool('valgrind', 'valgrind')
    allow_files(1100)
    for size in sizes if not bench.quick else sizes[:-1]:
        def count(times):
            out = f'{bench.scratch}/callgrind.out'
            with bench.server(who, (valgrind, '-q', '--tool=callgrind', f'--callgrind-out-file={out}')) as server:
                with wire.Wire(server.port, timeout=60) as client:
                    client.login()
                    units = load(client, size, times)
            with open(out, errors='replace') as file:
                return int(re.search(r'^(?:summary|totals): (\d+)', file.read(), re.MULTILINE)[1]), units
        (many, units), (few, fewer) = count(3), count(1)
        yield record('scaling', f'{size:,} {what}', f'{who}, per {each}', 'instructions', [(many - few) / (units - fewer)])


def threads(bench):
    """Both CPUs are the server's and the client's alike, so it is the CPU time per query that tells."""
    clients, transactions = 64, 200 if bench.quick else 1000
    for count in (1, 2):
        with bench.server('echo', arguments=('--threads', str(count))) as server:
            times, rates = [], []
            for _ in range(3 if bench.quick else 7):
                before = server.cpu()
                rates.append(bench.pgbench(server, 'prepared', clients, transactions))
                times.append((server.cpu() - before) / 1000 / (clients * transactions))
        yield record('scaling', f'{count} threads', 'echo', 'us', times[1:])
        yield record('scaling', f'{count} threads, rate', 'echo', 'queries/s', rates[1:])
