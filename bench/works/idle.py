"""What an idle connection costs the server in memory of its own."""

import contextlib
import socket
import ssl
import time

from harness import allow_files, kilobytes, record


def measure(bench, _):
    count = 500 if bench.quick else 5000
    allow_files(count + 100)
    for who, over_tls in (('echo', False), ('tls_echo', True)):
        with bench.server(who) as server, contextlib.ExitStack() as stack:
            for _ in range(20):  # what the first ones need, others have
                idle_client(server.port, over_tls).close()
            before = resident(server)
            for _ in range(count):
                stack.enter_context(idle_client(server.port, over_tls))
            each = (resident(server) - before) / count
        yield record('idle', f'{count} clients', who, 'kB', [each])


def resident(server):
    time.sleep(1.5)
    return kilobytes(server.pid, 'VmRSS')


def idle_client(port, over_tls):
    """A connection that is logged in."""
    client = socket.create_connection(('127.0.0.1', port), timeout=30)
    if over_tls:
        client.sendall(b'\0\0\0\x08\x04\xd2\x16\x2f')
        if client.recv(1) != b'S':
            raise RuntimeError('the server has no TLS')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client = context.wrap_socket(client)
    client.sendall(b'\0\0\0\x14\0\x03\0\0user\0bench\0\0')
    answer = b''
    while not answer.endswith(b'Z\0\0\0\x05I'):
        part = client.recv(4096)
        if not part:
            raise RuntimeError('the server has closed the connection')
        answer += part
    return client
