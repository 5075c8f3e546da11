#!/usr/bin/env python3
"""Measures the programs that bench/run.sh has built, and prints the table.

usage: measure.py DIRECTORY [--quick] [--json FILE | --check FILE | --record FILE] [WORK...]
       measure.py --find-pgbench

A figure is {work, mode, who, unit, median, min, max, runs}. The mode of a server's work is pgbench's, then a slash and
the number of clients. What is counted (instructions, system calls, allocations) is the difference of two runs of
different length, divided by the difference of their queries: start, login and end fall out of it."""

import argparse
import contextlib
import ctypes
import glob
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

import answers
import million
import servers as servers_of_tests

modes = ('simple', 'extended', 'prepared')
servers = ('echo', 'layered_echo', 'guarded_echo', 'epoll_loop')
counted = ('instructions', 'syscalls', 'allocations')
tolerance = 0.05

# With a pause before each query the server has always gone to sleep when it comes, as with people and most programs.
# Without, a server that is slowed down by callgrind or strace now and then finds the next query there already, and what
# it does then (and how often) would depend on what else runs on the machine.
pausing_script = '\\sleep 1 ms\nSELECT 1;\n'
script = 'SELECT 1;\n'


class Unavailable(Exception):
    """A work can't be measured here."""


def find_pgbench():
    """The program itself: what stands in Debian's /usr/bin is a script that looks for it each time."""
    found = glob.glob('/usr/lib/postgresql/*/bin/pgbench')
    return max(found, key=lambda path: int(path.split('/')[4])) if found else shutil.which('pgbench')


def tool(name, package):
    path = find_pgbench() if name == 'pgbench' else shutil.which(name)
    if not path:
        raise Unavailable(f'{name} is missing (apt-get install {package})')
    return path


def record(work, mode, who, unit, values):
    return {'work': work, 'mode': mode, 'who': who, 'unit': unit, 'median': round(statistics.median(values), 3),
            'min': round(min(values), 3), 'max': round(max(values), 3), 'runs': len(values)}


# ---- programs --------------------------------------------------------------------------------------------------------


def traced_by(pid):
    """The child of strace, which itself is deaf to signals; 0 if there is none."""
    with open(f'/proc/{pid}/task/{pid}/children') as file:
        return int((file.read().split() or ['0'])[0])


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def pinned_to(cpus):
    def prepare():
        die_with_parent()
        if cpus:
            os.sched_setaffinity(0, cpus)
    return prepare


