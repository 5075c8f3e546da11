"""The drivers: how each one's test program is built and run, and how its checks are judged. run.sh calls it.

A test program finds the server in PGHOST, PGPORT, PGUSER and PGDATABASE and prints, check by check, `ok NAME`, or
`not ok NAME` and lines `# …` about it, and at the end `done`.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / 'build' / 'drivers'
CERTIFICATES = BUILD / 'certificates'
sys.path.insert(0, str(HERE.parent / 'clients'))

import certificates  # noqa: E402
import servers  # noqa: E402
import wire  # noqa: E402
from not_yet import NOT_YET  # noqa: E402
from values import containers  # noqa: E402

SECONDS = 180  # for one driver's checks
PGJDBC = '/usr/share/java/postgresql.jar'


class Unavailable(Exception):
    """Something that this driver's program needs can't be had here."""


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Unavailable(f'there is no {program}')


def call(command, otherwise=RuntimeError, **options):
    """Runs a step of a build; `otherwise` is raised if it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace', **options)
    if done.returncode != 0:
        raise otherwise(f'{" ".join(map(str, command))}:\n{done.stdout[-8000:]}')
    return done.stdout


def copied(name):
    """The sources of a program below build/, where its packages are put beside it."""
    shutil.copytree(HERE / name, BUILD / name, dirs_exist_ok=True)
    return BUILD / name


# ---- each language: gives the command that runs a program, whose packages and build are kept


def python(program):
    return [sys.executable, HERE / 'python' / f'{program}.py']


def odbc(*options):
    for missing, package in (('libodbc.so.2', 'libodbc2'), ('odbc/psqlodbcw.so', 'odbc-postgresql')):
        found = sorted(pathlib.Path('/usr/lib').glob(f'*/{missing}'))
        if not found:
            raise Unavailable(f'there is no {missing}, of the package {package}')
    return [*python('psqlodbc_checks'), found[0], *options]


def node(program):
    need('node', 'npm')
    folder, lock = copied('node'), HERE / 'node' / 'package-lock.json'
    made_from = folder / 'made-from.json'
    if not made_from.exists() or made_from.read_text() != lock.read_text():
        call(['npm', 'ci', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--cache', BUILD / 'npm-cache'],
             Unavailable, cwd=folder)
        shutil.copy(lock, made_from)
    return ['node', folder / f'{program}.mjs']


def go(program):
    need('go')
    environment = {**os.environ, 'GOMODCACHE': BUILD / 'go-modules', 'GOCACHE': BUILD / 'go-cache', 'CGO_ENABLED': '0',
                   'GOFLAGS': '-modcacherw -buildvcs=false', 'GOTOOLCHAIN': 'local'}
    options = {'cwd': HERE / 'go', 'env': environment}
    call(['go', 'mod', 'download'], Unavailable, **options)
    call(['go', 'build', '-p', '1', '-o', BUILD / program, f'./{program}'], **options)
    return [BUILD / program]


def rust(program):
    need('cargo', 'cc')
    folder = copied('rust')
    environment = {**os.environ, 'CARGO_HOME': BUILD / 'cargo', 'CARGO_TARGET_DIR': folder / 'target'}
    options = {'cwd': folder, 'env': environment}
    pinned = (HERE / 'rust' / 'Cargo.lock').read_text()
    made_from = folder / 'made-from.lock'
    if not made_from.exists() or made_from.read_text() != pinned:
        # The lock file that is kept does not say where packages come from; cargo does.
        (folder / 'Cargo.lock').unlink()
        call(['cargo', 'generate-lockfile', '--quiet'], Unavailable, **options)
        lines = (folder / 'Cargo.lock').read_text().splitlines()
        source = next(line for line in lines if line.startswith('source = '))
        pinned_here = pinned.replace('\nchecksum = ', f'\n{source}\nchecksum = ')
        (folder / 'Cargo.lock').write_text(pinned_here)
        call(['cargo', 'fetch', '--quiet', '--locked'], Unavailable, **options)
        shutil.copy(folder / 'Cargo.lock', folder / 'complete.lock')
        made_from.write_text(pinned)
    shutil.copy(folder / 'complete.lock', folder / 'Cargo.lock')
    call(['cargo', 'build', '--quiet', '--locked', '--offline', '-j1', '--bin', program], **options)
    return [folder / 'target' / 'debug' / program]


def java(program):
    need('javac', 'java')
    if not os.path.exists(PGJDBC):
        raise Unavailable(f'there is no {PGJDBC}, of the package libpostgresql-jdbc-java')
    classes = BUILD / 'java'
    call(['javac', '-Xlint:all', '-Werror', '-cp', PGJDBC, '-d', classes, HERE / 'java' / f'{program}.java'])
    return ['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', f'{PGJDBC}:{classes}', program]


DRIVERS = {
    'psycopg2': lambda: python('psycopg2_checks'),
    'asyncpg': lambda: python('asyncpg_checks'),
    'sqlalchemy': lambda: python('sqlalchemy_checks'),
    'psqlodbc': lambda: odbc('UseDeclareFetch=0'),
    'psqlodbc with cursors': lambda: odbc('UseDeclareFetch=1'),
    'node-postgres': lambda: node('pg'),
    'postgres.js': lambda: node('postgres'),
    'pgx': lambda: go('pgx'),
    'lib/pq': lambda: go('pq'),
    'tokio-postgres': lambda: rust('plain'),
    'pgjdbc': lambda: java('Pgjdbc'),
    'asyncpg over TLS': lambda: python('asyncpg_tls_checks'),
    'JavaScript over TLS': lambda: node('tls'),
    'Go over TLS': lambda: go('tls'),
    'tokio-postgres over TLS': lambda: rust('tls'),
    'pgjdbc over TLS': lambda: java('PgjdbcTls'),
    'psycopg and types': lambda: python('psycopg_types'),
    'asyncpg and types': lambda: python('asyncpg_types'),
    'pgjdbc and types': lambda: java('PgjdbcTypes'),
}
OVER_TLS = ' over TLS'
AND_TYPES = ' and types'  # against the example `types`, with PostgreSQL beside it
OWN_TYPES = ('mood', 'quantity', 'item', 'shelf', 'floatrange', 'floatmultirange', 'hstore')  # of that example
AUDIT = CERTIFICATES / 'audit'
BAD_CERTIFICATES = ['TLS: certificate of an unknown authority', 'TLS: certificate expired']  # each driver has shown one


# ---- running


def run(command, port, **more):
    """What a program printed, its complaints, and what it broke off with, if it did."""
    environment = {**os.environ, **more, 'PGHOST': '127.0.0.1', 'PGPORT': str(port), 'PGUSER': 'postgres', 'TZ': 'UTC',
                   'PGDATABASE': 'postgres', 'PGWIRE_CERTIFICATES': str(CERTIFICATES), 'PYTHONDONTWRITEBYTECODE': '1'}
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors='replace', env=environment, start_new_session=True) as process:
        try:
            out, err = process.communicate(timeout=SECONDS)
            end = f'it ended with {process.returncode}' if process.returncode else None
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            end = f'it was not done after {SECONDS} s'
    if not end and not out.endswith('done\n'):
        end = 'it ended before it was done'
    return out, err, end


