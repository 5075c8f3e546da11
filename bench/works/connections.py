"""What connections cost: to come, log in and leave, plain, over TLS and with a password; to be there and silent; and what
ten thousand that are silent cost those who ask."""

import contextlib
import subprocess
import time

from harness import allow_files, beside, in_turns, kilobytes, pinned_to, record

# mode, what connects and how, the servers
ARRIVALS = (('plain', ('connect',), ('echo', 'epoll_loop', 'rust_pgwire', 'psql_wire', 'postgres')),
            ('tls', ('tls_connect', '--tls'), ('tls_echo',)), ('scram', ('tls_connect',), ('guarded_echo',)))
SILENT = 10_000
# what stays, how many, the servers
STAYS = (('idle', SILENT, ('echo', 'epoll_loop', 'rust_pgwire')), ('idle', SILENT // 10, ('psql_wire',)),
         ('tls_idle', SILENT // 10, ('tls_echo',)))
SLOW = ('tls_echo', 'psql_wire', 'postgres')  # milliseconds for each that comes
CLIENTS = 16


def arrivals(bench):
    """Connections in a second, and what the server runs for each."""
    for mode, (program, *options), servers in ARRIVALS:
        rounds, count = (3, 1000) if bench.quick else (7, 5000)
        whos = bench.available(servers)
        with contextlib.ExitStack() as stack:
            running = {who: stack.enter_context(bench.server(who, pinned=True)) for who in whos}
            rates = {who: [] for who in whos}

            def microseconds(who):
                many = count // 10 if who in SLOW else count
                before = running[who].cpu()
                said = dict(bench.load(program, '--port', running[who].port, '--count', many, *options))
                time.sleep(0.05)  # until it has seen that the last one has left
                rates[who].append(float(said['rate']))
                return (running[who].cpu() - before) / 1000 / many

            if whos:
                yield from beside('connections', mode, 'us', in_turns(whos, rounds, microseconds))
        for who in whos:
            yield record('accept', mode, who, '1/s', [round(rate) for rate in rates[who][1:]])


@contextlib.contextmanager
def silent(bench, program, server, count):
    """So many clients that are logged in and say nothing."""
    command = [bench.program(program), '--port', str(server.port), '--count', str(count)]
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


def memory(bench):
    """What a server keeps for each connection that is silent."""
    for program, count, servers in STAYS:
        count = count // 10 if bench.quick else count
        for who in bench.available(servers):
            with bench.server(who) as server:
                with silent(bench, program, server, 20):  # what the first ones need, others have
                    pass
                before = resident(server)
                with silent(bench, program, server, count):
                    each = (resident(server) - before) / count
            yield record('connections', f'{count} idle', who, 'kB', [each])


def resident(server):
    time.sleep(1.5)
    return kilobytes(server.pid, 'VmRSS')


def neighbours(bench):
    """Two servers that are the same, the one with the silent ones; they are asked in turns."""
    rounds, queries, count = (5, 1000, SILENT // 10) if bench.quick else (15, 3000, SILENT)
    for who in bench.available(('echo', 'epoll_loop')):
        with contextlib.ExitStack() as stack:
            names = (f'{who} + {count // 1000}k', who)
            running = {name: stack.enter_context(bench.server(who, pinned=True)) for name in names}
            stack.enter_context(silent(bench, 'idle', running[names[0]], count))

            def microseconds(name):
                before = running[name].cpu()
                bench.pgbench(running[name], 'prepared', CLIENTS, queries)
                return (running[name].cpu() - before) / 1000 / (CLIENTS * queries)
            yield from beside('connections', f'prepared/{CLIENTS}', 'us', in_turns(names, rounds, microseconds))


def measure(bench, _):
    allow_files(SILENT + 100)
    yield from arrivals(bench)
    yield from memory(bench)
    yield from neighbours(bench)
