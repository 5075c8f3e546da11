"""Values of the types of documents: json, jsonb, jsonpath, xml, hstore."""

import json
import struct

from values import Values

# Tokens and pieces of tokens, from which most combinations are wrong.
JSON_PIECES = ['{', '}', '[', ']', ',', ':', '"a"', '"b"', '"aa"', '""', '1', '-2.50', '0', '1e2', '1E-3', 'true', 'false',
               'null', ' ', '\n', '\t', '\r', '"é"', '"\\u00e9"', '"\\u0000"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\n"',
               '"\\\\"', '"\\""', '"', '\\', 'x', '-', '.', '01', 'nul', '1e200000', '"€😀"', "'a'"]

JSON_TEXTS = [
    '', ' ', 'null', 'true', 'false', ' null ', 'Null', 'nullx', 'nul', 'truefalse', 'true1', '1true', '1 2', '[] []', '{}', '[]',
    '{ }', '[ ]', '[1,2,3]', '[1,2,]', '[,1]', '[1 2]', '[1', '[', ']', '{', '}', '{"a"}', '{"a":}', '{"a":1,}', '{,}',
    '{"a" 1}', '{a:1}', '{1:2}', '{null:1}', '{"a":1 "b":2}', '{"a":1]', '[1}', '[[[[[]]]]]', '[{},[],{"a":{}}]', '/**/1', '1//',
    '0', '-0', '-0.0', '0.0', '00', '01', '-01', '1.', '.5', '-', '-a', '+1', '1.5', '1.50', '1.500e1', '1e2', '1E2', '1e+2',
    '1e-2', '1e', '1e+', '1.e2', '1.5e-10', '123456789012345678901234567890', '0.1e-20', '100e-2', '0e5', '0e-5', '-0e-3', '-1e3',
    '1e400', '1e131071', '1e131072', '1e-16383', '1e-16384', '1e99999999999999999999', '-1e131072', 'NaN', 'Infinity',
    '"NaN"', '[1e131072, ', '[1e131072 x', '[1e131072, "\\u0000"]', '[1e131072 "\\u0000"]', '1 "\\u0000"', 'x "\\u0000"',
    '0x10', '1_000', '1a', '1é', '1.5.6', '--1',
    '"a', '"', '"\\"', '"\\', '"\\u', '"\\u1', '"\\u12"', '"\\u123"', '"\\u1234"', '"\\u123g"', '"\\U1234"', '"\\x41"', '"\\a"',
    '"\\\'"', "'a'", '"a\tb"', '"a\nb"', '"\x1f"', '"\x7f"', '"\\u007f"', '"\\u001f"', '"\\u0008\\u0009\\u000a\\u000b\\u000c\\u000d"',
    '"\\b\\f\\n\\r\\t\\/\\\\\\""', '"/"', '"\\u002f"', '"\\u005c"', '"\\u0022"', '"\\u0041"', '"\\u00e9"', '"\\u20ac"', '"\\uFFFF"',
    '"\\u0000"', '"a\\u0000b"', '{"\\u0000":1}', '{"a":"\\u0000"', '"\\u0000', '"\\u0000\\u12"', '"\\u12\\u0000"',
    '"\\ud83d\\ude00"', '"\\uD83D\\uDE00"', '"\\ud83d"', '"\\ud83dx"', '"\\ud83d\\n"', '"\\ude00"', '"\\ude00\\ud83d"',
    '"\\ud83d\\ud83d"', '"\\ud83d\\u0041"', '"\\ud83d\\u0000"', '"\\ud83d', '"\\udbff\\udfff"', '"\\ud800\\udc00"', '"é€😀"', '{"é":"€"}',
    '\ufeff1', '\xa01', '\v1', '\f1', '1\v',
    ' {"b":1,"a":2,"b":3,"aa":1} ', '{"a":1,"a":2,"a":3}', '{"":1,"b":{"d":1,"c":[{"z":1,"y":2}]}}', '{"ab":1,"b":2,"aa":3,"c":4}',
    '{"\\u0061":1,"a":2}', '{"a":2,"\\u0061":1}', '{"\\u0062":1,"a":2}', '{"\\n":1,"aa":2,"b":3}', '{"é":1,"zz":2,"z":3,"aaa":4}',
    '{"a":1,"b":2,"c":[1,2,{"x":null,"w":true}],"a":{"k":"v"}}', '{"b":[],"a":{}}', '[[],[[]],{}]', '[1,[2,[3,[4]]],5]', '["a","b"]',
    '[' * 6000 + ']' * 6000, '{"a":' * 6000 + '1' + '}' * 6000, '[{"b":0,"a":' * 2000 + '1' + '}]' * 2000, '[' * 30000,
    '"' + 'x' * 5000 + '"', '[' + '1,' * 5000 + '1]', '{' + ','.join(f'"{i * 7919 % 1000}":{i}' for i in range(1500)) + '}',
    b'"\xff"', b'"\xc3"', b'"\xed\xa0\x80"', b'\xff', b'"a\x80',
]


