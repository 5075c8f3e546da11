"""Values of the types that contain others: arrays, ranges, multiranges, enums, composites and domains."""

import struct

from values import Values

SETUP = [
    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'two words', 'quo\"te', '')",
    "CREATE DOMAIN quantity AS int4 CHECK (VALUE > 0)",
    "CREATE TYPE item AS (name text, n int4, moods mood[], count quantity, at timestamp)",
    "CREATE TYPE shelf AS (first item, items item[], sizes int4range)",
    "CREATE TYPE floatrange AS RANGE (subtype = float8, multirange_type_name = floatmultirange)",
]


def pick(random, choices, most=12):
    return ''.join(random.choice(choices) for _ in range(random.randint(0, most)))


# ---------------------------------------------------------------------------------------- arrays

ARRAYS = [
    '{}', ' {} ', '{ }', '{{}}', '{{},{}}', '{{{}},{}}', '{{},{{}}}', '{{},{1}}', '{{1},{}}', '{1}', '{1,2}', '{1,}',
    '{,1}', '{,}', '{1 2}', '{1,2', '1,2}', '1', '', ' ', '{', '}', '{}}', '{{}', '{1}x', '{1} ', '{{1,2},{3,4}}',
    '{{1,2},{3}}', '{{1},{2,3}}', '{{1},2}', '{1,{2}}', '{{1}{2}}', '{1}{2}', '{NULL}', '{null,NuLl,1}', '{"NULL"}',
    r'{\NULL}', r'{NUL\L}', '{NULLx}', '{nul}', '{"1"}', '{"1" , "2"}', '{"1"2}', '{1"2"}', '{"1}', r'{"1\}', r'{1\}',
    r'{\1}', r'{1\ }', r'{ \  }', '{"1"{2}}', '{""}', '{"",""}', '{{""}}', '{ 1 , 2 }', '{\t1\n,\r2\v,\f3}',
    '[1:2]={1,2}', '[0:1]={1,2}', '[2:4]={1,2,3}', '[2]={1,2}', '[3]={1,2}', '[-2:-1]={1,2}', '[+1:+2]={1,2}',
    '[1:2] = {1,2}', '[1:2]= {1,2}', ' [1:2]={1,2} ', '[ 1:2]={1,2}', '[1 :2]={1,2}', '[1: 2]={1,2}', '[1:2 ]={1,2}',
    '[1:2]{1,2}', '[1:2]==', '[1:2]=', '[1:2]={}', '[1:0]={}', '[2:1]={1,2}', '[]={1}', '[:1]={1}', '[1:]={1}', '[1',
    '[-]={1}', '[+]={1}', '[--1]={1}', '[a]={1}', '[1:1][1:2]={{1,2}}', '[1:1] [1:2]={{1,2}}', '[1:1][-3:-2]={{1,2}}',
    '[0:0]={1}', '[0]={1}', '[1][1]={1}', '[1]={{1}}', '[1][2]={{1},{2}}', '[2147483646:2147483646]={1}',
    '[2147483647:2147483647]={1}', '[2147483648:2147483649]={1,2}', '[-2147483648:-2147483648]={1}',
    '[-2147483649:1]={1}', '[-2147483648:2147483646]={1}', '[99999999999999999999]={1}', '[2147483646]={1}',
    '[1:1][1:1][1:1][1:1][1:1][1:1]={{{{{{1}}}}}}', '[1][1][1][1][1][1][1]={{{{{{{1}}}}}}}',
    '{{{{{{1}}}}}}', '{{{{{{{1}}}}}}}', '{{{{{{{', '[2:2][3:3]={{NULL}}', '[65536][65536]={1}', '[1:2]={NULL,1}',
    '{1;2}', '{a}', '{1,a}', '{1.5}', '{2147483648}', '{99999999999999999999,x', '{[1,2]}', '{(1)}', '{"{1}"}',
]
TEXT_PIECES = ['{', '}', ',', ',', '"', '\\', ' ', 'NULL', 'a', '1', 'é', '\t', '{', '}', '{"', '"}', '""', '(', '[']


