"""Values of the types of text search: tsvector and tsquery."""

import struct

from values import Values

LEXEMES = ['a', 'b', 'ab', 'B', 'fat', 'é', '€', "'c d'", "'it''s'", "'x\\\\y'", "a\\'b", 'a\\ b', ',', ':', "'", "''", '\\', '1']

TSVECTOR_TEXTS = [
    '', ' ', 'a', 'a:1', "a:1A b:2,3C 'c d':4", "'a''b'", "'a\\\\b'", "a\\'b", "a'b", "'a", 'a:', 'a:0', 'a:00001', 'a:16383', 'a:16384',
    'a:65536', 'a:2147483649', 'a:4294967295', 'a:4294967296', 'a:99999999999', 'a:9223372036854775808', 'a:18446744073709551617',
    'a:1,1A,1B', 'a:1 a:2 a:1A', 'a a:1', 'a:1 a', 'a:1*', 'a:1a', 'a:1d', 'a:1D', 'a:1x', 'a:1 ,2', 'a:1,', 'a:,1', 'a :1', ':1', '::1',
    'a:1b:2', "'a':1'b'", 'b a ab aa B', 'é z', "''", "'a':1 ''", "'''", "''''", '\\', 'a\\', 'a\\ b', "'\\''", 'a:1AB', 'a:1AD', 'a:1DA',
    'a:1d2', 'a:1A2', 'a::1', 'a:1:2', 'a:-1', 'a:+1', 'a: 1', 'a:1.5', "'a'b", "a'b'c", 'a\tb\nc\vd\fe\rf', 'a,b', "'a',b", 'a*b', 'a:1**',
    'a(b)', 'a|b&c!d', '\xa0a', 'a:1\xa0', 'a:1é', 'a\u3000b', 'a:3,1,2', 'a:16383,16384,16385A', 'a:1,16383,16383A', 'a:16383,16383A',
    'x' * 2046, 'x' * 2047, 'é' * 1023, 'é' * 1024, 'a:' + ','.join(map(str, range(1, 300))), 'a:' + ','.join(map(str, range(300, 0, -1))),
    ' '.join(f'{i * 7919 % 1000}:{i + 1}A' for i in range(1500)), ' '.join(f'{i:05}' + 'x' * 2000 for i in range(520)),
    ' '.join(f'{i:05}' + 'x' * 2000 for i in range(530)), b'\xff', b'a\xc3', b"'\xed\xa0\x80'",
]

TSQUERY_TEXTS = [
    '', ' ', 'a', 'a&b', 'a & b | c', '(a|b)&c', '!a', '!!a', '!(a&b)', '!(a|b)', '!a&b', 'a<->b', 'a<2>b', 'a<0>b', 'a<1>b', 'a<01>b',
    'a<16384>b', 'a<16385>b', 'a<20000', 'a<99999999999>b', 'a<-1>b', 'a<>b', 'a< 1>b', 'a<1 >b', 'a <-> b', 'a<->', 'a<', 'a<1', 'a<b',
    'a<-b', 'a<5>&', 'a:*', 'a:AB', 'a:ba*', 'a:D*c', 'a:x', 'a:', 'a:**', 'a:1', 'a:A :B', 'a :A', 'a : A', 'a: A', "'a b'", "'a''b'",
    "a\\'b", 'a b', '(a', 'a)', '()', '( )', '(a)', 'a&', '&a', '!', '!)', '(!', 'a|b&c', 'a&b|c&d', '(a|b)|c', 'a|(b|c)', '(a&b)<->c',
    'a<->(b|c)', 'a<->b<->c', 'a<->(b<->c)', '(a<->b)<->c', 'a<->b&c', 'a<->!b', '!(a<->b)', '!a<->b', '(!a)<->b', 'a<2>b<3>c',
    'a<2>(b<3>c)', '(((a)))', "''", "a&''", "''&a", "!''", "'a' 'b'", "'a':A*", 'a:A&b', "a'b", 'a\\&b', 'a!b', 'a&!b', 'a & ! b', '! a',
    'a|!(b&!c)', 'a<->b|c', 'A:aBcD', 'a*', 'a*:*', 'a,b', '\xa0', 'a\u3000&b', ':', ':a', '!:a', 'a&:b', '\\', 'a\\', 'a&\\', '<->a', 'a<->&b',
    'x' * 2046, 'x' * 2047, '!' * 31 + 'a', '!' * 32 + 'a', '!' * 33 + 'a', '!(' * 33 + 'a' + ')' * 33, '(' * 5000 + 'a' + ')' * 5000,
    '(' * 30000, 'a' + '&a' * 3000, 'a' + '<->a' * 3000, 'a' + '<->(a' * 3000 + ')' * 3000, '|'.join(f'{i:05}' + 'x' * 2000 for i in range(520)),
    '|'.join(f'{i:05}' + 'x' * 2000 for i in range(530)), 'a&b&c|!d<->e:A*', 'a|b|c&d&e<->f<->g', b'\xff', b'a&\xc3',
]


def random_vector(random):
    def position():  # of several at the last one, 16383, it is chance whose weight PostgreSQL keeps
        return str(random.choice([random.randrange(1, 9), random.randrange(16383)])) + random.choice(['', '', '', 'A', 'b', 'C', 'd', '*'])
    words = [random.choice(LEXEMES[:12] if random.random() < 0.9 else LEXEMES)
             + random.choice(['', ':' + ','.join(position() for _ in range(random.randrange(1, 5)))]) for _ in range(random.randrange(8))]
    return random.choice([' ', '  ', '\n']).join(words)