class Bench:
    """The directory of the programs, and how long to measure."""

    def __init__(self, directory, quick):
        self.directory, self.quick = directory, quick
        cpus = sorted(os.sched_getaffinity(0))
        self.server_cpus, self.load_cpus = ({cpus[0]}, set(cpus[1:])) if len(cpus) > 1 else (None, None)
        self.scratch = tempfile.mkdtemp(prefix='pgwire-bench-')
        for name, text in (('pausing', pausing_script), ('plain', script)):
            with open(f'{self.scratch}/{name}.sql', 'w') as file:
                file.write(text)

    @contextlib.contextmanager
    def server(self, name, wrapper=(), pinned=False, environment=None, stderr=subprocess.DEVNULL):
        """Runs a server, and stops it: yields its process, with the port that it listens on."""
        process = subprocess.Popen([*wrapper, f'{self.directory}/{name}'], stdout=subprocess.PIPE, stderr=stderr,
                                   text=True, env={**os.environ, **(environment or {})},
                                   preexec_fn=pinned_to(self.server_cpus if pinned else None))
        try:
            line = process.stdout.readline()
            if not line.startswith('listening on '):
                process.wait(10)
                raise Unavailable(f'{" ".join([*wrapper[:1], name])} does not start here')
            process.port = int(line.rsplit(':', 1)[1])
            yield process
        finally:
            if process.poll() is None:
                target = traced_by(process.pid) or process.pid
                os.kill(target, signal.SIGINT)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.kill(target, signal.SIGKILL)
                    process.wait()
            process.stdout.close()

    def load(self, server, mode, clients, queries, pausing):
        """So many queries by each client."""
        command = [tool('pgbench', 'postgresql'), '-h', '127.0.0.1', '-p', str(server.port), '-U', 'bench', '-n',
                   '-M', mode, '-c', str(clients), '-t', str(queries),
                   '-f', f'{self.scratch}/{"pausing" if pausing else "plain"}.sql', 'bench']
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                              preexec_fn=pinned_to(self.load_cpus), env={**os.environ, 'PGPASSWORD': 'secret'})
        if done.returncode != 0 or f'processed: {clients * queries}/{clients * queries}' not in done.stdout:
            raise RuntimeError(f'pgbench failed:\n{done.stdout}{done.stderr}')

    # ---- what does not depend on the machine's mood ------------------------------------------------------------------

    def per_query(self, count_run):
        """`count_run(queries)` is the count of a whole run."""
        short, long = (50, 250) if self.quick else (50, 450)
        return (count_run(long) - count_run(short)) / (long - short)

    def instructions(self, wanted):
        valgrind = tool('valgrind', 'valgrind')
        for who, mode in wanted:
            def count(queries):
                out = f'{self.scratch}/callgrind.out'
                with self.server(who, (valgrind, '-q', '--tool=callgrind', f'--callgrind-out-file={out}')) as server:
                    self.load(server, mode, 1, queries, True)
                with open(out, errors='replace') as file:
                    return int(re.search(r'^(?:summary|totals): (\d+)', file.read(), re.MULTILINE)[1])
            yield record('instructions', f'{mode}/1', who, 'instructions', [self.per_query(count)])

    def syscalls(self, wanted):
        strace = tool('strace', 'strace')
        for who, mode in wanted:
            def count(queries):
                out = f'{self.scratch}/strace.out'
                with self.server(who, (strace, '-f', '-c', '-o', out)) as server:
                    self.load(server, mode, 1, queries, True)
                with open(out) as file:
                    return sum(int(line.split()[3]) for line in file if re.match(r' *\d+\.\d+ .*(?<! total)$', line))
            yield record('syscalls', f'{mode}/1', who, 'calls', [self.per_query(count)])

    def allocations(self, wanted):
        counter = f'{self.directory}/count_allocations.so'
        if not os.path.exists(counter):
            raise Unavailable('the counter needs glibc')
        for who, mode in wanted:
            preload = {'LD_PRELOAD': os.path.abspath(counter)}
            with self.server(who, environment=preload, stderr=subprocess.PIPE) as server:
                def so_far():
                    time.sleep(0.05)  # until it has seen that its client has left
                    server.send_signal(signal.SIGUSR1)
                    return int(server.stderr.readline().split()[1])

                def count(queries):
                    before = so_far()
                    self.load(server, mode, 1, queries, False)
                    return so_far() - before
                count(100)  # a server may keep what its first connections needed
                # A login takes one more or less at times, so that the difference may be just below nothing.
                per_query = (count(2100) - count(100)) / 2000
                yield record('allocations', f'{mode}/1', who, 'allocations', [max(0.0, round(per_query, 2))])

    # ---- what does ---------------------------------------------------------------------------------------------------

    def interleaved(self, peers, rounds):
        """Both servers run all the time and are asked in turns, so that each pair of runs is a comparison of its own.
        Yields (mode, clients, the microseconds of CPU per query of the one, of the other) for each round."""
        pairs, queries = (7, 2000) if self.quick else (15, 5000)
        with contextlib.ExitStack() as stack:
            running = {who: stack.enter_context(self.server(who, pinned=True)) for who in peers}

            def microseconds(who, mode, clients):
                before = cpu_time(running[who].pid)
                self.load(running[who], mode, clients, queries, False)
                return (cpu_time(running[who].pid) - before) / 1000 / (clients * queries)
            for mode, clients in rounds:
                for who in peers:
                    microseconds(who, mode, clients)
                times = {who: [] for who in peers}
                for i in range(pairs):
                    for who in peers if i % 2 == 0 else reversed(peers):
                        times[who].append(microseconds(who, mode, clients))
                yield mode, clients, *times.values()

    def cpu(self, wanted):
        peers = ('echo', 'epoll_loop')
        rounds = [(mode, 8) for mode in dict.fromkeys(mode for _, mode in wanted)]
        for mode, clients, ours, theirs in self.interleaved(peers, rounds):
            yield record('cpu', f'{mode}/{clients}', 'echo', 'us', ours)
            yield record('cpu', f'{mode}/{clients}', 'epoll_loop', 'us', theirs)
            yield record('cpu', f'{mode}/{clients}', 'echo/epoll_loop', 'ratio', [a / b for a, b in zip(ours, theirs)])

    def offload(self, _):
        peers = ('pooled_engine', 'inline_engine')
        for mode, clients, pooled, plain in self.interleaved(peers, [('prepared', 1), ('prepared', 8)]):
            yield record('offload', f'{mode}/{clients}', 'inline_engine', 'us', plain)
            yield record('offload', f'{mode}/{clients}', 'pooled_engine', 'us', pooled)
            yield record('offload', f'{mode}/{clients}', 'pooled - inline', 'us', [a - b for a, b in zip(pooled, plain)])

    def tls(self, _):
        program = f'{self.directory}/tls'
        if not os.path.exists(program):
            raise Unavailable('wolfSSL is missing (apt-get install libwolfssl-dev)')
        done = subprocess.run([program, *(['--quick'] if self.quick else [])], capture_output=True, text=True, check=True,
                              preexec_fn=pinned_to(self.server_cpus))
        for line in done.stdout.splitlines():
            work, mode, who, unit, *values = line.split('\t')
            yield record(work, mode, who, unit, [float(value) for value in values])

    def million(self, _):
        """A million rows from ours, and from PostgreSQL by OpenSSL: what the server's process uses for each."""
        folder = million.find_postgres()
        if not folder:
            raise Unavailable('PostgreSQL 15 is missing (apt-get install postgresql)')
        if not os.path.exists(f'{self.directory}/tls_rows'):
            raise Unavailable('wolfSSL is missing (apt-get install libwolfssl-dev)')
        postgres = million.start_postgres(folder, pathlib.Path(self.scratch))
        try:
            with self.server('tls_rows') as ours:
                for mode, encrypted in (('plain', False), ('AES-128-GCM', True)):
                    mine, theirs = million.Reader(ours.port, encrypted), million.Reader(postgres.port, encrypted)
                    times = {ours.pid: [], theirs.process: []}
                    for i in range(4 if self.quick else 8):
                        for pid, reader in ((ours.pid, mine), (theirs.process, theirs)):
                            before = cpu_time(pid)
                            reader.read_all()
                            if i > 0:  # the first is for what must be made once
                                times[pid].append((cpu_time(pid) - before) / million.ROWS)
                    a, b = times.values()
                    yield record('million', mode, 'tls_rows', 'ns', a)
                    yield record('million', mode, 'postgres', 'ns', b)
                    yield record('million', mode, 'tls_rows/postgres', 'ratio', [x / y for x, y in zip(a, b)])
        finally:
            servers_of_tests.remove(postgres)

    def idle(self, _):
        """What an idle connection costs the server in memory of its own."""
        count = 500 if self.quick else 5000
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if most < count + 100:
            raise Unavailable(f'a process may have {most} files, and {count} connections are wanted')
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        for who, over_tls in (('echo', False), ('tls_echo', True)):
            if not os.path.exists(f'{self.directory}/{who}'):
                raise Unavailable('wolfSSL is missing (apt-get install libwolfssl-dev)')
            with self.server(who) as server, contextlib.ExitStack() as stack:
                for _ in range(20):  # what the first ones need, others have
                    idle_client(server.port, over_tls).close()
                before = resident_kilobytes(server.pid)
                for _ in range(count):
                    stack.enter_context(idle_client(server.port, over_tls))
                each = (resident_kilobytes(server.pid) - before) / count
            yield record('idle', f'{count} clients', who, 'kB', [each])

    def codec(self, _):
        program = f'{self.directory}/micro'
        if not os.path.exists(program):
            raise Unavailable('Google Benchmark is missing (apt-get install libbenchmark-dev)')
        seconds, repetitions = ('0.005', 3) if self.quick else ('0.02', 7)
        done = subprocess.run([program, '--benchmark_format=json', f'--benchmark_min_time={seconds}',
                               f'--benchmark_repetitions={repetitions}', '--benchmark_enable_random_interleaving=true'],
                              capture_output=True, text=True, preexec_fn=pinned_to(self.server_cpus), check=True)
        times = {}
        for run in json.loads(done.stdout)['benchmarks']:
            if run['run_type'] == 'iteration':
                times.setdefault(tuple(run['run_name'].split('/')[:2]), []).append(run['cpu_time'])
        for (mode, who), values in sorted(times.items()):
            yield record('codec', mode, who, 'ns', values)


