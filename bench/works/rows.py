"""Results of a million rows: what the server has run for each row, how fast they come, and the most memory that it takes."""

import contextlib
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
    pairs = 5 if bench.quick else 15
    with contextlib.ExitStack() as stack:
        running = {who: stack.enter_context(bench.server(who, pinned=True)) for who in whos}

        def compare(mode, unit, options, unable, times, nanoseconds):
            with contextlib.ExitStack() as clients:
                read = {who: clients.enter_context(bench.reader(running[who], *options)) for who in whos if who not in unable}
                often = {who: times if who in PEERS[:2] else 1 if who == 'psql_wire' else max(times // 4, 3) for who in read}
                rates = {who: [] for who in read}

                def run(who):
                    used, rate = read[who]()
                    rates[who].append(rate)
                    return used / nanoseconds
                yield from beside('rows', mode, unit, in_turns(list(read), often, run))
                for who in read:
                    yield record('rows', mode, who, 'MB/s', rates[who][1:])

        for mode, options, unable in SHAPES:
            yield from compare(mode, 'ns', options, unable, pairs, ROWS)
        yield from compare('5,000 of six columns', 'us', ('--statement', 'SELECT * FROM six'), (), 4 * pairs, 1000)
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
