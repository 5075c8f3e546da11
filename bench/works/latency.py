"""How long a query takes when queries come at a steady rate, whether the server is ready for them or not: half of the
most that this server answers in a second. Without neighbours, and among a thousand that are logged in and silent.

The latency counts from when a query was due (bench/load/open_loop.cpp): what pgbench gives counts from when it was sent,
and a slow answer delays the next question."""

import contextlib
import json
import os
import pathlib
import subprocess

import million
import servers as servers_of_tests
from measure import Unavailable, pinned_to, record

PROGRAMS = ('echo', 'epoll_loop', 'rust_pgwire', 'psql_wire')
CLIENTS = 16
NEIGHBOURS = 1000
FIGURES = ('p50', 'p99', 'p999')


@contextlib.contextmanager
def postgres(bench):
    """A PostgreSQL of this machine where `bench` may log in, as it may with all the others."""
    folder = million.find_postgres()
    server = million.start_postgres(folder, pathlib.Path(bench.scratch))
    try:
        subprocess.run([f'{folder}/psql', server.dsn, '-q', '-c', 'CREATE ROLE bench LOGIN', '-c',
                        'CREATE DATABASE bench OWNER bench'], check=True, capture_output=True)
        if bench.server_cpus:
            os.sched_setaffinity(server.pid, bench.server_cpus)  # and its children's
        yield server
    finally:
        servers_of_tests.remove(server)


def ask(bench, server, rate, seconds, neighbours):
    """One run of the program, and what it prints."""
    command = [f'{bench.directory}/open_loop', '--port', str(server.port), '--clients', str(CLIENTS), '--mode',
               'prepared', '--seconds', str(seconds), '--rate', f'{rate:.0f}', '--idle', str(neighbours)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 120,
                          preexec_fn=pinned_to(bench.load_cpus))
    if done.returncode != 0:
        raise RuntimeError(f'open_loop: {done.stderr}')
    said = json.loads(done.stdout)
    if said['unanswered']:
        raise RuntimeError(f'{said["unanswered"]} connections have no answer after 10 seconds')
    return said


def measure(bench, quick):
    if not bench.load_cpus:
        raise Unavailable('the load needs a CPU of its own')
    runs, seconds = (2, 1) if quick else (7, 3)
    with contextlib.ExitStack() as stack:
        running = {who: stack.enter_context(bench.server(who, pinned=True))
                   for who in PROGRAMS if os.path.exists(f'{bench.directory}/{who}')}
        if million.find_postgres():
            running['postgres'] = stack.enter_context(postgres(bench))
        peaks = {who: [ask(bench, server, 0, seconds, 0)['rate'] for _ in range(3)] for who, server in running.items()}
        answers = {}
        for _ in range(runs):  # in turns, so that a busy moment of the machine is not one server's
            for who, server in running.items():
                for neighbours in (0, NEIGHBOURS):
                    if who == 'postgres' and neighbours:  # a process for each
                        continue
                    rate = sorted(peaks[who])[1] / 2
                    answers.setdefault((who, neighbours), []).append(ask(bench, server, rate, seconds, neighbours))
    for who, values in peaks.items():
        yield record('latency', f'peak/{CLIENTS}', who, 'queries/s', values)
    for (who, neighbours), said in answers.items():
        for figure in FIGURES:
            mode = f'{figure}/{CLIENTS}' + (f'+{neighbours // 1000}k' if neighbours else '')
            yield record('latency', mode, who, 'us', [one[figure] for one in said])
