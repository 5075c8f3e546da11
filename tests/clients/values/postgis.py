"""Values of PostGIS's types; only for servers with the extension, and to be skipped where it is not installed.

What PostGIS rejects it calls an internal error, XX000. It must not be asked about a binary value of no bytes at all:
PostGIS 3.3 crashes, and the server with it. It is not asked about what pgwire does not know: shapes in words, curves
and surfaces, reference systems of a geography other than 4326, and edges from one side of the globe to the other.
"""

import struct

from values import Values

NAN, INF = float('nan'), float('inf')
Z, M, SRID = 0x80000000, 0x40000000, 0x20000000


def shape(kind, body, order='<', srid=None):
    head = struct.pack(order + 'BI', order == '<', kind | (0 if srid is None else SRID))
    return head + (b'' if srid is None else struct.pack(order + 'i', srid)) + body


def count(n, order='<'):
    return struct.pack(order + 'I', n)


def doubles(*values, order='<'):
    return struct.pack(f'{order}{len(values)}d', *values)


class Maker:
    """Random shapes of one choice of dimensions, in bytes."""

    def __init__(self, random, flags, geodetic):
        self.random, self.flags, self.geodetic = random, flags, geodetic
        self.width = 2 + (flags in (Z, Z | M, 1000, 3000)) + (flags in (M, Z | M, 2000, 3000))

    def number(self):
        r = self.random
        return r.choice([r.uniform(-180, 180), r.uniform(-1000, 1000), r.randint(-400, 400), 0.0, -0.0, NAN,
                         180.00000000003, -90.0000000000999, -180.0, 90.0,
                         r.choice([180, -180, 90, -90]) * (1 + r.uniform(-2e-12, 2e-12)), r.uniform(-1e12, 1e12)])

    def position(self, inside_edge=False):
        """On the globe no two latitudes are opposite: PostGIS refuses edges that are half a turn long."""
        position = [self.number() for _ in range(self.width)]
        if self.geodetic and inside_edge:
            r = self.random
            position[1] = r.choice([r.uniform(-89, 89), r.uniform(91, 1e6), 90.0, 90.00000000003, NAN])
        return position

    def positions(self, least, closed, order):
        n = self.random.choice([0, least, least + 1, least + 3]) if not closed else self.random.randint(least,
                                                                                                        least + 3)
        points = [self.position(inside_edge=True) for _ in range(n)]
        if closed:
            points[-1][:2] = points[0][:2]
        return count(n, order) + b''.join(doubles(*p, order=order) for p in points)

    def make(self, kind=None, depth=0, srid=None):
        r = self.random
        order = r.choice('<<<>')
        kind = kind or r.randint(1, 7 if depth < 4 else 3)
        few = r.choice([0, 1, 1, 2, 3])
        if kind == 1:
            body = doubles(*(r.choice([self.position(), self.position(), [NAN] * self.width])), order=order)
        elif kind == 2:
            body = self.positions(2, False, order)
        elif kind == 3:
            body = count(few, order) + b''.join(self.positions(4, True, order) for _ in range(few))
        else:
            inner = kind - 3 if kind < 7 else None
            body = count(few, order) + b''.join(self.make(inner, depth + 1) for _ in range(few))
        iso = self.flags < 4000
        return shape(kind + self.flags if iso else kind | self.flags, body, order, srid)


