"""What it costs to make a query's row on a pool of threads, and not where the session is."""

import contextlib

from harness import in_turns, record


def measure(bench, _):
    whos = ('pooled_engine', 'inline_engine')
    pairs, transactions = (7, 2000) if bench.quick else (15, 5000)
    with contextlib.ExitStack() as stack:
        running = {who: stack.enter_context(bench.server(who, pinned=True)) for who in whos}
        for clients in (1, 8):
            def microseconds(who):
                before = running[who].cpu()
                bench.pgbench(running[who], 'prepared', clients, transactions)
                return (running[who].cpu() - before) / 1000 / (clients * transactions)
            pooled, plain = in_turns(whos, pairs, microseconds).values()
            mode = f'prepared/{clients}'
            yield record('offload', mode, 'inline_engine', 'us', plain)
            yield record('offload', mode, 'pooled_engine', 'us', pooled)
            yield record('offload', mode, 'pooled - inline', 'us', [a - b for a, b in zip(pooled, plain)])