def results(out):
    """(name, passed, details) of each check."""
    found = []
    for line in out.splitlines():
        if line.startswith('ok '):
            found.append((line[3:], True, []))
        elif line.startswith('not ok '):
            found.append((line[7:], False, []))
        elif found and line.startswith('#'):
            found[-1][2].append(line[2:])
    return found


class Report:
    def __init__(self, verbose):
        self.verbose, self.expected = verbose, 0  # checks that had to fail
        self.counts = {'passed': 0, 'failed': 0, 'skipped': 0}

    def add(self, outcome, test, why=''):
        self.counts[outcome] += 1
        if self.verbose or outcome != 'passed':
            print(f'{outcome.upper()} {test}' + (f': {why}' if why else ''), flush=True)

    def judge(self, driver, checks, not_yet):
        """A check that is not expected to pass must fail."""
        seen = set()
        for name, passed, details in checks:
            test = f'{driver}: {name}'
            details = '\n    '.join(['', *details[-40:]])
            if test in seen:
                self.add('failed', test, 'there are two of that name')
            elif test not in not_yet:
                self.add('passed' if passed else 'failed', test, details)
            elif passed:
                self.add('failed', test, f'it passes, but is in NOT_YET: {not_yet[test]}')
            else:
                self.expected += 1
                self.add('passed', test, f'expected to fail, {not_yet[test]}{details}')
            seen.add(test)
        for test in sorted(t for t in not_yet if t.startswith(f'{driver}: ') and t not in seen):
            self.add('failed', test, 'it is in NOT_YET, but there is no such check')


def start_over_tls():
    """The SQLite example for alice, who has a password, and in the database `certs` a certificate; and TLS only."""
    CERTIFICATES.mkdir(exist_ok=True)
    paths = certificates.write(CERTIFICATES)
    for name, path in paths.items():  # pgjdbc wants DER
        if name.endswith('_key') and name != 'encrypted_key':
            call(['openssl', 'pkcs8', '-topk8', '-nocrypt', '-in', path, '-outform', 'DER', '-out', f'{path[:-4]}.pk8'])
    users, rules = CERTIFICATES / 'users', CERTIFICATES / 'rules'
    AUDIT.unlink(missing_ok=True)
    users.write_text('"alice" "secret"\n')
    rules.write_text('hostssl certs all all cert\nhostssl all all all scram-sha-256\n')
    return servers.start_program('sqlite', os.environ['PGWIRE_SQLITE_SERVER'], '--threads', '2', '--users', str(users),
                                 '--hba', str(rules), '--tls-cert', paths['server'], '--tls-key', paths['server_key'],
                                 '--tls-client-ca', paths['authority'], '--audit', str(AUDIT))


