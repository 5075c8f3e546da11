"""Values of the geometric types."""

import struct

from values import Values

NUMBERS = ['0', '1', '-1', '+2', '-0', '.5', '5.', '-.25', '1e3', '1E-3', '1.5e+2', '0.1', '1e15', '123456789012345678',
           '1e-7', '1e308', '1e-307', '4.9e-324', '0x1p4', '0xA.8', '0x', 'NaN', 'nan', 'nan(1)', 'inf', '-Infinity',
           'INFINITY', '0.30000000000000004']
NO_NUMBERS = ['', 'x', '1e400', '1e-400', '-1e999', '--1', '+-1', '.', '1e', '1 2', 'infinit', 'nan(', '0x1p5000',
              '1_0']

# %s stands for a number. Each is tried for each type, in most of which it is no value.
SPELLINGS = {
    1: ['%s', '(%s)', '{%s}'],
    2: ['%s,%s', '(%s,%s)', ' ( %s , %s ) ', '((%s,%s))', '[%s,%s]', '(%s,%s', '%s,%s)', '(%s %s)', '(%s,%s)x',
        '<%s,%s>', '[(%s,%s)]', '((%s,%s)', '(%s,%s),', '{%s,%s}', '( ( %s,%s ) )'],
    3: ['{%s,%s,%s}', ' { %s , %s , %s } ', '{%s,%s,%s', '%s,%s,%s', '<(%s,%s),%s>', '((%s,%s),%s)', '(%s,%s),%s',
        '<%s,%s,%s>', ' < ( %s , %s ) , %s > ', '<(%s,%s),%s)', '((%s,%s),%s>', '((%s,%s)%s)', '(%s,%s)%s',
        '(%s,%s,%s)', '<((%s,%s),%s)>', '<(%s,%s),%s', '(%s,%s),%s)', '{%s,%s,%s}x', '<(%s,%s),%s>x', '<(%s,%s),%s>>',
        '[%s,%s,%s]'],
    4: ['%s,%s,%s,%s', '(%s,%s),(%s,%s)', '((%s,%s),(%s,%s))', '[(%s,%s),(%s,%s)]', '(%s,%s,%s,%s)', '[%s,%s,%s,%s]',
        ' ( ( %s , %s ) , ( %s , %s ) ) ', '[(%s,%s),(%s,%s))', '((%s,%s),(%s,%s)]', '((%s,%s)(%s,%s))',
        '(%s,%s)(%s,%s)', '((%s,%s),(%s,%s)', '(%s,%s),(%s,%s))', '([(%s,%s),(%s,%s)])', '([%s,%s,%s,%s])',
        '[((%s,%s),(%s,%s))]', '(((%s,%s),(%s,%s)))', '(%s,%s),%s,%s', '%s,%s,(%s,%s)', '(%s,%s),(%s,%s),',
        '((%s,%s),(%s,%s),)', '[%s,%s,%s,%s)', '((%s,%s),%s,%s)', '(%s,%s),(%s,%s)x', '{(%s,%s),(%s,%s)}',
        '(%s,%s;%s,%s)', '%s %s %s %s', '(%s,%s,%s,%s))'],
    6: ['((%s,%s),(%s,%s),(%s,%s))', '[(%s,%s),(%s,%s),(%s,%s)]', '(%s,%s),(%s,%s),(%s,%s)', '%s,%s,%s,%s,%s,%s',
        '(%s,%s,%s,%s,%s,%s)', '( (%s,%s) , (%s,%s) , (%s,%s) )', '((%s,%s),(%s,%s),(%s,%s)', '[%s,%s,%s,%s,%s,%s]'],
}
TYPES = {'point': 2, 'line': 3, 'lseg': 4, 'box': 4, 'path': 0, 'polygon': 0, 'circle': 3}
OWN_SPELLINGS = {
    'point': ['(%s,%s)', '%s,%s'],
    'line': ['{%s,%s,%s}', '(%s,%s),(%s,%s)', '[(%s,%s),(%s,%s)]'],
    'lseg': ['[(%s,%s),(%s,%s)]', '((%s,%s),(%s,%s))', '%s,%s,%s,%s'],
    'box': ['(%s,%s),(%s,%s)', '((%s,%s),(%s,%s))', '%s,%s,%s,%s'],
    'path': ['[(%s,%s),(%s,%s)]', '((%s,%s),(%s,%s),(%s,%s))', '(%s,%s)', '%s,%s', '[%s,%s]'],
    'polygon': ['((%s,%s),(%s,%s))', '((%s,%s),(%s,%s),(%s,%s))', '(%s,%s)', '%s,%s'],
    'circle': ['<(%s,%s),%s>', '((%s,%s),%s)', '%s,%s,%s'],
}
LINES = ['(0,0),(0,0)', '(0,0),(1e-7,0)', '(0,0),(1e-6,0)', '(0,0),(2e-6,0)', '(0,0),(0,2e-6)', '(1,2),(1,3)',
         '(1,2),(3,2)', '(-0,-0),(1,0)', '(-0,-0),(0,1)', '(1,1),(2,2)', '(-1,-1),(2,2)', '(1e308,0),(-1e308,1)',
         '(0,1e308),(1,-1e308)', '(inf,0),(inf,1)', '(inf,0),(-inf,1)', '(0,inf),(1,inf)', '(0,inf),(1,-inf)',
         '(0,0),(inf,1)', '(0,0),(1,inf)', '(nan,0),(nan,0)', '(nan,0),(nan,1)', '(nan,0),(1,0)', '(nan,nan),(nan,nan)',
         '(1,nan),(2,nan)', '(0,0),(nan,1)', '(0,0),(1e300,1e-5)', '(1e-300,0),(1,1e-5)', '(1e200,0),(1,1e200)',
         '(0.1,0.2),(0.3,0.7)', '(1e308,1e308),(0,0)', '(5,0),(1e308,3e-6)', '(1e-200,5),(1e200,4)', '{0,0,1}',
         '{1e-6,0,1}', '{1.1e-6,0,1}', '{0,-1e-6,1}', '{nan,0,0}', '{0,nan,nan}', '{inf,-inf,0}', '{-0,1,-0}',
         '{0,1e-320,0}']


