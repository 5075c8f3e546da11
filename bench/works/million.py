"""A million rows by SELECT and by COPY, in both formats, from our server and from a PostgreSQL of this machine, over TLS and plain."""

import socket
import ssl
import struct

from harness import beside, cpu_time, in_turns

ROWS = 1_000_000
SHAPES = (  # mode, the statement, the format of its results
    ('select text', 'SELECT * FROM sales', 0),
    ('select binary', 'SELECT * FROM sales', 1),
    ('copy text', 'COPY sales TO STDOUT', 0),
    ('copy binary', 'COPY sales TO STDOUT (FORMAT binary)', 0),
)
CIPHER = 'ECDHE-ECDSA-AES128-GCM-SHA256'  # of TLS 1.2: which one TLS 1.3 takes, this Python can't say


def measure(bench, _):
    """What the process that serves the session uses for each row."""
    postgres = bench.start_postgres('postgres')
    with bench.server('rows', pinned=True) as ours:
        for connection, encrypted in (('plain', False), ('AES-128-GCM', True)):
            readers = {'rows': Reader(ours.port, encrypted), 'postgres': Reader(postgres.port, encrypted)}
            serving = {'rows': ours.pid, 'postgres': readers['postgres'].process}
            for shape, statement, format in SHAPES:
                def nanoseconds(who):
                    before = cpu_time(serving[who])
                    readers[who].read_all(statement, format)
                    return (cpu_time(serving[who]) - before) / ROWS
                yield from beside('million', f'{shape}, {connection}', 'ns', in_turns(list(readers), 3 if bench.quick else 7, nanoseconds))


class Reader:
    """A session. It is logged in, and idle."""

    def __init__(self, port, encrypted):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=60)
        if encrypted:
            self.socket.sendall(struct.pack('!ii', 8, 80877103))
            if self.socket.recv(1) != b'S':
                raise RuntimeError('the server has no TLS')
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(CIPHER)
            self.socket = context.wrap_socket(self.socket)
        start = b'\0\3\0\0user\0postgres\0database\0postgres\0\0'
        self.socket.sendall(struct.pack('!i', len(start) + 4) + start)
        said = self.until_ready()
        at = said.index(b'K\0\0\0\x0c')
        self.process = struct.unpack('!i', said[at + 5:at + 9])[0]

    def until_ready(self):
        """The last bytes of what comes."""
        room, last = bytearray(1 << 20), b''
        while not last.endswith(b'Z\0\0\0\5I'):
            n = self.socket.recv_into(room)
            if n == 0:
                raise EOFError('the server has closed the connection')
            last = (last + room[:n])[-1000:]
        return last

    def read_all(self, statement, format):
        """The rows, one time, as text (0) or in binary (1)."""
        def message(tag, body):
            return tag + struct.pack('!i', len(body) + 4) + body
        self.socket.sendall(message(b'P', b'\0' + statement.encode() + b'\0\0\0') +
                            message(b'B', struct.pack('!xxhhhh', 0, 0, 1, format)) + message(b'E', b'\0\0\0\0\0') + message(b'S', b''))
        last = self.until_ready()
        if b' %d\0' % ROWS not in last:
            raise RuntimeError(f'not all rows have come: {last[-100:]}')