def random_query(random, depth=0):
    kind = random.randrange(7 if depth < 5 else 2)
    blank = random.choice(['', ' '])
    if kind < 2:
        return random.choice(LEXEMES[:12]) + random.choice(['', '', ':*', ':A', ':bd*', ':' + ''.join(random.choice('abcdABCD*') for _ in range(3))])
    if kind == 2:
        return '!' + blank + random_query(random, depth + 1)
    if kind == 3:
        return '(' + blank + random_query(random, depth + 1) + blank + ')'
    operator = random.choice(['&', '|', '<->', f'<{random.randrange(5)}>'])
    return random_query(random, depth + 1) + blank + operator + blank + random_query(random, depth + 1)


def vector(*lexemes, count=None):
    """The binary form: of each lexeme its bytes and its positions."""
    return struct.pack('!i', len(lexemes) if count is None else count) + b''.join(
        text + b'\0' + struct.pack(f'!H{len(positions)}H', len(positions), *positions) for text, positions in lexemes)


VECTOR_BINARIES = [
    vector((b'', [])), vector((b'', []), (b'a', [1])), vector((b'a', [0])), vector((b'a', [0, 0])), vector((b'a', [1, 1])),
    vector((b'a', [2, 1])), vector((b'b', [1]), (b'a', [])), vector((b'a', [1]), (b'a', [2])), vector((b'b', []), (b'a', [2]), (b'a', [1])),
    vector((b'a', [0xc001, 0x4002])), vector((b'a', [0x4002, 0xc001])), vector((b'a', [0xffff])), vector(count=-1), vector(count=1),
    vector(count=1 << 30), vector(count=134217725), vector(count=134217726), vector((b'a' * 2046, [])), vector((b'a' * 2047, [])),
    vector((b'a' * 2048, [])), vector((b'a', range(1, 256))), vector((b'a', range(1, 257))), vector((b'a', range(1, 258))),
    vector((b'\xff', [])), vector() + b'x', b'', b'\0\0\0\1a', b'\0\0\0\1a\0\1\1', b'\0\0\0\1a\0\xff\xff',
    vector(*[(b'%05d' % i + b'x' * 2000, []) for i in range(520)]), vector(*[(b'%05d' % i + b'x' * 2000, []) for i in range(530)]),
    vector(*[(b'%05d' % i, [1]) for i in range(3000, 0, -1)]), vector((b"'\\\n", [3])),
]


def query(*items, count=None):
    return struct.pack('!i', len(items) if count is None else count) + b''.join(items)


def operand(text, weights=0, prefix=0):
    return bytes([1, weights, prefix]) + text + b'\0'


def operator(code):
    return bytes([2, code])


def phrase(distance):
    return b'\2\4' + struct.pack('!H', distance)


A, B = operand(b'a'), operand(b'b')
QUERY_BINARIES = [
    b'', query(), query() + b'x', query(A), query(A) + b'x', query(A, B), query(operator(1)), query(operator(1), A), query(operator(2), A),
    query(operator(2), B, A), query(operator(3), B, A), query(operator(4)), query(operator(5), B), query(operator(0), B),
    query(phrase(0), B, A), query(phrase(1), B, A), query(phrase(20000), B, A), query(phrase(32768), B, A), query(phrase(65535), B, A),
    query(operand(b'a', 15, 7)), query(operand(b'a', 16)), query(operand(b'')), query(operand(b'\xff')), query(operand(b"'\\")),
    query(operand(b'a' * 2046)), query(operand(b'a' * 2047)), query(operand(b'a' * 2048)), query(count=-1), query(count=1), query(count=1 << 30),
    query(count=89478484), query(count=89478485), b'\0\0\0\1\3', b'\0\0\0\1\0', b'\0\0\0\1\1', b'\0\0\0\1\1\0\0a', b'\0\0\0\2\2\4\0',
    query(operator(2), operator(1), operator(1), B, A), query(operator(1), operator(2), B), query(operator(2), B, operator(1)),
    query(*[operator(1)] * 1000, A), query(*[phrase(2)] * 1000, *[A] * 1001), query(*[operator(2), B] * 1000, A),
    query(*[operator(3)] * 519, *[operand(b'x' * 2010)] * 520), query(*[operator(3)] * 529, *[operand(b'x' * 2010)] * 530),
]


def generate(random):
    vectors = TSVECTOR_TEXTS + [random_vector(random) for _ in range(500)]
    vectors += [''.join(random.choice("ab':,1\\ A*9") for _ in range(random.randrange(9))) for _ in range(700)]
    yield Values('tsvector', texts=vectors, binaries=VECTOR_BINARIES)
    queries = TSQUERY_TEXTS + [random_query(random) for _ in range(500)]
    for _ in range(300):  # a valid one with a mistake in it
        text = random_query(random)
        at = random.randrange(len(text) + 1)
        queries.append(text[:at] + random.choice("!&|()<->':*\\ a") + text[at + random.randrange(2):])
    queries += [''.join(random.choice(['a', 'b', "'c'", '!', '&', '|', '(', ')', '<->', '<2>', ':', '*', ' ', '\\', '<', '-', '>', "'"])
                        for _ in range(random.randrange(9))) for _ in range(700)]
    yield Values('tsquery', texts=queries, binaries=QUERY_BINARIES)
