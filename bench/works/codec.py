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
    times, rates = {}, {}
    for run in json.loads(done.stdout)['benchmarks']:
        if run['run_type'] == 'iteration':
            what = tuple(run['run_name'].split('/')[:2])
            times.setdefault(what, []).append(run['cpu_time'])
            if 'bytes_per_second' in run:
                rates.setdefault(what, []).append(run['bytes_per_second'] / 1e9)
    for unit, of in (('ns', times), ('GB/s', rates)):
        for (mode, who), values in sorted(of.items()):
            yield record('codec', mode, who, unit, values)
