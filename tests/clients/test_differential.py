"""The same raw messages to PostgreSQL 18, to PostgreSQL 15 and to the server under test: the same shapes.

A test's name is the rule that it checks. Each script runs twice on the server under test: in one write, and one byte at
a time. After every script another client, connected all the while, must still be served.

PostgreSQL 18 decides. Where 15 differs, OLDER says how and why.
"""

import itertools
import re
import struct

import pytest

import wire
from wire import (Await, End, Quiet, Vanish, Wire, bind, cancel_request, close, copy_data, copy_done, copy_fail,
                  describe, execute, flush, function_call, gssenc_request, message, parse, password, play, query, shape,
                  ssl_request, startup, sync, terminate)

INT4, INT8, TEXT, BYTEA = 23, 20, 25, 17
ROW, COUNT = 'SELECT 1 AS n', 'SELECT count(*) AS n FROM t'
THREE = 'SELECT a FROM t ORDER BY a'  # rows 1, 2, 3
SETUP = ("DROP TABLE IF EXISTS t", "CREATE TABLE t (a integer PRIMARY KEY, b text)",
         "INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')")
RULES, WHOLE = {}, set()


def rule(name, *steps, shape, then=(), logged_in=True, only=None, whole=False):
    """Steps are messages, simple queries by their text, and wire's special steps. `shape` is what every server answers;
    `then`: simple queries on a new connection afterwards, whose rows follow in the shape after a bar. `only` names the
    servers that have what the script needs, with the reason as its last item; `whole` scripts are about one write.
    """
    assert name not in RULES, name
    RULES[name] = [query(step) if isinstance(step, str) else step for step in steps], list(shape), then, logged_in, only
    if whole:
        WHOLE.add(name)


def one(sql, *values, oids=()):
    """An unnamed statement from Parse to Execute."""
    return parse('', sql, oids) + bind('', '', values) + execute()


def answer(*rows, tag=None):
    """What `one` of a SELECT gives."""
    return ['1', '2', *(f'D:{row}' for row in rows), f'C:{tag or f"SELECT {len(rows)}"}']


def padded_startup(length):
    """A startup packet of exactly this length."""
    bare = startup(user='postgres', **{'my.padding': ''})
    return startup(user='postgres', **{'my.padding': 'x' * (length - len(bare))})


POSTGRES = ('postgres15', 'postgres18')
LOGIN = ['R0', 'S', 'K:4', 'Z:I']
IDLE = 'Z:I'

# ============================================================ framing and limits (1.0)

for wrong in (0, 3, -1, -2**31):
    rule(f'a length of {wrong} closes without a word', message('Q', b'', wrong), End(), shape=['closed'])
    rule(f'a length of {wrong} closes without a word while skipping',
         bind('', 'nosuch'), message('S', b'', wrong), End(),
         shape=['E:26000', 'closed'])

SMALL = {'Close': 'C', 'Describe': 'D', 'Execute': 'E', 'Flush': 'H', 'Sync': 'S', 'Terminate': 'X', 'CopyDone': 'c',
         'CopyFail': 'f'}
for name, tag in SMALL.items():
    rule(f'{name} longer than 10000 closes without a word', message(tag, b'', 10001), End(), shape=['closed'])
rule('a Sync of 10000 bytes is read and refused', message('S', b'x' * 9996), shape=['E:08P01', IDLE])
rule('a Close of 10000 bytes is served', close('S', 'x' * 9994), sync(), shape=['3', IDLE])

LARGE = {'Query': 'Q', 'Parse': 'P', 'Bind': 'B', 'FunctionCall': 'F', 'CopyData': 'd'}
for name, tag in LARGE.items():
    rule(f'{name} longer than 1 GiB - 2 closes without a word', message(tag, b'', 0x3FFFFFFF), End(), shape=['closed'])
    rule(f'{name} may declare 1 GiB - 2 and is waited for', message(tag, b'SELECT', 0x3FFFFFFE), Quiet(), Vanish(),
         shape=['quiet'])

for tag in ('z', '\0', 'R', '1', '\x7f'):
    rule(f'the unknown type {ord(tag)} is fatal', message(tag, b'junk'), End(), shape=['FATAL:08P01', 'closed'])
rule('an unknown type is fatal before its length is read', b'z', End(), shape=['FATAL:08P01', 'closed'])
rule('an unknown type is fatal while skipping', bind('', 'nosuch'), message('z'), End(),
     shape=['E:26000', 'FATAL:08P01', 'closed'])
rule('a password when nobody asked is fatal', password('secret'), End(), shape=['FATAL:08P01', 'closed'])
rule('what was asked before an unknown type is answered', ROW, message('z'), End(),
     shape=['T:n', 'D:1', 'C:SELECT 1', IDLE, 'FATAL:08P01', 'closed'])

