"""A raw client of the PostgreSQL protocol: it builds every frontend message, well formed or not, sends it in any
chunks, and reports what comes back as a list of short strings, a *shape*, which can be compared between servers:

    ['1', '2', 'D:1', 'C:SELECT 1', 'Z:I']

A shape leaves out what may differ between right servers (texts of errors, process ids, keys) and keeps what may not:
types and order of messages, values, column names and formats, command tags, SQLSTATEs, and how the connection ended.
"""

import os
import select
import socket
import ssl
import struct
import time

PROTOCOL_3_0 = 0x00030000
PROTOCOL_3_2 = 0x00030002
SSL_REQUEST, GSSENC_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102

# ---------------------------------------------------------------------------------------- frontend messages


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def _string(text):
    return _bytes(text) + b'\0'


def _list(code, items):
    return struct.pack('!H', len(items)) + b''.join(struct.pack('!' + code, item) for item in items)


def _values(values):
    """Bind's and FunctionCall's values: None is NULL, an int is a bare length without a body (to lie with)."""
    out = struct.pack('!H', len(values))
    for value in values:
        if value is None:
            out += struct.pack('!i', -1)
        elif isinstance(value, int):
            out += struct.pack('!i', value)
        else:
            out += struct.pack('!i', len(_bytes(value))) + _bytes(value)
    return out


def message(tag, body=b'', length=None):
    """A typed message; `length` overrides the true length field."""
    length = len(body) + 4 if length is None else length
    return _bytes(tag) + struct.pack('!I', length & 0xFFFFFFFF) + body


def untyped(code, body=b'', length=None):
    length = len(body) + 8 if length is None else length
    return struct.pack('!II', length & 0xFFFFFFFF, code) + body


def startup(*pairs, version=PROTOCOL_3_0, end=b'\0', length=None, **more):
    """StartupMessage; pairs come first and may repeat a name."""
    body = b''.join(_string(k) + _string(v) for k, v in (*pairs, *more.items()))
    return untyped(version, body + end, length)


def ssl_request():
    return untyped(SSL_REQUEST)


def gssenc_request():
    return untyped(GSSENC_REQUEST)


def cancel_request(pid, key):
    return untyped(CANCEL_REQUEST, struct.pack('!I', pid) + key)


def query(sql):
    return message('Q', _string(sql))


def parse(name, sql, oids=()):
    return message('P', _string(name) + _string(sql) + _list('I', oids))


def bind(portal='', statement='', values=(), formats=(), results=()):
    return message('B', _string(portal) + _string(statement) + _list('H', formats) + _values(values)
                   + _list('H', results))


def describe(kind, name=''):
    return message('D', _bytes(kind) + _string(name))


def execute(portal='', rows=0):
    return message('E', _string(portal) + struct.pack('!i', rows))


def close(kind, name=''):
    return message('C', _bytes(kind) + _string(name))


def flush():
    return message('H')


def sync():
    return message('S')


def terminate():
    return message('X')


def function_call(oid, values=(), formats=(), result=0):
    return message('F', struct.pack('!I', oid) + _list('H', formats) + _values(values) + struct.pack('!H', result))


def copy_data(data):
    return message('d', _bytes(data))


def copy_done():
    return message('c')


def copy_fail(reason):
    return message('f', _string(reason))


def password(text):
    return message('p', _string(text))


# ---------------------------------------------------------------------------------------- backend messages


