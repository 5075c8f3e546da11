"""What connections cost: to come, log in and leave, plain, by TLS and with a password; to be there and silent; and what
ten thousand that are silent cost those who ask."""

import contextlib
import json
import os
import resource
import subprocess
import time

from measure import Unavailable, cpu_time, pinned_to, record, resident_kilobytes

# who, mode, the program that connects, its options
ARRIVALS = (('echo', 'plain', 'connect', ()), ('epoll_loop', 'plain', 'connect', ()),
            ('rust_pgwire', 'plain', 'connect', ()), ('psql_wire', 'plain', 'connect', ()),
            ('tls_echo', 'tls', 'tls_connect', ('--tls',)), ('guarded_echo', 'scram', 'tls_connect', ()))
# who, the program that stays, how many of it
SILENT = (('echo', 'idle', 10_000), ('epoll_loop', 'idle', 10_000), ('rust_pgwire', 'idle', 10_000),
          ('psql_wire', 'idle', 10_000), ('tls_echo', 'tls_idle', 1_000))
CLIENTS = 16


def has(bench, *programs):
    return all(os.path.exists(f'{bench.directory}/{name}') for name in programs)


def allow_files(count):
    """What this process may have, the servers may have that it starts."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < count + 100:
        raise Unavailable(f'a process may have {most} files, and {count} connections are wanted')
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def come_and_go(bench, program, options, server, count):
    """@return connections in a second, and microseconds of the server's CPU for each"""
    command = [f'{bench.directory}/{program}', '--port', str(server.port), '--count', str(count), *options]
    before = cpu_time(server.pid)
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, preexec_fn=pinned_to(bench.load_cpus))
    if done.returncode != 0:
        raise RuntimeError(f'{program}: {done.stdout}{done.stderr}')
    time.sleep(0.05)  # until it has seen that the last one has left
    return json.loads(done.stdout)['per_second'], (cpu_time(server.pid) - before) / 1000 / count


@contextlib.contextmanager
def silent(bench, program, server, count):
    """So many clients that are logged in and say nothing."""
    command = [f'{bench.directory}/{program}', '--port', str(server.port), '--count', str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=pinned_to(bench.load_cpus))
    with process:
        try:
            if process.stdout.readline() != 'ready\n':
                raise RuntimeError(f'{program}: {process.stderr.read()}')
            yield
        finally:
            process.stdin.close()
            process.wait(60)


def arrivals(bench, quick):
    for who, mode, program, options in ARRIVALS:
        if not has(bench, who, program):
            continue
        runs, count = (3, 1000) if quick else (7, 5000)
        if mode == 'tls':
            count //= 10
        with bench.server(who, pinned=True) as server:
            come_and_go(bench, program, options, server, count // 5)  # what the first ones need, others have
            each = [come_and_go(bench, program, options, server, count) for _ in range(runs)]
        yield record('connections', f'{mode} rate', who, '1/s', [rate for rate, _ in each])
        yield record('connections', f'{mode} cpu', who, 'us', [cpu for _, cpu in each])


def memory(bench, quick):
    for who, program, count in SILENT:
        if not has(bench, who, program):
            continue
        count = count // 10 if quick else count
        with bench.server(who) as server:
            with silent(bench, program, server, 20):  # what the first ones need, others have
                pass
            before = resident_kilobytes(server.pid)
            with silent(bench, program, server, count):
                each = (resident_kilobytes(server.pid) - before) / count
        yield record('connections', f'memory/{count}', who, 'kB', [each])


def neighbours(bench, quick):
    """Two servers that are the same, one with the silent ones, asked in turns."""
    pairs, queries, count = (5, 1000, 1000) if quick else (15, 3000, 10_000)
    for who in ('echo', 'epoll_loop'):
        with contextlib.ExitStack() as stack:
            alone, full = (stack.enter_context(bench.server(who, pinned=True)) for _ in range(2))
            stack.enter_context(silent(bench, 'idle', full, count))

            def microseconds(server):
                before = cpu_time(server.pid)
                bench.load(server, 'prepared', CLIENTS, queries, False)
                return (cpu_time(server.pid) - before) / 1000 / (CLIENTS * queries)
            times = {alone: [], full: []}
            for i in range(pairs + 1):
                for server in (alone, full) if i % 2 == 0 else (full, alone):
                    times[server].append(microseconds(server))
            without, among = (times[server][1:] for server in (alone, full))  # the first is for what is made once
        yield record('connections', f'query/{CLIENTS}', who, 'us', without)
        yield record('connections', f'query/{CLIENTS}+{count // 1000}k', who, 'us', among)
        yield record('connections', f'+{count // 1000}k/without', who, 'ratio', [a / b for a, b in zip(among, without)])


def measure(bench, quick):
    if not has(bench, 'connect', 'idle'):
        raise Unavailable('the programs that connect are not built')
    allow_files(10_000)
    yield from arrivals(bench, quick)
    yield from memory(bench, quick)
    yield from neighbours(bench, quick)
