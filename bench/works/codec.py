"""Encoding and decoding in memory, by Google Benchmark."""

import json
import subprocess

from harness import Unavailable, pinned_to, record


def measure(bench, _):
    try:
        program = bench.program('micro')
    except Unavailable:
        raise Unavailable('Google Benchmark is missing (apt-get install libbenchmark-dev)') from None
    seconds, repetitions = ('0.005', 3) if bench.quick else ('0.02', 7)
    done = subprocess.run([program, '--benchmark_format=json', f'--benchmark_min_time={seconds}',
                           f'--benchmark_repetitions={repetitions}', '--benchmark_enable_random_interleaving=true'],
                          capture_output=True, text=True, preexec_fn=pinned_to(bench.server_cpus), check=True)
    times = {}
    for run in json.loads(done.stdout)['benchmarks']:
        if run['run_type'] == 'iteration':
            times.setdefault(tuple(run['run_name'].split('/')[:2]), []).append(run['cpu_time'])
    for (mode, who), values in sorted(times.items()):
        yield record('codec', mode, who, 'ns', values)