class Body:
    """A message's body, read from the front; a short body is a fault of the server and raises struct.error."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        if n < 0 or self.at + n > len(self.data):
            raise struct.error(f'{n} bytes wanted, {len(self.data) - self.at} left')
        self.at += n
        return self.data[self.at - n:self.at]

    def int(self, code):
        return struct.unpack('!' + code, self.take(struct.calcsize('!' + code)))[0]

    def string(self):
        end = self.data.index(0, self.at)
        return self.take(end + 1 - self.at)[:-1].decode()

    def end(self):
        if self.at != len(self.data):
            raise struct.error(f'{len(self.data) - self.at} bytes too many')


def fields(body):
    """The fields of ErrorResponse and NoticeResponse."""
    reader, found = Body(body), {}
    while (code := reader.take(1)) != b'\0':
        found[code.decode()] = reader.string()
    reader.end()
    return found


def parameter_status(body):
    reader = Body(body)
    name, value = reader.string(), reader.string()
    reader.end()
    return name, value


def row_description(body):
    """[(name, table oid, attribute number, type oid, type length, modifier, format)]"""
    reader = Body(body)
    columns = [(reader.string(), *(reader.int(code) for code in 'IhIhih')) for _ in range(reader.int('H'))]
    reader.end()
    return columns


def data_row(body):
    reader, values = Body(body), []
    for _ in range(reader.int('H')):
        length = reader.int('i')
        values.append(None if length == -1 else reader.take(length))
    reader.end()
    return values


def parameter_description(body):
    reader = Body(body)
    oids = [reader.int('I') for _ in range(reader.int('H'))]
    reader.end()
    return oids


def _show(value, keep=''):
    if value is None:
        return 'NULL'
    if len(value) > 64:
        return f'<{len(value)} bytes>'
    try:
        text = value.decode()
        return text if all(c.isprintable() or c in keep for c in text) else '\\x' + value.hex()
    except UnicodeDecodeError:
        return '\\x' + value.hex()


def _diagnostic(kind, body):
    found = fields(body)
    severity = found.get('V', found.get('S', '?'))
    head = kind if severity in ('ERROR', 'WARNING', 'NOTICE', 'INFO') else severity
    return f'{head}:{found.get("C", "?????")}'


def shape(tag, body):
    """One message as a short string."""
    reader = Body(body)
    if tag == 'R':
        return f'R{reader.int("I")}'
    if tag == 'K':
        return f'K:{len(body) - 4}'
    if tag == 'S':
        return 'S:{}={}'.format(*parameter_status(body))
    if tag == 'Z':
        out = 'Z:' + reader.take(1).decode()
    elif tag == 'C':
        out = 'C:' + reader.string()
    elif tag == 'v':
        version, names = reader.int('I'), [reader.string() for _ in range(reader.int('I'))]
        out = f'v:{version >> 16}.{version & 0xFFFF}:' + ','.join(names)
    elif tag == 'A':
        reader.take(4)
        out = f'A:{reader.string()}:{reader.string()}'
    elif tag == 'V':
        length = reader.int('i')
        out = 'V:' + _show(None if length == -1 else reader.take(length))
    elif tag == 'T':
        return 'T:' + ','.join(c[0] + ('/1' if c[6] else '') for c in row_description(body))
    elif tag == 't':
        return f't:{len(parameter_description(body))}'
    elif tag == 'D':
        return 'D:' + ','.join(_show(v) for v in data_row(body))
    elif tag in 'EN':
        return _diagnostic(tag, body)
    elif tag == 'd':
        return 'd:' + _show(body, keep='\t\n')
    elif tag in 'GHW':
        overall, formats = reader.int('b'), [reader.int('h') for _ in range(reader.int('H'))]
        name = {0: 'text', 1: 'binary'}[overall] if set(formats) <= {overall} else f'{overall} {formats}'
        out = f'{tag}:{name}:{len(formats)}'
    elif tag in '123Insc':
        return tag if not body else f'{tag}+{len(body)} bytes'
    else:
        return f'?{tag}'
    reader.end()
    return out


def fold_startup(shapes):
    """Which parameters a server reports first is its own affair: one 'S' stands for all before the first Z."""
    out = []
    for number, item in enumerate(shapes):
        if item.startswith('Z:'):
            return out + shapes[number:]
        if not item.startswith('S:'):
            out.append(item)
        elif not out or out[-1] != 'S':
            out.append('S')
    return out


# ---------------------------------------------------------------------------------------- the connection


class Closed(Exception):
    """The server has closed the connection."""


NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def _ready(one, write=False, seconds=0.0):
    """Whether a socket can be read, and whether it can be written, after so long. By poll: select knows the first 1,024
    files only."""
    poll = select.poll()
    poll.register(one, select.POLLIN | (select.POLLOUT if write else 0))
    event = next((event for _, event in poll.poll(max(seconds, 0) * 1000)), 0)
    return (bool(event & (select.POLLIN | select.POLLHUP | select.POLLERR)),
            bool(write and event & (select.POLLOUT | select.POLLERR)))


class Wire:
    """One connection. Every wait ends at `timeout` seconds, with TimeoutError."""

    def __init__(self, port, host='127.0.0.1', timeout=10.0, source=None):
        """`source`: the address to come from, such as 127.0.0.2."""
        self.timeout = timeout
        self.input = bytearray()
        self.at_end = False
        self.raw_in, self.raw_out = bytearray(), bytearray()  # everything, for reports
        self.socket = socket.create_connection((host, port), timeout, source and (source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def login(self, **parameters):
        """Start a session, up to its first ReadyForQuery; returns the messages."""
        self.send(startup(**{'user': 'postgres', 'database': 'postgres', **parameters}))
        return self.read_until('Z')

    def send(self, data, chunk=None):
        """Send in one write, or in writes of `chunk` bytes. What arrives meanwhile is kept: neither side blocks."""
        deadline = time.monotonic() + self.timeout
        self.raw_out += data
        view, step = memoryview(data), chunk or len(data)
        while view and not self.at_end:
            readable, writable = _ready(self.socket, True, deadline - time.monotonic())
            if readable:
                self._receive()
            if writable:
                try:
                    view = view[self.socket.send(view[:step]):]
                except NOT_NOW:
                    pass
                except (BrokenPipeError, ConnectionResetError):
                    return  # what the server said before is still to be read
            if time.monotonic() > deadline:
                raise TimeoutError

    def _receive(self):
        try:
            data = self.socket.recv(1 << 18)
        except NOT_NOW:
            return
        except ConnectionResetError:
            data = b''
        self.at_end = not data
        self.input += data
        self.raw_in += data[:1 << 16]

    def _fill(self, n, deadline):
        while len(self.input) < n:
            if self.at_end:
                raise Closed
            left = deadline - time.monotonic()
            if left <= 0 or not _ready(self.socket, seconds=left)[0]:
                raise TimeoutError
            self._receive()

    def read_byte(self):
        """The bare byte that answers SSLRequest and GSSENCRequest."""
        self._fill(1, time.monotonic() + self.timeout)
        value = bytes(self.input[:1])
        del self.input[:1]
        return value.decode()

    def read(self):
        """One message: (tag, body)."""
        deadline = time.monotonic() + self.timeout
        self._fill(5, deadline)
        length = struct.unpack('!I', self.input[1:5])[0]
        self._fill(length + 1, deadline)
        tag, body = chr(self.input[0]), bytes(self.input[5:length + 1])
        del self.input[:length + 1]
        return tag, body

    def read_until(self, last='Z'):
        out = [self.read()]
        while out[-1][0] != last:
            out.append(self.read())
        return out

    def read_to_end(self):
        """All bytes until the server closes."""
        try:
            while True:
                self._fill(len(self.input) + 1, time.monotonic() + self.timeout)
        except Closed:
            return bytes(self.input)

    def is_quiet(self, seconds=0.15):
        """Whether nothing arrives for a while. (An absence can only be waited for by the clock.)"""
        if self.input:
            return False
        return not _ready(self.socket, seconds=seconds)[0]

    def run(self, sql):
        """A simple query: its messages."""
        self.send(query(sql))
        return self.read_until('Z')

    def ask(self, sql):
        """A simple query: its shape."""
        return [shape(*m) for m in self.run(sql)]


class SecureWire(Wire):
    """The same within TLS, which it asks for, or begins with at once. It trusts every certificate."""

    def __init__(self, port, direct=False, version=None, **more):
        super().__init__(port, **more)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if version:
            context.minimum_version = context.maximum_version = version
        if direct:
            context.set_alpn_protocols(['postgresql'])
        else:
            self.send(ssl_request())
            assert self.read_byte() == 'S'
        self.socket.settimeout(self.timeout)
        self.socket = context.wrap_socket(self.socket)
        self.socket.setblocking(False)


# ---------------------------------------------------------------------------------------- scripts

# Steps of a script beside plain bytes, which are sent.


class Await:
    """Read this many messages before the script goes on (or the bare byte that answers SSLRequest)."""

    def __init__(self, n=0, byte=False):
        self.n, self.byte = n, byte


class Quiet:
    """Nothing may arrive here; the shape says 'quiet'."""


class End:
    """The server is to close the connection by itself here: no Terminate is sent."""


class Vanish:
    """Close the socket here without a word."""


def play(port, steps, chunk=None, logged_in=True, timeout=10.0):
    """Run a script on a new connection: (shape, connection). Unless it says otherwise it ends with Terminate, and the
    shape holds all up to the connection's end: 'closed' where a script expects the server's own closing, 'timeout'
    where the server hung.
    """
    steps = list(steps)
    if not any(isinstance(step, (End, Vanish)) for step in steps):
        steps += [terminate(), Await()]
    shapes, pending = [], b''
    with Wire(port, timeout=timeout) as wire:
        try:
            if logged_in:
                wire.login()
            for step in steps:
                if isinstance(step, (bytes, bytearray)):
                    pending += step
                    continue
                wire.send(pending, chunk)
                pending = b''
                if isinstance(step, Await) and step.byte:
                    shapes.append('byte:' + wire.read_byte())
                elif isinstance(step, Await):
                    shapes += [shape(*wire.read()) for _ in range(step.n)]
                elif isinstance(step, Quiet):
                    shapes.append('quiet' if wire.is_quiet() else 'not quiet')
                elif isinstance(step, Vanish):
                    return shapes, wire
            while True:
                shapes.append(shape(*wire.read()))
        except Closed:
            if wire.input:
                shapes.append(f'torn message: {bytes(wire.input[:40])!r}')
            if any(isinstance(step, End) for step in steps):
                shapes.append('closed')
        except TimeoutError:
            shapes.append('timeout')
        except (struct.error, ValueError) as fault:
            shapes.append(f'malformed: {fault}')
        return shapes if logged_in else fold_startup(shapes), wire


def family(pid):
    """A process and its children."""
    out = []
    for entry in (p for p in os.listdir('/proc') if p.isdigit()):
        try:
            with open(f'/proc/{entry}/stat') as stat:
                parent = stat.read().rsplit(')', 1)[1].split()[1]
        except OSError:
            continue
        if str(pid) in (entry, parent):
            out.append(entry)
    return out


def processor_seconds(pid):
    """What a process and its children that live have used."""
    ticks = 0
    for entry in family(pid):
        try:
            with open(f'/proc/{entry}/stat') as stat:
                ticks += sum(map(int, stat.read().rsplit(')', 1)[1].split()[11:13]))
        except OSError:
            continue
    return ticks / os.sysconf('SC_CLK_TCK')


def resident_kilobytes(pid):
    """Resident memory of a process and its children, in kB."""
    total = 0
    for entry in family(pid):
        try:
            with open(f'/proc/{entry}/status') as status:
                found = dict(line.split(':', 1) for line in status if ':' in line)
        except OSError:
            continue
        total += int(found.get('VmRSS', '0 kB').split()[0])
    return total


def _status(pid, name):
    with open(f'/proc/{pid}/status') as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(name + ':'))


class Growth:
    """Of a process's peak of resident memory since this was made, in kB."""

    def __init__(self, pid):
        self.pid = pid
        with open(f'/proc/{pid}/clear_refs', 'w') as peak:
            peak.write('5')  # the peak is now what is resident
        self.before = _status(pid, 'VmRSS')

    def __call__(self):
        return _status(self.pid, 'VmHWM') - self.before


def come_to_rest(pid, seconds=20):
    """Waits until a process does nothing; whether it does."""
    deadline = time.monotonic() + seconds
    while True:
        used = processor_seconds(pid)
        time.sleep(0.3)
        if processor_seconds(pid) - used <= 0.05:
            return True
        if time.monotonic() > deadline:
            return False
