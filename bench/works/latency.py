"""How long a query takes when queries come at a steady rate, whether the server is ready for them or not: half of the
most that this server answers in a second. Without neighbours, and among a thousand that are logged in and silent.

The latency counts from when a query was due (bench/load/open_loop.cpp): what pgbench gives counts from when it was sent,
and a slow answer delays the next question. `late` is how many of the queries left late though nothing was in their way:
where that is more than a few of a thousand, something else runs on the machine, and the tails are its own."""

import contextlib
import statistics

from harness import Unavailable, allow_files, record

PEERS = ('echo', 'epoll_loop', 'rust_pgwire', 'psql_wire', 'postgres')
CLIENTS = 16
NEIGHBOURS = 1000
ALONE = ('psql_wire', 'postgres')  # the one keeps megabytes of each that has left without a word, the other has a process
FIGURES = ('p50', 'p99', 'p999')


def measure(bench, _):
    if not bench.load_cpus:
        raise Unavailable('the load needs a CPU of its own')
    allow_files(NEIGHBOURS + 100)
    rounds, seconds = (2, 1) if bench.quick else (5, 2)
    whos = bench.available(PEERS)
    with contextlib.ExitStack() as stack:
        running = {who: stack.enter_context(bench.server(who, pinned=True)) for who in whos}

        def ask(who, rate, neighbours):
            said = {name: float(value) for name, value in bench.load(
                'open_loop', '--port', running[who].port, '--clients', CLIENTS, '--seconds', seconds, '--rate', rate,
                '--idle', neighbours)}
            if rate and said['unanswered']:
                raise RuntimeError(f'{who}: {said["unanswered"]:.0f} queries have no answer after 10 seconds')
            return said

        for who in whos:
            ask(who, 0, 0)  # warms up
        peaks = {who: [ask(who, 0, 0)['rate'] for _ in range(3)] for who in whos}
        said = {(who, n): [] for who in whos for n in (0, NEIGHBOURS) if n == 0 or who not in ALONE}
        for _ in range(rounds):  # in turns, so that a busy moment of the machine is not one server's
            for (who, neighbours), answers in said.items():
                answers.append(ask(who, round(statistics.median(peaks[who]) / 2), neighbours))
    for who, values in peaks.items():
        yield record('latency', f'peak/{CLIENTS}', who, 'queries/s', [round(value) for value in values])
        yield record('latency', f'asked/{CLIENTS}', who, 'queries/s', [round(statistics.median(values) / 2)])
    for figure in FIGURES:
        for (who, neighbours), answers in said.items():
            mode = f'{figure}/{CLIENTS}' + (f'+{neighbours // 1000}k' if neighbours else '')
            yield record('latency', mode, who, 'us', [answer[figure] for answer in answers])
    yield record('latency', f'late/{CLIENTS}', 'open_loop', '%',
                 [100 * answer['late'] / answer['queries'] for answers in said.values() for answer in answers])
