"""Values of the simplest types."""
from values import Values


def generate(random):
    words = ['t', 'f', 'true', 'FALSE', 'tr', 'y', 'no', 'on', 'of', 'off', 'o', '1', '0', ' t ', '', '2', 'x', 'yess']
    yield Values('bool', words, [b'\0', b'\1', b'\2', b'', b'\1\1'])
    yield Values('text', ['', 'a', 'NULL', 'Grüße', '世界', b'\xff', b'a\0b', b'\xc0\x80', b'\xed\xa0\x80', '\U0010ffff',
                          b'\xf4\x90\x80\x80', b'\xe4\xb8'])
