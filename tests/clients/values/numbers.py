"""Values of the numeric types and of money."""

import struct

from values import Values

# What several input functions have to decide: blanks, signs, other bases, underscores, and what is no number.
FORMS = ['', ' ', '-', '+', '--1', '+-1', '- 1', '0', '-0', '+0', '00', '007', ' 7', '7 ', '\t\n\v\f\r7\r\n', ' +7 ', '7 7', '\u00a07',
         '1_000', '1__000', '_1', '1_', '-1_0', '1_x', '0x1F', '0X1f', '-0x80', '+0x7f', '0x', '0x_1', '0x_', '0x1_f', '0x1__f', '0x1g',
         '0o17', '0O17', '0o8', '0o_1_7', '0b101', '0B101', '0b2', '0b_', '0b', '0x 1', '0xg', '1x', '1 x', '0x7fff', '0x8000', '-0x8000',
         '-0x8001', '0x7fffffff', '0x80000000', '-0x80000000', '-0x80000001', '0x7fffffffffffffff', '0x8000000000000000',
         '-0x8000000000000000', '-0x8000000000000001', '0xffffffffffffffffffffff', '0o777777777777777777777', '0o1000000000000000000000',
         '0b' + '1' * 15, '0b' + '1' * 16, '0b' + '1' * 31, '0b' + '1' * 63, '-0b1' + '0' * 63, '0b' + '1' * 64, '0b' + '1' * 200,
         '1.', '.1', '.', '1.0', '1.5', '1e3', '1e', 'e1', '1e+', '1E5', 'NaN', 'nan', '-nan', 'Infinity', '-inf', '+INF', 'infinite', 'inf ',
         'nano', 'true', 'abc', '１', '1,000', '1;', '$1', "'1'", '1\u0663', '99999999999999999999', '-99999999999999999999',
         '9999999999x', '99999999999999999999x', '999999x', '99999x', '0' * 30 + '1', '-' + '0' * 30 + '1', '1' * 200]


def around(*centres):
    return [str(c + d) for c in centres for d in range(-3, 4)]


