#!/usr/bin/env python3
"""Writes the seeds of the session fuzzer: conversations with a little of everything.

usage: session_seeds.py [FOLDER]"""

import pathlib
import struct
import sys


def frame(tag, body=b''):
    return tag.encode() + struct.pack('>i', len(body) + 4) + body


def string(text):
    return text.encode() + b'\0'


def query(text):
    return frame('Q', string(text))


def parse(name, text, *types):
    return frame('P', string(name) + string(text) + struct.pack(f'>H{len(types)}I', len(types), *types))


def bind(portal='', statement='', values=(), formats=(), results=()):
    body = string(portal) + string(statement) + struct.pack(f'>H{len(formats)}h', len(formats), *formats)
    body += struct.pack('>H', len(values))
    for value in values:
        body += struct.pack('>i', -1) if value is None else struct.pack('>i', len(value)) + value
    return frame('B', body + struct.pack(f'>H{len(results)}h', len(results), *results))


def describe(kind, name=''):
    return frame('D', kind.encode() + string(name))


def close(kind, name=''):
    return frame('C', kind.encode() + string(name))


def execute(portal='', rows=0):
    return frame('E', string(portal) + struct.pack('>i', rows))


def startup(minor=0, **options):
    body = struct.pack('>HH', 3, minor) + b''.join(string(k) + string(v) for k, v in options.items()) + b'\0'
    return struct.pack('>i', len(body) + 4) + body


sync, flush, terminate = frame('S'), frame('H'), frame('X')

loop = {
    'simple': query('ok; rows; wait;; fail; ok') + query('') + query('begin; e; k') + query('k'),
    'extended': parse('', 'rows $1', 25) + bind('', '', [b'x']) + describe('P') + execute() + sync,
    'portals': query('b') + parse('s', 'r 4') + bind('p', 's', results=[1]) + execute('p', 2) + flush
    + execute('p', 1) + query('o') + execute('p') + close('S', 's') + sync + query('c'),
    'errors': parse('', 'p') + bind() + query('r') + sync + bind('', 'nobody') + frame('d', b'x') + sync
    + parse('', 'e') + bind() + execute() + sync + parse('', 'x') + bind() + execute() + sync,
    'transactions': parse('', 'o') + bind() + execute() + query('o; b') + execute() + sync + query('c'),
    'waiting': parse('', 'wait') + bind() + execute('', 2) + execute('', 1) + execute() + sync,
    'forget': parse('a', 'o') + parse('b', 'ga') + bind('', 'b') + execute() + sync + query('d') + query('s;s 2'),
    'prepare': query("mar $1 $2; nab; na1,'x'") + parse('', "na NULL, CAST('1' AS int)") + describe('S')
    + bind('', '', results=[1]) + describe('P') + execute('', 2) + execute() + parse('b', 'nb') + bind('', 'b')
    + execute() + sync + query('mcp; y') + query('mar') + bind('', 'a', [b'1', b'2']) + execute() + sync + query('na(1'),
    'parameters': parse('', 'r$1$2', 23) + describe('S') + bind('', '', [None, b'\xff'], [0, 1], [1, 0]) + sync,
    'rest': frame('F', b'\0\0\0\0\0\0\0\0\0\0') + frame('S', b'x') + frame('c') + frame('H', b'x') + sync + terminate,
    'unknown': query('o') + frame('y'),
    'length': query('o') + b'Q\0\0\0\3' + query('o'),
    'copy in': query('i; y; j') + frame('d', b'row') + sync + frame('c') + frame('d', b'!') + frame('c') + query('y'),
    'copy in, extended': parse('', 'j') + bind() + execute() + sync + frame('d', b'x') + frame('f', string('why')) + sync,
    'copy out': query('o rows; o ro!w') + parse('', 'out') + bind() + execute('', 1) + execute() + sync,
    'copy both': query('u; y; v') + frame('d', b'row') + frame('c') + frame('d', b'x') + frame('c') + query('v')
    + frame('d', b'!') + frame('c') + sync + query('u') + frame('d', b'x') + terminate,
    'copy both, lost': query('v') + frame('d', b'x') + sync + query('y'),
    'copy both, extended': parse('', 'u') + bind() + execute() + sync,
    'several': query('qciou; y') + frame('d', b'x') + frame('c') + frame('c') + query('qoe') + parse('', 'q') + bind()
    + execute() + sync,
    'copy lost': query('i') + frame('d') + query('y'),
    'copy lost, unknown': query('i') + frame('d') + frame('y'),
    'copy lost, early': query('j') + frame('d') + b'Q\0\0\1\0y',
    'dropped': execute('nobody') + frame('P', b'x' * 300) + sync + query('o'),
}
session = {
    'login': startup(user='alice', database='d') + query('r') + terminate,
    'negotiation': startup(9999, user='a', **{'_pq_.x': '1'}) + query('o'),
    'ssl': struct.pack('>ii', 8, 80877103) + startup(2, user='a'),
    'cancel': struct.pack('>iii', 16, 80877102, 1) + b'key!',
    'pipeline': startup(user='a') + loop['portals'] + loop['errors'] + loop['waiting'],
}


disturbed = {
    'pipeline': session['pipeline'],
    'copy': startup(user='a') + loop['copy in'] + loop['copy out'] + query('w for a while'),
    'copy both': startup(user='a') + loop['several'] + loop['copy both'],
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for kind, flags, conversations in (('loop', 0, loop), ('session', 1, session), ('disturbed', 3, disturbed)):
        for name, client in conversations.items():
            (folder / f'{kind}_{name.replace(" ", "_").replace(",", "")}').write_bytes(bytes([flags, 2]) + client)


main(pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parent / 'seeds' / 'session')
