"""Which servers there are. run.sh names their programs in the environment:

    PGWIRE_POSTGRES15, PGWIRE_POSTGRES18    folders that hold initdb and postgres
    PGWIRE_SQLITE_SERVER, PGWIRE_ECHO_SERVER    our examples

--against NAMES says who is put to the test by the suites of psql, pgbench and psycopg: sqlite (the default),
postgres15, postgres18. Against a PostgreSQL it is the suites' expectations that are tested.
"""

import os

import pytest

import servers

NAMES = ('postgres15', 'postgres18', 'sqlite', 'echo')


def pytest_addoption(parser):
    parser.addoption('--against', default='sqlite', help='servers under test, by comma: sqlite, postgres15, postgres18')


class Farm:
    """Starts each server when it is first asked for."""

    def __init__(self):
        self.running, self.suspects = {}, set()

    def get(self, name):
        server = self.running.get(name)
        if server and not server.alive():
            said = server.output()
            servers.remove(self.running.pop(name))
            pytest.fail(f'{name} has died:\n{said}')
        if server and name in self.suspects and not server.serves():  # it has failed one test, not all that follow
            servers.remove(self.running.pop(name))
        self.suspects.discard(name)
        if name not in self.running:
            self.running[name] = self._start(name)
        if self.running[name] is None:
            missing = f'no {name} server: {self._variable(name)} is not set'
            pytest.fail(missing) if os.environ.get('CI') else pytest.skip(missing)
        return self.running[name]

    @staticmethod
    def _variable(name):
        return {'sqlite': 'PGWIRE_SQLITE_SERVER', 'echo': 'PGWIRE_ECHO_SERVER'}.get(name, f'PGWIRE_{name.upper()}')

    def _start(self, name):
        program = os.environ.get(self._variable(name))
        if not program:
            return None
        if name.startswith('postgres'):
            return servers.start_postgres(int(name[len('postgres'):]), program)
        if name == 'sqlite':
            return servers.start_program(name, program, '--threads', '2', '--create', '{root}/test.db')
        return servers.start_program(name, program, own_port=5433)  # the eight lines have their port written in them

    def stop(self):
        for server in filter(None, self.running.values()):
            server.stop()
            said = server.output()
            code = servers.remove(server)
            assert code == 0, f'{server.name} ended with {code}:\n{said}'


FARMS = []  # the one that there is, for the hook that hears of failures


@pytest.fixture(scope='session')
def farm():
    farm = Farm()
    FARMS.append(farm)
    yield farm
    farm.stop()


def pytest_generate_tests(metafunc):
    if 'target' in metafunc.fixturenames:
        names = metafunc.config.getoption('--against').split(',')
        unknown = [name for name in names if name not in NAMES]
        if unknown:
            raise pytest.UsageError(f'--against: no server is called {unknown[0]!r}, there are {", ".join(NAMES)}')
        metafunc.parametrize('target', names, indirect=True)


@pytest.fixture
def target(request, farm):
    """The server under test."""
    return farm.get(request.param)


def pytest_runtest_logreport(report):
    if report.failed and FARMS:
        FARMS[0].suspects.update(FARMS[0].running)


def pytest_unconfigure(config):
    """The closing line of this project's test runners."""
    reporter = config.pluginmanager.get_plugin('terminalreporter')
    if reporter and reporter.stats:
        passed, failed, skipped = (sum(len(reporter.stats.get(kind, ())) for kind in kinds)
                                   for kinds in (('passed', 'xfailed'), ('failed', 'error', 'xpassed'), ('skipped',)))
        print(f'{passed} passed, {failed} failed, {skipped} skipped')
