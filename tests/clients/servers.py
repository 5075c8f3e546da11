"""The servers that the tests speak to, each started on a free port of 127.0.0.1 and stopped with the test run."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import wire


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def die_with_parent():
    """Run in the child before exec: the kernel ends it with the test run. (PostgreSQL's children follow.)"""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Server:
    """A running program: its name, port, process id and version (18 for PostgreSQL 18, 0 for ours)."""

    def __init__(self, name, version, command, port, log, own_port=None, **options):
        self.name, self.version, self.port, self.log = name, version, port, log
        self.own_port = own_port
        with open(log, 'wb') as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                            preexec_fn=die_with_parent, **options)
        self.pid = self.process.pid
        self._wait_until_it_listens()

    def _wait_until_it_listens(self):
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                with wire.Wire(self.port, timeout=5) as client:
                    client.send(wire.startup(user='postgres', database='postgres'))
                    tag, body = client.read()
                if tag != 'E' or wire.fields(body)['C'] != '57P03':  # PostgreSQL: "the database system is starting up"
                    return
            except ConnectionRefusedError:
                if self.own_port and time.monotonic() > deadline - 29:
                    self.port, self.own_port = self.own_port, None
            except (OSError, wire.Closed):  # what else it does wrong is the tests' business
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f'{self.name} does not start:\n{self.output()}')

    def output(self):
        with open(self.log, errors='replace') as text:
            return text.read()[-4000:]

    def alive(self):
        return self.process.poll() is None

    def serves(self):
        """Whether a new client gets an answer: each thread of a server is asked."""
        try:
            for _ in range(4):
                with wire.Wire(self.port, timeout=3) as client:
                    client.login()
                    client.run('SELECT 1 AS n')
            return True
        except (OSError, wire.Closed):
            return False

    def stop(self):
        """Ask it to stop, and insist after a while; the exit code."""
        if self.alive():
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    @property
    def dsn(self):
        return (f'host=127.0.0.1 port={self.port} user=postgres dbname=postgres '
                'sslmode=disable gssencmode=disable connect_timeout=10')


def start_postgres(version, programs, certificate=None, **changed):
    """A throw-away cluster from the programs of one version. It refuses to be root: then it runs as `postgres`.

    `certificate`: the paths of a certificate and its key, for TLS; `changed`: settings that are to be others.
    """
    root = tempfile.mkdtemp(prefix=f'pgwire-postgres{version}-')
    options = {}
    if os.getuid() == 0:
        user = pwd.getpwnam('postgres')
        options = {'user': user.pw_uid, 'group': user.pw_gid, 'extra_groups': []}
        if subprocess.run(['test', '-x', f'{programs}/postgres'], **options).returncode != 0:
            # the checkout lies where only root may look
            shutil.copytree(os.path.dirname(programs), f'{root}/programs', symlinks=True)
            programs = f'{root}/programs/{os.path.basename(programs)}'
        os.chown(root, user.pw_uid, user.pw_gid)
    data, port = f'{root}/data', free_port()
    environment = {**os.environ, 'LC_ALL': 'C', 'TZ': 'UTC'}
    initdb = [f'{programs}/initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N']
    made = subprocess.run(initdb, cwd=root, env=environment, capture_output=True, text=True, **options)
    if made.returncode != 0:
        raise RuntimeError(f'initdb of PostgreSQL {version}:\n{made.stdout}{made.stderr}')
    settings = {'listen_addresses': '127.0.0.1', 'port': port, 'unix_socket_directories': '', 'fsync': 'off',
                'shared_buffers': '16MB', 'max_connections': 50, 'timezone': 'UTC', 'log_timezone': 'UTC',
                'client_connection_check_interval': '100ms', **changed}
    if certificate:
        settings['ssl'] = 'on'
        for source, name in zip(certificate, ('server.crt', 'server.key')):
            shutil.copy(source, f'{data}/{name}')
            os.chmod(f'{data}/{name}', 0o600)
            if options:
                os.chown(f'{data}/{name}', options['user'], options['group'])
    command = [f'{programs}/postgres', '-D', data, *(x for k, v in settings.items() for x in ('-c', f'{k}={v}'))]
    server = Server(f'postgres{version}', version, command, port, f'{root}.log', cwd=root, env=environment, **options)
    server.root = root
    return server


def sqlite():
    """The SQLite example's program."""
    return _needed(os.environ.get('PGWIRE_SQLITE_SERVER'), 'no sqlite server: PGWIRE_SQLITE_SERVER is not set')


def example(name):
    """The program of another example, which is built beside the echo server's."""
    echo = os.environ.get('PGWIRE_ECHO_SERVER')
    program = os.path.join(os.path.dirname(echo), name) if echo else None
    return _needed(program if program and os.path.exists(program) else None, f'{name} is not built beside the echo example')


def tool(name):
    """A program of this machine."""
    return _needed(shutil.which(name), f'there is no {name}')


def _needed(program, missing):
    if not program:
        import pytest  # who starts servers without it knows the programs
        pytest.fail(missing) if os.environ.get('CI') else pytest.skip(missing)
    return program


def start_program(name, program, *arguments, own_port=None):
    """One of our examples: PROGRAM --port N …; `own_port` is where it listens if it takes no arguments."""
    root = tempfile.mkdtemp(prefix=f'pgwire-{name}-')
    port = free_port()
    command = [program, '--port', str(port), *(a.format(root=root) for a in arguments)]
    server = Server(name, 0, command, port, f'{root}.log', own_port, cwd=root)
    server.root = root
    return server


def remove(server):
    code = server.stop()
    shutil.rmtree(server.root, ignore_errors=True)
    os.unlink(server.log)
    return code
