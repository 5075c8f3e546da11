"""Are two servers' rows worth comparing? They are if each column and value is the same, however they are asked for.

Which table a column is of, and how long its type is, is free; and a float as text is compared by what it says, since
some libraries write '42.0' where PostgreSQL writes '42'."""

import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tests', 'clients'))
import wire  # noqa: E402

TABLES = ('SELECT * FROM sales LIMIT 3', 'SELECT * FROM six')  # PostgreSQL too has these
ECHO = '  SELECT 1 ; '

_FLOAT8 = 701
_TEXT, _BINARY = 0, 1
_READY = b'Z\0\0\0\5I'

# What Bind says of the results' formats: nothing, one for all columns, each its own.
_formats = {'none': lambda _: (), 'text': lambda _: (_TEXT,), 'binary': lambda _: (_BINARY,),
            'mixed': lambda columns: tuple(i % 2 for i in range(len(columns)))}


def _columns(body):
    """(name, type, format) of each."""
    return [(name, oid, form) for name, _, _, oid, _, _, form in wire.row_description(body)]


def _row(body, columns):
    return [float(value) if (oid, form) == (_FLOAT8, _TEXT) else value
            for value, (_, oid, form) in zip(wire.data_row(body), columns, strict=True)]


def _said(messages, columns=()):
    """The messages as they are compared. The rows are of these columns, unless a RowDescription comes first."""
    said = []
    for tag, body in messages:
        if tag == 'T':
            columns = _columns(body)
            said.append(columns)
        else:
            said.append(_row(body, columns) if tag == 'D' else wire.shape(tag, body))
    return said


def _in(formats, columns):
    """The columns as Bind has asked for them."""
    each = formats if len(formats) > 1 else (formats or (_TEXT,)) * len(columns)
    return [(name, oid, form) for (name, oid, _), form in zip(columns, each)]


def _answers(port, statement):
    """Yields (how it was asked for, what was said)."""
    with wire.Wire(port, timeout=60) as client:
        client.login()

        def ask(*messages):
            client.send(b''.join(messages) + wire.sync())
            return client.read_until('Z')

        simple = client.run(statement)
        columns = next((_columns(body) for tag, body in simple if tag == 'T'), ())
        yield 'simple', _said(simple)
        for name, choose in _formats.items():
            yield f'extended, {name}', _said(ask(wire.parse('', statement), wire.bind(results=choose(columns)),
                                                 wire.describe('P'), wire.execute()))
        yield 'prepare', _said(ask(wire.parse('s', statement), wire.describe('S', 's')))
        for name, choose in _formats.items():
            formats = choose(columns)
            yield f'prepared, {name}', _said(ask(wire.bind(statement='s', results=formats), wire.execute()),
                                             _in(formats, columns))


def _whole_table(port):
    """The hash of all that is sent for the million rows in binary, which are the same bytes from every server."""
    digest, room, last = hashlib.sha256(), bytearray(1 << 18), b''
    with wire.Wire(port) as client:
        client.login()
        client.socket.settimeout(60)
        client.socket.sendall(wire.parse('', 'SELECT * FROM sales') + wire.bind(results=(_BINARY,)) + wire.execute()
                              + wire.sync())
        while not last.endswith(_READY):
            count = client.socket.recv_into(room)
            if not count:
                raise EOFError('the server has closed the connection')
            digest.update(memoryview(room)[:count])
            last = (last + room[:count])[-len(_READY):]
    return digest.digest()


def difference(port, other, statements=TABLES):
    """Where the rows of two servers at 127.0.0.1 differ first: None, or a text."""
    for statement in statements:
        for (how, ours), (_, theirs) in zip(_answers(port, statement), _answers(other, statement)):
            for a, b in zip(ours + ['nothing more'], theirs + ['nothing more']):
                if a != b:
                    return f'to {statement!r} ({how})\none says    {a!r:.300}\nthe other   {b!r:.300}'
    if _whole_table(port) != _whole_table(other):
        return 'to SELECT * FROM sales (extended, binary): the bytes differ'
    return None