def make_types(oracle):
    """Makes the example's own types in PostgreSQL; [(name, OID, OID of the arrays)]."""
    def rows(sql):
        messages = client.run(sql)
        for tag, body in messages:
            if tag == 'E':
                raise RuntimeError(f'{sql}: {wire.fields(body)["M"]}')
        return [[field.decode() for field in wire.data_row(body)] for tag, body in messages if tag == 'D']

    with wire.Wire(oracle.port) as client:
        client.login()
        for statement in [*containers.SETUP, 'CREATE EXTENSION hstore']:
            rows(statement)
        return rows(f'SELECT typname, oid, typarray FROM pg_type WHERE typname IN {OWN_TYPES}')


def start_types(oracle):
    """The example, whose own types have the numbers that they have in PostgreSQL."""
    program = os.path.join(os.path.dirname(os.environ['PGWIRE_SQLITE_SERVER']), 'types')
    numbers = [f'--oid={name}={oid},{array}' for name, oid, array in make_types(oracle)]
    return servers.start_program('types', program, *numbers)


def start(name, driver):
    if driver.endswith(OVER_TLS):
        return start_over_tls()
    program = os.environ['PGWIRE_SQLITE_SERVER']
    if name == 'sqlite':
        return servers.start_program(name, program, '--threads', '2', '--create', '{root}/test.db')
    return servers.start_postgres(15, os.environ['PGWIRE_POSTGRES15'])


def try_driver(report, name, driver, command):
    """Runs a driver's checks against a new server and database."""
    began, label = time.monotonic(), driver if name == 'sqlite' else f'{driver} against {name}'
    over_tls, with_oracle = driver.endswith(OVER_TLS), driver.endswith(AND_TYPES)
    if (over_tls or with_oracle) and name != 'sqlite':
        return None
    more, oracle = {}, None
    try:
        if with_oracle:
            oracle = servers.start_postgres(15, os.environ['PGWIRE_POSTGRES15'])
            more['PGWIRE_ORACLE_PORT'] = str(oracle.port)
        server = start_types(oracle) if oracle else start(name, driver)
    except (OSError, RuntimeError) as fault:
        if oracle:
            servers.remove(oracle)
        return report.add('failed', label, fault)
    out, err, end = run(command, server.port, **more)
    if oracle:
        servers.remove(oracle)
    checks = results(out)
    report.judge(label, checks, NOT_YET if name == 'sqlite' else {})
    if end or not checks:
        report.add('failed', label, f'{end or "no checks"}\n{out[-2000:]}{err[-4000:]}')
    if not server.alive() or not (over_tls or server.serves()):
        report.add('failed', label, 'the server does not serve any more')
    code, said = server.stop(), server.output()
    servers.remove(server)
    for reason in BAD_CERTIFICATES if over_tls else []:
        if reason not in AUDIT.read_text():
            report.add('failed', label, f'the server has refused nobody because of "{reason}"')
    if code != 0:
        report.add('failed', label, f'the server ended with {code}:\n{said}')
    if report.verbose:
        print(f'{label} is done ({time.monotonic() - began:.1f} s)', flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--against', default='sqlite')
    parser.add_argument('--only', action='append', choices=DRIVERS)
    parser.add_argument('--verbose', action='store_true')
    arguments = parser.parse_args()
    report = Report(arguments.verbose)
    commands = {}
    BUILD.mkdir(parents=True, exist_ok=True)
    for driver in arguments.only or DRIVERS:
        began = time.monotonic()
        try:
            commands[driver] = DRIVERS[driver]()
        except Unavailable as missing:
            report.add('failed' if os.environ.get('CI') else 'skipped', driver, missing)
        except RuntimeError as fault:
            report.add('failed', driver, fault)
        if arguments.verbose:
            print(f'{driver} is built ({time.monotonic() - began:.1f} s)', flush=True)
    unknown = {test for test in NOT_YET if test.split(': ')[0] not in DRIVERS}
    for test in sorted(unknown):
        report.add('failed', test, 'it is in NOT_YET, but there is no such driver')
    for name in arguments.against.split(','):
        for driver, command in commands.items():
            try_driver(report, name, driver, command)
    if report.expected:
        print(f'{report.expected} of those that passed are checks that have to fail: see tests/drivers/not_yet.py')
    counts = report.counts
    print(f'{counts["passed"]} passed, {counts["failed"]} failed, {counts["skipped"]} skipped')
    return 1 if counts['failed'] else 0


if __name__ == '__main__':
    sys.exit(main())
