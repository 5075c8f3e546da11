"""Are two servers worth comparing? They are if they give the same answers, byte for byte."""

import socket
import struct


def _message(tag, body=b''):
    return tag + struct.pack('!I', len(body) + 4) + body


def _parse(name, text, types=()):
    return _message(b'P', name + b'\0' + text + b'\0' + struct.pack(f'!H{len(types)}I', len(types), *types))


def _bind(name, results=(), values=()):
    encoded = b''.join(struct.pack('!i', len(v)) + v for v in values)
    return _message(b'B', b'\0' + name + b'\0' + struct.pack('!HH', 0, len(values)) + encoded
                    + struct.pack(f'!H{len(results)}H', len(results), *results))


def _describe(kind, name=b''):
    return _message(b'D', kind + name + b'\0')


def _close(kind, name=b''):
    return _message(b'C', kind + name + b'\0')


def _execute(rows=0):
    return _message(b'E', b'\0' + struct.pack('!i', rows))


def _query(text):
    return _message(b'Q', text + b'\0')


_sync, _flush = _message(b'S'), _message(b'H')

# What is sent at once, and how many ReadyForQuery end the answer.
_script = [
    (_query(b'SELECT 1'), 1),
    (_query(b'  SELECT 1 ; '), 1),
    (_query(b' ; '), 1),
    (_query(b'SELECT 2') + _query(b'SELECT 3;'), 2),
    (_parse(b'', b'SELECT 1;') + _bind(b'') + _describe(b'P') + _execute() + _sync, 1),
    (_parse(b'one', b'SELECT 1') + _describe(b'S', b'one') + _sync, 1),
    (_parse(b'two', b'SELECT $1', (25,)) + _describe(b'S', b'two') + _flush + _sync, 1),
    (_bind(b'one') + _describe(b'P') + _execute() + _sync, 1),
    (_bind(b'two', (1,), (b'x',)) + _describe(b'P') + _execute() + _sync, 1),
    (_bind(b'two', (0, 1), (b'x',)) + _describe(b'P') + _execute(1) + _execute() + _sync, 1),
    ((_bind(b'one') + _describe(b'P') + _execute() + _sync) * 100, 100),
    (_parse(b'one', b'SELECT 2') + _bind(b'one') + _execute() + _sync, 1),  # there is one: an error, and silence
    (_bind(b'none') + _execute() + _sync, 1),
    (_execute() + _sync, 1),
    (_close(b'S', b'one') + _close(b'P') + _parse(b'one', b'SELECT 4') + _bind(b'one') + _execute() + _sync, 1),
    (_query(b'SELECT ' + b'x' * 100_000), 1),
]


def _receive(connection, n):
    received = b''
    while len(received) < n:
        some = connection.recv(n - len(received))
        if not some:
            raise EOFError('the server has closed the connection')
        received += some
    return received


def _read(connection, ready):
    """All messages up to so many ReadyForQuery."""
    messages = []
    while ready:
        header = _receive(connection, 5)
        body = _receive(connection, struct.unpack('!I', header[1:])[0] - 4)
        messages.append(header[:1] + body)
        ready -= header[:1] == b'Z'
    return messages


def _without_texts(message):
    """An error's words are free, its severity and SQLSTATE are not; a key must differ."""
    if message[:1] == b'E':
        return b'E' + b'\0'.join(f for f in message[1:].split(b'\0') if f[:1] in (b'S', b'V', b'C'))
    return b'K' + str(len(message)).encode() if message[:1] == b'K' else message


def answers(port):
    """What the server at this port of 127.0.0.1 says to the script."""
    with socket.create_connection(('127.0.0.1', port), timeout=10) as connection:
        body = struct.pack('!I', 0x00030000) + b'user\0alice\0application_name\0bench\0\0'
        connection.sendall(struct.pack('!I', len(body) + 4) + body)
        said = [(b'login', _read(connection, 1))]
        for request, ready in _script:
            connection.sendall(request)
            said.append((request, _read(connection, ready)))
    return [(request, [_without_texts(m) for m in messages]) for request, messages in said]


def difference(port, other):
    """Where two servers' answers differ first: None, or a text."""
    for (request, ours), (_, theirs) in zip(answers(port), answers(other)):
        if ours != theirs:
            return f'to {request[:80]!r}\none says    {ours[:8]!r}\nthe other   {theirs[:8]!r}'
    return None