def idle_client(port, over_tls):
    """A connection that is logged in."""
    client = socket.create_connection(('127.0.0.1', port), timeout=30)
    if over_tls:
        client.sendall(b'\0\0\0\x08\x04\xd2\x16\x2f')
        assert client.recv(1) == b'S'
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client = context.wrap_socket(client)
    client.sendall(b'\0\0\0\x14\0\x03\0\0user\0bench\0\0')
    answer = b''
    while not answer.endswith(b'Z\0\0\0\x05I'):
        part = client.recv(4096)
        if not part:
            raise RuntimeError('the server has closed the connection')
        answer += part
    return client


def resident_kilobytes(pid):
    time.sleep(1.5)
    with open(f'/proc/{pid}/status') as file:
        return int(re.search(r'^VmRSS:\s+(\d+) kB', file.read(), re.MULTILINE)[1])


def cpu_time(pid):
    """Nanoseconds that the threads of a process have run."""
    total = 0
    for path in glob.glob(f'/proc/{pid}/task/*/schedstat'):
        with open(path) as file:
            total += int(file.read().split()[0])
    if total == 0:
        raise Unavailable('the kernel keeps no /proc/PID/task/TID/schedstat')
    return total


def wanted_by(work, quick):
    """(who, mode) of a work, in the order of the table."""
    if work == 'cpu':
        return [('echo', mode) for mode in modes]
    whos = {'instructions': ('echo', 'layered_echo', 'epoll_loop'), 'syscalls': ('echo', 'guarded_echo', 'epoll_loop'),
            'allocations': ('echo', 'layered_echo', 'guarded_echo')}
    return [(who, mode) for who in whos.get(work, ()) for mode in modes
            if not quick or who == 'echo' or mode == 'prepared']


