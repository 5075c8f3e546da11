"""Encoding alone: PostgreSQL 18 tells how long it makes rows into messages, and ours is measured in memory in turns with it.

What it tells is the time on the clock, which it asks twice for each row (some 50 ns), and taking the row apart is part of it; ours is
CPU time of rows that are there as a struct."""

import json
import re
import subprocess

from harness import beside, in_turns, pinned_to

ROWS = 1_000_000


def measure(bench, _):
    postgres = bench.start_postgres('postgres18')
    micro = bench.program('micro')

    def by_postgres(format):
        plan = postgres.run(f'EXPLAIN (ANALYZE, SERIALIZE {format}) SELECT * FROM sales')
        said = b'\n'.join(row[0] for row in plan).decode()
        return float(re.search(r'Serialization: time=([\d.]+) ms', said)[1]) * 1e6 / ROWS

    def by_ours(format):
        done = subprocess.run([micro, '--benchmark_format=json', f'--benchmark_filter=^encode sale in {format}/pgwire$'],
                              capture_output=True, text=True, preexec_fn=pinned_to(bench.server_cpus), check=True)
        return json.loads(done.stdout)['benchmarks'][0]['cpu_time']

    for format in ('text', 'binary'):
        by = {'pgwire': by_ours, 'postgres18': by_postgres}
        yield from beside('serialize', format, 'ns', in_turns(list(by), 3 if bench.quick else 7, lambda who: by[who](format)))
