"""What every test program here does, for the ones in Python: runs its checks one by one and says how each came out.

It prints `ok NAME`, or `not ok NAME` and what went wrong in lines that begin with `# `, and at the end `done`. The
server's address is in PGHOST, PGPORT, PGUSER and PGDATABASE. A check has 20 seconds.
"""

import os
import signal
import sys
import traceback

PLACE = {'host': os.environ['PGHOST'], 'port': int(os.environ['PGPORT']), 'user': os.environ['PGUSER'],
         'database': os.environ['PGDATABASE']}
SECONDS = 20
TABLE = ['DROP TABLE IF EXISTS t', 'CREATE TABLE t (a integer PRIMARY KEY, b text)',
         "INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')"]
ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n'

_checks = []


def check(function):
    """Adds a check; its name is the function's, in words."""
    _checks.append(function)
    return function


def raises(kind, act, **attributes):
    """The exception of that kind which `act` raises and whose attributes have these values."""
    try:
        act()
    except kind as caught:
        for name, value in attributes.items():
            assert getattr(caught, name) == value, f'{name} is {getattr(caught, name)!r}, not {value!r}: {caught}'
        return caught
    raise AssertionError(f'no {kind}')


def _too_long(*_):
    raise TimeoutError(f'not done after {SECONDS} s')


def run(call=lambda function: function()):
    signal.signal(signal.SIGALRM, _too_long)
    for function in _checks:
        name = function.__name__.replace('_', ' ')
        signal.alarm(SECONDS)
        try:
            call(function)
            signal.alarm(0)
            print('ok', name, flush=True)
        except BaseException as fault:  # noqa: BLE001: also those that are no Exception
            signal.alarm(0)
            print('not ok', name)
            for line in traceback.format_exception(fault, chain=False, limit=-2):
                print('#', line.rstrip().replace('\n', '\n# '))
            sys.stdout.flush()
    print('done', flush=True)
    os._exit(0)  # whatever threads and connections a failed check has left
