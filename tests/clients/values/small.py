"""Values of the small types: bits, numbers of PostgreSQL's own tables, booleans, uuids, bytes and texts."""

import struct

from values import Values

NUMBERS = [
    '0', '1', '-0', '-1', '+1', '42', '007', '08', '010', '-010', '0x10', '0X1f', '0x', '0xg', '0x 1', '-0x1', '+0x1',
    '0b1', '0o7', '00', '0_1', '1_000', '2147483647', '2147483648', '-2147483647', '-2147483648', '-2147483649',
    '4294967295', '4294967296', '-4294967295', '-4294967296', '4294967297', '0xffffffff', '0x100000000',
    '-0x80000000', '-0x80000001', '037777777777', '040000000000', '9223372036854775807', '9223372036854775808',
    '18446744073709551614', '18446744073709551615', '18446744073709551616', '-18446744073709551615',
    '-18446744073709551616', '-18446744073709551614', '-18446744071562067968', '-18446744071562067967',
    '-18446744069414584321', '-9223372036854775808', '0xffffffffffffffff', '0x10000000000000000',
    '01777777777777777777777', '02000000000000000000000', '99999999999999999999999', '-99999999999999999999999',
    '99999999999999999999999x', '', ' ', '\t\n\v\f\r42\t\n\v\f\r', ' 42', '42 ', '4 2', '42x', 'x42', '- 1', '--1',
    '+-1', '+', '-', '1.0', '1e3', '.5', '١', '\u00a01', '1,2', '0x1 ', '09', '019', '0x1x', '18446744073709551616 ',
    '4294967296x', '4294967296 x', '-1x'
]


def numbers(random):
    texts = [
        str(random.getrandbits(random.choice([8, 16, 31, 32, 33, 63, 64, 65, 66])) * random.choice([1, 1, -1]))
        for _ in range(120)
    ]
    texts += [
        random.choice(['', '-', '+', ' ']) +
        random.choice(['%#x', '%#o', '0%o', '%d', '%dx']) % random.getrandbits(random.choice([8, 32, 33, 64, 65]))
        for _ in range(120)
    ]
    return NUMBERS + texts + [b'\xff', b'1\x80']


