"""Handshakes and rows over TLS in memory, beside wolfSSL alone."""

import subprocess

from harness import pinned_to, record


def measure(bench, _):
    done = subprocess.run([bench.program('tls'), *(['--quick'] if bench.quick else [])], capture_output=True, text=True,
                          check=True, preexec_fn=pinned_to(bench.server_cpus))
    for line in done.stdout.splitlines():
        work, mode, who, unit, *values = line.split('\t')
        yield record(work, mode, who, unit, [float(value) for value in values])