rule('a string without its end inside the message is refused', message('Q', b'SELECT 1'), ROW,
     shape=['E:08P01', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('a Query without a body is refused', message('Q'), shape=['E:08P01', IDLE])
rule('bytes after the end of a Query are refused', message('Q', b'SELECT 1\0SELECT 2\0'), shape=['E:08P01', IDLE])
rule('a Parse without its types is refused', message('P', b'\0SELECT 1\0'), sync(), shape=['E:08P01', IDLE])
rule('a Parse with fewer types than it counts is refused', message('P', b'\0SELECT 1\0\0\2\0\0\0\x17'), sync(),
     shape=['E:08P01', IDLE])
rule('bytes after the end of a Parse are refused', message('P', b'\0SELECT 1\0\0\0junk'), sync(),
     shape=['E:08P01', IDLE])
rule('bytes after the end of a Bind are refused', parse('', ROW), message('B', b'\0\0\0\0\0\0\0\0junk'), sync(),
     shape=['1', 'E:08P01', IDLE])
rule('bytes after the end of an Execute are refused', message('E', b'\0\0\0\0\0junk'), sync(), shape=['E:08P01', IDLE])
rule('an Execute without its limit is refused', message('E', b'\0'), sync(), shape=['E:08P01', IDLE])
rule('a Describe of neither statement nor portal is refused', describe('X'), sync(), shape=['E:08P01', IDLE])
rule('a Close of neither statement nor portal is refused', close('X'), sync(), shape=['E:08P01', IDLE])
rule('a Flush with a body is refused', message('H', b'x'), sync(), shape=['E:08P01', IDLE])
for length in (-2, -2**31, 5, 2**31 - 1):
    rule(f'a value of length {length} with four bytes left is refused',
         parse('', 'SELECT CAST($1 AS text) AS v', [TEXT]),
         message('B', b'\0\0\0\0\0\1' + struct.pack('!i', length) + b'\0\0\0\0'), sync(),
         shape=['1', 'E:08P01', IDLE])
rule('counts are unsigned: 65535 parameter types can be declared and described',
     parse('', ROW, [INT4] * 65535), describe('S'), sync(),
     shape=['1', 't:65535', 'T:n', IDLE])
rule('counts are unsigned: 65535 values can be bound',
     parse('', ROW, [INT4] * 65535), bind('', '', [None] * 65535), execute(), sync(),
     shape=[*answer('1'), IDLE])
rule('a statement takes a thousand parameters',
     one('SELECT b FROM t WHERE a IN (' + ','.join(f'${i}' for i in range(1, 1001)) + ') ORDER BY a',
         *map(str, range(1, 1001)), oids=[INT4] * 1000), sync(),
     shape=[*answer('one', 'two', 'three'), IDLE])

# ============================================================ negotiation (1.3)

rule('protocol 3.0 gets a key of 4 bytes', startup(user='postgres'), shape=LOGIN, logged_in=False)
rule('protocol 3.2 gets a key of 32 bytes', startup(user='postgres', version=wire.PROTOCOL_3_2),
     shape=['R0', 'S', 'K:32', 'Z:I'], logged_in=False)
rule('protocol 3.1 is accepted as it is', startup(user='postgres', version=0x30001), shape=LOGIN, logged_in=False)
rule('protocol 3.3 is negotiated down to the full word of 3.2', startup(user='postgres', version=0x30003),
     shape=['v:3.2:', 'R0', 'S', 'K:32', 'Z:I'], logged_in=False)
rule('protocol 3.9999 with an unknown option is negotiated once',
     startup(user='postgres', **{'_pq_.test_protocol_negotiation': ''}, version=0x30000 + 9999),
     shape=['v:3.2:_pq_.test_protocol_negotiation', 'R0', 'S', 'K:32', 'Z:I'], logged_in=False)
rule('all unknown options are named, in order',
     startup(('_pq_.b', '1'), ('user', 'postgres'), ('_pq_.a', '2'), ('_pq_.c', '')),
     shape=['v:3.0:_pq_.b,_pq_.a,_pq_.c', *LOGIN], logged_in=False)
rule('protocol 4.0 is refused', startup(user='postgres', version=0x40000), End(),
     shape=['FATAL:0A000', 'closed'], logged_in=False)
rule('protocol 3.0 with a wild minor is negotiated', startup(user='postgres', version=0x3FFFF),
     shape=['v:3.2:', 'R0', 'S', 'K:32', 'Z:I'], logged_in=False)

# ============================================================ startup (1.4)

rule('a startup packet of 10004 bytes is accepted', padded_startup(10004), shape=LOGIN, logged_in=False)
rule('a startup packet of 10005 bytes closes without a word', padded_startup(10005), End(),
     shape=['closed'], logged_in=False)
for wrong in (0, 4, 7, -1):
    rule(f'a startup length of {wrong} closes without a word', startup(user='postgres', length=wrong), End(),
         shape=['closed'], logged_in=False)
rule('a startup packet and a Query in one write work', startup(user='postgres'), ROW,
     shape=[*LOGIN, 'T:n', 'D:1', 'C:SELECT 1', IDLE], logged_in=False)
rule('a startup packet without its terminator is fatal', startup(user='postgres', end=b''), End(),
     shape=['FATAL:08P01', 'closed'], logged_in=False)
rule('a startup packet with bytes after its terminator is fatal', startup(user='postgres', end=b'\0x'), End(),
     shape=['FATAL:08P01', 'closed'], logged_in=False)
rule('a startup packet with a name and no value is fatal', startup(user='postgres', end=b'database\0'), End(),
     shape=['FATAL:08P01', 'closed'], logged_in=False)
rule('a startup without a user is fatal', startup(database='postgres'), End(),
     shape=['FATAL:28000', 'closed'], logged_in=False)
rule('a startup with an empty user is fatal', startup(user='', database='postgres'), End(),
     shape=['FATAL:28000', 'closed'], logged_in=False)
rule('of a parameter given twice the last counts',
     startup(('user', 'nobody'), ('application_name', 'first'), ('user', 'postgres'), ('application_name', 'last')),
     'SHOW application_name',
     shape=[*LOGIN, 'T:application_name', 'D:last', 'C:SHOW', IDLE], logged_in=False)
rule('an unknown parameter is fatal after authentication', startup(user='postgres', nosuch='1'), End(),
     shape=['R0', 'FATAL:42704', 'closed'], logged_in=False)
rule('a parameter with a dot is accepted', startup(user='postgres', **{'my.setting': 'kept'}), 'SHOW my.setting',
     shape=[*LOGIN, 'T:my.setting', 'D:kept', 'C:SHOW', IDLE], logged_in=False)
rule('a startup parameter can be shown', startup(user='postgres', application_name='it is me'), 'SHOW application_name',
     shape=[*LOGIN, 'T:application_name', 'D:it is me', 'C:SHOW', IDLE], logged_in=False)
rule('names of startup parameters ignore case',
     startup(user='postgres', APPLICATION_NAME='loud'), 'SHOW application_name',
     shape=[*LOGIN, 'T:application_name', 'D:loud', 'C:SHOW', IDLE], logged_in=False)
rule('RESET returns to what the startup packet said',
     startup(user='postgres', application_name='first'), "SET application_name = 'second'", 'RESET application_name',
     shape=[*LOGIN, 'C:SET', 'S:application_name=second', IDLE, 'C:RESET', 'S:application_name=first', IDLE],
     logged_in=False)

ENCRYPTION = {'SSLRequest': ssl_request(), 'GSSENCRequest': gssenc_request()}
for name, asked in ENCRYPTION.items():
    rule(f'{name} without TLS gets N, then startup goes on', asked, Await(byte=True), startup(user='postgres'),
         shape=['byte:N', *LOGIN], logged_in=False)
    rule(f'bytes after {name} in the same write are fatal', asked, startup(user='postgres'), Await(byte=True), End(),
         shape=['byte:N', 'FATAL:08P01', 'closed'], logged_in=False, whole=True)
    rule(f'{name} and then a closed connection harms nobody', asked, Await(byte=True), Vanish(),
         shape=['byte:N'], logged_in=False)
for (first, a), (second, b) in itertools.permutations(ENCRYPTION.items()):
    rule(f'{first} and then {second} are each tried once',
         a, Await(byte=True), b, Await(byte=True), startup(user='postgres'),
         shape=['byte:N', 'byte:N', *LOGIN], logged_in=False)
    rule(f'{first} after {first} and {second} is fatal', a, Await(byte=True), b, Await(byte=True), a, End(),
         shape=['byte:N', 'byte:N', 'FATAL:0A000', 'closed'], logged_in=False)

rule('a CancelRequest gets the end without a word', cancel_request(12345, b'\1\2\3\4'), End(),
     shape=['closed'], logged_in=False)
rule('a CancelRequest with a key of 32 bytes gets the end without a word', cancel_request(12345, b'k' * 32), End(),
     shape=['closed'], logged_in=False)
rule('a CancelRequest without a key gets the end without a word', cancel_request(12345, b''), End(),
     shape=['closed'], logged_in=False)
rule('a CancelRequest with too long a key gets the end without a word', cancel_request(12345, b'k' * 257), End(),
     shape=['closed'], logged_in=False)
rule('a CancelRequest without a process gets the end without a word', wire.untyped(wire.CANCEL_REQUEST), End(),
     shape=['closed'], logged_in=False)
rule('HTTP closes without a word', b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', End(),
     shape=['closed'], logged_in=False)
rule('TLS without its negotiation closes without a word',
     b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', b'\0' * 40, End(),
     shape=['closed'], logged_in=False)
rule('a typed message before startup closes without a word', 'SELECT 1', End(), shape=['closed'], logged_in=False)
rule('a client that leaves in its startup packet harms nobody', startup(user='postgres')[:9], Vanish(),
     shape=[], logged_in=False)
rule('Terminate ends the session', terminate(), End(), shape=['closed'])
rule('Terminate with a body ends the session', message('X', b'body'), End(), shape=['closed'])
rule('Terminate is honoured while skipping', bind('', 'nosuch'), terminate(), End(), shape=['E:26000', 'closed'])
rule('what follows Terminate is not answered', terminate(), ROW, End(), shape=['closed'])
rule('Terminate rolls the open transaction back', 'BEGIN', "INSERT INTO t VALUES (4, 'x')",
     shape=['C:BEGIN', 'Z:T', 'C:INSERT 0 1', 'Z:T', '|', 'D:3'], then=[COUNT])
rule('a client that vanishes leaves its transaction undone',
     'BEGIN', "INSERT INTO t VALUES (4, 'x')", Await(4), Vanish(),
     shape=['C:BEGIN', 'Z:T', 'C:INSERT 0 1', 'Z:T', '|', 'D:3'], then=[COUNT])

# ============================================================ simple queries (1.5)

for empty in ('', ' \n\t', ';', ' ; ; ', '-- comment', '/* a /* nested */ comment */', '/* c */ ; -- d'):
    rule(f'a Query of {empty!r} is empty', empty, shape=['I', IDLE])
rule('empty statements between others give nothing', ';;SELECT 1 AS n;; ;SELECT 2 AS n;-- end',
     shape=['T:n', 'D:1', 'C:SELECT 1', 'T:n', 'D:2', 'C:SELECT 1', IDLE])
rule('a semicolon inside quotes ends nothing', "SELECT ';' AS a, 'it''s;' AS \"x;y\" /* ; */",
     shape=['T:a,x;y', "D:;,it's;", 'C:SELECT 1', IDLE])
rule('a Query of one row', "SELECT a, b FROM t WHERE a = 2", shape=['T:a,b', 'D:2,two', 'C:SELECT 1', IDLE])
rule('a Query without rows', "SELECT a, b FROM t WHERE a = 9", shape=['T:a,b', 'C:SELECT 0', IDLE])
rule('NULL and the empty string differ', "SELECT NULL AS a, '' AS b", shape=['T:a,b', 'D:NULL,', 'C:SELECT 1', IDLE])
rule('tags tell the number of rows',
     "INSERT INTO t VALUES (4, 'x'), (5, 'y'); UPDATE t SET b = 'z' WHERE a > 3; DELETE FROM t; UPDATE t SET b = '';",
     shape=['C:INSERT 0 2', 'C:UPDATE 2', 'C:DELETE 5', 'C:UPDATE 0', IDLE])
rule('tags of definitions are bare',
     'CREATE TABLE other (a integer); CREATE INDEX oi ON other (a); DROP INDEX oi; DROP TABLE other',
     shape=['C:CREATE TABLE', 'C:CREATE INDEX', 'C:DROP INDEX', 'C:DROP TABLE', IDLE])
rule('INSERT with RETURNING gives rows and its own tag', "INSERT INTO t VALUES (4, 'x'), (5, 'y') RETURNING a, b",
     shape=['T:a,b', 'D:4,x', 'D:5,y', 'C:INSERT 0 2', IDLE])
rule('a syntax error', 'SELEC 1', shape=['E:42601', IDLE])
rule('a table that is not there', 'SELECT * FROM nosuch', shape=['E:42P01', IDLE])
rule('a column that is not there', 'SELECT nosuch FROM t', shape=['E:42703', IDLE])
rule('a function that is not there', 'SELECT nosuch(1)', shape=['E:42883', IDLE])
rule('a table that is there already', 'CREATE TABLE t (a integer)', shape=['E:42P07', IDLE])
rule('a unique violation', "INSERT INTO t VALUES (1, 'again')", shape=['E:23505', IDLE])
rule('a violation of NOT NULL',
     'CREATE TABLE IF NOT EXISTS nn (a integer NOT NULL)', 'INSERT INTO nn VALUES (NULL)', 'DROP TABLE nn',
     shape=['C:CREATE TABLE', IDLE, 'E:23502', IDLE, 'C:DROP TABLE', IDLE])
rule('a violation of CHECK', 'CREATE TABLE ck (a integer CHECK (a > 0))', 'INSERT INTO ck VALUES (-1)', 'DROP TABLE ck',
     shape=['C:CREATE TABLE', IDLE, 'E:23514', IDLE, 'C:DROP TABLE', IDLE])
rule('an error stops the rest of the Query', "SELECT 1 AS n; SELECT * FROM nosuch; SELECT 2 AS n",
     shape=['T:n', 'D:1', 'C:SELECT 1', 'E:42P01', IDLE])
rule('a syntax error anywhere runs nothing of the Query', "INSERT INTO t VALUES (4, 'x'); SELEC 1",
     shape=['E:42601', IDLE, '|', 'D:3'], then=[COUNT])
rule('several statements are one transaction, undone by an error',
     "INSERT INTO t VALUES (4, 'x'); INSERT INTO t VALUES (1, 'again')",
     shape=['C:INSERT 0 1', 'E:23505', IDLE, '|', 'D:3'], then=[COUNT])
rule('several statements are one transaction, committed at the end',
     "INSERT INTO t VALUES (4, 'x'); INSERT INTO t VALUES (5, 'y')",
     shape=['C:INSERT 0 1', 'C:INSERT 0 1', IDLE, '|', 'D:5'], then=[COUNT])
rule('COMMIT between statements warns, commits, and begins anew',
     "INSERT INTO t VALUES (4, 'x'); COMMIT; INSERT INTO t VALUES (5, 'y'); INSERT INTO t VALUES (1, 'again')",
     shape=['C:INSERT 0 1', 'N:25P01', 'C:COMMIT', 'C:INSERT 0 1', 'E:23505', IDLE, '|', 'D:4'], then=[COUNT])
rule('ROLLBACK between statements warns and undoes what was before',
     "INSERT INTO t VALUES (4, 'x'); ROLLBACK; INSERT INTO t VALUES (5, 'y')",
     shape=['C:INSERT 0 1', 'N:25P01', 'C:ROLLBACK', 'C:INSERT 0 1', IDLE, '|', 'D:4'], then=[COUNT])
rule('BEGIN between statements adopts those before it',
     "INSERT INTO t VALUES (4, 'x'); BEGIN; INSERT INTO t VALUES (5, 'y')", 'ROLLBACK',
     shape=['C:INSERT 0 1', 'C:BEGIN', 'C:INSERT 0 1', 'Z:T', 'C:ROLLBACK', IDLE, '|', 'D:3'], then=[COUNT])
rule('BEGIN and COMMIT inside a Query bound a transaction',
     "BEGIN; INSERT INTO t VALUES (4, 'x'); COMMIT; INSERT INTO t VALUES (5, 'y'); INSERT INTO t VALUES (1, 'again')",
     shape=['C:BEGIN', 'C:INSERT 0 1', 'C:COMMIT', 'C:INSERT 0 1', 'E:23505', IDLE, '|', 'D:4'], then=[COUNT])
rule('SAVEPOINT between statements without BEGIN is refused', 'SELECT 1 AS n; SAVEPOINT s',
     shape=['T:n', 'D:1', 'C:SELECT 1', 'E:25P01', IDLE])
rule('an error in the Query that began a block leaves the block failed',
     'BEGIN; SELECT * FROM nosuch; ROLLBACK', 'ROLLBACK',
     shape=['C:BEGIN', 'E:42P01', 'Z:E', 'C:ROLLBACK', IDLE])

rule('BEGIN and COMMIT', 'BEGIN', "INSERT INTO t VALUES (4, 'x')", 'COMMIT',
     shape=['C:BEGIN', 'Z:T', 'C:INSERT 0 1', 'Z:T', 'C:COMMIT', IDLE, '|', 'D:4'], then=[COUNT])
rule('BEGIN and ROLLBACK', 'BEGIN', "INSERT INTO t VALUES (4, 'x')", 'ROLLBACK',
     shape=['C:BEGIN', 'Z:T', 'C:INSERT 0 1', 'Z:T', 'C:ROLLBACK', IDLE, '|', 'D:3'], then=[COUNT])
rule('the other words for BEGIN, COMMIT and ROLLBACK',
     'START TRANSACTION', 'END', 'begin work', 'abort transaction', 'BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE',
     'commit work',
     shape=['C:START TRANSACTION', 'Z:T', 'C:COMMIT', IDLE, 'C:BEGIN', 'Z:T', 'C:ROLLBACK', IDLE, 'C:BEGIN', 'Z:T',
            'C:COMMIT', IDLE])
rule('COMMIT AND CHAIN begins the next transaction', 'BEGIN', 'COMMIT AND CHAIN', 'ROLLBACK AND CHAIN', 'COMMIT',
     shape=['C:BEGIN', 'Z:T', 'C:COMMIT', 'Z:T', 'C:ROLLBACK', 'Z:T', 'C:COMMIT', IDLE])
rule('BEGIN in a transaction warns', 'BEGIN', 'BEGIN', 'COMMIT',
     shape=['C:BEGIN', 'Z:T', 'N:25001', 'C:BEGIN', 'Z:T', 'C:COMMIT', IDLE])
rule('COMMIT and ROLLBACK outside a transaction warn', 'COMMIT', 'ROLLBACK',
     shape=['N:25P01', 'C:COMMIT', IDLE, 'N:25P01', 'C:ROLLBACK', IDLE])
rule('a comment before BEGIN does not hide it', '/* x */ -- y\n BEGIN', 'ROLLBACK',
     shape=['C:BEGIN', 'Z:T', 'C:ROLLBACK', IDLE])
rule('SAVEPOINT outside a transaction is refused', 'SAVEPOINT s', shape=['E:25P01', IDLE])
rule('ROLLBACK TO undoes what came after the savepoint',
     'BEGIN', "INSERT INTO t VALUES (4, 'x')", 'SAVEPOINT s', "INSERT INTO t VALUES (5, 'y')", 'ROLLBACK TO s',
     'RELEASE s', 'COMMIT',
     shape=['C:BEGIN', 'Z:T', 'C:INSERT 0 1', 'Z:T', 'C:SAVEPOINT', 'Z:T', 'C:INSERT 0 1', 'Z:T', 'C:ROLLBACK', 'Z:T',
            'C:RELEASE', 'Z:T', 'C:COMMIT', IDLE, '|', 'D:4'], then=[COUNT])
rule('ROLLBACK TO revives a failed block',
     'BEGIN', 'SAVEPOINT s', 'SELECT * FROM nosuch', 'SELECT 1 AS n', 'ROLLBACK TO SAVEPOINT s', 'SELECT 1 AS n',
     'COMMIT',
     shape=['C:BEGIN', 'Z:T', 'C:SAVEPOINT', 'Z:T', 'E:42P01', 'Z:E', 'E:25P02', 'Z:E', 'C:ROLLBACK', 'Z:T', 'T:n',
            'D:1', 'C:SELECT 1', 'Z:T', 'C:COMMIT', IDLE])
rule('a savepoint that is not there', 'BEGIN', 'ROLLBACK TO nosuch', 'ROLLBACK', 'BEGIN', 'RELEASE nosuch',
     shape=['C:BEGIN', 'Z:T', 'E:3B001', 'Z:E', 'C:ROLLBACK', IDLE, 'C:BEGIN', 'Z:T', 'E:3B001', 'Z:E'])
rule('a write in a READ ONLY transaction is refused', 'BEGIN READ ONLY', "INSERT INTO t VALUES (4, 'x')", 'ROLLBACK',
     shape=['C:BEGIN', 'Z:T', 'E:25006', 'Z:E', 'C:ROLLBACK', IDLE])
FAILED = query('BEGIN') + query('SELECT * FROM nosuch')
BROKEN = ['C:BEGIN', 'Z:T', 'E:42P01', 'Z:E']
rule('a failed block refuses statements', FAILED, ROW, "SET application_name = 'x'", 'SHOW application_name', 'BEGIN',
     shape=[*BROKEN, 'E:25P02', 'Z:E', 'E:25P02', 'Z:E', 'E:25P02', 'Z:E', 'E:25P02', 'Z:E'])
rule('a failed block answers the empty Query', FAILED, ' ', shape=[*BROKEN, 'I', 'Z:E'])
rule('a failed block says syntax errors', FAILED, 'SELEC 1', shape=[*BROKEN, 'E:42601', 'Z:E'])
rule('COMMIT of a failed block says ROLLBACK', FAILED, 'COMMIT', shape=[*BROKEN, 'C:ROLLBACK', IDLE])
rule('ROLLBACK ends a failed block', FAILED, 'ROLLBACK', ROW,
     shape=[*BROKEN, 'C:ROLLBACK', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('what a failed block did is undone',
     'BEGIN', "INSERT INTO t VALUES (4, 'x')", "INSERT INTO t VALUES (1, 'again')", 'COMMIT',
     shape=['C:BEGIN', 'Z:T', 'C:INSERT 0 1', 'Z:T', 'E:23505', 'Z:E', 'C:ROLLBACK', IDLE, '|', 'D:3'], then=[COUNT])
rule('SAVEPOINT in a failed block is refused', FAILED, 'SAVEPOINT s', shape=[*BROKEN, 'E:25P02', 'Z:E'])

rule('SET of a reported parameter says so before ReadyForQuery', "SET application_name = 'x'",
     shape=['C:SET', 'S:application_name=x', IDLE])
rule('SET of the value that it has says nothing', "SET application_name = 'x'", "SET application_name TO 'x'",
     shape=['C:SET', 'S:application_name=x', IDLE, 'C:SET', IDLE])
rule('several SETs of one Query say the last value once', "SET application_name = 'x'; SET application_name = 'y'",
     shape=['C:SET', 'C:SET', 'S:application_name=y', IDLE])
rule('SET is undone by ROLLBACK, which says so', 'BEGIN', "SET application_name = 'x'", 'ROLLBACK',
     shape=['C:BEGIN', 'Z:T', 'C:SET', 'S:application_name=x', 'Z:T', 'C:ROLLBACK', 'S:application_name=', IDLE])
rule('SET LOCAL ends with its transaction', 'BEGIN', "SET LOCAL application_name = 'x'", 'COMMIT',
     shape=['C:BEGIN', 'Z:T', 'C:SET', 'S:application_name=x', 'Z:T', 'C:COMMIT', 'S:application_name=', IDLE])
rule('SET is undone by ROLLBACK TO', 'BEGIN; SAVEPOINT s', "SET application_name = 'x'", 'ROLLBACK TO s', 'COMMIT',
     shape=['C:BEGIN', 'C:SAVEPOINT', 'Z:T', 'C:SET', 'S:application_name=x', 'Z:T', 'C:ROLLBACK',
            'S:application_name=', 'Z:T', 'C:COMMIT', IDLE])
rule('SET and an error in one Query leave nothing',
     "SET application_name = 'x'; SELECT * FROM nosuch", 'SHOW application_name',
     shape=['C:SET', 'E:42P01', IDLE, 'T:application_name', 'D:', 'C:SHOW', IDLE])
rule('SHOW gives one row', 'SHOW server_encoding', shape=['T:server_encoding', 'D:UTF8', 'C:SHOW', IDLE])
rule('SHOW ignores the case of the name', 'SHOW Client_Encoding', shape=['T:client_encoding', 'D:UTF8', 'C:SHOW', IDLE])
rule('SHOW of an unknown parameter', 'SHOW nosuch', shape=['E:42704', IDLE])
rule('SET of an unknown parameter', 'SET nosuch = 1', shape=['E:42704', IDLE])
rule('SET of a parameter that cannot change', "SET server_version = '1'", shape=['E:55P02', IDLE])
rule('SET of a value that the parameter cannot have', "SET client_encoding = 'nosuch'", shape=['E:22023', IDLE])
rule('SET DateStyle says its full value', "SET datestyle = 'German'", shape=['C:SET', 'S:DateStyle=German, DMY', IDLE])
rule('RESET returns to the default', "SET application_name = 'x'", 'RESET application_name',
     shape=['C:SET', 'S:application_name=x', IDLE, 'C:RESET', 'S:application_name=', IDLE])
rule('RESET ALL returns everything', "SET application_name = 'x'", 'RESET ALL',
     shape=['C:SET', 'S:application_name=x', IDLE, 'C:RESET', 'S:application_name=', IDLE])
rule('SET TO DEFAULT is RESET', "SET application_name = 'x'", 'SET application_name TO DEFAULT',
     shape=['C:SET', 'S:application_name=x', IDLE, 'C:SET', 'S:application_name=', IDLE])
rule('DISCARD ALL returns everything and forgets statements',
     parse('s', ROW), sync(), "SET application_name = 'x'", 'DISCARD ALL', bind('', 's'), sync(),
     shape=['1', IDLE, 'C:SET', 'S:application_name=x', IDLE, 'C:DISCARD ALL', 'S:application_name=', IDLE, 'E:26000',
            IDLE])
rule('DISCARD ALL in a transaction is refused', 'BEGIN', 'DISCARD ALL', shape=['C:BEGIN', 'Z:T', 'E:25001', 'Z:E'])
rule('VACUUM in a transaction is refused', 'BEGIN', 'VACUUM', shape=['C:BEGIN', 'Z:T', 'E:25001', 'Z:E'])
rule('VACUUM among several statements is refused', 'SELECT 1 AS n; VACUUM',
     shape=['T:n', 'D:1', 'C:SELECT 1', 'E:25001', IDLE])
rule('stray CopyData, CopyDone and CopyFail are ignored', copy_data('x'), copy_done(), copy_fail('why'), ROW,
     shape=['T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('Flush and Sync between simple queries', flush(), sync(), ROW, flush(), sync(), sync(),
     shape=[IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE, IDLE, IDLE])
rule('a hundred Queries in one write', query(ROW) * 100, shape=['T:n', 'D:1', 'C:SELECT 1', IDLE] * 100)

# ============================================================ extended queries (1.5, rules 1 and 2)

rule('an extended query', parse('', ROW), bind(), describe('P'), execute(), sync(),
     shape=['1', '2', 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('Execute gives no RowDescription', one(ROW), sync(), shape=[*answer('1'), IDLE])
rule('an error in Parse discards messages until Sync',
     parse('', 'SELEC 1'), bind(), describe('P'), execute(), sync(), ROW,
     shape=['E:42601', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('an error in Bind discards messages until Sync',
     parse('', ROW), bind('', 'nosuch'), execute(), parse('', ROW), sync(),
     shape=['1', 'E:26000', IDLE])
rule('an error in Describe discards messages until Sync', describe('S', 'nosuch'), parse('', ROW), sync(),
     shape=['E:26000', IDLE])
rule('an error in Execute discards messages until Sync', one("INSERT INTO t VALUES (1, 'again')"), one(ROW), sync(),
     shape=['1', '2', 'E:23505', IDLE])
rule('an error leaves at once, without Flush', bind('', 'nosuch'), Await(1), Quiet(), sync(),
     shape=['E:26000', 'quiet', IDLE])
rule('while skipping everything but Sync is dropped unparsed',
     bind('', 'nosuch'), ROW, function_call(1), message('P', b'junk'), message('B', b'junk'), message('D', b'junk'),
     message('E', b'junk'), message('C', b'junk'), message('H', b'junk'), copy_data('x'), copy_done(), copy_fail('x'),
     sync(),
     shape=['E:26000', IDLE])
rule('Flush while skipping is dropped', bind('', 'nosuch'), flush(), Await(1), Quiet(), sync(),
     shape=['E:26000', 'quiet', IDLE])
rule('every Sync has its ReadyForQuery', sync() * 3, bind('', 'nosuch'), sync() * 2,
     shape=[IDLE, IDLE, IDLE, 'E:26000', IDLE, IDLE])
rule('an error inside Sync still gives ReadyForQuery', message('S', b'junk'), sync(), ROW,
     shape=['E:08P01', IDLE, IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('an error inside Sync after an error gives ReadyForQuery',
     bind('', 'nosuch'), message('S', b'junk'), one(ROW), sync(),
     shape=['E:26000', 'E:08P01', IDLE, *answer('1'), IDLE])
rule('nothing is delivered before Flush', one(ROW), Quiet(), flush(), Await(4), Quiet(), sync(),
     shape=['quiet', *answer('1'), 'quiet', IDLE])
rule('Flush alone delivers nothing and ends nothing',
     flush() * 3, parse('', ROW), flush(), Await(1), flush(), Quiet(), sync(),
     shape=['1', 'quiet', IDLE])
rule('after Flush the unnamed portal is still there',
     parse('', THREE), bind(), execute('', 1), flush(), Await(4), execute('', 1), flush(), Await(2), execute(), sync(),
     shape=['1', '2', 'D:1', 's', 'D:2', 's', 'D:3', 'C:SELECT 1', IDLE])
rule('Parse of several statements is refused', parse('', 'SELECT 1; SELECT 2'), sync(), shape=['E:42601', IDLE])
rule('Parse allows a semicolon at the end', one('SELECT 1 AS n; '), sync(), shape=[*answer('1'), IDLE])
for empty in ('', ' ; ', '-- nothing'):
    rule(f'a statement of {empty!r} is empty',
         parse('', empty), bind(), describe('S'), describe('P'), execute(), sync(),
         shape=['1', '2', 't:0', 'n', 'n', 'I', IDLE])
rule('Parse says that a table is not there', parse('', 'SELECT * FROM nosuch'), sync(), shape=['E:42P01', IDLE])

# ------------------------------------------------------------ statements (rule 3)

rule('the unnamed statement survives Sync', parse('', ROW), sync(), bind(), execute(), sync(),
     shape=['1', IDLE, '2', 'D:1', 'C:SELECT 1', IDLE])
rule('the next unnamed Parse replaces the unnamed statement', parse('', ROW), one('SELECT 2 AS n'), sync(),
     shape=['1', *answer('2'), IDLE])
rule('a failed unnamed Parse destroys the unnamed statement',
     parse('', ROW), sync(), parse('', 'SELEC'), sync(), bind(), sync(),
     shape=['1', IDLE, 'E:42601', IDLE, 'E:26000', IDLE])
rule('a Query destroys the unnamed statement', parse('', ROW), sync(), ROW, bind(), sync(),
     shape=['1', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE, 'E:26000', IDLE])
rule('an empty Query destroys the unnamed statement', parse('', ROW), sync(), '', bind(), sync(),
     shape=['1', IDLE, 'I', IDLE, 'E:26000', IDLE])
rule('Close destroys the unnamed statement', parse('', ROW), close('S'), bind(), sync(),
     shape=['1', '3', 'E:26000', IDLE])
rule('an unnamed statement that never was', bind(), sync(), describe('S'), sync(),
     shape=['E:26000', IDLE, 'E:26000', IDLE])
rule('a named statement survives Sync, Query and rollback',
     parse('s', ROW), sync(), 'BEGIN', 'ROLLBACK', bind('', 's'), execute(), sync(),
     shape=['1', IDLE, 'C:BEGIN', 'Z:T', 'C:ROLLBACK', IDLE, '2', 'D:1', 'C:SELECT 1', IDLE])
rule('a named statement survives the failure of its own transaction',
     'BEGIN', parse('s', ROW), bind('', 'nosuch'), sync(), 'ROLLBACK', bind('', 's'), execute(), sync(),
     shape=['C:BEGIN', 'Z:T', '1', 'E:26000', 'Z:E', 'C:ROLLBACK', IDLE, '2', 'D:1', 'C:SELECT 1', IDLE])
rule('a named statement cannot be parsed twice',
     parse('s', ROW), parse('s', 'SELECT 2 AS n'), sync(), bind('', 's'), execute(), sync(),
     shape=['1', 'E:42P05', IDLE, '2', 'D:1', 'C:SELECT 1', IDLE])
rule('a closed name can be parsed again',
     parse('s', ROW), close('S', 's'), parse('s', 'SELECT 2 AS n'), bind('', 's'), execute(), sync(),
     shape=['1', '3', '1', '2', 'D:2', 'C:SELECT 1', IDLE])
rule('Close of what is not there is fine', close('S', 'nosuch'), close('P', 'nosuch'), close('S'), close('P'), sync(),
     shape=['3', '3', '3', '3', IDLE])
rule('DEALLOCATE forgets a named statement', parse('s', ROW), sync(), 'DEALLOCATE s', bind('', 's'), sync(),
     shape=['1', IDLE, 'C:DEALLOCATE', IDLE, 'E:26000', IDLE])
rule('DEALLOCATE ALL forgets all',
     parse('s', ROW), parse('r', ROW), sync(), 'DEALLOCATE ALL', bind('', 's'), sync(), bind('', 'r'), sync(),
     shape=['1', '1', IDLE, 'C:DEALLOCATE ALL', IDLE, 'E:26000', IDLE, 'E:26000', IDLE])
rule('DEALLOCATE PREPARE is DEALLOCATE', parse('s', ROW), sync(), 'DEALLOCATE PREPARE s',
     shape=['1', IDLE, 'C:DEALLOCATE', IDLE])
rule('DEALLOCATE of what is not there', 'DEALLOCATE nosuch', shape=['E:26000', IDLE])
rule('DEALLOCATE works in the extended protocol too', parse('s', ROW), one('DEALLOCATE s'), bind('', 's'), sync(),
     shape=['1', '1', '2', 'C:DEALLOCATE', 'E:26000', IDLE])
rule('names of statements keep their case', parse('S', ROW), bind('', 's'), sync(), shape=['1', 'E:26000', IDLE])

# ------------------------------------------------------------ PREPARE and EXECUTE: of the same statements

rule('PREPARE and Parse share one set of names',
     parse('s', ROW), sync(), 'PREPARE s AS SELECT 2 AS n', 'PREPARE r AS SELECT 3 AS n', parse('r', ROW), sync(),
     bind('', 'r'), describe('P'), execute(), describe('S', 'r'), close('S', 'r'), sync(), 'EXECUTE s', 'EXECUTE r',
     shape=['1', IDLE, 'E:42P05', IDLE, 'C:PREPARE', IDLE, 'E:42P05', IDLE, '2', 'T:n', 'D:3', 'C:SELECT 1', 't:0',
            'T:n', '3', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE, 'E:26000', IDLE])
rule('EXECUTE gives the rows and the tag of the statement',
     'PREPARE s (integer) AS SELECT a, b FROM t WHERE a > $1 ORDER BY a', 'EXECUTE s(1)', 'EXECUTE s (3)',
     'PREPARE r AS INSERT INTO t VALUES ($1, $2) RETURNING b', "EXECUTE r(4, 'four')", 'PREPARE d AS DELETE FROM t',
     'EXECUTE d', 'DEALLOCATE d', 'EXECUTE d',
     shape=['C:PREPARE', IDLE, 'T:a,b', 'D:2,two', 'D:3,three', 'C:SELECT 2', IDLE, 'T:a,b', 'C:SELECT 0', IDLE,
            'C:PREPARE', IDLE, 'T:b', 'D:four', 'C:INSERT 0 1', IDLE, 'C:PREPARE', IDLE, 'C:DELETE 4', IDLE,
            'C:DEALLOCATE', IDLE, 'E:26000', IDLE])
rule('PREPARE and EXECUTE in the extended protocol',
     parse('', 'PREPARE s (integer) AS SELECT b FROM t WHERE a = $1'), describe('S'), bind(), describe('P'), execute(),
     parse('', 'EXECUTE s(2)'), describe('S'), bind('', '', (), (), [1]), describe('P'), execute(), sync(),
     bind('', 's', ['3']), execute(), sync(),
     shape=['1', 't:0', 'n', '2', 'n', 'C:PREPARE', '1', 't:0', 'T:b', '2', 'T:b/1', 'D:two', 'C:SELECT 1', IDLE,
            '2', 'D:three', 'C:SELECT 1', IDLE])
rule('EXECUTE of what is not there has no columns, and fails when it runs',
     parse('', 'EXECUTE nosuch(1)'), describe('S'), bind(), describe('P'), execute(), sync(), 'EXECUTE nosuch(1)',
     shape=['1', 't:0', 'n', '2', 'n', 'E:26000', IDLE, 'E:26000', IDLE])
rule('EXECUTE gives its rows in portions',
     parse('s', THREE), parse('', 'EXECUTE s'), bind(), execute('', 2), execute('', 1), execute(), execute(), sync(),
     shape=['1', '1', '2', 'D:1', 'D:2', 's', 'D:3', 's', 'C:SELECT 0', 'C:SELECT 0', IDLE])
rule('the result formats of EXECUTE must fit the columns of the statement',
     parse('s', 'SELECT a, b FROM t'), parse('', 'EXECUTE s'), bind('', '', (), (), [1, 1, 1]), sync(),
     shape=['1', '1', 'E:08P01', IDLE])
rule('an INSERT by EXECUTE cannot be executed again',
     "PREPARE s AS INSERT INTO t VALUES (4, 'x')", one('EXECUTE s'), execute(), sync(),
     shape=['C:PREPARE', IDLE, '1', '2', 'C:INSERT 0 1', 'E:55000', IDLE, '|', 'D:3'], then=[COUNT])
rule('EXECUTE takes part in the transaction of its pipeline and of its Query',
     "PREPARE s AS INSERT INTO t VALUES (4, 'x')", one('EXECUTE s'), one('SELECT * FROM nosuch'), sync(),
     'EXECUTE s; SELECT * FROM nosuch', 'EXECUTE s',
     shape=['C:PREPARE', IDLE, '1', '2', 'C:INSERT 0 1', 'E:42P01', IDLE, 'C:INSERT 0 1', 'E:42P01', IDLE,
            'C:INSERT 0 1', IDLE, '|', 'D:4'], then=[COUNT])
rule('statements are prepared and executed in one Query',
     'PREPARE s AS SELECT 1 AS n; EXECUTE s; DEALLOCATE s; EXECUTE s; SELECT 2 AS n',
     shape=['C:PREPARE', 'T:n', 'D:1', 'C:SELECT 1', 'C:DEALLOCATE', 'E:26000', IDLE])
rule('PREPARE is not undone by ROLLBACK', 'BEGIN', 'PREPARE s AS SELECT 1 AS n', 'ROLLBACK', 'DISCARD PLANS',
     'EXECUTE s', 'DISCARD ALL', 'EXECUTE s',
     shape=['C:BEGIN', 'Z:T', 'C:PREPARE', 'Z:T', 'C:ROLLBACK', IDLE, 'C:DISCARD PLANS', IDLE, 'T:n', 'D:1',
            'C:SELECT 1', IDLE, 'C:DISCARD ALL', IDLE, 'E:26000', IDLE])
rule('a failed block refuses PREPARE and EXECUTE, but for their syntax', 'PREPARE s AS SELECT 1 AS n', FAILED,
     'PREPARE r AS SELECT 1', 'PREPARE r (nosuch) AS SELECT 1', 'EXECUTE s', 'EXECUTE s(a)', 'EXECUTE nosuch',
     'PREPARE r AS SELEC', 'EXECUTE s(', 'ROLLBACK', 'EXECUTE s',
     shape=['C:PREPARE', IDLE, *BROKEN, *['E:25P02', 'Z:E'] * 5, *['E:42601', 'Z:E'] * 2, 'C:ROLLBACK', IDLE,
            'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('a syntax error inside PREPARE runs nothing of the Query',
     "INSERT INTO t VALUES (4, 'x'); PREPARE s AS SELEC 1", parse('', 'PREPARE s AS SELEC'), sync(),
     shape=['E:42601', IDLE, 'E:42601', IDLE, '|', 'D:3'], then=[COUNT])
rule('what is wrong with PREPARE beyond its syntax is told when it runs',
     one('PREPARE s (nosuch) AS SELECT 1'), sync(), one('PREPARE s AS SELECT nosuch FROM t'), sync(), 'EXECUTE s',
     shape=['1', '2', 'E:42704', IDLE, '1', '2', 'E:42703', IDLE, 'E:26000', IDLE])
rule('EXECUTE executes the statements of the session and the empty one',
     parse('b', 'BEGIN'), parse('c', 'COMMIT'), parse('h', 'SHOW server_encoding'), parse('e', ''),
     parse('o', 'COPY t TO STDOUT'), parse('p', 'PREPARE made AS SELECT 1 AS n'), parse('d', 'DEALLOCATE d'),
     sync(), 'EXECUTE b', 'EXECUTE h', 'EXECUTE c', 'EXECUTE e', 'EXECUTE o', 'EXECUTE p', 'EXECUTE made', 'EXECUTE d',
     'EXECUTE d',
     shape=[*'1111111', IDLE, 'C:BEGIN', 'Z:T', 'T:server_encoding', 'D:UTF8', 'C:SHOW', 'Z:T', 'C:COMMIT', IDLE,
            'C:EXECUTE', IDLE, 'H:text:2', 'd:1\tone\n', 'd:2\ttwo\n', 'd:3\tthree\n', 'c', 'C:COPY 3', IDLE,
            'C:PREPARE', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE, 'C:DEALLOCATE', IDLE, 'E:26000', IDLE])
rule('a statement that executes itself is refused', parse('e', 'EXECUTE e'), sync(), 'EXECUTE e', ROW,
     shape=['1', IDLE, 'E:54001', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('EXECUTE of a statement whose columns have changed is refused',
     'PREPARE s AS SELECT * FROM t', 'ALTER TABLE t ADD COLUMN c integer', 'EXECUTE s', 'DROP TABLE t', 'EXECUTE s',
     shape=['C:PREPARE', IDLE, 'C:ALTER TABLE', IDLE, 'E:0A000', IDLE, 'C:DROP TABLE', IDLE, 'E:42P01', IDLE])
for wrong in ('PREPARE', 'PREPARE s', 'PREPARE s AS', 'PREPARE AS SELECT 1', 'PREPARE s() AS SELECT 1',
              'PREPARE "" AS SELECT 1', 'PREPARE s (int,) AS SELECT 1', 'PREPARE s (int) SELECT 1',
              'PREPARE s AS BEGIN', 'PREPARE s AS COPY t TO STDOUT', 'PREPARE s AS CREATE TABLE x (a int)',
              'PREPARE s AS PREPARE r AS SELECT 1', 'PREPARE s AS EXPLAIN SELECT 1', 'EXECUTE', 'EXECUTE s()',
              'EXECUTE s(1,)', 'EXECUTE s(1', 'EXECUTE s(1 2)', 'EXECUTE s(1;2)', 'EXECUTE s x', 'EXECUTE s.x',
              'DECLARE c CURSOR FOR EXECUTE s'):
    rule(f'{wrong!r} is no statement', wrong, shape=['E:42601', IDLE])
VALUES = {  # for an integer, a text and a boolean: what becomes of them
    "'2', 'x', 't'": '2,x,t',
    '2, 1.50, true': '2,1.50,t',
    'NULL, null, NULL': 'NULL,NULL,NULL',
    '-2.5, 1e3, false': '-3,1000,f',
    "+1, '007'::int, 'no'": '1,7,f',
    "1.4::int, DATE '2024-2-29', '1'::text::bool": '1,2024-02-29,t',
    "CAST('3' AS int), E'a\\nb', CAST(7 AS boolean)": '3,\\x610a62,t',
    '((1)), true, (true)': '1,true,t',
    "true::int, $$it's$$, 'f'": "1,it's,f",
    "1, '2024-2-29 1:00'::timestamp::date, 't'::boolean": '1,2024-02-29,t',
    "'1'::text, 'x', true": '42804',
    'true, true, true': '42804',
    "1, 'x', 1": '42804',
    "'2024-01-01'::date, 'x', true": '42804',
    "1.5::bool, '', true": '42846',
    "'x', 'x', true": '22P02',
    "1, 'x', 'x'": '22P02',
    "99999999999, 'x', true": '22003',
    "'99999999999', '', true": '22003',
    "1::nosuch, 'x', true": '42704',
    "1, E'\\xff', true": '22021',
    "$1, 'x', true": '42P02',
    "(SELECT 1), 'x', true": '0A000',
    "12abc, 'x', true": '42601',
    "1, 'x'": '42601',
    "1, 'x', true, 1": '42601',
}
for values, expected in VALUES.items():
    rule(f'EXECUTE with the values {values}',
         'PREPARE s (integer, text, boolean) AS SELECT $1 AS a, $2 AS b, $3 AS c', f'EXECUTE s({values})',
         shape=['C:PREPARE', IDLE, *([f'E:{expected}'] if re.fullmatch(r'[0-9A-Z]{5}', expected) else
                                     ['T:a,b,c', f'D:{expected}', 'C:SELECT 1']), IDLE])

# ------------------------------------------------------------ portals (rules 4 and 5)

rule('a portal dies at Sync outside a block', parse('', ROW), bind('p'), sync(), execute('p'), sync(),
     shape=['1', '2', IDLE, 'E:34000', IDLE])
rule('a portal lives on in a block', 'BEGIN', parse('', ROW), bind('p'), sync(), execute('p'), sync(), 'COMMIT',
     shape=['C:BEGIN', 'Z:T', '1', '2', 'Z:T', 'D:1', 'C:SELECT 1', 'Z:T', 'C:COMMIT', IDLE])
rule('a portal dies with its block', 'BEGIN', parse('', ROW), bind('p'), sync(), 'COMMIT', execute('p'), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'Z:T', 'C:COMMIT', IDLE, 'E:34000', IDLE])
rule('a portal dies with the rollback of its block',
     'BEGIN', parse('', ROW), bind('p'), sync(), 'ROLLBACK', execute('p'), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'Z:T', 'C:ROLLBACK', IDLE, 'E:34000', IDLE])
rule('the unnamed portal dies on a Query in a block',
     'BEGIN', parse('', THREE), bind(), execute('', 1), sync(), ROW, execute(), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', 'Z:T', 'T:n', 'D:1', 'C:SELECT 1', 'Z:T', 'E:34000', 'Z:E'])
rule('a named portal survives a Query in a block',
     'BEGIN', parse('s', THREE), bind('p', 's'), execute('p', 1), sync(), ROW, execute('p'), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', 'Z:T', 'T:n', 'D:1', 'C:SELECT 1', 'Z:T', 'D:2', 'D:3',
            'C:SELECT 2', 'Z:T'])
rule('the next unnamed Bind replaces the unnamed portal',
     parse('', THREE), bind(), execute('', 1), bind(), execute('', 1), sync(),
     shape=['1', '2', 'D:1', 's', '2', 'D:1', 's', IDLE])
rule('a failed unnamed Bind destroys the unnamed portal',
     'BEGIN; SAVEPOINT s', parse('s', ROW), bind('', 's'), bind('', 's', ['too many']), sync(), 'ROLLBACK TO s',
     execute(), sync(),
     shape=['C:BEGIN', 'C:SAVEPOINT', 'Z:T', '1', '2', 'E:08P01', 'Z:E', 'C:ROLLBACK', 'Z:T', 'E:34000', 'Z:E'])
rule('a named portal cannot be bound twice', parse('', ROW), bind('p'), bind('p'), sync(),
     shape=['1', '2', 'E:42P03', IDLE])
rule('a closed portal can be bound again', parse('', ROW), bind('p'), close('P', 'p'), bind('p'), execute('p'), sync(),
     shape=['1', '2', '3', '2', 'D:1', 'C:SELECT 1', IDLE])
rule('a closed portal is gone', parse('', ROW), bind('p'), close('P', 'p'), execute('p'), sync(),
     shape=['1', '2', '3', 'E:34000', IDLE])
rule('a portal that never was', execute('nosuch'), sync(), describe('P', 'nosuch'), sync(), execute(), sync(),
     shape=['E:34000', IDLE, 'E:34000', IDLE, 'E:34000', IDLE])
rule('a portal outlives the unnamed statement that it came from',
     parse('', ROW), bind('p'), parse('', 'SELECT 2 AS n'), bind('q'), execute('p'), execute('q'), sync(),
     shape=['1', '2', '1', '2', 'D:1', 'C:SELECT 1', 'D:2', 'C:SELECT 1', IDLE])
rule('Close of a statement does not close its portals',
     parse('s', ROW), bind('p', 's'), close('S', 's'), describe('P', 'p'), execute('p'), sync(),
     shape=['1', '2', '3', 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('a suspended portal outlives its closed statement',
     parse('s', THREE), bind('p', 's'), execute('p', 1), close('S', 's'), execute('p'), sync(),
     shape=['1', '2', 'D:1', 's', '3', 'D:2', 'D:3', 'C:SELECT 2', IDLE])
rule('two portals of one statement go their own ways',
     parse('s', THREE), bind('p', 's'), bind('q', 's'), execute('p', 1), execute('q', 2), execute('p', 1),
     execute('q', 2), execute('p', 1), execute('p', 1), sync(),
     shape=['1', '2', '2', 'D:1', 's', 'D:1', 'D:2', 's', 'D:2', 's', 'D:3', 'C:SELECT 1', 'D:3', 's', 'C:SELECT 0',
            IDLE])
rule('a statement and a portal may have one name',
     parse('x', ROW), bind('x', 'x'), execute('x'), close('P', 'x'), describe('S', 'x'), sync(),
     shape=['1', '2', 'D:1', 'C:SELECT 1', '3', 't:0', 'T:n', IDLE])

# ------------------------------------------------------------ row limits (rule 6)

rule('a row limit suspends the portal', parse('', THREE), bind(), execute('', 2), execute('', 2), sync(),
     shape=['1', '2', 'D:1', 'D:2', 's', 'D:3', 'C:SELECT 1', IDLE])
rule('a row limit hit exactly suspends, then SELECT 0',
     parse('', THREE), bind(), execute('', 3), execute('', 3), sync(),
     shape=['1', '2', 'D:1', 'D:2', 'D:3', 's', 'C:SELECT 0', IDLE])
rule('a row limit above the rows does not suspend', parse('', THREE), bind(), execute('', 4), sync(),
     shape=[*answer('1', '2', '3'), IDLE])
rule('no limit and a negative limit mean all rows',
     parse('', THREE), bind(), execute('', -1), bind(), execute('', -2**31), bind(), execute('', 0), sync(),
     shape=[*answer('1', '2', '3'), *answer('1', '2', '3')[1:], *answer('1', '2', '3')[1:], IDLE])
rule('the largest limit is no size of anything', parse('', THREE), bind(), execute('', 2**31 - 1), sync(),
     shape=[*answer('1', '2', '3'), IDLE])
rule('a finished SELECT gives SELECT 0 again', one(THREE), execute(), execute('', 5), sync(),
     shape=[*answer('1', '2', '3'), 'C:SELECT 0', 'C:SELECT 0', IDLE])
rule('a finished INSERT cannot be executed again', one("INSERT INTO t VALUES (4, 'x')"), execute(), sync(),
     shape=['1', '2', 'C:INSERT 0 1', 'E:55000', IDLE, '|', 'D:3'], then=[COUNT])
rule('a row limit is ignored where there are no rows',
     parse('', "INSERT INTO t VALUES (4, 'x'), (5, 'y')"), bind(), execute('', 1), sync(),
     shape=['1', '2', 'C:INSERT 0 2', IDLE])
rule('a row limit suspends RETURNING, and the tag counts the rest',
     parse('', "INSERT INTO t VALUES (4, 'x'), (5, 'y'), (6, 'z') RETURNING a"), bind(), execute('', 1), execute(),
     sync(),
     shape=['1', '2', 'D:4', 's', 'D:5', 'D:6', 'C:INSERT 0 2', IDLE, '|', 'D:6'], then=[COUNT])
rule('a suspended RETURNING has inserted all its rows',
     parse('', "INSERT INTO t VALUES (4, 'x'), (5, 'y') RETURNING a"), bind(), execute('', 1), sync(),
     shape=['1', '2', 'D:4', 's', IDLE, '|', 'D:5'], then=[COUNT])
rule('a suspended portal is gone after Sync outside a block',
     parse('', THREE), bind(), execute('', 1), sync(), execute(), sync(),
     shape=['1', '2', 'D:1', 's', IDLE, 'E:34000', IDLE])
rule('a suspended portal goes on after Sync in a block',
     'BEGIN', parse('', THREE), bind(), execute('', 1), sync(), execute('', 1), sync(), execute(), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', 'Z:T', 'D:2', 's', 'Z:T', 'D:3', 'C:SELECT 1', 'Z:T'])
rule('a portal made after a savepoint dies with ROLLBACK TO, an older one lives',
     'BEGIN', parse('s', THREE), bind('p', 's'), execute('p', 1), sync(), 'SAVEPOINT a',
     bind('q', 's'), execute('q', 1), sync(), 'ROLLBACK TO a', execute('p'), sync(), execute('q'), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', 'Z:T', 'C:SAVEPOINT', 'Z:T', '2', 'D:1', 's', 'Z:T',
            'C:ROLLBACK', 'Z:T', 'D:2', 'D:3', 'C:SELECT 2', 'Z:T', 'E:34000', 'Z:E'])
rule('a table that a suspended portal reads cannot be dropped',
     'BEGIN', parse('', THREE), bind('p'), execute('p', 1), sync(), 'DROP TABLE t',
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', 'Z:T', 'E:55006', 'Z:E'])
rule('a table that a closed portal has read can be dropped',
     'BEGIN', parse('', THREE), bind('p'), execute('p', 1), close('P', 'p'), sync(), 'DROP TABLE t', 'ROLLBACK',
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', '3', 'Z:T', 'C:DROP TABLE', 'Z:T', 'C:ROLLBACK', IDLE])
rule('COMMIT with a suspended portal commits',
     'BEGIN', parse('', THREE), bind('p'), execute('p', 1), sync(), "INSERT INTO t VALUES (4, 'x')", 'COMMIT',
     execute('p'), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', 'Z:T', 'C:INSERT 0 1', 'Z:T', 'C:COMMIT', IDLE, 'E:34000', IDLE,
            '|', 'D:4'], then=[COUNT])
rule('a row limit suspends SHOW after its only row',
     parse('', 'SHOW server_encoding'), bind(), execute('', 1), execute(), sync(),
     shape=['1', '2', 'D:UTF8', 's', 'C:SHOW', IDLE])

# ------------------------------------------------------------ cursors of SQL, which share their names with portals

rule('a BINARY cursor gives binary rows in the simple protocol, and what Bind asks for in the extended one',
     'BEGIN', 'DECLARE c BINARY CURSOR FOR SELECT b FROM t ORDER BY a', 'FETCH c',
     parse('', 'FETCH c') + bind() + execute() + sync(), 'FETCH c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'T:b/1', 'D:one', 'C:FETCH 1', 'Z:T', '1', '2', 'D:two',
            'C:FETCH 1', 'Z:T', 'T:b/1', 'D:three', 'C:FETCH 1', 'Z:T'])
rule('a cursor WITH HOLD outlives the commit, where it was',
     'BEGIN', f'DECLARE c CURSOR WITH HOLD FOR {THREE}', 'FETCH c', 'COMMIT', 'FETCH c', 'BEGIN', 'FETCH c',
     'ROLLBACK', 'FETCH c', 'CLOSE c', 'FETCH c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'T:a', 'D:1', 'C:FETCH 1', 'Z:T', 'C:COMMIT', IDLE, 'T:a',
            'D:2', 'C:FETCH 1', IDLE, 'C:BEGIN', 'Z:T', 'T:a', 'D:3', 'C:FETCH 1', 'Z:T', 'C:ROLLBACK', IDLE, 'T:a',
            'C:FETCH 0', IDLE, 'C:CLOSE CURSOR', IDLE, 'E:34000', IDLE])
rule('a cursor WITH HOLD does not outlive the rollback of its transaction',
     'BEGIN', f'DECLARE c CURSOR WITH HOLD FOR {THREE}', 'ROLLBACK', 'FETCH c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'C:ROLLBACK', IDLE, 'E:34000', IDLE])
rule('a cursor WITH HOLD may be declared outside of a block',
     f'DECLARE c CURSOR WITH HOLD FOR {THREE}', 'FETCH 2 c', parse('', f'DECLARE d CURSOR WITH HOLD FOR {THREE}'),
     bind(), execute(), sync(), 'FETCH ALL d', 'FETCH c',
     shape=['C:DECLARE CURSOR', IDLE, 'T:a', 'D:1', 'D:2', 'C:FETCH 2', IDLE, '1', '2', 'C:DECLARE CURSOR', IDLE,
            'T:a', 'D:1', 'D:2', 'D:3', 'C:FETCH 3', IDLE, 'T:a', 'D:3', 'C:FETCH 1', IDLE])
rule('a row that fails when it is to be held fails the COMMIT',
     'BEGIN', 'DECLARE c CURSOR WITH HOLD FOR SELECT 2 / (3 - a) AS q FROM t ORDER BY a', 'FETCH c',
     "INSERT INTO t VALUES (4, 'x')", 'COMMIT', 'FETCH c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'T:q', 'D:1', 'C:FETCH 1', 'Z:T', 'C:INSERT 0 1', 'Z:T',
            'E:22012', IDLE, 'E:34000', IDLE], only=(*POSTGRES, 'SQLite divides by zero: NULL'))
rule('CLOSE ALL and DISCARD ALL end cursors that are held',
     f'DECLARE c CURSOR WITH HOLD FOR {THREE}', 'CLOSE ALL', 'FETCH c', f'DECLARE c CURSOR WITH HOLD FOR {THREE}',
     'DISCARD ALL', 'FETCH c',
     shape=['C:DECLARE CURSOR', IDLE, 'C:CLOSE CURSOR ALL', IDLE, 'E:34000', IDLE, 'C:DECLARE CURSOR', IDLE,
            'C:DISCARD ALL', IDLE, 'E:34000', IDLE])
rule('a cursor with SCROLL goes back and forth',
     'BEGIN', f'DECLARE c SCROLL CURSOR FOR {THREE}', 'FETCH LAST c', 'FETCH PRIOR c', 'FETCH FIRST c',
     'FETCH PRIOR c', 'FETCH ALL c', 'FETCH BACKWARD 2 c', 'FETCH ABSOLUTE 1 c', 'FETCH RELATIVE 2 c', 'FETCH 0 c',
     'FETCH ABSOLUTE -2 c', 'FETCH ABSOLUTE 9 c', 'FETCH BACKWARD ALL c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'T:a', 'D:3', 'C:FETCH 1', 'Z:T', 'T:a', 'D:2', 'C:FETCH 1',
            'Z:T', 'T:a', 'D:1', 'C:FETCH 1', 'Z:T', 'T:a', 'C:FETCH 0', 'Z:T', 'T:a', 'D:1', 'D:2', 'D:3',
            'C:FETCH 3', 'Z:T', 'T:a', 'D:3', 'D:2', 'C:FETCH 2', 'Z:T', 'T:a', 'D:1', 'C:FETCH 1', 'Z:T', 'T:a',
            'D:3', 'C:FETCH 1', 'Z:T', 'T:a', 'D:3', 'C:FETCH 1', 'Z:T', 'T:a', 'D:2', 'C:FETCH 1', 'Z:T', 'T:a',
            'C:FETCH 0', 'Z:T', 'T:a', 'D:3', 'D:2', 'D:1', 'C:FETCH 3', 'Z:T'])
rule('MOVE in a cursor with SCROLL counts as FETCH would',
     'BEGIN', f'DECLARE c SCROLL CURSOR FOR {THREE}', 'MOVE 0 c', 'MOVE 2 c', 'MOVE 0 c', 'MOVE ALL c',
     'MOVE BACKWARD ALL c', 'MOVE LAST c', 'MOVE RELATIVE -1 c', 'MOVE ABSOLUTE 9 c', 'MOVE PRIOR c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'C:MOVE 0', 'Z:T', 'C:MOVE 2', 'Z:T', 'C:MOVE 1', 'Z:T',
            'C:MOVE 1', 'Z:T', 'C:MOVE 3', 'Z:T', 'C:MOVE 1', 'Z:T', 'C:MOVE 1', 'Z:T', 'C:MOVE 0', 'Z:T', 'C:MOVE 1',
            'Z:T'])
rule('a cursor with NO SCROLL goes forward only',
     'BEGIN', f'DECLARE c NO SCROLL CURSOR FOR {THREE}', 'FETCH ABSOLUTE 2 c', 'SAVEPOINT s', 'FETCH PRIOR c',
     'ROLLBACK TO s', 'FETCH c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'T:a', 'D:2', 'C:FETCH 1', 'Z:T', 'C:SAVEPOINT', 'Z:T',
            'E:55000', 'Z:E', 'C:ROLLBACK', 'Z:T', 'E:55000', 'Z:E'])
rule('a cursor that scrolls and is held scrolls on',
     'BEGIN', f'DECLARE c SCROLL CURSOR WITH HOLD FOR {THREE}', 'FETCH 2 c', 'COMMIT', 'FETCH PRIOR c', 'FETCH LAST c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'T:a', 'D:1', 'D:2', 'C:FETCH 2', 'Z:T', 'C:COMMIT', IDLE,
            'T:a', 'D:1', 'C:FETCH 1', IDLE, 'T:a', 'D:3', 'C:FETCH 1', IDLE])
rule('a FETCH that is resumed counts its new rows',
     'BEGIN', f'DECLARE c CURSOR FOR {THREE}', parse('', 'FETCH 3 c'), bind(), execute('', 2), execute(), execute(),
     sync(),
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', '1', '2', 'D:1', 'D:2', 's', 'D:3', 'C:FETCH 1', 'C:FETCH 0',
            'Z:T'])
rule('Bind does not take the name of a cursor',
     'BEGIN', f'DECLARE c CURSOR FOR {THREE}', parse('', ROW), bind('c'), sync(),
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', '1', 'E:42P03', 'Z:E'])
rule('DECLARE does not take the name of a portal',
     'BEGIN', parse('', ROW), bind('p'), sync(), f'DECLARE p CURSOR FOR {THREE}',
     shape=['C:BEGIN', 'Z:T', '1', '2', 'Z:T', 'E:42P03', 'Z:E'])
rule('Describe, Execute and Close find a cursor',
     'BEGIN', f'DECLARE c CURSOR FOR {THREE}', describe('P', 'c'), execute('c', 1), sync(), 'FETCH c', execute('c'),
     sync(), close('P', 'c'), sync(), 'FETCH c',
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'T:a', 'D:1', 's', 'Z:T', 'T:a', 'D:2', 'C:FETCH 1', 'Z:T',
            'D:3', 'C:SELECT 1', 'Z:T', '3', 'Z:T', 'E:34000', 'Z:E'])
rule('Execute of a cursor to its end suspends it, and then there are no rows',
     'BEGIN', f'DECLARE c CURSOR FOR {THREE}', execute('c', 3), execute('c', 1), execute('c'), sync(),
     shape=['C:BEGIN', 'Z:T', 'C:DECLARE CURSOR', 'Z:T', 'D:1', 'D:2', 'D:3', 's', 'C:SELECT 0', 'C:SELECT 0', 'Z:T'])
rule('FETCH and MOVE find a portal, which Execute goes on with',
     'BEGIN', parse('', THREE), bind('p'), sync(), 'FETCH p', 'MOVE p', execute('p'), sync(), 'FETCH p', 'MOVE p',
     shape=['C:BEGIN', 'Z:T', '1', '2', 'Z:T', 'T:a', 'D:1', 'C:FETCH 1', 'Z:T', 'C:MOVE 1', 'Z:T', 'D:3',
            'C:SELECT 1', 'Z:T', 'T:a', 'C:FETCH 0', 'Z:T', 'C:MOVE 0', 'Z:T'])
rule('FETCH goes on with a portal that is suspended',
     'BEGIN', parse('', THREE), bind('p'), execute('p', 1), sync(), 'FETCH p', execute('p', 1), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', 'Z:T', 'T:a', 'D:2', 'C:FETCH 1', 'Z:T', 'D:3', 's', 'Z:T'])
rule('FETCH from a portal is described and executed in the extended protocol',
     'BEGIN', parse('', THREE), bind('p'), parse('', 'FETCH 2 p'), describe('S'), bind(), describe('P'), execute(),
     sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', '1', 't:0', 'T:a', '2', 'T:a', 'D:1', 'D:2', 'C:FETCH 2', 'Z:T'])
rule('CLOSE finds a portal',
     'BEGIN', parse('', THREE), bind('p'), sync(), 'CLOSE p', execute('p'), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'Z:T', 'C:CLOSE CURSOR', 'Z:T', 'E:34000', 'Z:E'])

# ------------------------------------------------------------ formats (rule 7)

ONE_PARAMETER = parse('', 'SELECT a, b FROM t WHERE a = $1', [INT4])
TWO_PARAMETERS = parse('', 'SELECT a, b FROM t WHERE a = $1 OR b = $2', [INT4, TEXT])
rule('a value in text', ONE_PARAMETER, bind('', '', ['2']), execute(), sync(), shape=[*answer('2,two'), IDLE])
rule('a value in binary', ONE_PARAMETER, bind('', '', [b'\0\0\0\2'], [1]), execute(), sync(),
     shape=[*answer('2,two'), IDLE])
rule('a format for each value', TWO_PARAMETERS, bind('', '', [b'\0\0\0\2', 'three'], [1, 0]), execute(), sync(),
     shape=[*answer('2,two', '3,three'), IDLE])
rule('one format for all values', TWO_PARAMETERS, bind('', '', [b'\0\0\0\2', 'three'], [1]), execute(), sync(),
     shape=[*answer('2,two', '3,three'), IDLE])
rule('one format and no value is legal', parse('', ROW), bind('', '', [], [1]), execute(), sync(),
     shape=[*answer('1'), IDLE])
rule('two formats for three values are refused',
     parse('', 'SELECT a FROM t WHERE a IN ($1, $2, $3)', [INT4] * 3), bind('', '', ['1', '2', '3'], [0, 0]), sync(),
     shape=['1', 'E:08P01', IDLE])
rule('two formats for no value are refused', parse('', ROW), bind('', '', [], [0, 0]), sync(),
     shape=['1', 'E:08P01', IDLE])
rule('a format beyond binary is refused', ONE_PARAMETER, bind('', '', ['2'], [2]), sync(), shape=['1', 'E:22023', IDLE])
rule('a result format beyond binary is refused at Execute',
     parse('', ROW), bind('', '', results=[2]), execute(), sync(),
     shape=['1', '2', 'E:22023', IDLE])
rule('results in binary',
     parse('', "SELECT a, b FROM t WHERE a = 1"), bind('', '', results=[1]), describe('P'), execute(), sync(),
     shape=['1', '2', 'T:a/1,b/1', 'D:\\x00000001,one', 'C:SELECT 1', IDLE])
rule('a format for each column',
     parse('', "SELECT a, b, a FROM t WHERE a = 1"), bind('', '', results=[0, 1, 1]), describe('P'), execute(), sync(),
     shape=['1', '2', 'T:a,b/1,a/1', 'D:1,one,\\x00000001', 'C:SELECT 1', IDLE])
rule('two result formats for three columns are refused',
     parse('', 'SELECT a, b, a FROM t'), bind('', '', results=[0, 1]), execute(), sync(),
     shape=['1', 'E:08P01', IDLE])
rule('more result formats than columns are refused', parse('', ROW), bind('', '', results=[0, 0]), sync(),
     shape=['1', 'E:08P01', IDLE])
rule('one result format is fine where there are no rows',
     parse('', "DELETE FROM t"), bind('', '', results=[1]), execute(), sync(),
     shape=['1', '2', 'C:DELETE 3', IDLE])
rule('Describe of a statement says text before Bind',
     parse('', THREE), bind('', '', results=[1]), describe('S'), describe('P'), sync(),
     shape=['1', '2', 't:0', 'T:a', 'T:a/1', IDLE])
rule('too few values are refused', ONE_PARAMETER, bind(), sync(), shape=['1', 'E:08P01', IDLE])
rule('too many values are refused', ONE_PARAMETER, bind('', '', ['1', '2']), sync(), shape=['1', 'E:08P01', IDLE])
rule('NULL as a value', parse('', 'SELECT CAST($1 AS text) AS v', [TEXT]), bind('', '', [None]), execute(), sync(),
     shape=[*answer('NULL'), IDLE])
rule('a parameter may be used twice',
     one('SELECT a FROM t WHERE a = $1 OR a = $1 + 1 ORDER BY a', '1', oids=[INT4]), sync(),
     shape=[*answer('1', '2'), IDLE])
rule('parameters are known by number, not by place',
     one('SELECT a FROM t WHERE b = $2 AND a = $1', '2', 'two', oids=[INT4, TEXT]), sync(),
     shape=[*answer('2'), IDLE])
rule('a text that is no integer', ONE_PARAMETER, bind('', '', ['abc']), execute(), sync(), shape=['1', 'E:22P02', IDLE])
rule('an integer out of range', ONE_PARAMETER, bind('', '', ['2147483648']), execute(), sync(),
     shape=['1', 'E:22003', IDLE])
rule('a binary integer too short', ONE_PARAMETER, bind('', '', [b'\0\0\2'], [1]), execute(), sync(),
     shape=['1', 'E:08P01', IDLE])
rule('a binary integer too long', ONE_PARAMETER, bind('', '', [b'\0\0\0\0\2'], [1]), execute(), sync(),
     shape=['1', 'E:22P03', IDLE])
rule('a quote inside a value stays one quote, two stay two',
     one('SELECT CAST($1 AS text) AS v', "it's ''", oids=[TEXT]), sync(),
     shape=[*answer("it's ''"), IDLE])
rule('a value is never SQL', one('SELECT a FROM t WHERE b = $1', "x' OR '1' = '1", oids=[TEXT]), sync(),
     shape=['1', '2', 'C:SELECT 0', IDLE])
rule('$1 inside quotes is no parameter',
     parse('', "SELECT '$1' AS v, \"a\" FROM t WHERE a = 1 -- $2\n"), describe('S'), sync(),
     shape=['1', 't:0', 'T:v,a', IDLE])

# ------------------------------------------------------------ Describe

rule('Describe of a statement with parameters and rows', ONE_PARAMETER, describe('S'), sync(),
     shape=['1', 't:1', 'T:a,b', IDLE])
rule('Describe of a statement without rows gives NoData',
     parse('', 'INSERT INTO t VALUES ($1, $2)', [INT4, TEXT]), describe('S'), sync(),
     shape=['1', 't:2', 'n', IDLE])
rule('Describe of a portal without rows gives NoData', parse('', 'DELETE FROM t'), bind(), describe('P'), sync(),
     shape=['1', '2', 'n', IDLE, '|', 'D:3'], then=[COUNT])
rule('Describe of RETURNING gives its columns and inserts nothing',
     parse('', "INSERT INTO t VALUES (4, 'x') RETURNING b, a"), describe('S'), sync(),
     shape=['1', 't:0', 'T:b,a', IDLE, '|', 'D:3'], then=[COUNT])
rule('Describe of BEGIN gives NoData', parse('', 'BEGIN'), describe('S'), bind(), describe('P'), sync(),
     shape=['1', 't:0', 'n', '2', 'n', IDLE])
rule('Describe of SET gives NoData', parse('', "SET application_name = 'x'"), describe('S'), sync(),
     shape=['1', 't:0', 'n', IDLE])
rule('Describe of SHOW gives its column', parse('', 'SHOW server_encoding'), describe('S'), sync(),
     shape=['1', 't:0', 'T:server_encoding', IDLE])
rule('parameters without a declared type are counted',
     parse('', 'SELECT b FROM t WHERE a = $1 AND b = $2'), describe('S'), sync(),
     shape=['1', 't:2', 'T:b', IDLE])
rule('parameters of type 0 are unspecified',
     parse('', 'SELECT b FROM t WHERE a = $1', [0]), describe('S'), bind('', '', ['2']), execute(), sync(),
     shape=['1', 't:1', 'T:b', '2', 'D:two', 'C:SELECT 1', IDLE])
rule('an INSERT with values of types that nobody declared',
     one('INSERT INTO t VALUES ($1, $2)', '4', 'x'), one('SELECT a, b FROM t WHERE a = $1', '4'), sync(),
     shape=['1', '2', 'C:INSERT 0 1', *answer('4,x'), IDLE])

# ------------------------------------------------------------ the failed block (rule 8)

rule('an extended error fails the block', 'BEGIN', one('SELECT * FROM nosuch'), sync(), 'ROLLBACK',
     shape=['C:BEGIN', 'Z:T', 'E:42P01', 'Z:E', 'C:ROLLBACK', IDLE])
rule('a failed block refuses Parse', FAILED, parse('', ROW), sync(), shape=[*BROKEN, 'E:25P02', 'Z:E'])
rule('a failed block refuses Bind', parse('s', ROW), sync(), FAILED, bind('', 's'), sync(),
     shape=['1', IDLE, *BROKEN, 'E:25P02', 'Z:E'])
rule('a failed block refuses Describe of rows', parse('s', ROW), sync(), FAILED, describe('S', 's'), sync(),
     shape=['1', IDLE, *BROKEN, 'E:25P02', 'Z:E'])
rule('a failed block allows Close', parse('s', ROW), sync(), FAILED, close('S', 's'), close('P', 'p'), sync(),
     shape=['1', IDLE, *BROKEN, '3', '3', 'Z:E'])
rule('a failed block allows ROLLBACK by the extended protocol', FAILED, one('ROLLBACK'), sync(),
     shape=[*BROKEN, '1', '2', 'C:ROLLBACK', IDLE])
rule('a failed block makes ROLLBACK of COMMIT by the extended protocol', FAILED, one('COMMIT'), sync(),
     shape=[*BROKEN, '1', '2', 'C:ROLLBACK', IDLE])
rule('a prepared ROLLBACK ends a failed block',
     parse('r', 'ROLLBACK'), sync(), FAILED, describe('S', 'r'), bind('', 'r'), describe('P'), execute(), sync(),
     shape=['1', IDLE, *BROKEN, 't:0', 'n', '2', 'n', 'C:ROLLBACK', IDLE])
rule('a failed block refuses Execute of its portals',
     'BEGIN', parse('', THREE), bind('p'), execute('p', 1), sync(), 'SELECT * FROM nosuch', execute('p'), sync(),
     shape=['C:BEGIN', 'Z:T', '1', '2', 'D:1', 's', 'Z:T', 'E:42P01', 'Z:E', 'E:25P02', 'Z:E'])

# ------------------------------------------------------------ pipelines (rule 9)

rule('Sync commits what came before it',
     one("INSERT INTO t VALUES (4, 'x')"), sync(), one("INSERT INTO t VALUES (1, 'again')"), sync(),
     shape=['1', '2', 'C:INSERT 0 1', IDLE, '1', '2', 'E:23505', IDLE, '|', 'D:4'], then=[COUNT])
rule('an error undoes everything since the last Sync',
     one("INSERT INTO t VALUES (4, 'x')"), one("INSERT INTO t VALUES (1, 'again')"), sync(),
     shape=['1', '2', 'C:INSERT 0 1', '1', '2', 'E:23505', IDLE, '|', 'D:3'], then=[COUNT])
rule('an error in one part of a pipeline leaves the others', one(ROW), sync(), one('SELEC'), sync(), one(ROW), sync(),
     shape=[*answer('1'), IDLE, 'E:42601', IDLE, *answer('1'), IDLE])
rule('BEGIN in a pipeline opens a block over several Syncs',
     one('BEGIN'), one("INSERT INTO t VALUES (4, 'x')"), sync(), one('ROLLBACK'), sync(),
     shape=['1', '2', 'C:BEGIN', '1', '2', 'C:INSERT 0 1', 'Z:T', '1', '2', 'C:ROLLBACK', IDLE, '|', 'D:3'],
     then=[COUNT])
rule('BEGIN in a pipeline adopts what came before it',
     one("INSERT INTO t VALUES (4, 'x')"), one('BEGIN'), sync(), 'ROLLBACK',
     shape=['1', '2', 'C:INSERT 0 1', '1', '2', 'C:BEGIN', 'Z:T', 'C:ROLLBACK', IDLE, '|', 'D:3'], then=[COUNT])
rule('COMMIT in a pipeline commits what came before it',
     one("INSERT INTO t VALUES (4, 'x')"), one('COMMIT'), one("INSERT INTO t VALUES (1, 'again')"), sync(),
     shape=['1', '2', 'C:INSERT 0 1', '1', '2', 'N:25P01', 'C:COMMIT', '1', '2', 'E:23505', IDLE, '|', 'D:4'],
     then=[COUNT])
rule('a Query in mid-pipeline is answered in its turn', one(ROW), 'SELECT 2 AS n', sync(),
     shape=[*answer('1'), 'T:n', 'D:2', 'C:SELECT 1', 'Z:T', IDLE])
rule('a Query in mid-pipeline that fails undoes what came before it',
     one("INSERT INTO t VALUES (4, 'x')"), "INSERT INTO t VALUES (1, 'again')", sync(),
     shape=['1', '2', 'C:INSERT 0 1', 'E:23505', IDLE, IDLE, '|', 'D:3'], then=[COUNT])
rule('VACUUM first in a pipeline runs', one('VACUUM'), sync(), shape=['1', '2', 'C:VACUUM', IDLE])
rule('VACUUM later in a pipeline is refused',
     one("INSERT INTO t VALUES (4, 'x')"), one('VACUUM'), sync(), one('VACUUM'), sync(),
     shape=['1', '2', 'C:INSERT 0 1', '1', '2', 'E:25001', IDLE, '1', '2', 'C:VACUUM', IDLE])
rule('a thousand extended queries in one write', (one(ROW) + sync()) * 1000, shape=[*answer('1'), IDLE] * 1000)
rule('a thousand executions before one Sync', parse('s', ROW), (bind('', 's') + execute()) * 1000, sync(),
     shape=['1', *answer('1')[1:] * 1000, IDLE])
rule('SET in a pipeline says so before ReadyForQuery', one("SET application_name = 'x'"), one(ROW), sync(),
     shape=['1', '2', 'C:SET', *answer('1'), 'S:application_name=x', IDLE])
rule('SET in a pipeline that fails later says nothing',
     one("SET application_name = 'x'"), one('SELECT * FROM nosuch'), sync(), 'SHOW application_name',
     shape=['1', '2', 'C:SET', 'E:42P01', IDLE, 'T:application_name', 'D:', 'C:SHOW', IDLE])
rule('FunctionCall of a function that is not there', function_call(1), ROW,
     shape=['E:42883', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE], only=(*POSTGRES, 'SQLite has no functions by OID'))

# ------------------------------------------------------------ errors at the end (rule 1)

CHILD = 'CREATE TABLE child (a integer REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)'
ORPHAN = 'INSERT INTO child VALUES (99)'
rule('an error of the commit inside Sync gives ReadyForQuery and discards nothing',
     CHILD, one(ORPHAN), sync(), one(ROW), sync(), 'DROP TABLE child',
     shape=['C:CREATE TABLE', IDLE, '1', '2', 'C:INSERT 0 1', 'E:23503', IDLE, *answer('1'), IDLE,
            'C:DROP TABLE', IDLE])
rule('an error of the commit of a Query takes the place of its tag',
     CHILD, ORPHAN, "INSERT INTO t VALUES (4, 'x'); " + ORPHAN, 'DROP TABLE child',
     shape=['C:CREATE TABLE', IDLE, 'E:23503', IDLE, 'C:INSERT 0 1', 'E:23503', IDLE, 'C:DROP TABLE', IDLE,
            '|', 'D:3'], then=[COUNT])
rule('a COMMIT that fails rolls back',
     CHILD, 'BEGIN', "INSERT INTO t VALUES (4, 'x')", ORPHAN, 'COMMIT', ROW, 'DROP TABLE child',
     shape=['C:CREATE TABLE', IDLE, 'C:BEGIN', 'Z:T', 'C:INSERT 0 1', 'Z:T', 'C:INSERT 0 1', 'Z:T', 'E:23503', IDLE,
            'T:n', 'D:1', 'C:SELECT 1', IDLE, 'C:DROP TABLE', IDLE, '|', 'D:3'], then=[COUNT])
rule('a COMMIT that fails rolls back in the extended protocol too',
     CHILD, one('BEGIN'), one("INSERT INTO t VALUES (4, 'x')"), one(ORPHAN), one('COMMIT'), one(ROW), sync(),
     'DROP TABLE child',
     shape=['C:CREATE TABLE', IDLE, '1', '2', 'C:BEGIN', '1', '2', 'C:INSERT 0 1', '1', '2', 'C:INSERT 0 1', '1', '2',
            'E:23503', IDLE, 'C:DROP TABLE', IDLE, '|', 'D:3'], then=[COUNT])

# ------------------------------------------------------------ changed tables (rule 11)

rule('a statement whose columns have changed is refused',
     parse('s', 'SELECT * FROM t'), sync(), 'ALTER TABLE t ADD COLUMN c integer', bind('', 's'), execute(), sync(),
     shape=['1', IDLE, 'C:ALTER TABLE', IDLE, 'E:0A000', IDLE])
rule('a statement whose table has gone is refused',
     parse('s', 'SELECT * FROM t'), sync(), 'DROP TABLE t', bind('', 's'), execute(), sync(),
     shape=['1', IDLE, 'C:DROP TABLE', IDLE, 'E:42P01', IDLE])
rule('a statement whose columns have not changed goes on',
     parse('s', THREE), sync(), 'ALTER TABLE t ADD COLUMN c integer', bind('', 's'), execute(), sync(),
     shape=['1', IDLE, 'C:ALTER TABLE', IDLE, '2', 'D:1', 'D:2', 'D:3', 'C:SELECT 3', IDLE])

# ------------------------------------------------------------ text (rule 12)

ECHO = parse('', 'SELECT CAST($1 AS text) AS v', [TEXT])
UTF8 = {'a stray byte': b'\xff', 'a cut sequence': b'\xe2\x82', 'an overlong slash': b'\xc0\xaf',
        'an overlong null': b'\xc0\x80', 'a surrogate': b'\xed\xa0\x80', 'beyond Unicode': b'\xf4\x90\x80\x80',
        'a null': b'a\0b'}
for name, data in UTF8.items():
    for kind, code in (('text', 0), ('binary', 1)):
        rule(f'a {kind} value with {name} is refused', ECHO, bind('', '', [data], [code]), execute(), sync(), ROW,
             shape=['1', 'E:22021', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE])
    if name != 'a null':
        rule(f'a Query with {name} is refused', message('Q', b"SELECT '" + data + b"' AS v\0"), ROW,
             shape=['E:22021', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('a Parse with invalid UTF-8 is refused', message('P', b"\0SELECT '\xff'\0\0\0"), sync(), shape=['E:22021', IDLE])
rule('a name of a statement with invalid UTF-8 is refused', message('P', b'\xff\0SELECT 1\0\0\0'), sync(),
     shape=['E:22021', IDLE])
rule('a null inside a Query is refused', message('Q', b"SELECT 'a\0b'\0"), ROW,
     shape=['E:08P01', IDLE, 'T:n', 'D:1', 'C:SELECT 1', IDLE])
rule('text beyond ASCII is kept', ECHO, bind('', '', ['žluťoučký 🐎']), execute(), sync(), "SELECT '日本' AS \"é\"",
     shape=[*answer('žluťoučký 🐎'), IDLE, 'T:é', 'D:日本', 'C:SELECT 1', IDLE])
rule('a Query of a megabyte is served', f"SELECT length('{'x' * 1_000_000}') AS n",
     shape=['T:n', 'D:1000000', 'C:SELECT 1', IDLE])
rule('a value of a megabyte comes back', ECHO, bind('', '', ['x' * 1_000_000]), execute(), sync(),
     shape=[*answer('<1000000 bytes>'), IDLE])
rule('a binary value of a megabyte comes back in binary',
     ECHO, bind('', '', ['x' * 1_000_000], [1], [1]), execute(), sync(),
     shape=[*answer('<1000000 bytes>'), IDLE])
MANY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n'
rule('twenty thousand rows', MANY, shape=['T:i', *(f'D:{i}' for i in range(1, 20001)), 'C:SELECT 20000', IDLE])
rule('twenty thousand rows by portions of seven thousand', parse('', MANY), bind(), execute('', 7000) * 3, sync(),
     shape=['1', '2', *(f'D:{i}' for i in range(1, 7001)), 's', *(f'D:{i}' for i in range(7001, 14001)), 's',
            *(f'D:{i}' for i in range(14001, 20001)), 'C:SELECT 6000', IDLE])

# ============================================================ COPY (1.6)

IN, OUT = 'COPY t FROM STDIN', 'COPY t TO STDOUT'
PLUS_ONE, PLUS_TWO = 'D:4', 'D:5'  # COUNT after one row more, and two
SERVED = ['T:n', 'D:1', 'C:SELECT 1', IDLE]
LOST = ['E:08P01', 'FATAL:08P01', 'closed']

rule('COPY in takes data until CopyDone', IN, copy_data('4\tfour\n'), copy_data('5\t\\N\n'), copy_done(), THREE,
     "SELECT b FROM t WHERE a > 3 ORDER BY a",
     shape=['G:text:2', 'C:COPY 2', IDLE, 'T:a', *(f'D:{n}' for n in range(1, 6)), 'C:SELECT 5', IDLE,
            'T:b', 'D:four', 'D:NULL', 'C:SELECT 2', IDLE])
rule('COPY in of columns in their order', 'COPY t (b, a) FROM STDIN', copy_data('four\t4\n'), copy_done(),
     'COPY t (a) FROM STDIN', copy_data('5\n'), copy_done(), 'SELECT a, b FROM t WHERE a > 3 ORDER BY a',
     shape=['G:text:2', 'C:COPY 1', IDLE, 'G:text:1', 'C:COPY 1', IDLE, 'T:a,b', 'D:4,four', 'D:5,NULL', 'C:SELECT 2',
            IDLE])
rule('COPY in of nothing', IN, copy_done(), IN, copy_data(''), copy_done(),
     shape=['G:text:2', 'C:COPY 0', IDLE] * 2)
rule('CopyInResponse leaves at once', IN, Await(1), Quiet(), copy_done(),
     shape=['G:text:2', 'quiet', 'C:COPY 0', IDLE])
rule('CopyInResponse leaves at once in the extended protocol too', one(IN), Await(3), Quiet(), copy_done(), sync(),
     shape=['1', '2', 'G:text:2', 'quiet', 'C:COPY 0', IDLE])
rule('CopyData may be cut anywhere and may be empty',
     IN, copy_data('4\tfo'), copy_data(''), copy_data('ur\n5'), copy_data('\t'), copy_data('five'), copy_done(),
     'SELECT b FROM t WHERE a > 3 ORDER BY a',
     shape=['G:text:2', 'C:COPY 2', IDLE, 'T:b', 'D:four', 'D:five', 'C:SELECT 2', IDLE])
rule('CopyData may be cut inside a character and inside an escape',
     IN, copy_data(b'4\t\xc5'), copy_data(b'\xbe\\'), copy_data(b't\\x4'), copy_data(b'1\n'), copy_done(),
     'SELECT b FROM t WHERE a = 4',
     shape=['G:text:2', 'C:COPY 1', IDLE, 'T:b', 'D:\\xc5be0941', 'C:SELECT 1', IDLE])
rule('a backslash and a dot end the data of COPY, and what follows is read over',
     IN, copy_data('4\tfour\n\\.\n'), copy_data('nonsense\nof any kind'), copy_done(),
     shape=['G:text:2', 'C:COPY 1', IDLE, '|', PLUS_ONE], then=[COUNT])
rule('Flush and Sync during COPY in are ignored',
     IN, sync(), flush(), copy_data('4\tfour\n'), sync(), flush(), copy_done(), ROW,
     shape=['G:text:2', 'C:COPY 1', IDLE, *SERVED])
rule('Sync and Flush during COPY in of the extended protocol are ignored',
     one(IN), flush(), sync(), copy_data('4\tfour\n'), sync(), copy_done(), sync(), ROW,
     shape=['1', '2', 'G:text:2', 'C:COPY 1', IDLE, *SERVED])
rule('the Sync sent with the Execute of COPY is swallowed, the one behind the data is answered',
     one(IN), sync(), copy_data('4\tfour\n'), copy_done(), sync(), ROW,
     shape=['1', '2', 'G:text:2', 'C:COPY 1', IDLE, *SERVED, '|', PLUS_ONE], then=[COUNT])
rule('the Sync behind the data is answered after an error in it too',
     one(IN), sync(), copy_data('x\tfour\n'), copy_done(), sync(), ROW,
     shape=['1', '2', 'G:text:2', 'E:22P02', IDLE, *SERVED])
rule('CopyFail is an error', IN, copy_data('4\tfour\n'), copy_fail('enough'), ROW,
     shape=['G:text:2', 'E:57014', IDLE, *SERVED, '|', 'D:3'], then=[COUNT])
rule('CopyFail in the extended protocol discards messages until Sync',
     one(IN), copy_data('4\tfour\n'), copy_fail('enough'), one(ROW), sync(), ROW,
     shape=['1', '2', 'G:text:2', 'E:57014', IDLE, *SERVED, '|', 'D:3'], then=[COUNT])
rule('CopyFail in a transaction fails it', 'BEGIN', IN, copy_fail('enough'), ROW, 'ROLLBACK',
     shape=['C:BEGIN', 'Z:T', 'G:text:2', 'E:57014', 'Z:E', 'E:25P02', 'Z:E', 'C:ROLLBACK', IDLE])
WRONG = {'a value that is none of its type': ('x\tfour\n', '22P02'), 'too few values': ('4\n', '22P04'),
         'too many values': ('4\tfour\tmore\n', '22P04'), 'bytes that are not UTF-8': (b'4\t\xff\n', '22021'),
         'a null byte': (b'4\ta\0b\n', '22021'), 'an end of line of another kind': ('4\tfour\n5\tfive\r\n', '22P04'),
         'a number out of range': ('99999999999\tfour\n', '22003')}
for name, (data, code) in WRONG.items():
    rule(f'{name} in the data of COPY: nothing of it stays, and what comes late is dropped',
         IN, copy_data('4\tfour\n' if not isinstance(data, str) or '\r' not in data else ''), copy_data(data),
         copy_data('5\tfive\n'), copy_done(), ROW,
         shape=['G:text:2', f'E:{code}', IDLE, *SERVED, '|', 'D:3'], then=[COUNT])
rule('late CopyFail after an error in the data is dropped', IN, copy_data('x\tfour\n'), copy_fail('enough'), ROW,
     shape=['G:text:2', 'E:22P02', IDLE, *SERVED])
rule('after an error in the data a Query is served', IN, copy_data('x\tfour\n'), ROW,
     shape=['G:text:2', 'E:22P02', IDLE, *SERVED])
rule('after an error in the data messages are discarded until Sync in the extended protocol',
     one(IN), copy_data('x\tfour\n'), copy_data('5\tfive\n'), copy_done(), one(ROW), sync(), ROW,
     shape=['1', '2', 'G:text:2', 'E:22P02', IDLE, *SERVED, '|', 'D:3'], then=[COUNT])
rule('a row that a constraint refuses undoes the whole COPY',
     IN, copy_data('4\tfour\n1\tagain\n5\tfive\n'), copy_done(), ROW,
     shape=['G:text:2', 'E:23505', IDLE, *SERVED, '|', 'D:3'], then=[COUNT])
OTHERS = {'Query': query(ROW), 'Parse': parse('', ROW), 'Bind': bind(), 'Execute': execute(), 'Describe': describe('S'),
          'Close': close('S'), 'Terminate': terminate(), 'FunctionCall': function_call(1)}
for name, other in OTHERS.items():
    rule(f'{name} during COPY in is an error, and the connection is lost', IN, copy_data('4\tfour\n'), other, End(),
         shape=['G:text:2', *LOST, '|', 'D:3'], then=[COUNT])
rule('an unknown type during COPY in is an error, and the connection is lost', IN, message('z', b'junk'), End(),
     shape=['G:text:2', *LOST])
rule('a client that vanishes during COPY in leaves nothing', IN, copy_data('4\tfour\n'), Await(1), Vanish(),
     shape=['G:text:2', '|', 'D:3'], then=[COUNT])
rule('COPY in among several statements goes on with the next one',
     f'SELECT 1 AS n; {IN}; {COUNT}; {IN}; {COUNT}', copy_data('4\tfour\n'), copy_done(), copy_data('5\tfive\n'),
     copy_done(),
     shape=['T:n', 'D:1', 'C:SELECT 1', 'G:text:2', 'C:COPY 1', 'T:n', 'D:4', 'C:SELECT 1', 'G:text:2', 'C:COPY 1',
            'T:n', 'D:5', 'C:SELECT 1', IDLE, '|', PLUS_TWO], then=[COUNT])
rule('an error in a COPY among several statements undoes those before it, and there are none behind it',
     f"INSERT INTO t VALUES (9, 'nine'); {IN}; {COUNT}", copy_data('x\tfour\n'), copy_done(), ROW,
     shape=['C:INSERT 0 1', 'G:text:2', 'E:22P02', IDLE, *SERVED, '|', 'D:3'], then=[COUNT])
rule('COPY in a transaction is kept by COMMIT and undone by ROLLBACK',
     'BEGIN', IN, copy_data('4\tfour\n'), copy_done(), 'ROLLBACK', 'BEGIN', IN, copy_data('5\tfive\n'), copy_done(),
     'COMMIT',
     shape=['C:BEGIN', 'Z:T', 'G:text:2', 'C:COPY 1', 'Z:T', 'C:ROLLBACK', IDLE,
            'C:BEGIN', 'Z:T', 'G:text:2', 'C:COPY 1', 'Z:T', 'C:COMMIT', IDLE, '|', PLUS_ONE], then=[COUNT])
rule('a COPY in the pipeline is undone with what fails behind it',
     one(IN), copy_data('4\tfour\n'), copy_done(), one('SELECT * FROM nosuch'), sync(),
     shape=['1', '2', 'G:text:2', 'C:COPY 1', 'E:42P01', IDLE, '|', 'D:3'], then=[COUNT])
rule('COPY out is a CopyData for each row', OUT,
     shape=['H:text:2', 'd:1\tone\n', 'd:2\ttwo\n', 'd:3\tthree\n', 'c', 'C:COPY 3', IDLE])
rule('COPY out in the extended protocol', one(OUT), sync(),
     shape=['1', '2', 'H:text:2', 'd:1\tone\n', 'd:2\ttwo\n', 'd:3\tthree\n', 'c', 'C:COPY 3', IDLE])
rule('COPY out of columns, of a query, and of no rows',
     'COPY t (b) TO STDOUT', 'COPY (SELECT b, NULL, a FROM t WHERE a = 2) TO STDOUT',
     'COPY (SELECT a FROM t WHERE a > 9) TO STDOUT',
     shape=['H:text:1', 'd:one\n', 'd:two\n', 'd:three\n', 'c', 'C:COPY 3', IDLE,
            'H:text:3', 'd:two\t\\N\t2\n', 'c', 'C:COPY 1', IDLE, 'H:text:1', 'c', 'C:COPY 0', IDLE])
rule('COPY out of what a statement returns', "COPY (INSERT INTO t VALUES (4, 'x') RETURNING b, a) TO STDOUT",
     shape=['H:text:2', 'd:x\t4\n', 'c', 'C:COPY 1', IDLE, '|', PLUS_ONE], then=[COUNT])
rule('a row limit does not matter to COPY out', parse('', OUT), bind(), execute('', 1), sync(),
     shape=['1', '2', 'H:text:2', 'd:1\tone\n', 'd:2\ttwo\n', 'd:3\tthree\n', 'c', 'C:COPY 3', IDLE])
rule('COPY out among several statements goes on with the next one', f'{OUT}; {ROW}; COPY (SELECT 7) TO STDOUT',
     shape=['H:text:2', 'd:1\tone\n', 'd:2\ttwo\n', 'd:3\tthree\n', 'c', 'C:COPY 3', 'T:n', 'D:1', 'C:SELECT 1',
            'H:text:1', 'd:7\n', 'c', 'C:COPY 1', IDLE])
rule('an error midway ends COPY out without CopyDone', 'COPY (SELECT a / (a - 2) FROM t ORDER BY a) TO STDOUT', ROW,
     shape=['H:text:1', 'd:-1\n', 'E:22012', IDLE, *SERVED], only=(*POSTGRES, 'SQLite divides by zero: NULL'))
rule('Describe of COPY is NoData',
     parse('', IN), describe('S'), bind(), describe('P'), parse('', OUT), describe('S'), bind(), describe('P'), sync(),
     shape=['1', 't:0', 'n', '2', 'n'] * 2 + [IDLE])
rule('a COPY that is finished can not be executed again',
     one(OUT), execute(), sync(), one(IN), copy_done(), execute(), sync(),
     shape=['1', '2', 'H:text:2', 'd:1\tone\n', 'd:2\ttwo\n', 'd:3\tthree\n', 'c', 'C:COPY 3', 'E:55000', IDLE,
            '1', '2', 'G:text:2', 'C:COPY 0', 'E:55000', IDLE])
rule('a prepared COPY can be executed many times', parse('s', IN), sync(),
     bind('', 's'), execute(), copy_data('4\tfour\n'), copy_done(), sync(),
     bind('', 's'), execute(), copy_data('5\tfive\n'), copy_done(), sync(),
     shape=['1', IDLE, '2', 'G:text:2', 'C:COPY 1', IDLE, '2', 'G:text:2', 'C:COPY 1', IDLE, '|', PLUS_TWO],
     then=[COUNT])
rule('binary COPY out has its header in the first CopyData and a trailer',
     'COPY (SELECT CAST(1 AS int)) TO STDOUT (FORMAT binary)',
     shape=['H:binary:1', 'd:\\x5047434f50590aff0d0a00' '00000000' '00000000' '0001' '00000004' '00000001',
            'd:\\xffff', 'c', 'C:COPY 1', IDLE])
BINARY_IN, BINARY_HEAD = 'COPY t FROM STDIN (FORMAT binary)', b'PGCOPY\n\xff\r\n\0' + bytes(8)
BINARY_ROW = b'\0\2\0\0\0\4\0\0\0\4\0\0\0\4four'
rule('COPY in of binary rows, cut anywhere',
     BINARY_IN, *(copy_data(bytes([byte])) for byte in BINARY_HEAD + BINARY_ROW + b'\xff\xff'), copy_done(),
     'COPY BINARY t FROM STDIN', copy_data(BINARY_HEAD + b'\0\2\0\0\0\4\0\0\0\5\xff\xff\xff\xff'), copy_done(),
     'SELECT a, b FROM t WHERE a > 3 ORDER BY a',
     shape=['G:binary:2', 'C:COPY 1', IDLE, 'G:binary:2', 'C:COPY 1', IDLE, 'T:a,b', 'D:4,four', 'D:5,NULL',
            'C:SELECT 2', IDLE])
for name, data, code in [
        ('no signature', b'4\tfour\n', '22P04'), ('no header', b'', '22P04'), ('half a header', BINARY_HEAD[:-2], '22P04'),
        ('a critical flag', BINARY_HEAD[:11] + b'\0\2' + BINARY_HEAD[13:], '22P04'),
        ('half a row', BINARY_HEAD + BINARY_ROW[:-1], '22P04'),
        ('too few values', BINARY_HEAD + b'\0\1\0\0\0\4\0\0\0\4', '22P04'),
        ('a wrong length', BINARY_HEAD + b'\0\2\xff\xff\xff\xfe', '22P04'),
        ('a length that is too large', BINARY_HEAD + b'\0\2\x7f\xff\xff\xff', '54000'),
        ('data behind the trailer', BINARY_HEAD + BINARY_ROW + b'\xff\xff\0', '22P04'),
        ('a short integer', BINARY_HEAD + b'\0\2\0\0\0\1\0\0\0\0\1x', '08P01'),
        ('a long integer', BINARY_HEAD + b'\0\2\0\0\0\5\0\0\0\4\0\0\0\0\1x', '22P03'),
        ('a text that is not UTF-8', BINARY_HEAD + BINARY_ROW[:-1] + b'\xff', '22021')]:
    rule(f'{name} in the binary data of COPY', BINARY_IN, copy_data(data), copy_done(), ROW,
         shape=['G:binary:2', f'E:{code}', IDLE, *SERVED, '|', 'D:3'], then=[COUNT])
rule('COPY out in binary of no rows', 'COPY (SELECT a FROM t WHERE a > 9) TO STDOUT (FORMAT binary)',
     shape=['H:binary:1', 'd:\\x5047434f50590aff0d0a00' '00000000' '00000000' 'ffff', 'c', 'C:COPY 0', IDLE])
CSV_IN = 'COPY t FROM STDIN (FORMAT csv)'
rule('COPY in of CSV, cut anywhere', CSV_IN, *(copy_data(c) for c in '4,"a ""b"",\n\r\tc"\n5,\n6,""\n'), copy_done(),
     'SELECT a, b FROM t WHERE a > 3 ORDER BY a',
     shape=['G:text:2', 'C:COPY 3', IDLE, 'T:a,b', 'D:4,\\x61202262222c0a0d0963', 'D:5,NULL', 'D:6,', 'C:SELECT 3', IDLE])
rule('COPY in of CSV with all its options',
     "COPY t FROM STDIN (FORMAT csv, DELIMITER ';', QUOTE '''', ESCAPE '\\', NULL 'nil', HEADER match, "
     "FORCE_NULL (b), ENCODING 'utf-8')", copy_data("'a';b\n4;'it\\'s'\n5;'nil'\n6;\n"), copy_done(),
     'COPY t (b, a) FROM STDIN CSV HEADER FORCE NOT NULL b', copy_data('what,ever\n,7\n'), copy_done(),
     'SELECT a, b FROM t WHERE a > 3 ORDER BY a',
     shape=['G:text:2', 'C:COPY 3', IDLE, 'G:text:2', 'C:COPY 1', IDLE, 'T:a,b', "D:4,it's", 'D:5,NULL', 'D:6,', 'D:7,',
            'C:SELECT 4', IDLE])
for name, data, code in [
        ('a quote that nothing closes', '4,"four\n', '22P04'), ('too few values', '4\n', '22P04'),
        ('too many values', '4,four,\n', '22P04'), ('an end of line of another kind', '4,x\n5,y\r\n', '22P04'),
        ('a value that is none of its type', '"x",four\n', '22P02'), ('a byte that is not UTF-8', b'4,"\xff"\n', '22021')]:
    rule(f'{name} in CSV', CSV_IN, copy_data(data), copy_done(), ROW,
         shape=['G:text:2', f'E:{code}', IDLE, *SERVED, '|', 'D:3'], then=[COUNT])
rule('a header that does not match', 'COPY t FROM STDIN (HEADER match)', copy_data('a\tc\n'), copy_done(), ROW,
     shape=['G:text:2', 'E:22P04', IDLE, *SERVED])
rule('COPY out of CSV, and of a header',
     'COPY (SELECT a, b FROM t WHERE a < 3 ORDER BY a) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE (b))',
     "COPY (SELECT NULL, '', 'x,y', '\"', '\n', 'plain') TO STDOUT CSV",
     'COPY (SELECT a FROM t WHERE a > 9) TO STDOUT (HEADER)',
     "COPY (SELECT 'a|b', 'nil', NULL) TO STDOUT (FORMAT csv, DELIMITER '|', QUOTE '*', NULL 'nil')",
     shape=['H:text:2', 'd:a,b\n', 'd:1,"one"\n', 'd:2,"two"\n', 'c', 'C:COPY 2', IDLE,
            'H:text:6', 'd:,"","x,y","""","\n",plain\n', 'c', 'C:COPY 1', IDLE, 'H:text:1', 'd:a\n', 'c', 'C:COPY 0', IDLE,
            'H:text:3', 'd:*a|b*|*nil*|nil\n', 'c', 'C:COPY 1', IDLE])
OPTIONS = {  # of COPY t TO STDOUT
    "(FORMAT text, DELIMITER ';', NULL '')": None, "WITH (DELIMITER E'\\t')": None, "DELIMITER ';'": None,
    "WITH DELIMITER AS ';' NULL AS 'nil'": None, "USING DELIMITERS ';' WITH NULL ''": None, "(ENCODING 'UTF8')": None,
    "(HEADER false)": None, "(format 'text')": None,
    '(FORMAT nosuch)': '22023', '(nosuch 1)': '42601', '(FORMAT text, FORMAT text)': '42601', '(DELIMITER)': '42601',
    "(DELIMITER 'ab')": '0A000', "(DELIMITER '')": '0A000', "(DELIMITER 'a')": '22023', "(DELIMITER E'\\n')": '22023',
    "(NULL E'\\r')": '22023', "(DELIMITER ';', NULL 'a;b')": '22023', "(QUOTE '\"')": '0A000',
    "(ENCODING 'nosuch')": '22023', '(HEADER nonsense)': '42601', 'garbage': '42601', '(FORMAT text': '42601',
    '()': '42601', "DELIMITER": '42601', 'WITH NULL 5': '42601', "(FORMAT text,)": '42601',
    '(FORMAT csv, HEADER false)': None, "(FORMAT csv, QUOTE '''', ESCAPE ',')": None, '(FORMAT csv, FORCE_QUOTE *)': None,
    'CSV FORCE QUOTE n': None, "(FORMAT csv, QUOTE 'ab')": '0A000', "(FORMAT csv, ESCAPE '')": '0A000',
    "(FORMAT csv, QUOTE ',')": '22023', '(FORMAT csv, FORCE_QUOTE)': '22023', '(FORMAT csv, FORCE_QUOTE (x))': '42703',
    '(FORMAT csv, FORCE_QUOTE (n, n))': '42701', '(FORMAT csv, FORCE_QUOTE ())': '42601', '(FORCE_QUOTE *)': '0A000',
    '(HEADER match)': '0A000', '(FORMAT csv, HEADER 2)': '42601', '(FORMAT binary, HEADER)': '0A000',
    "(FORMAT binary, DELIMITER ',')": '42601', "(FORMAT binary, NULL '')": '42601', "(FORMAT binary, QUOTE 'x')": '0A000'}
for options, code in OPTIONS.items():
    rule(f'COPY with the options {options!r}', f'COPY (SELECT 1 AS n WHERE 1 = 2) TO STDOUT {options}'
         if 'USING' not in options else f'DELETE FROM t; {OUT} {options}', ROW,
         shape=[*(['C:DELETE 3'] if 'USING' in options else []),
                *([f'E:{code}'] if code else [f'H:text:{2 if "USING" in options else 1}', 'c', 'C:COPY 0']), IDLE,
                *SERVED])
rule('delimiters and NULL of COPY are used both ways',
     "COPY t FROM STDIN WITH (DELIMITER ';', NULL 'nil')", copy_data('4;nil\n5;\\nil\n6;a\tb\\;\n'), copy_done(),
     "COPY (SELECT a, b FROM t WHERE a > 3 ORDER BY a) TO STDOUT (DELIMITER '|', NULL '')",
     shape=['G:text:2', 'C:COPY 3', IDLE, 'H:text:2', 'd:4|\n', 'd:5|\\nil\n', 'd:6|a\\tb;\n', 'c', 'C:COPY 3', IDLE])
for wrong, code in {'COPY nosuch FROM STDIN': '42P01', 'COPY nosuch TO STDOUT': '42P01',
                    'COPY t (nosuch) FROM STDIN': '42703', 'COPY t (nosuch) TO STDOUT': '42703',
                    'COPY t (a, a) FROM STDIN': '42701', 'COPY (SELECT nosuch FROM t) TO STDOUT': '42703',
                    'COPY (SELEC 1) TO STDOUT': '42601', 'COPY (SELECT 1) FROM STDIN': '42601',
                    'COPY t': '42601', 'COPY t FROM': '42601', 'COPY t () FROM STDIN': '42601',
                    'COPY (SELECT $1) TO STDOUT': '42P02', 'COPY (SELECT 1 TO STDOUT': '42601',
                    'COPY (DELETE FROM t) TO STDOUT': '0A000', 'BEGIN READ ONLY; COPY t FROM STDIN': '25006'}.items():
    begun = ['C:BEGIN'] if wrong.startswith('BEGIN') else []
    rule(f'{wrong!r} is refused', wrong, shape=[*begun, f'E:{code}', 'Z:E' if begun else IDLE])
rule('a syntax error of COPY is told by Parse, what it means by Execute',
     parse('', 'COPY t FROM'), sync(), parse('', 'COPY (SELEC 1) TO STDOUT'), sync(),
     one('COPY nosuch TO STDOUT'), sync(), one(OUT + ' (nosuch 1)'), sync(),
     shape=['E:42601', IDLE, 'E:42601', IDLE, '1', '2', 'E:42P01', IDLE, '1', '2', 'E:42601', IDLE])
LINES = ''.join(f'{n}\tline {n}\n' for n in range(4, 30_004))
rule('thirty thousand rows go in and out', IN, copy_data(LINES), copy_done(), OUT,
     shape=['G:text:2', 'C:COPY 30000', IDLE, 'H:text:2', 'd:1\tone\n', 'd:2\ttwo\n', 'd:3\tthree\n',
            *(f'd:{n}\tline {n}\n' for n in range(4, 30_004)), 'c', 'C:COPY 30003', IDLE])

# ============================================================ where PostgreSQL 15 differs

OLDER = {}  # rule: (why, the shape that 15 gives, or None where it has nothing to compare)


def older(why, shape, *names):
    for name in names:
        assert name in RULES, name
        OLDER[name] = why, shape


older('knows 3.0 only and negotiates every other minor down to it', ['v:3.0:', *LOGIN],
      'protocol 3.2 gets a key of 32 bytes', 'protocol 3.1 is accepted as it is',
      'protocol 3.3 is negotiated down to the full word of 3.2', 'protocol 3.0 with a wild minor is negotiated')
older('knows 3.0 only', ['v:3.0:_pq_.test_protocol_negotiation', *LOGIN],
      'protocol 3.9999 with an unknown option is negotiated once')
older('does not say that the implicit transaction is still open',
      [*answer('1'), 'T:n', 'D:2', 'C:SELECT 1', IDLE, IDLE], 'a Query in mid-pipeline is answered in its turn')
older('calls it a feature that there is not', ['E:0A000', IDLE, *SERVED],
      'COPY with the options "(DELIMITER \';\', NULL \'a;b\')"')
older('is built with GSSAPI, and answers G', None, *(name for name in RULES if 'GSSENCRequest' in name))

# What the SQLite server does not do as PostgreSQL does, yet: a rule that begins to hold must leave this list.
NOT_YET = {
}
assert NOT_YET.keys() <= RULES.keys(), NOT_YET.keys() - RULES.keys()

# ============================================================ the runs

SMALL_ENOUGH = 20_000  # bytes: what is sent one byte at a time
MANNERS = [('postgres18', None), ('postgres15', None), ('sqlite', None), ('sqlite', 1)]


@pytest.fixture(scope='module')
def observers():
    """A client per server that is connected all the while."""
    connected = {}
    yield connected
    for client in connected.values():
        client.socket.close()


def carry_out(server, steps, then, logged_in, chunk=None):
    """Run a script on fresh tables: the shape, and for a report the bytes received."""
    with Wire(server.port) as client:
        client.login()
        for sql in SETUP:
            answer = [shape(*m) for m in client.run(sql)]
            assert answer[-2].startswith('C:') and answer[-1] == IDLE, (sql, answer)
    got, connection = play(server.port, steps, chunk, logged_in)
    if then:
        with Wire(server.port) as client:
            client.login()
            got += ['|', *(s for sql in then for s in client.ask(sql) if s[0] in 'DE')]
    return got, connection


@pytest.mark.parametrize('name', RULES)
@pytest.mark.parametrize('server,chunk', MANNERS, ids=[f'{s}-{"bytewise" if c else "whole"}' for s, c in MANNERS])
def test_rule(name, server, chunk, farm, observers, request):
    steps, expected, then, logged_in, only = RULES[name]
    if server == 'sqlite' and name in NOT_YET:
        request.applymarker(pytest.mark.xfail(reason=NOT_YET[name], strict=True))
    if only and server not in only:
        pytest.skip(only[-1])
    if server == 'postgres15' and name in OLDER:
        why, expected = OLDER[name]
        if expected is None:
            pytest.skip(f'PostgreSQL 15 {why}')
    if chunk and name in WHOLE:
        pytest.skip('it is about what comes in one write')
    if chunk and sum(len(step) for step in steps if isinstance(step, bytes)) > SMALL_ENOUGH:
        chunk = 997  # long input is cut at odd places instead
    under_test = farm.get(server)
    if under_test not in observers:
        observer = Wire(under_test.port)
        observer.login()
        observers[under_test] = observer
    got, connection = carry_out(under_test, steps, then, logged_in, chunk)
    assert got == expected, f'sent {bytes(connection.raw_out[:2000])!r}\nreceived {bytes(connection.raw_in[-2000:])!r}'
    observer = observers.pop(under_test)  # one that is disturbed is not asked again
    assert observer.ask(ROW) == ['T:n', 'D:1', 'C:SELECT 1', IDLE], 'another client is disturbed'
    observers[under_test] = observer


# ============================================================ what a shape does not tell

SERVERS = ['postgres18', 'postgres15', 'sqlite']


@pytest.fixture(params=SERVERS)
def client(request, farm):
    with Wire(farm.get(request.param).port) as connection:
        connection.server = request.param
        connection.greeting = connection.login()
        for sql in SETUP:
            connection.run(sql)
        yield connection


def errors(messages):
    return [wire.fields(body) for tag, body in messages if tag == 'E']


def test_the_greeting_reports_the_parameters_that_drivers_read(client):
    reported = dict(wire.parameter_status(body) for tag, body in client.greeting if tag == 'S')
    assert {'server_version', 'server_encoding', 'client_encoding', 'application_name', 'is_superuser',
            'in_hot_standby', 'session_authorization', 'DateStyle', 'IntervalStyle', 'TimeZone', 'integer_datetimes',
            'standard_conforming_strings', 'default_transaction_read_only'} <= reported.keys()
    assert reported['client_encoding'] == reported['server_encoding'] == 'UTF8'
    assert reported['integer_datetimes'] == reported['standard_conforming_strings'] == 'on'
    assert reported['DateStyle'] == 'ISO, MDY' and reported['IntervalStyle'] == 'postgres'
    assert reported['session_authorization'] == 'postgres' and reported['application_name'] == ''
    assert re.match(r'1[0-9]\.', reported['server_version'])


@pytest.mark.parametrize('server', SERVERS)
def test_protocol_2_is_refused_in_the_words_of_protocol_2(server, farm):
    with Wire(farm.get(server).port) as connection:
        connection.send(startup(user='postgres', version=0x20000))
        said = connection.read_to_end()
    assert said.startswith(b'EFATAL:  unsupported frontend protocol 2.0') and said.endswith(b'\n\0')


def test_every_error_has_severity_twice_code_and_message(client):
    for sql in ('SELEC 1', 'SELECT * FROM nosuch', "INSERT INTO t VALUES (1, 'again')"):
        error, = errors(client.run(sql))
        assert error['S'] == error['V'] == 'ERROR' and len(error['C']) == 5 and error['M']


@pytest.mark.parametrize('sql,position', [
    ('SELEC 1', 1), ('SELECT 1 FROM nosuch', 15), ("SELECT 'é', nosuch FROM t", 13),
    ('SELECT 1;\nSELECT * FROM nosuch', 25), ('SELECT a FROM t WHERE', 22), ('SELECT 1 AS n, , 2', 16)])
def test_an_error_tells_the_character_that_it_is_about(client, sql, position):
    error, = errors(client.run(sql))
    assert error['P'] == str(position)
    client.send(parse('', sql.split(';')[-1].strip()) + sync())
    error, = errors(client.read_until())
    assert 'P' in error


def test_columns_of_a_table_have_their_declared_types(client):
    client.run('DROP TABLE IF EXISTS kinds')
    client.run('CREATE TABLE kinds (' + ', '.join(f'c{i} {name}' for i, (name, *_) in enumerate(KINDS)) + ')')
    client.send(parse('', 'SELECT * FROM kinds') + describe('S') + sync())
    columns, = (wire.row_description(body) for tag, body in client.read_until() if tag == 'T')
    assert [(name, c[3], c[4]) for (name, *_), c in zip(KINDS, columns)] == KINDS and len(columns) == len(KINDS)
    assert all(format_ == 0 for *_, format_ in columns)
    client.run('DROP TABLE kinds')


KINDS = [('smallint', 21, 2), ('integer', 23, 4), ('bigint', 20, 8), ('real', 700, 4), ('double precision', 701, 8),
         ('boolean', 16, 1), ('text', 25, -1), ('varchar', 1043, -1), ('bytea', 17, -1), ('date', 1082, 4),
         ('timestamp', 1114, 8), ('timestamptz', 1184, 8), ('uuid', 2950, 16), ('json', 114, -1), ('numeric', 1700, -1)]


def described(client, sql, oids=()):
    client.send(parse('', sql, oids) + describe('S') + sync())
    messages = dict(client.read_until())
    return wire.parameter_description(messages['t']), [c[3] for c in wire.row_description(messages['T'])]


def test_declared_parameter_types_are_described_as_declared(client):
    sql = 'SELECT CAST($1 AS bigint) AS a, CAST($2 AS bytea) AS b'
    assert described(client, sql, [INT8, BYTEA]) == ([INT8, BYTEA], [INT8, BYTEA])


def test_a_cast_gives_the_types_of_a_parameter_and_a_column(client):
    assert described(client, 'SELECT CAST($1 AS integer) AS a, CAST($2 AS text) AS b') == ([INT4, TEXT], [INT4, TEXT])


def test_a_reply_in_progress_can_be_cancelled(client):
    key = dict(client.greeting)['K']
    client.send(query('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'))
    assert client.read()[0] == 'T'
    assert client.read()[0] == 'D'
    with Wire(client.socket.getpeername()[1]) as canceller:
        canceller.send(wire.untyped(wire.CANCEL_REQUEST, key))
        assert canceller.read_to_end() == b''
    tail = client.read_until('Z')[-2:]
    assert [shape(*m) for m in tail] == ['E:57014', IDLE]
    assert client.ask(ROW) == ['T:n', 'D:1', 'C:SELECT 1', IDLE]


def test_a_cancel_request_with_a_wrong_key_cancels_nothing(client):
    key = dict(client.greeting)['K']
    with Wire(client.socket.getpeername()[1]) as canceller:
        canceller.send(wire.untyped(wire.CANCEL_REQUEST, key[:4] + bytes(255 - b for b in key[4:])))
        assert canceller.read_to_end() == b''
    assert client.ask(ROW) == ['T:n', 'D:1', 'C:SELECT 1', IDLE]


def test_a_cancel_request_for_an_idle_session_does_nothing(client):
    key = dict(client.greeting)['K']
    with Wire(client.socket.getpeername()[1]) as canceller:
        canceller.send(wire.untyped(wire.CANCEL_REQUEST, key))
        assert canceller.read_to_end() == b''
    assert client.ask(ROW) == ['T:n', 'D:1', 'C:SELECT 1', IDLE]


def test_a_cancel_request_may_come_over_a_negotiated_connection(client):
    key = dict(client.greeting)['K']
    with Wire(client.socket.getpeername()[1]) as canceller:
        canceller.send(ssl_request())
        assert canceller.read_byte() == 'N'
        canceller.send(wire.untyped(wire.CANCEL_REQUEST, key))
        assert canceller.read_to_end() == b''