POINT = shape(1, doubles(1, 2))
RING = count(4) + doubles(0, 0, 1, 1, 1, 0, 0, 0)
ODD = [
    b'\1', b'\2' + POINT[1:], POINT[:-1], POINT + b'xyz', shape(0, doubles(1, 2)), shape(18, count(0)),
    shape(4001, doubles(1, 2)), shape(0x10000001, doubles(1, 2)), shape(0x08000001, doubles(1, 2)),
    shape(1001 | M, doubles(1, 2, 3, 4)), shape(3001 | Z, doubles(1, 2, 3, 4)), shape(Z | 1, doubles(NAN, NAN, 5)),
    shape(1, doubles(NAN, 2)), shape(1, doubles(INF, -INF)),
    *(shape(1, doubles(1, 2), srid=srid) for srid in (0, -1, -5, 4326, -2**31)), shape(2, count(0)),
    shape(2, count(1) + doubles(1, 2)), shape(2, count(2) + doubles(NAN, NAN, 3, 4)),
    shape(2, count(0x10000001) + doubles(1, 2)), shape(2, count(0xffffffff) + doubles(1, 2)), shape(3, count(0)),
    shape(3, count(1) + count(0)), shape(3, count(1) + count(3) + doubles(0, 0, 1, 1, 0, 0)), shape(3, count(1) + RING),
    shape(3, count(1) + count(4) + doubles(0, 0, 1, 1, 1, 0, -0.0, 0)), shape(3, count(2) + RING + count(0)),
    shape(3, count(2) + count(0) + RING), shape(3, count(1) + count(4) + doubles(NAN, 0, 1, 1, 1, 0, NAN, 0)),
    shape(3, count(0xffffffff)), shape(Z | 3, count(1) + count(4) + doubles(0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 9)),
    shape(6, count(1) + shape(3, count(2) + count(0) + RING)), shape(4, count(0)), shape(4, count(1) + POINT),
    shape(4, count(2) + POINT), shape(4, count(0xffffffff)), shape(4, count(1) + shape(2, count(0))),
    shape(5, count(1) + POINT), shape(6, count(1) + POINT), shape(4, count(1) + shape(1, doubles(1, 2), srid=4326)),
    shape(4, count(1) + shape(1, doubles(1, 2), srid=3857), srid=4326), shape(4 | Z, count(1) + POINT),
    shape(4, count(1) + shape(1 | Z, doubles(1, 2, 3))),
    shape(7, count(2) + shape(1, doubles(1, 2, order='>'), '>') + POINT), shape(7, count(2, '>') + POINT + POINT, '>'),
    shape(7 | Z, count(1) + shape(7, count(0))),
]
for levels in (1, 50, 197, 198, 199, 200):
    chain = shape(7, count(1)) * levels
    ODD += [chain + POINT, chain + shape(7, count(0)), chain + shape(4, count(0)), chain + shape(4, count(1)) + POINT]
WORDS = [' ', '0', '00', '0x', '01', '01zz', '0G', '5', '1' + POINT.hex(), ' ' + POINT.hex(), POINT.hex() + ' ',
         POINT.hex() + '0', POINT.hex() + '00', POINT.hex() + 'zz']
PREFIXES = ['SRID=4326;', 'srid=4326;', 'SRID= 4326 ;', 'SRID=x;', 'SRID=;', 'SRID=0;', 'SRID=-1;', 'SRID=+5;',
            'SRID=4326x;', 'SRID=999999;', 'SRID=1000000;', 'SRID=9999999;', 'SRID=2147483647;', 'SRID=2147483648;',
            'SRID=99999999999;', 'SRID=99999999999999999999999;']


def generate(random):
    for name in ('geometry', 'geography'):
        made = list(ODD)
        for flags in (0, Z, M, Z | M, 1000, 2000, 3000):
            maker = Maker(random, flags, geodetic=name == 'geography')
            for _ in range(60):
                made.append(maker.make(srid=random.choice([None, None, 4326, 0])))
        texts = [value.hex() if random.random() < 0.5 else value.hex().upper() for value in made] + WORDS
        binaries = list(made)
        if name == 'geometry':
            more = [shape(1, doubles(1, 2), srid=srid)
                    for srid in (1, 3857, 998999, 999000, 999999, 1000000, 2**31 - 1)]
            texts += [prefix + value.hex() for prefix in PREFIXES for value in (POINT, more[1])]
            binaries += more
        yield Values(name, texts=texts, binaries=binaries, extension='postgis', never=(b'',),
                     mutate=name == 'geometry')  # a changed geography may name a reference system that there is not