def words(width, random):
    limit = 1 << width * 8
    return [(n % limit).to_bytes(width, 'big') for n in (0, 1, -1, limit // 2, limit // 2 - 1)
            ] + [random.randbytes(n) for n in (0, width - 1, width, width, width + 1)]


def bits(random):
    texts = [
        '', '0', '1', '01', '10', '0' * 8, '1' * 8, '1' * 9, '1' * 7, 'b', 'B', 'b1', 'B0101', 'x', 'X', 'x1F', 'X1f',
        'xg', 'X0G', 'b2', 'B01a', 'bb1', 'xx1', 'bx1', "B'01'", "b'1", '2', '1 ', ' 1', '1 0', '0x1F', '0b1', '+1',
        '-1', 'xABCDEFabcdef', 'x1 ', ' x1', 'é', '1é', 'xé', '1\n', '1' * 2000, 'x' + 'f' * 500, 'o7', '01_01',
        'x1_2'
    ]
    texts += [
        random.choice(['', '', 'b', 'B']) + ''.join(random.choice('01') for _ in range(random.randrange(70)))
        for _ in range(150)
    ]
    texts += [
        random.choice('xX') + ''.join(random.choice('0123456789abcdefABCDEF') for _ in range(random.randrange(40)))
        for _ in range(100)
    ]
    binaries = []
    for count in (0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64):
        for extra in (-1, 0, 0, 1):
            binaries.append(struct.pack('!i', count) + random.randbytes(max(0, (count + 7) // 8 + extra)))
        binaries.append(struct.pack('!i', count) + b'\xff' * ((count + 7) // 8))
    for count in (-1, -2**31, 2**31 - 1, 2**31 - 8, 2**31 - 7, 2**31 - 9, 1000000, 0x1000000):
        binaries.append(struct.pack('!i', count) + b'\xff' * 4)
    return texts, binaries


def tids(random):
    texts = [
        '(0,0)', '(0,1)', '(1,65535)', '(4294967295,65535)', '(4294967296,0)', '(0,65536)', '(0,-1)', '(-1,0)',
        '(-2147483648,1)', '(-2147483649,1)', '(-4294967295,1)', '(-18446744073709551615,1)',
        '(1,-18446744073709551615)', '(18446744073709551616,1)', '(1,18446744073709551616)', '( 1, 2)', '(1 ,2)',
        '(1,2 )', ' (1,2)', '(1,2) ', 'x(1,2)y', '(,)', '(,1)', '(1,)', '1,2)', '1,2', ',1,2)', '((1,2)', '(1,2',
        '(1', '', '(', ')', '()', '(1)', '1,,2)', '(,,)', '(1,,)', '(1,2,3)', '(1(2)', '(0x1,2)', '(010,020)',
        ')(1,2)', '(1,2))', '(1)2,3)', '(+1,+2)', '(\t1,\n2)', '(a,b)', ',,)', '(1,2)(3,4)', 'abc', '5(1,2)',
        '5,(1,2)', '5,6(1,2)', '(1,(2)', '(1.0,2)', '[1,2]', '(99999999999,1)'
    ]
    texts += [
        '(%d,%d)' % (random.getrandbits(random.choice([8, 32, 33])), random.getrandbits(random.choice([4, 16, 17])))
        for _ in range(80)
    ]
    for _ in range(200):
        texts.append(''.join(random.choice('((,,))0123 -+x') for _ in range(random.randrange(4, 10))))
    return texts + [b'\xff(1,2)', b'(1,2)\x80', b'(1,2\xff)', 'é(1,2)é']


def lsns(random):
    texts = [
        '0/0', '16/B374D848', '16/b374d848', 'FFFFFFFF/FFFFFFFF', '100000000/0', '0/100000000', '/', '0/', '/0', '0',
        '', ' 0/0', '0/0 ', '0 /0', '0/ 0', '00000000/00000000', '000000001/0', '0x1/0', '-1/0', '+1/0', 'g/0', '0/g',
        '0//0', '0/0/0', '1/2x', 'abc/DEF', '0\\0', '0:0', '1/é'
    ]
    return texts + [
        '%x/%X' % (random.getrandbits(random.choice([4, 32])), random.getrandbits(random.choice([8, 32, 33])))
        for _ in range(60)
    ]


def snapshots(random):
    texts = [
        '10:20:', '10:20:10,14,15', '10:10:', '10:20:10', '10:20:20', '10:20:9', '20:10:', '10:20:14,10',
        '10:20:14,14,15', '10:20:,', '10:20:14,', '10:20:14,,15', '10:20:,14', '10:20', '10', '', ':', '::', '0:20:',
        '10:0:', '0:0:', '4294967296:4294967297:', '4294967295:4294967297:4294967296', '4294967297:8589934592:',
        '1:18446744073709551615:', '1:18446744073709551616:', '1:99999999999999999999:5', '1:9223372036854775807:',
        '1:9223372036854775808:9223372036854775807', '1:-1:', '-1:-1:', '1:-1:-2', ' 10: 20: 14, 15', '10 :20:',
        '10:20 :', '10:20:14 ', '10:20: ', '10:20:x', 'x:20:', '10:x:', '10:20:14x', '010:020:012', '0x10:20:',
        '+10:+20:+14', '1:2:3', '1:5:2,3,4', '1:5:1,2,3,4', '1:5:4,3', '10:20:14;15', '10:20:14:15',
        '18446744073709551615:18446744073709551615:', '18446744073709551616:1:', '10:20:10,99999999999999999999'
    ]
    for _ in range(100):
        low = random.getrandbits(random.choice([4, 20, 34, 63])) + 1
        high = low + random.getrandbits(random.choice([3, 8, 33]))
        running = [random.randint(low, max(low, high - random.randrange(2))) for _ in range(random.randrange(8))]
        if random.random() < 0.8:
            running.sort()
        texts.append('%d:%d:%s' % (low, high, ','.join(map(str, running))))
    binaries = []
    for count, low, high, running in ((0, 1, 1, ()), (1, 1, 9, (5, )), (2, 1, 9, (5, 5)), (3, 1, 9, (5, 5, 6)),
                                      (2, 1, 9, (6, 5)), (1, 1, 9, (0, )), (1, 1, 9, (9, )), (2, 1, 9, (5, )),
                                      (1, 1, 9, (5, 6)), (-1, 1, 9, ()), (2**31 - 1, 1, 9, ()), (134217724, 1, 9,
                                                                                                 (5, )),
                                      (134217725, 1, 9, (5, )), (134217726, 1, 9, (5, )), (100000, 1, 9, (5, )),
                                      (0, 0, 9, ()), (0, 9, 1, ()), (0, 1, 0, ()), (0, 1 << 32, 9 << 33, ()),
                                      (0, 1, -1, ()), (1, 1, -1, (-2, )), (1, 1, 9, (-2, )), (0, 1, 1 << 63, ()),
                                      (2, 1, 9, (1, 8)), (0, 2, 1 << 32, ()), (0, 1 << 32, 1 << 32, ())):
        binaries.append(
            struct.pack('!i%dq' % (2 + len(running)), count,
                        *(n - (1 << 64) if n >= 1 << 63 else n for n in (low, high, *running))))
    return texts, binaries


def uuids(random):
    texts = [
        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
        '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', 'a0eebc999c0b4ef8bb6d6bb9bd380a11',
        'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11', '{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}',
        '{a0eebc999c0b4ef8bb6d6bb9bd380a11', 'a0eebc999c0b4ef8bb6d6bb9bd380a11}', '{}', '{', '}', '', ' ', '-',
        '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff',
        ' a0eebc999c0b4ef8bb6d6bb9bd380a11', 'a0eebc999c0b4ef8bb6d6bb9bd380a11 ',
        '{ a0eebc999c0b4ef8bb6d6bb9bd380a11}', '{a0eebc999c0b4ef8bb6d6bb9bd380a11}}',
        '{{a0eebc999c0b4ef8bb6d6bb9bd380a11}}', '(a0eebc999c0b4ef8bb6d6bb9bd380a11)',
        'a0eebc999c0b4ef8bb6d6bb9bd380a1', 'a0eebc999c0b4ef8bb6d6bb9bd380a111', 'g0eebc999c0b4ef8bb6d6bb9bd380a11',
        'a0eebc999c0b4ef8bb6d6bb9bd380a11-', '-a0eebc999c0b4ef8bb6d6bb9bd380a11',
        '{a0eebc999c0b4ef8bb6d6bb9bd380a11-}', '{-a0eebc999c0b4ef8bb6d6bb9bd380a11}',
        'a0--eebc999c0b4ef8bb6d6bb9bd380a11', 'a0ee--bc999c0b4ef8bb6d6bb9bd380a11',
        'a0-eebc999c0b4ef8bb6d6bb9bd380a11', 'a0eeb-c999c0b4ef8bb6d6bb9bd380a11',
        'urn:uuid:a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99_9c0b_4ef8_bb6d_6bb9bd380a11',
        '0xa0eebc999c0b4ef8bb6d6bb9bd380a11'
    ]
    for _ in range(200):
        digits = '%032x' % random.getrandbits(128)
        step = random.choice([4, 4, 4, 2, 3])
        text = ''.join(digits[i:i + step] + random.choice(['', '-']) for i in range(0, 32, step))
        text = text.strip('-') if random.random() < 0.8 else text
        texts.append(
            random.choice(['%s', '%s', '{%s}', '{%s', '%s}']) % (text.upper() if random.random() < 0.3 else text))
    return texts


def byteas(random):
    texts = [
        '', '\\x', '\\X', '\\x0', '\\x00', '\\xff', '\\xFF', '\\xDeadBeef', '\\xdeadbee', '\\x de ad', '\\xde ad ',
        '\\xd ead', '\\x\tde\nad\rbe', '\\xde\vad', '\\xde\fad', '\\xgg', '\\x0g', '\\x0', '\\x ', ' \\x00', '\\x00x',
        '\\x-1', '\\x0x00', 'abc', 'a b', '\\\\', '\\', '\\\\\\', 'a\\', '\\000', '\\001', '\\377', '\\400', '\\399',
        '\\12', '\\1', '\\1234', '\\012\\345', '\\n', "\\'", '\\\\x00', 'é', '\\303\\251', '\\0é', '\\x0é', '\\xé0',
        '\t', '\x7f', '\x1f', '~', '\\08', '\\18a', '\\177', '\\178', "''", '\\x' + 'ab' * 300
    ]
    for _ in range(200):
        texts.append(''.join(
            random.choice(['\\', '\\', '\\\\', '0', '1', '7', '8', '377', '012', 'a', 'x', ' ', '\\x', 'é'])
            for _ in range(random.randrange(1, 9))))
    for _ in range(150):
        texts.append('\\x' + ''.join(
            random.choice('0123456789abcdefABCDEF0123456789abcdef  \n\tg' if random.random() <
                          0.2 else '0123456789abcdefAB') for _ in range(random.randrange(30))))
    return texts + NOT_UTF8 + [b'\\x\xff', b'a\\101\xff'], [bytes(
        [b]) for b in range(256)] + [bytes(range(256)), random.randbytes(500), b'\\' * 5]


PIECES = [
    b'a', b'\xc3\xa9', b'\xe2\x82\xac', b'\xf0\x9f\x98\x80', b'\x7f', b'\x01', b' ', b'\xef\xbb\xbf', b'\xef\xbf\xbf',
    b'\xed\x9f\xbf', b'\xee\x80\x80', b'\xf4\x8f\xbf\xbf', b'\xc2\x80', b'\xe0\xa0\x80', b'\xf0\x90\x80\x80'
]
NOT_UTF8 = [
    b'\x80', b'\xbf', b'\xc0\x80', b'\xc0\xaf', b'\xc1\xbf', b'\xc2', b'\xe0\x80\x80', b'\xe0\x9f\xbf', b'\xe0\xa0',
    b'\xed\xa0\x80', b'\xed\xbf\xbf', b'\xed\xa0\xbd\xed\xb8\x80', b'\xf0\x80\x80\x80', b'\xf0\x8f\xbf\xbf',
    b'\xf4\x90\x80\x80', b'\xf5\x80\x80\x80', b'\xf8\x88\x80\x80\x80', b'\xfe', b'\xff', b'\xf0\x9f\x98', b'\xf0\x9f',
    b'\xf0', b'\xe2\x82', b'\xe2', b'\xc3\x28', b'\xe2\x28\xa1', b'\xe2\x82\x28', b'\xf0\x28\x8c\xbc',
    b'\xf0\x90\x28\xbc', b'\xf0\x28\x8c\x28'
]


def characters(random):
    """Texts, and bytes that are none."""
    texts = [
        b'', b' ', b'  a  ', b'\t\n', b'NULL', b'null', b"'", b'"', b'\\', b'\\N', b'a' * 62, b'a' * 63, b'a' * 64,
        b'a' * 65, b'a' * 200, b'-', b'0'
    ]
    texts += PIECES + [b'a' * n + piece + b'z' for n in range(58, 66) for piece in PIECES[1:4]]
    texts += [b''.join(random.choice(PIECES) for _ in range(random.choice([2, 5, 20, 40]))) for _ in range(120)]
    wrong = NOT_UTF8 + [
        b'a' * n + piece + b'z' * random.randrange(3) for n in (1, 5, 7, 8, 9, 31, 62, 63, 64, 70)
        for piece in random.sample(NOT_UTF8, 8)
    ]
    return texts + wrong, [b'\0', b'a\0', b'\0a', b'a\0b', b'abcdefgh\0', b'a' * 63 + b'\0', b'a' * 64 + b'\xff'
                           ] + wrong + texts


def single_bytes():
    texts = [chr(c) for c in range(1, 256)] + [
        '', 'ab', 'abcd', '\\', '\\\\', '\\0', '\\000', '\\001', '\\101', '\\177', '\\200', '\\377', '\\400', '\\777',
        '\\08a', '\\008', '\\0011', '\\1', '\\12', '\\x41', '\\é1', '€', '😀', ' a', 'é\\'
    ]
    return texts + NOT_UTF8, [bytes([b]) for b in range(256)] + [b'', b'ab']


# Kinds of objects, with a text each that names none.
OBJECTS = {
    'regproc': 'no_such', 'regprocedure': 'no_such(int4)', 'regoper': '@#@#@', 'regoperator': '@#@#@(int4,int4)',
    'regclass': 'no_such', 'regtype': 'no_such', 'regconfig': 'no_such', 'regdictionary': 'no_such',
    'regnamespace': 'no_such', 'regrole': 'no_such', 'regcollation': 'no_such'
}


def generate(random):
    texts, binaries = bits(random)
    yield Values('"bit"', texts, binaries)  # with quotes: without a length it is bit(1) otherwise
    yield Values('varbit', texts, binaries)

    for name, width in (('oid', 4), ('xid', 4), ('cid', 4), ('xid8', 8)):
        yield Values(name, numbers(random), words(width, random))
    yield Values('tid', tids(random), words(6, random))
    yield Values('pg_lsn', lsns(random), words(8, random))
    texts, binaries = snapshots(random)
    yield Values('pg_snapshot', texts, binaries)
    yield Values('txid_snapshot', texts, binaries)

    # Numbers that no catalog has: a server knows the names of others.
    for name, unknown in OBJECTS.items():
        none = '0' if name in ('regoper', 'regoperator') else '-'
        yield Values(name, [
            none, '0', '00', '4000000000', '4294967295', '037777777777', '4294967296', '99999999999999999999', '09',
            '3999999999', unknown, '', ' ', ' 4000000000', '4000000000 ', '-1', '+1', b'\xff'
        ], [struct.pack('!I', n) for n in (0, 4000000000, 4294967295, 3999999999)] + [b'', b'\0\0\0', b'\0\0\0\0\0'])

    texts, binaries = single_bytes()
    yield Values('"char"', texts, binaries)
    texts, binaries = characters(random)
    for name in ('text', 'varchar', 'bpchar', 'name', 'refcursor', 'cstring', 'unknown'):
        yield Values(name, texts, binaries)

    spellings = [
        't', 'f', 'true', 'false', 'yes', 'no', 'on', 'off', '1', '0', 'y', 'n', 'o', 'of', 'tr', 'tru', 'truer',
        'fa', 'fals', 'ye', 'yess', 'TRUE', 'False', 'yEs', 'ON', 'oFf', '', ' ', ' t', 't ', '\t\n\v\f\rt\t\n\v\f\r',
        't t', '2', '00', '01', '-1', '1.0', 'nо', 'null', 'truе', '"t"', 'é', '\u00a0t'
    ]
    yield Values('bool', spellings, [bytes([b]) for b in (0, 1, 2, 127, 128, 255)] + [b'', b'\0\0', b'\1\1'])
    yield Values('uuid', uuids(random),
                 [random.randbytes(n) for n in (0, 15, 16, 16, 17)] + [b'\0' * 16, b'\xff' * 16])
    texts, binaries = byteas(random)
    yield Values('bytea', texts, binaries, settings=[{}, {'bytea_output': 'escape'}])
