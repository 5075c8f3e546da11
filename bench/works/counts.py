"""Instructions, system calls and allocations of a server for each query: they don't depend on the machine's mood.

Each is the difference of two runs of different length, divided by the difference of their queries: start, login and end fall
out of it."""

import os
import re
import signal
import subprocess
import time

from harness import MODES, Unavailable, record, tool

# With a pause before each query the server has always gone to sleep when it comes, as with people and most programs.
# Without, a server that is slowed down by callgrind or strace now and then finds the next query there already, and what
# it does then (and how often) would depend on what else runs on the machine.
PAUSING = '\\sleep 1 ms\nSELECT 1;\n'
PIPELINED = '\\sleep 1 ms\n\\startpipeline\n' + 20 * 'SELECT 1;\n' + '\\endpipeline\n'

WHO = {'instructions': ('echo', 'layered_echo', 'epoll_loop', 'rust_pgwire'),
       'syscalls': ('echo', 'guarded_echo', 'epoll_loop', 'rust_pgwire', 'psql_wire'),
       'allocations': ('echo', 'layered_echo', 'guarded_echo', 'rust_pgwire')}
GATED = ('echo', 'layered_echo', 'guarded_echo')


def wanted_by(work, quick):
    """(who, mode) of a work, in the order of the table. A mode is pgbench's and the number of clients."""
    wanted = [(who, f'{mode}/1') for who in WHO[work] for mode in MODES if not quick or who == 'echo' or mode == 'prepared']
    if not quick:
        wanted += [(who, mode) for mode in ('prepared/16', 'prepared/64', 'pipelined/4')
                   for who in WHO[work] if who in ('echo', 'epoll_loop', 'rust_pgwire')]
    return wanted


def gated(work):
    """What is recorded, and must not grow."""
    return [(who, mode) for who, mode in wanted_by(work, False) if who in GATED and mode.endswith('/1')]


def load(bench, server, mode, transactions, pausing=True):
    """@return how many queries that were"""
    name, clients = mode.split('/')
    pipelined = name == 'pipelined'
    script = PIPELINED if pipelined else PAUSING
    bench.pgbench(server, 'prepared' if pipelined else name, int(clients), transactions,
                  script if pausing else script.split('\n', 1)[1])
    return int(clients) * transactions * (20 if pipelined else 1)


def per_query(bench, count_run):
    """`count_run(transactions)` gives the count of a whole run, and its queries."""
    few, many = (50, 250) if bench.quick else (50, 450)
    long, short = count_run(many), count_run(few)
    return (long[0] - short[0]) / (long[1] - short[1])


def instructions(bench, wanted):
    valgrind = tool('valgrind', 'valgrind')
    for who, mode in wanted:
        def count(transactions):
            out = f'{bench.scratch}/callgrind.out'
            with bench.server(who, (valgrind, '-q', '--tool=callgrind', f'--callgrind-out-file={out}')) as server:
                queries = load(bench, server, mode, transactions)
            with open(out, errors='replace') as file:
                return int(re.search(r'^(?:summary|totals): (\d+)', file.read(), re.MULTILINE)[1]), queries
        # A client that comes a little later or earlier than usual makes a hundredth of difference: the median of three.
        times = 3 if who in GATED and mode.endswith('/1') and not bench.quick else 1
        yield record('instructions', mode, who, 'instructions', [per_query(bench, count) for _ in range(times)])


def core(bench, _):
    """Instructions of the protocol alone, without a socket, without Asio."""
    valgrind = tool('valgrind', 'valgrind')
    program = bench.program('core')
    for mode in MODES:
        def count(queries):
            out = f'{bench.scratch}/callgrind.out'
            subprocess.run([valgrind, '-q', '--tool=callgrind', f'--callgrind-out-file={out}', program, mode, str(queries)],
                           check=True, stdout=subprocess.DEVNULL)
            with open(out, errors='replace') as file:
                return int(re.search(r'^(?:summary|totals): (\d+)', file.read(), re.MULTILINE)[1]), queries
        yield record('core', mode, 'query_loop', 'instructions', [per_query(bench, count)])


def syscalls(bench, wanted):
    strace = tool('strace', 'strace')
    for who, mode in wanted:
        def count(transactions):
            out = f'{bench.scratch}/strace.out'
            with bench.server(who, (strace, '-f', '-c', '-o', out)) as server:
                queries = load(bench, server, mode, transactions)
            with open(out) as file:
                return sum(int(line.split()[3]) for line in file if re.match(r' *\d+\.\d+ .*(?<! total)$', line)), queries
        yield record('syscalls', mode, who, 'calls', [per_query(bench, count)])


def allocations(bench, wanted):
    try:
        counter = bench.program('count_allocations.so')
    except Unavailable:
        raise Unavailable('the counter of allocations needs glibc') from None
    for who, mode in wanted:
        with bench.server(who, environment={'LD_PRELOAD': str(counter)}, stderr=subprocess.PIPE) as server:
            def so_far():
                time.sleep(0.05)  # until it has seen that its clients have left
                os.kill(server.pid, signal.SIGUSR1)
                return int(server.stderr.readline().split()[1])

            def count(transactions):
                before = so_far()
                queries = load(bench, server, mode, transactions, pausing=False)
                return so_far() - before, queries
            count(100)  # a server may keep what its first connections needed
            short, long = count(100), count(2100)
            # A login takes one more or less at times, so that the difference may be just below nothing.
            each = (long[0] - short[0]) / (long[1] - short[1])
            yield record('allocations', mode, who, 'allocations', [max(0.0, round(each, 2))])