# ---- the table -------------------------------------------------------------------------------------------------------


def print_table(figures):
    codec = [f for f in figures if f['work'] == 'codec']
    others = [f for f in figures if f['work'] != 'codec']
    if others:
        print(f'\n{"work":13}{"mode/clients":14}{"who":17}{"median":>10}{"min":>10}{"max":>10}{"runs":>6}  unit')
    for f in others:
        digits = 0 if f['unit'] == 'instructions' else 3 if f['unit'] in ('us', 'ratio') else 2
        numbers = ''.join(f'{f[key]:10.{digits}f}' for key in ('median', 'min', 'max'))
        print(f'{f["work"]:13}{f["mode"]:14}{f["who"]:17}{numbers}{f["runs"]:6}  {f["unit"]}')
    if codec:
        print(f'\n{"codec, medians in ns":46}{"encode":>10}{"decode":>10}{"memcpy":>10}')
    lines = {}
    for f in codec:
        what, name = f['mode'].split(' ', 1)
        lines.setdefault(name, {})[what if f['who'] == 'pgwire' else f['who']] = f['median']
    for name, line in lines.items():
        print(f'{name:46}' + ''.join(f'{line[key]:10.1f}' if key in line else f'{"":10}'
                                     for key in ('encode', 'decode', 'memcpy')))