def spell(spelling, numbers):
    return spelling % tuple(numbers)


def texts_of(name, random):
    anything = NUMBERS + NO_NUMBERS
    yield from ['', ' ', '()', '[]', '{}', '<>', '(,)', ',', ',,', ',,,', '((', '(((', '))', '[', '<', '{', '(()',
                '[()]', '(1,2),(', '[(1,2),(3,4)]]']
    for count, spellings in SPELLINGS.items():
        for spelling in spellings:
            yield spell(spelling, range(1, count + 1))
    for spelling in OWN_SPELLINGS[name]:
        count = spelling.count('%s')
        for number in anything:
            for at in range(count):
                yield spell(spelling, [number if i == at else i + 1 for i in range(count)])
        for number in NUMBERS:
            yield spell(spelling, [number] * count)
        for _ in range(60):
            yield spell(spelling, [random_number(random) for _ in range(count)])
    if name == 'line':
        yield from LINES
        for _ in range(200):
            yield '({},{}),({},{})'.format(*(random_number(random) for _ in range(4)))
    if name in ('path', 'polygon'):
        for count in (1, 2, 3, 10, 100):
            points = ','.join(f'({i},{i * i})' for i in range(count))
            yield from [points, f'({points})', f'[{points}]', f'(({points}))', points + ',']
    # What is nearly a value: one character changed, left out or doubled.
    values = [spell(s, range(1, s.count('%s') + 1)) for s in OWN_SPELLINGS[name]]
    for _ in range(150):
        value = random.choice(values)
        at = random.randrange(len(value))
        yield value[:at] + random.choice(['', value[at] * 2, random.choice('()[]{}<>, \t\n\v1.e-x;')]) + value[at + 1:]


def random_number(random):
    kind = random.random()
    if kind < 0.3:
        return str(random.randint(-1000, 1000))
    if kind < 0.6:
        return repr(random.uniform(-1000, 1000))
    if kind < 0.9:
        return repr(random.uniform(-1, 1) * 10.0 ** random.randint(-300, 300))
    return random.choice(NUMBERS[:20])


def doubles(*values):
    return struct.pack(f'!{len(values)}d', *values)


def binaries_of(name, random):
    nan, inf = float('nan'), float('inf')
    odd = [nan, inf, -inf, -0.0, 5e-324, 1e-6, 1.1e-6, -1e-6, -1, 1.7976931348623157e308]
    payload_nan = bytes.fromhex('fff8000000000123')
    count = TYPES[name]
    if count:
        for _ in range(60):
            yield doubles(*(random.choice([*odd, 0, 1, 2]) for _ in range(count)))
        for value in odd:
            yield doubles(*[value] * count)
            yield doubles(*[1] * (count - 1), value)
            yield doubles(value, *[0] * (count - 1))
        yield payload_nan * count
        return
    flags = [b''] if name == 'polygon' else [b'\0', b'\1', b'\2', b'\xff']
    for flag in flags:
        yield flag
        for points in (1, 2, 5):
            yield flag + struct.pack('!i', points) + doubles(*(random.choice(odd) for _ in range(2 * points)))
        # Counts from 67,108,863 on are refused for the memory that they would take, with an internal error, and only
        # from these on for what they are:
        least = 134217725 if name == 'polygon' else 134217726
        for points in (0, -1, 2, 3, 1_000_000, least, 0x7fffffff, -0x80000000):
            yield flag + struct.pack('!i', points) + doubles(1, 2)
        yield flag + struct.pack('!i', 1) + payload_nan * 2


def generate(random):
    for name in TYPES:
        yield Values(name, texts=list(dict.fromkeys(texts_of(name, random))), binaries=list(binaries_of(name, random)),
                     settings=[{}, {'extra_float_digits': '0'}])