def integers(random, name, bits):
    edge = 1 << (bits - 1)
    texts = FORMS + around(0, edge, -edge, edge // 10, edge // 10 * 10, -edge // 10 * 10, edge * 2, 10 ** 4, 10 ** 9, 10 ** 18, edge * 10)
    texts += [t + 'x' for t in around(edge, -edge, edge * 10)] + [f'{n:#x}' for n in range(edge - 3, edge + 3)]
    texts += [str(random.randrange(-edge, edge) >> random.randrange(bits)) for _ in range(500)]
    texts += [f'{n:_}' for n in (random.randrange(-edge, edge) for _ in range(20))]
    binaries = [bytes(n) for n in range(0, 12) if n != bits // 8]
    binaries += [random.randbytes(bits // 8) for _ in range(200)]
    return Values(name, texts, binaries)


def float_bits(random, code, word, digits):
    """Binary forms: random bits, the edges of every power of two, whole numbers, few decimals, and what lies between two floats."""
    size = struct.calcsize(word)
    mantissa = 52 if size == 8 else 23
    top = (1 << (size * 8 - 1 - mantissa)) - 1
    words = [random.getrandbits(size * 8) for _ in range(1000)]
    for exponent in range(0, top + 1, 1 if size == 4 else 9):
        words += [(exponent << mantissa) + d for d in (-1, 0, 1) if (exponent << mantissa) + d >= 0]
    words += [top << mantissa | n for n in (0, 1, 1 << (mantissa - 1))] + [1 << (size * 8 - 1), (top << mantissa) + (1 << (size * 8 - 1))]
    forms = [struct.pack('>' + word, w % (1 << size * 8)) for w in words]
    most = 3.4e38 if size == 4 else 1.7e308
    numbers = [float(10 ** n) for n in range(39 if size == 4 else 60)] + [10.0 ** -n for n in range(30)]
    numbers += [random.randrange(10 ** digits) / 10 ** random.randrange(digits + 3) for _ in range(1000)]
    numbers += [random.randrange(1 << (mantissa + 12)) * 2.0 ** random.randrange(12) for _ in range(300)]
    # m × 10^n with few digits in m: where the shortest digits may lie just between two neighbours
    numbers += [float(random.randrange(1, 10 ** random.randrange(1, 5)) * 10 ** random.randrange(15, 30)) for _ in range(300)]
    numbers += [n + d for n in (1e-4, 1e-5, 1e6, 1e15, 999999.5, 999999999999999.9) for d in (0, n * 2 ** -mantissa, -n * 2 ** -mantissa)]
    forms += [struct.pack('>' + code, sign * n) for n in numbers for sign in (1, -1) if n < most]
    return forms


def floats(random, name, code, word, digits):
    forms = float_bits(random, code, word, digits)
    texts = FORMS + ['1e-400', '-1e400', '1e39', '1e-46', '7e-46', '1.4e-45', '4.9e-324', '2e-324', '3e-324', '1e309', '1.7976931348623159e308',
                     '1.7976931348623158e308', '3.4028235e38', '3.4028236e38', '3.40282357e38', '0x1p3', '0x1.8p1', '-0x.8', '0x1p', '0x1p+',
                     '0x1p-1080', '0x1p1024', '0x1p128', '0x.p1', '1e5x', '1.5.5', '1..5', '.5.', '5.e3', '.5e-3', '1e 5', '1 e5', 'nan(1)', 'nan(0x1F)', '-nan(017)', 'nan(08)', 'nan(0x)', 'nan(99999999999999999999)', 'nan(4194304)', 'nan(2251799813685249)',
                     'nan()', 'NaN(x_9)', 'nan(', 'nan(-)', 'infinity ', ' -Infinity', 'INF', 'infin', '1d5', '1f', '1e0x5', '0e999999999',
                     '0e99999999999999999999', '1e-99999999999999999999', '1e99999999999999999999', '0' * 400 + '1', '1' + '0' * 400,
                     '0.' + '0' * 400 + '1', '0.1' + '0' * 400, '123456789012345678', '9007199254740993', '9007199254740992.5', '16777217']
    for _ in range(400):
        number = struct.unpack('>' + code, random.choice(forms))[0]
        texts += [repr(number), f'{number:.{random.randrange(1, 19)}g}', f'{number:.{random.randrange(20)}f}'[:60]]
    for _ in range(300):
        n = ''.join(random.choice('0123456789') for _ in range(random.randrange(1, 22)))
        at = random.randrange(len(n) + 1)
        texts.append(random.choice(['', '-', '+']) + n[:at] + '.' + n[at:] + random.choice(['', '', f'e{random.randrange(-40, 40)}']))
    binaries = forms + [bytes(n) for n in range(12)]
    settings = [{}] + [{'extra_float_digits': str(n)} for n in (3, 0, -1, -5, -8, -15)]
    return Values(name, texts, binaries, settings)


def numeric_form(groups, weight, sign, scale, count=None):
    return struct.pack(f'>HhHH{len(groups)}H', len(groups) if count is None else count, weight, sign, scale, *groups)


def numerics(random):
    texts = FORMS + ['1.5e3', '-1.5E-3', '1e0', '1e-0', '1e+05', '1.e2', '.5e1', '0e5', '0e-5', '0.00', '-0.00', '0e-16383', '0e-16384',
                     '0e1073741823', '0e1073741824', '0e1073741824x', '0e-1073741823', '1e131071', '1e131072', '-1e131071', '1e200000', '1e-16383',
                     '1e-16384', '1e-200000', '9' * 40, '0.' + '9' * 40, '1e99999999999999999999', '1e1_0', '1e_10', '1e10_', '1_.5', '1._5', '1.5_5',
                     '1.5_', '1_0.0_1e1_0', '0x' + 'f' * 40, '-0x' + 'f' * 16 + '_' + '0' * 20, '0x1.5', '0x1e5', '0b1e5', '0o', '+0b11', '- 0b1',
                     '0.0001', '0.00001', '0.000000000000000000000001', '10000', '9999', '100000000', '1000000000000.0000000000001', 'nan ', ' nan',
                     '+nan', 'na', 'nanx', 'nan x', '+inf', '-INFINITY', 'infinityx', 'in', 'inf x', '1 e5', '1e 5', '1 .5', '0' * 100 + '.' + '0' * 100,
                     '0' * 100 + '5', '1' + '0' * 300, '0.' + '0' * 300 + '1', '123' * 100 + '.' + '456' * 100, '0x' + '9' * 1000,
                     '170141183460469231731687303715884105727', '-170141183460469231731687303715884105728',
                     '170141183460469231731687303715884105728']
    for _ in range(900):
        n = ''.join(random.choice('0000123456789') for _ in range(random.randrange(1, random.choice([6, 22, 45]))))
        at = random.randrange(len(n) + 1)
        exponent = random.choice(['', '', '', f'e{random.randrange(-50, 50)}', f'E{random.randrange(-9, 9):+}'])
        texts.append(random.choice(['', '', '-', '+']) + n[:at] + random.choice(['.', '.', '']) + n[at:] + exponent)
    signs = [0, 0x4000, 0xc000, 0xd000, 0xf000]
    forms = [numeric_form([], 0, s, d) for s in [*signs, 0x8000, 0x2000, 0xffff, 1] for d in (0, 5, 32, 0x3fff, 0x4000, 0xffff)]
    forms += [numeric_form([1], w, 0, d) for w in (-32768, -4096, -4095, -1000, -2, -1, 0, 1, 100) for d in (0, 1, 3, 4, 5, 0x3fff)]
    forms += [numeric_form([0, 0, 5, 0], 2, s, 3) for s in signs] + [numeric_form([5], 0, 0, 0, n) for n in (0, 2, 0x7fff, 0x8000, 0xffff)]
    forms += [numeric_form([10000], 0, 0, 0), numeric_form([1, 9999, 65535], 0, 0, 0), numeric_form([10000], 0, 0, 0, 2), numeric_form([0] * 5, -2, 0x4000, 9)]
    for _ in range(600):
        groups = [random.choice([0, 1, 10, 1000, 9999, random.randrange(10000)]) for _ in range(random.randrange(12))]
        forms.append(numeric_form(groups, random.randrange(-6, 8), random.choice(signs[:2] * 4 + signs), random.randrange(24)))
    return Values('numeric', texts, forms)


def moneys(random):
    texts = FORMS + ['$', '$$1', '$ 1', '-$1', '$-1', '- $ 1', '($1)', '(1', '1)', '((1))', '1-', '1 -', '1$', '1+', '1-+', '-1-', '-1+', '+1-', '1 $ ) -',
                     '$1,234.56', '-$1,234.56', '1,2,3,4', ',1', '1,', '1.234', '1.235', '1.2,35', '1.23,5', '1.2349', '1.239999', '-1.235', '1..2', '1.2.3',
                     '1.23.4', '1.995', '0.005', '0.004', '-0.005', '.5', '.', '$.', ',', '(', ')', '1e5', '1.5 x', '$92233720368547758.07',
                     '92233720368547758.08', '-92233720368547758.08', '-92233720368547758.09', '92233720368547758.075', '92233720368547758.074',
                     '-92233720368547758.085', '-92233720368547758.084', '922337203685477580', '92233720368547759', '9223372036854775808',
                     '(92233720368547758.08)', '92233720368547758.08-', '- 1', '+ 1', '+$1', '$+1', '€1', '1 USD', '1 2', '1.2 3', '1.23 4', '\t$1\n', '1\v)']
    for _ in range(600):
        cents = random.randrange(-1 << 63, 1 << 63) >> random.randrange(64)
        amount = f'{abs(cents) // 100}.{abs(cents) % 100:02}{random.choice(["", "", "4", "5", "49", "99"])}'
        texts.append(random.choice(['', '$', '-', '-$', '$-', '(']) + amount + random.choice(['', '', ')', '-', ' $']))
    for _ in range(300):
        texts.append(''.join(random.choice('0123456789$-+(),. ') for _ in range(random.randrange(1, 9))))
    return Values('money', texts, [bytes(n) for n in range(12)] + [random.randbytes(8) for _ in range(300)])


def generate(random):
    yield integers(random, 'int2', 16)
    yield integers(random, 'int4', 32)
    yield integers(random, 'int8', 64)
    yield floats(random, 'float4', 'f', 'I', 6)
    yield floats(random, 'float8', 'd', 'Q', 15)
    yield numerics(random)
    yield moneys(random)
