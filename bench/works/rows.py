"""Results of a million rows: what the server has run for each row, and the most memory that it takes."""

import contextlib
import statistics
import time

from harness import beside, forget_peak, in_turns, kilobytes, record

ROWS = 1_000_000
PEERS = ('rows', 'epoll_loop', 'rust_pgwire', 'rust_pgwire_chrono', 'psql_wire', 'postgres')
SHAPES = (  # mode, what the reader is told, who can't
    ('select text', ('--statement', 'SELECT * FROM sales'), ()),
    ('select binary', ('--statement', 'SELECT * FROM sales', '--extended', '--binary'), ()),
    ('copy text', ('--statement', 'COPY sales TO STDOUT'), ('psql_wire',)),
    ('copy binary', ('--statement', 'COPY sales TO STDOUT (FORMAT binary)'), ('psql_wire',)),
)


def measure(bench, _):
    whos = bench.available(PEERS)
    with contextlib.ExitStack() as stack:
        running = {who: stack.enter_context(bench.server(who, pinned=True)) for who in whos}

        def read(who, options):
            before = running[who].cpu()
            bench.load('reader', '--port', running[who].port, *options)
            return running[who].cpu() - before

        # A process for each session: what its start and its login take is no row's.
        logins = {who: statistics.median(read(who, ('--statement', 'SELECT * FROM sales LIMIT 1')) for _ in range(5))
                  if who == 'postgres' else 0 for who in whos}
        for mode, options, unable in SHAPES:
            able = [who for who in whos if who not in unable]
            pairs = 5 if bench.quick else 15
            often = {who: pairs if who in PEERS[:2] else 1 if who == 'psql_wire' else 3 for who in able}
            values = in_turns(able, often, lambda who: (read(who, options) - logins[who]) / ROWS)
            yield from beside('rows', mode, 'ns', values)
        per_query = in_turns(whos, {who: 20 if who in PEERS[:2] else 5 for who in whos}, lambda who: (
            read(who, ('--statement', 'SELECT * FROM six')) - logins[who]) / 1000)
        yield from beside('rows', '5,000 of six columns', 'us', per_query)
    yield from memory(bench, [who for who in whos if who != 'postgres'])


def memory(bench, whos):
    """The most that the server's memory grows while a client that reads slowly takes a million rows."""
    for who in whos:
        with bench.server(who, pinned=True) as server:
            bench.load('reader', '--port', server.port, '--statement', 'SELECT * FROM sales LIMIT 1', '--extended')
            time.sleep(0.2)
            forget_peak(server.pid)
            before = kilobytes(server.pid, 'VmRSS')
            bench.load('reader', '--port', server.port, '--statement', 'SELECT * FROM sales', '--extended', '--slowly')
            yield record('memory', 'a slow reader', who, 'kB', [kilobytes(server.pid, 'VmHWM') - before])
