"""What every work needs: servers that run on a CPU of their own, loads on the others, and what a server has used."""

import contextlib
import ctypes
import glob
import os
import pathlib
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'tests' / 'clients'))
import certificates  # noqa: E402
import servers as servers_of_tests  # noqa: E402
import wire  # noqa: E402

MODES = ('simple', 'extended', 'prepared')


class Unavailable(Exception):
    """A work, or a peer, can't be measured here."""


def record(work, mode, who, unit, values):
    """A figure. Its names stay the same from run to run."""
    return {'work': work, 'mode': mode, 'who': who, 'unit': unit, 'median': round(statistics.median(values), 3),
            'min': round(min(values), 3), 'max': round(max(values), 3), 'runs': len(values)}


def find_pgbench():
    """The program itself: what stands in Debian's /usr/bin is a script that looks for it each time."""
    found = glob.glob('/usr/lib/postgresql/*/bin/pgbench')
    return max(found, key=lambda path: int(path.split('/')[4])) if found else shutil.which('pgbench')


def tool(name, package):
    path = find_pgbench() if name == 'pgbench' else shutil.which(name)
    if not path:
        raise Unavailable(f'{name} is missing (apt-get install {package})')
    return path


# ---- what a process has used -----------------------------------------------------------------------------------------


def cpu_time(pid):
    """Nanoseconds that the threads of a process have run."""
    total = 0
    for path in glob.glob(f'/proc/{pid}/task/*/schedstat'):
        with open(path) as file:
            total += int(file.read().split()[0])
    if total == 0:
        raise Unavailable('the kernel keeps no /proc/PID/task/TID/schedstat')
    return total


def children_of(pid):
    with open(f'/proc/{pid}/task/{pid}/children') as file:
        return [int(child) for child in file.read().split()]


def reaped_time(pid):
    """Nanoseconds that children have run who are no more; of a resolution of 10 ms."""
    with open(f'/proc/{pid}/stat') as file:
        ticks = file.read().rsplit(')', 1)[1].split()[13:15]
    return sum(map(int, ticks)) * 1_000_000_000 // os.sysconf('SC_CLK_TCK')


def kilobytes(pid, what):
    """`VmRSS`, the memory of a process, or `VmHWM`, the most that it has had."""
    with open(f'/proc/{pid}/status') as file:
        return int(re.search(rf'^{what}:\s+(\d+) kB', file.read(), re.MULTILINE)[1])


def forget_peak(pid):
    """The most that a process has had is from now on counted anew."""
    with open(f'/proc/{pid}/clear_refs', 'w') as file:
        file.write('5')


