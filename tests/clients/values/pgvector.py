"""Values of pgvector's types; only for servers with the extension, and to be skipped where it is not installed."""

import struct

from values import Values

NUMBERS = ['0', '1', '-0', '.5', '-2.', '1e5', '1e6', '1e-5', '3.4e38', '3.5e38', '1e39', '1e-45', '1e-46', '-1e-50',
           '1e-400', '65504', '65519.99', '65520', '65536', '-70000', '6e-8', '3e-8', '2.98e-8',
           '2.9802322387695312e-8', '2.99e-8', '0.1', '0.333333333', '16777217', '2049', '2051', '0x1p3', '0x1p-200',
           '0x1p200', 'nan', 'inf', '-Infinity', 'x', '', '1e', '1 2', '+5',
           '0.00000000000000000000000000000000000000000000000000000000001', '0e99', '0e-999', '1e9999999999999999999']
LISTS = ['[%s]', '[1,%s]', '[%s,2,3]', ' [ %s , 4 ] ', '[%s', '%s]', '%s', '[%s]x', '[%s,]', '[,%s]', '{%s}', '[[%s]]',
         '[%s;1]']
EMPTY = ['', ' ', '[]', '[ ]', '[,]', '[', ']', '[1', '[1,', '[1,2', '[1,2] x', '[1,2]\t\n', '\v[1,2]', '[1,,2]',
         '[1 ,2]', '[-]']
SPARSE = ['{}/1', '{}/0', '{}/-1', '{}/1000000000', '{}/1000000001', '{}/99999999999999999999', '{}', '{}/', '{}/x',
          '{}/5x', '', '{', '{1:1}/1', '{2:1}/1', '{0:1}/1', '{-1:1}/1', '{1:1,1:2}/3', '{3:1,1:2}/3', '{1:0,2:1}/2',
          '{1:0}/0', '{5:0}/1', '{1:-0}/1', ' { 1 : 1 , 2 : 2 } / 3 ', '{1:1,}/3', '{,1:1}/3', '{1}/3', '{1:}/3',
          '{:1}/3', '{1:1;2:2}/3', '{1:1}5', '{1:1} 5', '{+1:1}/+5', '{99999999999999999999:1}/5',
          '{-99999999999999999999:1}/5', '{2147483647:1}/5', '{2147483648:1}/5', '{1:1}/5 x', '\t{1:1}/5\n',
          '{1000000000:1}/1000000000', '{1.5:1}/5', '{0x1:1}/5', '{1:1}/5.5', '{1 1:1}/5', '{ }/3', '{1:nan}/2',
          '{9:inf}/2', '{1:1}/ 2', '{1:1}/', '{1:1,2:x}/2']


def generate(random):
    for name, code, scale in (('vector', 'f', 4), ('halfvec', 'e', 2)):
        texts = EMPTY + [spelling % number for spelling in LISTS for number in NUMBERS]
        texts += ['[' + ','.join(repr(random.uniform(-1, 1) * 10.0 ** random.randint(-8, 5)) for _ in range(20)) + ']'
                  for _ in range(100)]
        texts += ['[' + ','.join(['1'] * count) + ']' for count in (15999, 16000, 16001)]
        head = struct.Struct('!hh')
        binaries = [head.pack(count, unused) + bytes(scale) * body
                    for count in (-1, 0, 1, 2, 3, 16000, 16001, 32767)
                    for unused in (0, 1, -1) for body in (0, 1, 2, 3)]
        binaries += [head.pack(count, 0) + bytes(scale) * count for count in (15999, 16000)]
        for value in (0.0, -0.0, 1.0, float('nan'), float('inf'), float('-inf')):
            binaries += [head.pack(1, 0) + struct.pack('!' + code, value),
                         head.pack(2, 0) + struct.pack('!' + code, value)]
        for _ in range(200):
            binaries.append(head.pack(5, 0) + random.randbytes(5 * scale))
        if name == 'halfvec':   # every half there is
            for first in range(0, 0x10000, 0x100):
                if (first & 0x7c00) != 0x7c00:
                    binaries.append(head.pack(0x100, 0) + struct.pack('!256H', *range(first, first + 0x100)))
        yield Values(name, texts=texts, binaries=binaries, settings=[{}, {'extra_float_digits': '0'}], extension='vector')

    texts = SPARSE + [spelling % number for number in NUMBERS
                      for spelling in ('{1:%s}/5', '{2:3,1: %s }/5', '{9:%s}/5')]
    for count in (15999, 16000, 16001):
        texts.append('{' + ','.join(f'{i + 1}:1' for i in range(count)) + '}/20000')
    for _ in range(100):
        indices = random.sample(range(1, 100), 10)
        texts.append('{' + ','.join(f'{i}:{random.uniform(-10, 10)!r}' for i in indices) + '}/99')

    def sparse(dimensions, indices, values, count=None, unused=0):
        count = len(indices) if count is None else count
        return struct.pack(f'!iii{len(indices)}i{len(values)}f', dimensions, count, unused, *indices, *values)
    binaries = [sparse(5, [0, 4], [1, -1]), sparse(5, [4, 0], [1, 1]), sparse(5, [1, 1], [1, 1]), sparse(5, [5], [1]),
                sparse(5, [-1], [1]), sparse(5, [0], [0]), sparse(5, [0], [float('nan')]),
                sparse(5, [0], [float('inf')]), sparse(5, [0], [1], unused=1), sparse(0, [], []), sparse(-1, [], []),
                sparse(1, [], []), sparse(1_000_000_000, [999_999_999], [1]), sparse(1_000_000_001, [], []),
                sparse(5, [0], [1], count=-1), sparse(5, [0], [1], count=2), sparse(5, [0], [1], count=6),
                sparse(20000, [], [], count=16001), sparse(20000, [], [], count=16000), sparse(5, [0, 9], [0], count=3),
                sparse(5, [0, 1], [0], count=2), sparse(5, [0], [1, 2]), sparse(2147483647, [], []),
                sparse(5, [], [], count=2147483647)]
    yield Values('sparsevec', texts=texts, binaries=binaries, settings=[{}, {'extra_float_digits': '0'}], extension='vector')