def check(recorded, figures):
    """Compares with what was recorded.
    @return how many are as good, and how many have grown"""
    now = {(f['work'], f['mode'], f['who']): f['median'] for f in figures}
    good = grown = 0
    for f in recorded:
        key = (f['work'], f['mode'], f['who'])
        if key not in now:
            continue
        was, limit = f['median'], f['median'] * (1 + tolerance) + 0.02
        text = f'{" ".join(key)}: {now[key]:g} {f["unit"]} per query, recorded are {was:g}'
        if now[key] > limit:
            grown += 1
            print(f'grown: {text}')
        else:
            good += 1
            if now[key] < was * (1 - tolerance) - 0.02:
                print(f'less:  {text}; bench/run.sh --record keeps it')
    for (work, mode, who), median in now.items():
        plain = now.get((work, mode, 'echo'))
        if who == 'layered_echo' and plain is not None and median > plain * 1.01 + 0.02:
            grown += 1
            print(f'grown: {work} {mode}: a layer that changes nothing makes {plain:g} into {median:g}')
    return good, grown


def main():
    if sys.argv[1:] == ['--find-pgbench']:
        path = find_pgbench()
        print(path or 'there is no pgbench')
        return 0 if path else 1
    parser = argparse.ArgumentParser()
    parser.add_argument('directory')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--json')
    parser.add_argument('--check')
    parser.add_argument('--record')
    parser.add_argument('works', nargs='*')
    options = parser.parse_intermixed_args()

    recorded = None
    works = options.works or [*counted, 'cpu', 'offload', 'tls', 'million', 'idle', 'codec']
    if options.check:
        try:
            with open(options.check) as file:
                recorded = json.load(file)
            asked = {(f['work'], f['who'], f['mode'].split('/')[0]): float(f['median']) for f in recorded}
            if not asked or {who for _, who, _ in asked} - set(servers):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError):
            print(f'measure.py: --check: not a file that --record has written: {options.check}', file=sys.stderr)
            return 2
        works = [work for work in counted if any(work == key[0] for key in asked)]
    if options.record:
        works = list(counted)

    bench = Bench(options.directory, options.quick)
    figures, skipped, failed = [], [], []
    try:
        with bench.server('echo') as ours, bench.server('epoll_loop') as theirs:
            if differ := answers.difference(ours.port, theirs.port):
                print(f'echo and epoll_loop do not give the same answers, so comparing them means nothing:\n{differ}',
                      file=sys.stderr)
                failed.append('answers')
        for work in works:
            wanted = [(f['who'], f['mode'].split('/')[0]) for f in recorded if f['work'] == work] if recorded else \
                wanted_by(work, options.quick)
            if not os.path.exists(f'{options.directory}/guarded_echo') and any(w[0] == 'guarded_echo' for w in wanted):
                (failed if os.environ.get('CI') else skipped).append(f'{work} guarded_echo')
                print(f'\n{work} guarded_echo: skipped: wolfSSL is missing (apt-get install libwolfssl-dev)', file=sys.stderr)
                wanted = [w for w in wanted if w[0] != 'guarded_echo']
            if options.record:
                wanted = [w for w in wanted if w[0] != 'epoll_loop']
            try:
                for figure in getattr(bench, work)(wanted):
                    figures.append(figure)
                    print('.', end='', file=sys.stderr, flush=True)
            except Unavailable as why:
                (failed if os.environ.get('CI') else skipped).append(work)
                print(f'\n{work}: skipped: {why}', file=sys.stderr)
            except (RuntimeError, EOFError, OSError, subprocess.SubprocessError) as what:
                failed.append(work)
                print(f'\n{work}: failed: {what}', file=sys.stderr)
    finally:
        print(file=sys.stderr)
        shutil.rmtree(bench.scratch, ignore_errors=True)

    if options.check:
        good, grown = check(recorded, figures)
        print(f'{good} passed, {grown + len(failed)} failed, {len(skipped)} skipped')
        return 1 if grown or failed else 0
    print_table(figures)
    for path in filter(None, (options.json, options.record)):
        with open(path, 'w') as file:
            file.write('[\n' + ',\n'.join(json.dumps(f) for f in figures) + '\n]\n')
    for name, list_of in (('skipped', skipped), ('failed', failed)):
        if list_of:
            print(f'{name}: {", ".join(list_of)}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