def allow_files(count):
    """As many files as that for this process, and those that it starts."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most < count:
        raise Unavailable(f'a process may have {most} files, and {count} are wanted')
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


# ---- servers ---------------------------------------------------------------------------------------------------------


class Program:
    """A server that is one process."""

    def __init__(self, process, port):
        self.process, self.port, self.pid = process, port, process.pid
        self.stderr = process.stderr

    def cpu(self):
        return cpu_time(self.pid)

    def send_signal(self, number):
        self.process.send_signal(number)


class Postgres:
    """PostgreSQL, with a process for each session. It has the rows that the others make."""

    def __init__(self, version, programs, scratch, cpus):
        files = certificates.write(pathlib.Path(scratch))
        self.version = version
        self.server = servers_of_tests.start_postgres(version, programs, (files['server'], files['server_key']),
                                                      max_connections=300, shared_buffers='256MB', autovacuum='off',
                                                      synchronize_seqscans='off')  # a scan begins at the first row
        self.pid, self.port = self.server.pid, self.server.port
        if cpus:
            os.sched_setaffinity(self.pid, cpus)  # the sessions' processes will be its children
        self.run('CREATE ROLE bench LOGIN SUPERUSER; '
                 "CREATE TABLE sales AS SELECT i::int8 AS id, (i / 100.0)::float8 AS price, 'sixteen bytes ok'::text AS name, "
                 "timestamp '2026-01-01' + i * interval '1 second' AS at FROM generate_series(1, 1000000) AS i; "
                 "CREATE TABLE six AS SELECT n AS a, n AS b, n AS c, timestamp '2004-10-19 10:23:54' AS d, 42::float8 AS e, "
                 "repeat('sixteen bytes ok', 32) AS f FROM generate_series(0, 4999) AS n; VACUUM FREEZE ANALYZE sales; "
                 'VACUUM FREEZE ANALYZE six')
        self.resting = self.settle()

    def run(self, text):
        """Runs statements one by one, each in a transaction of its own. @return the rows of the last, as text"""
        with wire.Wire(self.port, timeout=120) as client:
            client.login()
            for statement in text.split('; '):
                messages = client.run(statement)
                for tag, body in messages:
                    if tag == 'E':
                        raise RuntimeError(f'PostgreSQL: {wire.fields(body)["M"]}')
        return [wire.data_row(body) for tag, body in messages if tag == 'D']

    def settle(self):
        """@return how many processes there are when no session is left, some while after the last one"""
        last, since = len(children_of(self.pid)), time.monotonic()
        while time.monotonic() < since + 0.5:
            time.sleep(0.02)
            if (now := len(children_of(self.pid))) != last:
                last, since = now, time.monotonic()
        return last

    def cpu(self):
        """Of all sessions that are over, since what they have used can be known then."""
        deadline = time.monotonic() + 10
        while len(children_of(self.pid)) > self.resting:
            if time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL's sessions do not end")
            time.sleep(0.005)
        return reaped_time(self.pid)

    def stop(self):
        servers_of_tests.remove(self.server)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def pinned_to(cpus):
    def prepare():
        die_with_parent()
        if cpus:
            os.sched_setaffinity(0, cpus)
    return prepare


class Bench:
    """The directory of the programs that are measured, and how long to measure."""

    # Who is no program of ours: how to build it, and what it needs.
    foreign = {'rust_pgwire': 'rust', 'psql_wire': 'go'}
    # The same program, told to be another.
    variants = {'rust_pgwire_chrono': ('rust_pgwire', '--chrono')}
    postgres_versions = {'postgres': 15, 'postgres18': 18}

    def __init__(self, directory, quick):
        self.directory, self.quick = pathlib.Path(directory).resolve(), quick
        cpus = sorted(os.sched_getaffinity(0))
        self.server_cpus, self.load_cpus = ({cpus[0]}, set(cpus[1:])) if len(cpus) > 1 else (None, None)
        self.scratch = tempfile.mkdtemp(prefix='pgwire-bench-')
        self.skipped = {}  # what can't be measured here, and why
        self.built = {}    # the paths of peers
        self.postgres = {}

    def close(self):
        for server in self.postgres.values():
            server.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def program(self, name):
        """The path of a program of ours, or of a peer, which is built if it wasn't."""
        name, *_ = self.variants.get(name, (name,))
        if name in self.built:
            return self.built[name]
        if name in self.foreign:
            folder = self.directory.parent / 'peers'
            if not (folder / name).exists():
                print(f'building {name} ... ', end='', file=sys.stderr, flush=True)
            built = subprocess.run([HERE / 'peers' / 'build.sh', self.foreign[name], folder], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if built.returncode == 77:
                raise Unavailable(built.stderr.strip())
            if built.returncode != 0:
                raise RuntimeError(f'{name} does not build:\n{built.stderr}')
            self.built[name] = folder / name
            return self.built[name]
        path = self.directory / name
        if not path.exists():
            raise Unavailable(f'{name} is not built: a library that it needs is missing')
        return path

    def available(self, names):
        """Those of the servers that are to be had here; the others are told once."""
        found = []
        for name in names:
            if name in self.skipped:
                continue
            try:
                if name in self.postgres_versions:
                    self.start_postgres(name)
                else:
                    self.program(name)
                found.append(name)
            except Unavailable as why:
                self.skipped[name] = str(why)
        return found

    def start_postgres(self, name):
        """A server of PostgreSQL's, which runs until the end."""
        if name not in self.postgres:
            version = self.postgres_versions[name]
            found = subprocess.run([HERE.parent / 'tests/support/postgres.sh', str(version), self.directory.parents[1] / 'clients'],
                                   stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if found.returncode != 0:
                raise Unavailable(found.stderr.strip().splitlines()[-1])
            self.postgres[name] = Postgres(version, found.stdout.strip(), self.scratch, self.server_cpus)
        return self.postgres[name]

    @contextlib.contextmanager
    def server(self, name, wrapper=(), pinned=False, environment=None, stderr=subprocess.DEVNULL, arguments=()):
        """Runs a server, and stops it: yields something with `pid`, `port` and `cpu()`, nanoseconds that it has run."""
        if name in self.postgres_versions:
            yield self.start_postgres(name)
            return
        process = subprocess.Popen([*wrapper, self.program(name), *self.variants.get(name, ())[1:], *arguments], stdout=subprocess.PIPE, stderr=stderr,
                                   text=True, env={**os.environ, **(environment or {})},
                                   preexec_fn=pinned_to(self.server_cpus if pinned else None))
        try:
            line = process.stdout.readline()
            if not line.startswith('listening on '):
                process.wait(10)
                raise Unavailable(f'{" ".join([*wrapper[:1], name])} does not start here')
            yield Program(process, int(line.rsplit(':', 1)[1]))
        finally:
            if process.poll() is None:
                target = (children_of(process.pid) or [process.pid])[0]  # strace itself is deaf to signals
                os.kill(target, signal.SIGINT)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.kill(target, signal.SIGKILL)
                    process.wait()
            process.stdout.close()

    # ---- loads -------------------------------------------------------------------------------------------------------

    def pgbench(self, server, mode, clients, transactions, script='SELECT 1;\n', queries=1):
        """So many transactions of a script by each client. @return queries per second, by pgbench's word"""
        path = f'{self.scratch}/script.sql'
        with open(path, 'w') as file:
            file.write(script)
        command = [tool('pgbench', 'postgresql'), '-h', '127.0.0.1', '-p', str(server.port), '-U', 'bench', '-n',
                   '-M', mode, '-c', str(clients), '-t', str(transactions), '-f', path, 'postgres']
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
                              preexec_fn=pinned_to(self.load_cpus), env={**os.environ, 'PGPASSWORD': 'secret'})
        if done.returncode != 0 or f'processed: {clients * transactions}/{clients * transactions}' not in done.stdout:
            raise RuntimeError(f'pgbench failed:\n{done.stdout}{done.stderr}')
        return float(re.search(r'^tps = ([\d.]+)', done.stdout, re.MULTILINE)[1]) * queries

    @contextlib.contextmanager
    def reader(self, server, *options):
        """A client that only reads, each time it is told to: yields that, a function which gives the nanoseconds that what
        serves this session has run, and how many megabytes have come in a second."""
        command = [self.program('reader'), '--port', str(server.port), '--on-demand', *options]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              preexec_fn=pinned_to(self.load_cpus)) as process:
            try:
                session = int(process.stdout.readline().split()[1])
                pid = session if isinstance(server, Postgres) else server.pid

                def read():
                    before = cpu_time(pid)
                    process.stdin.write('\n')
                    process.stdin.flush()
                    told = re.fullmatch(r'\d+ rows\t(\d+) bytes\t([\d.]+) seconds\n', process.stdout.readline())
                    if not told:
                        raise RuntimeError('the reader has failed')
                    return cpu_time(pid) - before, int(told[1]) / float(told[2]) / 1e6
                yield read
            finally:
                process.stdin.close()

    def load(self, name, *arguments):
        """Runs a load generator of ours. @return what it prints, the lines split at tabs"""
        done = subprocess.run([self.program(name), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300, preexec_fn=pinned_to(self.load_cpus))
        if done.returncode != 0:
            raise RuntimeError(f'{name} failed:\n{done.stdout}{done.stderr}')
        return [line.split('\t') for line in done.stdout.splitlines()]


def in_turns(whos, rounds, measure):
    """Measures each in turn, forwards and backwards, so that each round is a comparison of its own. The first round, which
    warms up, is not counted. @param rounds  how many for each: a number, or a number by name; the first is in all of them
    @return {who: values}, None where a round was left out"""
    of = rounds if isinstance(rounds, dict) else {who: rounds for who in whos}
    most = max(of.values())
    for who in whos:
        measure(who)
    values = {who: [] for who in whos}
    for i in range(most):
        for who in whos if i % 2 == 0 else list(reversed(whos)):
            due = i * of[who] // most != (i + 1) * of[who] // most
            values[who].append(measure(who) if due else None)
    return values


def beside(work, mode, unit, values, digits=3):
    """The figures of what `in_turns` has measured, the first beside each of the others."""
    first = next(iter(values))
    for who, of in values.items():
        yield record(work, mode, who, unit, [v for v in of if v is not None])
    for who, of in values.items():
        if who != first:
            yield record(work, mode, f'{first}/{who}', 'ratio',
                         [round(a / b, digits) for a, b in zip(values[first], of) if b and a is not None])