def random_value(random, depth=0):
    """A Python value that JSON can hold."""
    kind = random.randrange(8 if depth < 4 else 6)
    if kind == 0:
        return None
    if kind == 1:
        return random.choice([True, False])
    if kind == 2:
        return random.randrange(-10 ** random.randrange(1, 30), 10 ** random.randrange(1, 30))
    if kind == 3:
        return random.uniform(-1, 1) * 10.0 ** random.randrange(-30, 30)
    if kind in (4, 5):
        return ''.join(random.choice('ab"\\/\n\t\x1f\x7fé€😀') for _ in range(random.randrange(6)))
    items = [random_value(random, depth + 1) for _ in range(random.randrange(6))]
    if kind == 6:
        return items
    return {''.join(random.choice('abé\n"') for _ in range(random.randrange(4))): item for item in items}


def json_texts(random):
    texts = list(JSON_TEXTS)
    for _ in range(400):
        texts.append(json.dumps(random_value(random), ensure_ascii=random.random() < 0.5,
                                indent=random.choice([None, None, 1]), separators=random.choice([None, (',', ':')])))
    for _ in range(200):  # double keys, which Python's dumps can't write
        members = [f'"{random.choice(["a", "b", "ab", "", "b1", "é"])}":{random.randrange(9)}' for _ in range(random.randrange(9))]
        texts.append('{' + ','.join(members) + '}')
    for _ in range(600):
        texts.append(''.join(random.choice(JSON_PIECES) for _ in range(random.randrange(1, 7))))
    for _ in range(400):  # a valid one with a mistake in it
        text = list(json.dumps(random_value(random), ensure_ascii=random.random() < 0.5))
        at = random.randrange(len(text))
        text[at:at + random.randrange(2)] = random.choice(JSON_PIECES)
        texts.append(''.join(text))
    return texts


HSTORE_TEXTS = [
    '', ' ', ',', '=', '=>', 'a', 'a=', 'a=>', 'a=>1', '"a"=>"1"', 'a=>NULL', 'a=>null', 'a=>Null', 'a=>"NULL"', 'NULL=>1', 'a=>NULLx',
    'a=>nul', 'a=>\\NULL', 'a=>N\\ULL', 'a=>1,b=>2', 'a=>1, b=>2,', ',a=>1', 'a=>1 b=>2', 'a=>1,,b=>2', 'a => 1 ,  b  =>2', 'a=>1,a=>2',
    'a=>2,a=>1', 'a=>NULL,a=>1', 'a=>1,a=>NULL', 'bb=>1,a=>2,c=>3', 'a=1', 'a = > 1', 'a= >1', '=>1', '=a=>1', '==>1', '""=>""', 'a=>""',
    '"a\\"b"=>"c\\\\d"', 'a\\ b=>c\\,d', '"a', 'a=>"b', 'a=>b c', 'a=>b"c"', '"a"b=>1', 'a=>"b"c', 'a=>\\', 'a\\', '"\\', '"a"=>1"b"=>2',
    "'a'=>1", 'a=>=>', 'a=>=', 'a>=>1', 'a=>>1', 'a=b=>1', 'a=>1=2', 'a=>1=>2', 'a,=>1', 'a=>,', 'a=>,b=>1', 'a\t=>\n1', 'a\v=>1', 'a=>1\f',
    'é=>€', 'a=>1\xa0', '\xa0=>1', 'a=>1\u3000', 'a=>1,b', 'a=>1,b=>', 'a=>1,=>2', '>=>1', '\\=>1', '\\=\\>=>1', '"a"="b"', '"=>"=>"=>"',
    'x' * 5000 + '=>' + 'y' * 5000, ','.join(f'k{i * 7919 % 500}=>{i}' for i in range(500)), b'a=>\xff', b'\xc3=>1', 'aa=>1,b=>2,ab=>3,é=>4',
]


