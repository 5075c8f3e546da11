"""The works, in the order of the table: what `bench/run.sh` measures. Each is a function that yields figures."""

from . import codec, compile, connections, counts, latency, million, offload, rows, scaling, select_one, serialize, tls

WORKS = {
    'instructions': (counts.instructions, 'user-space instructions of the server per query (callgrind)'),
    'core': (counts.core, 'the same of the protocol alone, in memory, without Asio'),
    'syscalls': (counts.syscalls, 'system calls of the server per query (strace)'),
    'allocations': (counts.allocations, 'allocations of the server per query'),
    'cpu': (select_one.cpu, 'CPU time of the server per SELECT 1, and its rate, beside the peers'),
    'offload': (offload.measure, 'CPU time of the server per query whose row is made on a pool, beside one made in place'),
    'rows': (rows.measure, 'CPU time and memory of the server per row of a million, beside the peers'),
    'serialize': (serialize.measure, 'encoding rows alone, beside what PostgreSQL 18 says that it takes for that'),
    'tls': (tls.measure, "CPU time of a server's handshakes and rows over TLS, beside wolfSSL alone, in memory"),
    'million': (million.measure, 'CPU time of the server per row of a million, plain and over TLS, beside PostgreSQL'),
    'latency': (latency.measure, 'how long a query takes at half of the peak rate, from when it was due, beside the peers'),
    'connections': (connections.measure, 'logins, plain, with TLS and SCRAM, and what 10,000 idle ones cost, beside the peers'),
    'scaling': (scaling.measure, 'how the cost grows with columns, rows, statements, sessions and threads'),
    'codec': (codec.measure, 'encoding and decoding in memory, beside memcpy (Google Benchmark)'),
    'compile': (compile.measure, 'CPU time of the compiler for the echo server and for a codec-only program, and their sizes'),
}