def quoted(random, text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"' if random.random() < 0.7 or not text else text


def well_formed(random, element):
    """An array's text with elements of `element(random)`."""
    sizes = [random.randint(1, 3) for _ in range(random.choice([1, 1, 1, 2, 2, 3, 4]))]

    def level(i):
        if i == len(sizes):
            return random.choice(['NULL', 'null']) if random.random() < 0.15 else element(random)
        space = random.choice(['', '', ' '])
        return '{' + space + (space + ',' + space).join(level(i + 1) for _ in range(sizes[i])) + space + '}'
    bounds = ''
    if random.random() < 0.3:
        for size in sizes:
            lower = random.choice([0, 1, 1, 2, -3, 1000000])
            bounds += f'[{lower}:{lower + size - 1}]'
        bounds += '='
    return bounds + level(0)


def array_binary(oid, dimensions, elements, flags=0, count=None):
    head = struct.pack('!iiI', len(dimensions) if count is None else count, flags, oid)
    head += b''.join(struct.pack('!ii', *d) for d in dimensions)
    return head + b''.join(struct.pack('!i', -1) if e is None else struct.pack('!i', len(e)) + e for e in elements)


def array_binaries(oid, good):
    """Wrong headers, and right ones that no text gives; `good` is an element."""
    other = 23 if oid != 23 else 25
    yield array_binary(oid, [], [])
    yield array_binary(oid, [], [good])
    yield array_binary(oid, [(0, 1)], [])
    yield array_binary(oid, [(0, 1), (5, 1)], [])
    yield array_binary(oid, [(0, 1), (-1, 1)], [])
    yield array_binary(oid, [(-1, 1)], [])
    yield array_binary(oid, [(2, 1)], [good])
    yield array_binary(oid, [(1, 1)], [good, good])
    yield array_binary(oid, [(1, 1)], [good], flags=1)
    yield array_binary(oid, [(1, 1)], [None], flags=0)
    yield array_binary(oid, [(1, 1)], [good], flags=2)
    yield array_binary(oid, [(1, 1)], [good], flags=-1)
    yield array_binary(oid, [(1, 1)], [good], count=-1)
    yield array_binary(oid, [(1, 1)], [good], count=2)
    yield array_binary(oid, [(1, 1)] * 6, [good])
    yield array_binary(oid, [(1, 1)] * 7, [good])
    yield array_binary(oid, [(1, 1)], [good], count=2**31 - 1)
    yield array_binary(oid, [(1, 2**31 - 1)], [good])
    yield array_binary(oid, [(1, 2**31 - 2)], [good])
    yield array_binary(oid, [(1, -2**31)], [good])
    yield array_binary(oid, [(65536, 1), (65536, 1)], [good])
    yield array_binary(oid, [(0x7fffffff, 1)], [good])
    yield array_binary(oid, [(0x7fffffff, 0)], [good])
    yield array_binary(oid, [(1, 1)], [good + b'\0'])
    yield array_binary(oid, [(1, 1)], [good[:-1]])
    yield array_binary(oid, [(1, 1)], []) + struct.pack('!i', -2)
    yield array_binary(oid, [(1, 1)], []) + struct.pack('!i', 5) + b'abc'
    for wrong in (0, other, 9999, 10000, 16384, 2**32 - 1):
        yield array_binary(wrong, [(1, 1)], [good])


def arrays(random):
    def number(r):
        return str(r.choice([0, 1, -1, 42, 2147483647, -2147483648, r.randint(-10**6, 10**6)]))

    def word(r):
        return quoted(r, pick(r, ['a', 'B', ' ', '"', '\\', '{', '}', ',', 'é', 'null', '\n', ';', "'"], 4))

    kinds = [
        ('int4[]', 23, struct.pack('!i', 7), number),
        ('text[]', 25, b'x y', word),
        ('bool[]', 16, b'\1', lambda r: r.choice(['t', 'f', 'true', ' no ', '"1"', 'x'])),
        ('int8[]', 20, struct.pack('!q', 7), number),
        ('float8[]', 701, struct.pack('!d', 1.5), lambda r: r.choice(['0', '1.5', 'NaN', '-Infinity', '1e-5', 'x'])),
        ('numeric[]', 1700, struct.pack('!hhHhh', 1, 0, 0, 0, 7), lambda r: r.choice(['0', '1.50', 'NaN', '-1e3', ''])),
        ('bytea[]', 17, b'\0\xff', lambda r: r.choice([r'"\\x00ff"', r'\\x', 'abc', r'"\\x1"', 'a\\\\\\\\b'])),
        ('timestamp[]', 1114, struct.pack('!q', 7), lambda r: r.choice(['"2020-01-02 03:04:05"', '2020-01-02', 'infinity'])),
        ('uuid[]', 2950, b'0123456789abcdef', lambda r: '%032x' % r.getrandbits(128)),
        ('int4range[]', 3904, b'\1', lambda r: r.choice(['"[1,5)"', 'empty', '"(,)"', '[1', '"(1,2)"', '"[1,2147483647]"'])),
        ('date[]', 1082, struct.pack('!i', 7), lambda r: r.choice(['2020-01-02', 'infinity', '"1999-12-31"'])),
    ]
    for name, oid, good, element in kinds:
        few = name in ('int4[]', 'text[]')
        texts = list(ARRAYS)
        texts += [well_formed(random, element) for _ in range(300 if few else 60)]
        texts += [pick(random, TEXT_PIECES) for _ in range(600 if few else 60)]
        texts += ['{' + pick(random, TEXT_PIECES, 6) + '}' for _ in range(600 if few else 60)]
        yield Values(name, texts=texts, binaries=list(array_binaries(oid, good)))


# ---------------------------------------------------------------------------------------- ranges

RANGES = [
    'empty', ' EMPTY ', 'empty,', 'emptyx', 'empt', '', ' ', '[', '(', '[]', '()', '(,)', '[,]', '[,)', '( , )', '(,,)',
    '[a,b]', '[,', ',)', '(,', '[1', '[1,', '[1,2', '1,2', '[1,2] ', ' [1,2]', '[1,2]x', '[1,2]]', '[1 ,2]', '[ 1, 2 ]',
    '["1","2"]', '["1,2]', r'[\1,2]', r'[1,2\]', r'[1,2\ ', '["1""",2]', '["",2]', '[1,""]', '["1"1,2]', '[1;2]',
    '{1,2}', '[1,2}', '[(1,2]', '[1,2,3]', '["",""]', '[1,2]\\', '(1,)', '(,1)', '[1,1]', '[1,1)', '(1,1]', '(1,1)',
    '(1,2)', '[1,2)', '(1,2]', '[2,1]', '(2,1)', '[2,1)', '[null,1]', '[NULL,]', '[-1,1]', '[1.0,1.00]',
]


def bounds_of(random, values):
    low, high = random.choice(values), random.choice(values)
    pad = random.choice(['', '', '', ' '])
    return random.choice('[(') + pad + low + ',' + high + pad + random.choice('])')


def range_binaries(good):
    field = struct.pack('!i', len(good)) + good
    for flags in [*range(32), 0x20, 0x40, 0x60, 0x80, 0xff, 0x26, 0x46]:
        for bounds in (b'', field, field + field, field * 3):
            yield bytes([flags]) + bounds
    yield b''
    yield b'\2' + struct.pack('!i', -1) + field
    yield b'\2' + struct.pack('!i', len(good) + 1) + good + b'\0' + field    # bytes behind a bound are overlooked
    yield b'\2' + field + struct.pack('!i', len(good) + 1) + good + b'\0'
    yield b'\2' + struct.pack('!i', len(good) - 1) + good[:-1] + field
    yield b'\2' + struct.pack('!i', 2**31 - 1) + good


def multirange_texts(random, values):
    yield from ['{}', ' { } ', '{', '}', '', ' ', '{,}', '{empty}', '{empty,EMPTY}', '{ empty , empty }', '{emptyx}',
                '{empt}', '{(,)}', '{(,),(,)}', '{[1,2]', '[1,2]', '{[1,2]}x', '{[1,2],}', '{,[1,2]}', '{[1,2][3,4]}',
                '{[1,2] [3,4]}', '{{[1,2]}}', '{["1","2"]}', '{["1,2]}', r'{[\1,2]}', r'{[1,2\]}', r'{[1,\ 2]}',
                r'{["1\"",2]}', '{["1""",2]}', '{[1,2]}\\', '{null}', '{[2,1]}', '{[1,2),(2,3]}', '{[1,2],(2,3]}',
                '{[1,2),[2,3]}', '{(,1],[1,)}', '{(,1),(1,)}', '{(,1),[5,)}', '{[5,),(,1)}', '{[1,2]}  ', '{ [1 ,2] }']
    for _ in range(150):
        parts = [bounds_of(random, values) for _ in range(random.randint(1, 5))]
        yield '{' + random.choice([',', ', ', ' ,']).join(parts) + '}'
    for _ in range(100):
        yield '{' + pick(random, ['[', '(', ')', ']', '1', '2', ',', '"', '\\', ' ', '}', '{', 'empty', ',[1,3)'], 8) + '}'


def multirange_binaries(good):
    field = struct.pack('!i', len(good)) + good
    some = b'\2' + field + field
    for count, ranges in [(0, []), (1, [b'\1']), (2, [b'\1', b'\1']), (1, [b'\x18']), (2, [b'\x18', b'\x18']), (1, []),
                          (2, [b'\1']), (0, [b'\1']), (-1, []), (2, [some, some]), (1, [some + b'\0']), (1, [b'']),
                          (2, [b'\6' + field + field, b'\x0a' + field]), (2, [b'\x12' + field, b'\x0c' + field])]:
        yield struct.pack('!i', count) + b''.join(struct.pack('!i', len(r)) + r for r in ranges)
    yield struct.pack('!ii', 1, 100) + b'\1'
    yield struct.pack('!ii', 1, -1)


def ranges(random):
    numbers = ['1', '2', '3', '5', '-7', '0', '100', '']
    kinds = [
        ('int4', [*numbers, '2147483647', '-2147483648', '2147483648', 'x'], struct.pack('!i', 7), [{}]),
        ('int8', [*numbers, '9223372036854775807', '-9223372036854775808', '99999999999999999999'], struct.pack('!q', 7), [{}]),
        ('num', [*numbers, '1.0', '1.00', '2.5', '-7.01', 'NaN', 'Infinity', '-Infinity', '1e5', '10000', '0.0001', 'x'],
         struct.pack('!hhHhhh', 2, 0, 0, 2, 7, 5000), [{}]),
        ('date', ['2020-01-01', '2020-01-02', '2020-03-01', 'infinity', '-infinity', '5874897-12-31', '4714-11-24 BC', '', '"2020-02-01"', 'x'],
         struct.pack('!i', 7), [{}, {'DateStyle': 'SQL, DMY'}]),
        ('ts', ['2020-01-01', '"2020-01-02 03:04:05.5"', '2020-03-01 00:00:00', 'infinity', '-infinity', '', '294276-12-31'],
         struct.pack('!q', 7), [{}, {'DateStyle': 'Postgres, DMY'}]),
        ('tstz', ['2020-01-01 00:00+00', '"2020-01-02 03:04:05.5+02"', '2020-03-01 00:00:00Z', 'infinity', '-infinity', ''],
         struct.pack('!q', 7), [{}, {'DateStyle': 'German, DMY'}]),
    ]
    for name, values, good, settings in kinds:
        texts = RANGES + [bounds_of(random, values) for _ in range(300)]
        texts += [pick(random, ['[', '(', ')', ']', '1', '2', ',', ',', '"', '\\', ' ', 'empty'], 8) for _ in range(150)]
        yield Values(name + 'range', texts=texts, binaries=list(range_binaries(good)), settings=settings)
        yield Values(name + 'multirange', texts=list(multirange_texts(random, values)),
                     binaries=list(multirange_binaries(good)), settings=settings)
    floats = ['1', '1.5', '-0', '0', 'NaN', 'Infinity', '-Infinity', '1e10', '', 'x', '2']
    texts = RANGES + [bounds_of(random, floats) for _ in range(200)]
    yield Values('floatrange', texts=texts, binaries=list(range_binaries(struct.pack('!d', 7))), setup=SETUP)
    yield Values('floatmultirange', texts=list(multirange_texts(random, floats)), setup=SETUP,
                 binaries=list(multirange_binaries(struct.pack('!d', 7))))


# ---------------------------------------------------------------------------------------- types of a user's


def attribute(random, text):
    if random.random() < 0.6 or not text:
        return '"' + text.replace('\\', '\\\\').replace('"', random.choice(['""', '\\"'])) + '"'
    return text


def item(random):
    name = random.choice(['', attribute(random, pick(random, ['a', ' ', '"', '\\', ',', '(', ')', 'é', 'NULL'], 4))])
    n = random.choice(['', '1', '-5', ' 7 ', '2147483648', 'x']) if random.random() < 0.8 else '3'
    moods = random.choice(['', '{}', '{sad}', '"{sad,ok}"', '"{NULL,""two words""}"', '"{""quo\\\\""te""}"', '"{\\"\\"}"', 'x'])
    count = random.choice(['', '1', '99', '0', '-1']) if random.random() < 0.3 else '1'
    at = random.choice(['', '2020-01-02', '"2020-01-02 03:04:05"', 'infinity'])
    return '(' + ','.join([name, n, moods, count, at]) + ')'


def user_types(random):
    labels = ['sad', 'ok', 'happy', 'two words', 'quo"te', '', ' sad', 'sad ', 'SAD', 'sa', 'sadd', 'x' * 63, 'x' * 64, '"sad"']
    yield Values('mood', texts=labels, binaries=[b'sad', b'sad\0', b'', b'x' * 100], setup=SETUP)
    element = [quoted(random, label) for label in labels]
    yield Values('mood[]', setup=SETUP, binaries=[array_binary(0, [(1, 1)], [b'ok']), array_binary(25, [(1, 1)], [b'ok'])],
                 texts=ARRAYS + [well_formed(random, lambda r: r.choice(element[:6] if r.random() < 0.9 else element)) for _ in range(100)])
    # the forms that are not sent are wrong in two ways, of which PostgreSQL tells the other one
    yield Values('quantity', never=(b'\0' * 5, b'\xff' * 4 + b'\0'), texts=['1', '0', '-1', ' 5 ', 'x', '', '2147483648'], setup=SETUP,
                 binaries=[struct.pack('!i', n) for n in (1, 0, -1)])
    yield Values('quantity[]', texts=['{1,2}', '{1,0}', '{NULL}', '{}', '{x}'], setup=SETUP,
                 binaries=[array_binary(0, [(1, 1)], [struct.pack('!i', n)]) for n in (1, 0)])

    texts = ['(,,,,)', ' (,,,,) ', '( ,,,,)', '(,,,,', '(,,,)', '(,,,,,)', '()', '', ',,,,', '(,,,,)x', '("",,,,)', '(a b,,,,)',
             '("a"b"c",,,,)', '("a""b",,,,)', r'(\,,,,,)', r'("\"",,,,)', r'(\(\),,,,)', '(",,,,)', '(a(b,,,,)', '(a)b,,,,)',
             '(a,1,{},1,)', '(null,,,,)', '(NULL,NULL,,,)', '(,,{sad},,)', '(,,"{sad,ok}",,)', '(,,{sad,ok},,)', '(,,,0,)',
             '[,,,,]', '(,1 ,,,)', '( a ,1,,,)', '(\n,1,,,)', '(,\n1,,,)', '\t(,,,,)\n', '(,,,,\\', '(,,,,")']
    items = [item(random) for _ in range(400)]
    texts += items
    texts += ['(' + pick(random, [',', ',', '"', '\\', ' ', 'a', '1', ')', '(', '""', '{}'], 12) + ')' for _ in range(300)]

    def field(oid, value):
        return struct.pack('!I', oid) + (struct.pack('!i', -1) if value is None else struct.pack('!i', len(value)) + value)
    nothing = [field(25, None), field(23, None), field(16384, None), field(16384, None), field(1114, None)]
    binaries = [struct.pack('!i', count) + b''.join(nothing) for count in (5, 4, 6, 0, -1, 2**31 - 1)]
    binaries.append(struct.pack('!i', 5) + b''.join(nothing) + b'\0')
    binaries.append(struct.pack('!i', 5) + b''.join(nothing[:4]))
    for wrong in (0, 23, 1043, 9999, 10000, 2**32 - 1):
        binaries.append(struct.pack('!i', 5) + field(wrong, None) + b''.join(nothing[1:]))
        binaries.append(struct.pack('!i', 5) + b''.join(nothing[:3]) + field(wrong, None) + nothing[4])
    for value in (b'\0\0\0\1', b'\0\0\0', b'\0\0\0\1\0', b''):
        binaries.append(struct.pack('!i', 5) + nothing[0] + field(23, value) + b''.join(nothing[2:]))
    binaries.append(struct.pack('!i', 5) + nothing[0] + struct.pack('!Ii', 23, -2) + b''.join(nothing[2:]))
    binaries.append(struct.pack('!i', 5) + nothing[0] + struct.pack('!Ii', 23, 1000) + b''.join(nothing[2:]))
    yield Values('item', texts=texts, binaries=binaries, setup=SETUP)

    good = [text for text in items if 'x' not in text and '2147483648' not in text and ',0,' not in text and ',-1,' not in text]
    yield Values('item[]', setup=SETUP,
                 texts=ARRAYS + [well_formed(random, lambda r: quoted(r, r.choice(good if r.random() < 0.9 else items))) for _ in range(200)])

    def shelf(r):
        first = random.choice(['', attribute(r, r.choice(good))])
        several = random.choice(['', '{}', attribute(r, well_formed(r, lambda q: quoted(q, q.choice(good))))])
        return '(' + ','.join([first, several, r.choice(['', 'empty', '"[1,5]"', '"(,)"'])]) + ')'
    yield Values('shelf', texts=['(,,)', '()', '("(,,,,)",{},empty)'] + [shelf(random) for _ in range(200)], setup=SETUP)


def generate(random):
    yield from arrays(random)
    yield from ranges(random)
    yield from user_types(random)