def hstore(*pairs, count=None):
    """The binary form of keys and values, bytes or None."""
    def one(text):
        return struct.pack('!i', -1) if text is None else struct.pack('!i', len(text)) + text
    return struct.pack('!i', len(pairs) if count is None else count) + b''.join(one(text) for pair in pairs for text in pair)


HSTORE_BINARIES = [
    b'', hstore(), hstore() + b'x', hstore((b'a', b'1')), hstore((b'a', None)), hstore((None, b'1')), hstore((b'b', b'1'), (b'a', b'2'), (b'b', b'3')),
    hstore((b'aa', b'1'), (b'b', b'2')), hstore((b'', b'')), hstore((b'\xff', b'1')), hstore((b'a', b'\xff')), hstore((b'a', b'a\0')),
    hstore((b'a"\\', b'"\\,')), hstore(count=-1), hstore(count=1), hstore(count=26843545), hstore(count=26843546), hstore(count=1 << 30),
    b'\0\0\0\1\0\0\0\1a\xff\xff\xff\xfe', b'\0\0\0\1\xff\xff\xff\xfe', b'\0\0\0\1\0\0\0\5a', b'\0\0\0\1\x7f\xff\xff\xffa',
    hstore((b'a', None), (b'a', b'1')), hstore((b'a', b'1'), (b'a', None)),
]


def hstore_texts(random):
    pieces = ['a', 'b', 'ab', '"c d"', '""', 'NULL', '=>', '=>', '=>', '=', '>', ',', ',', ' ', '"', '\\', 'é']
    texts = list(HSTORE_TEXTS)
    for _ in range(800):
        texts.append(''.join(random.choice(pieces) for _ in range(random.randrange(1, 9))))
    for _ in range(300):  # up to six pairs: of more with the same key it is chance which one stays
        pairs = [random.choice(pieces[:5] + ['é', 'k1']) + random.choice(['=>', ' => ']) + random.choice(pieces[:6] + ['null', '"x\\"y"'])
                 for _ in range(random.randrange(6))]
        texts.append(random.choice([',', ', ', ' , ']).join(pairs))
    return texts


# Well-formed texts only, and nothing to mutate them with: the codec does not check XML.
XML_TEXTS = [
    '<a/>', 'a', '', ' ', '\n', '\n<a/>', '\n\n<a/>', '<?xml version="1.0"?><a/>', '<?xml version="1.0" encoding="UTF-8"?><a/>',
    '<?xml version="1.1"?><a/>', '<?xml version="1.0" standalone="yes"?><a/>', '<?xml version="1.0" standalone="no" ?>\n<a/>',
    "<?xml version='1.1' encoding='UTF-8' standalone='no'?>\n<a/>", '<?xml version="2.0"?>', '<!DOCTYPE a><a/>', 'a<b/>c', '&amp;', '<a>é€</a>',
    '<?xml version="1.0"?>', '<?xml version="1.0"?>x', '<?xml version="1.0"?>\n\n<a/>', '<?xml\tversion = "1.0"\n?>\n<a/>', '\ufeff<a/>',
    '<?xml-stylesheet href="a"?><a/>', '<a><![CDATA[<b>]]></a>', '<!-- c --><a b="c"/>',
]


def generate(random):
    texts = json_texts(random)
    yield Values('json', texts=texts, binaries=[b'', b'1\0', b'"\0"'])
    yield Values('jsonb', texts=texts, binaries=[b'', b'\0', b'\1', b'\2', b'\0{}', b'\2{}', b'\1{}', b'\1 1 ', b'\1"\xff"', b'\1"\0"',
                                                 b'\1"\\u0000"', b'\1{"b":1,"a":2}', b'{}', b'1'])
    # `setup` makes the type; PostgreSQL keeps it in a contrib module
    yield Values('hstore', texts=hstore_texts(random), binaries=HSTORE_BINARIES, setup=['CREATE EXTENSION IF NOT EXISTS hstore'])
