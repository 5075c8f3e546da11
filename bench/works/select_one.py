"""`SELECT 1`: what a server's threads have run for each query, beside its peers."""

import contextlib
import statistics

from harness import MODES, beside, in_turns, record

PIPELINE = '\\startpipeline\n' + 20 * 'SELECT 1;\n' + '\\endpipeline\n'
PEERS = ('echo', 'epoll_loop', 'layered_echo', 'rust_pgwire', 'psql_wire', 'postgres')


def cpu(bench, _):
    whos = bench.available(PEERS)
    with contextlib.ExitStack() as stack:
        running = {who: stack.enter_context(bench.server(who, pinned=True)) for who in whos}
        for name, clients, pairs, transactions in rounds(bench.quick):
            pipelined = name == 'pipelined'
            script, queries, mode = (PIPELINE, 20, 'prepared') if pipelined else ('SELECT 1;\n', 1, name)
            rates = {who: [] for who in whos}

            def run(who, count):
                before = running[who].cpu()
                rate = bench.pgbench(running[who], mode, clients, count, script, queries)
                return running[who].cpu() - before, rate

            # What it takes to come and to leave is no query's; of some that is more than a thousand queries.
            logins = {who: statistics.median(run(who, 1)[0] for _ in range(5)) for who in whos}

            def microseconds(who):
                used, rate = run(who, transactions)
                rates[who].append(rate)
                return (used - logins[who]) / 1000 / (clients * transactions * queries)
            # Near the practical limit every pair counts; where a peer is far, a quarter of them tells enough.
            often = {who: pairs if who in PEERS[:2] else max(pairs // 4, 3) for who in whos}
            yield from beside('cpu', f'{name}/{clients}', 'us', in_turns(whos, often, microseconds))
            for who in whos:
                yield record('rate', f'{name}/{clients}', who, 'queries/s', [round(r) for r in rates[who][1:]])


def rounds(quick):
    """(mode, clients, pairs of runs, transactions of each client in one)"""
    for mode in MODES:
        if quick:
            yield mode, 16, 7, 1000
        else:
            yield mode, 1, 8, 8000
            yield mode, 16, 20, 1500
            yield mode, 64, 8, 400
    yield 'pipelined', 4, 7 if quick else 20, 500 if quick else 1500
