// node-postgres with pg-cursor and pg-copy-streams: text results, statements with names, portals, COPY as streams.

import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import { check, endless, fails, limited, numbers, place, run, sleep, table } from './checks.mjs'

const opened = []
async function connect(options = {}) {
    const client = new pg.Client({ ...place, ssl: false, connectionTimeoutMillis: 10_000, ...options })
    client.on('error', () => {})
    await client.connect()
    opened.push(client)
    return client
}
async function withTable(options) {
    const client = await connect(options)
    for (const sql of table) await client.query(sql)
    return client
}
const values = async (client, text, parameters) =>
    (await client.query({ text, values: parameters, rowMode: 'array' })).rows
const extended = (text) => ({ text, queryMode: 'extended' })
const count = async (client) => (await client.query('SELECT CAST(count(*) AS integer) AS n FROM t')).rows[0].n

// ---- values

const columns = [  // column type, its OID, [sent, received]
    ['smallint', 21, [[0, 0], [-32768, -32768]]], ['integer', 23, [[2147483647, 2147483647], [-1, -1]]],
    ['bigint', 20, [['9223372036854775807', '9223372036854775807'], [-5n, '-5']]],
    ['real', 700, [[1.5, 1.5], [-0.25, -0.25]]], ['double precision', 701,
        [[0.1, 0.1], [-1e308, -1e308], [Infinity, Infinity]]],
    ['boolean', 16, [[true, true], [false, false]]],
    ['numeric', 1700, [['12.5', '12.5'], ['-0.001', '-0.001'], [7, '7']]],
    ['text', 25, ['', "it's \\ ''", 'žluťoučký 🐎', 'line\nline', 'NULL'].map((v) => [v, v])],
    ['varchar', 1043, [['x'.repeat(300), 'x'.repeat(300)]]],
    ['bytea', 17, [Buffer.alloc(0), Buffer.from([0]), Buffer.from([...Array(256).keys()])].map((v) => [v, v])],
    ['timestamp', 1114, [[new Date(2024, 1, 29, 12, 34, 56, 789), new Date(2024, 1, 29, 12, 34, 56, 789)]]],
    ['timestamptz', 1184, [[new Date(Date.UTC(2024, 1, 29, 12)), new Date(Date.UTC(2024, 1, 29, 12))]]],
    ['date', 1082, [['2024-02-29', new Date(2024, 1, 29)]]], ['time', 1083, [['12:34:56.789', '12:34:56.789']]],
    ['uuid', 2950, [['00112233-4455-6677-8899-aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff']]],
    ['json', 114, [[{ a: [1, 'ž'] }, { a: [1, 'ž'] }]]]
]

for (const named of [false, true])
    check(`values of every type come back as they went, by statements ${named ? 'with names' : 'without'}`,
        async () => {
        const client = await withTable()
        for (const [kind, oid, pairs] of columns) {
            await client.query('DROP TABLE IF EXISTS v')
            await client.query(`CREATE TABLE v (k integer PRIMARY KEY, v ${kind})`)
            const all = [...pairs, [null, null]]
            for (const [k, [sent]] of all.entries())
                await client.query({ text: 'INSERT INTO v VALUES ($1, $2)', values: [k, sent],
                    name: named ? `into ${kind}` : undefined })
            const found = await client.query('SELECT v FROM v ORDER BY k')
            assert.equal(found.fields[0].dataTypeID, oid, kind)
            assert.deepEqual(found.rows.map((row) => row.v), all.map((pair) => pair[1]), kind)
        }
    })

check('binary results', async () => {
    const client = await withTable()
    const found = await client.query({ text: 'SELECT a, b, a > 1 AS c, CAST(a * 1.5 AS float8) AS d FROM t ORDER BY a',
        binary: true })
    assert.deepEqual(found.rows, [{ a: 1, b: 'one', c: false, d: 1.5 }, { a: 2, b: 'two', c: true, d: 3 },
        { a: 3, b: 'three', c: true, d: 4.5 }])
})

check('columns are described', async () => {
    const client = await withTable()
    const found = await client.query({ text: 'SELECT a, b AS other, a + 1 FROM t WHERE a < $1', values: [3],
        rowMode: 'array' })
    assert.deepEqual(found.fields.map((f) => [f.name, f.dataTypeID, f.dataTypeSize]),
        [['a', 23, 4], ['other', 25, -1], ['?column?', 23, 4]])
    assert.deepEqual(found.rows, [[1, 'one', 2], [2, 'two', 3]])
    assert.deepEqual([found.command, found.rowCount], ['SELECT', 2])
})

check('rows are counted', async () => {
    const client = await withTable()
    const counted = async (...query) => { const r = await client.query(...query); return [r.command, r.rowCount] }
    assert.deepEqual(await counted("UPDATE t SET b = 'x' WHERE a > $1", [1]), ['UPDATE', 2])
    assert.deepEqual(await counted('DELETE FROM t WHERE a = 1'), ['DELETE', 1])
    assert.deepEqual(await counted('INSERT INTO t VALUES ($1, $2), ($3, $4)', [8, 'x', 9, null]), ['INSERT', 2])
    assert.deepEqual(await values(client, 'INSERT INTO t VALUES ($1, $2) RETURNING *', [10, null]), [[10, null]])
})

check('casts in the spelling of PostgreSQL', async () => {
    const client = await withTable()
    const text = "SELECT count(*)::int4, '7'::int4 + 1, max(a)::text || '!', (1 + 1)::float8 FROM t"
    assert.deepEqual(await values(client, text), [[3, 8, '3!', 2]])
})

check('several statements have several results', async () => {
    const client = await withTable()
    const found = await client.query(
        "SELECT a FROM t WHERE a = 1; INSERT INTO t VALUES (4, 'x'); SELECT b FROM t WHERE a = 4")
    assert.deepEqual(found.map((r) => [r.command, r.rowCount, r.rows]),
        [['SELECT', 1, [{ a: 1 }]], ['INSERT', 1, []], ['SELECT', 1, [{ b: 'x' }]]])
})

check('the empty query', async () => {
    const client = await connect()
    assert.deepEqual((await client.query('')).rows, [])
    assert.deepEqual((await client.query(extended(''))).rows, [])
})

check('a megabyte there and back', async () => {
    const client = await withTable()
    const data = Buffer.alloc(1 << 20, 'žluť')
    assert.deepEqual(await values(client, 'SELECT $1::bytea, $2::text', [data, data.toString()]),
        [[data, data.toString()]])
})

// ---- statements

check('a statement with a name is prepared once', async () => {
    const client = await withTable()
    for (const [a, b] of [[1, 'one'], [2, 'two'], [3, 'three'], [1, 'one']]) {
        assert.deepEqual(await values(client, 'SELECT b FROM t WHERE a = $1', [a]), [[b]])
        const found = await client.query({ name: 'by a', text: 'SELECT b FROM t WHERE a = $1', values: [a] })
        assert.deepEqual(found.rows, [{ b }])
    }
    assert.deepEqual(Object.keys(client.connection.parsedStatements), ['by a'])
    await fails(client.query({ name: 'wrong', text: 'SELECT * FROM nosuch', values: [] }), '42P01')
    await fails(client.query({ name: 'wrong', text: 'SELECT * FROM nosuch', values: [] }), '42P01')
    await client.query('DEALLOCATE "by a"')
    await fails(client.query({ name: 'by a', text: 'SELECT b FROM t WHERE a = $1', values: [1] }), '26000')
})

check('statements are prepared and executed in SQL', async () => {
    const client = await withTable()
    await client.query('PREPARE mine (integer) AS SELECT b FROM t WHERE a = $1')
    assert.deepEqual((await client.query('EXECUTE mine (2)')).rows, [{ b: 'two' }])
    assert.deepEqual((await client.query(extended('EXECUTE mine (3)'))).rows, [{ b: 'three' }])
    await client.query('DEALLOCATE mine')
    await fails(client.query('EXECUTE mine (2)'), '26000')
})

check('many queries at once on one connection', async () => {
    const client = await withTable()
    const all = await Promise.all(Array.from({ length: 300 },
        (_, n) => values(client, 'SELECT $1::int4, b FROM t WHERE a = $2', [n, n % 3 + 1])))
    assert.deepEqual(all, Array.from({ length: 300 }, (_, n) => [[n, ['one', 'two', 'three'][n % 3]]]))
})

check('a pool of connections', async () => {
    const client = await withTable()
    const pool = new pg.Pool({ ...place, max: 4 })
    try {
        await Promise.all(Array.from({ length: 60 }, (_, n) => pool.query('INSERT INTO t VALUES ($1, $2)',
            [100 + n, 'x'])))
        assert.equal(await count(client), 63)
        assert.equal(pool.totalCount, 4)
    } finally {
        await pool.end()
    }
})

// ---- errors and transactions

check('errors have their codes', async () => {
    const client = await withTable()
    for (const made of [(text) => text, extended])
        for (const [text, code] of [['SELECT * FROM nosuch', '42P01'], ['SELECT nosuch FROM t', '42703'],
            ['SELEC 1', '42601'],
            ["INSERT INTO t VALUES (1, 'again')", '23505'], ['CREATE TABLE t (a integer)', '42P07']]) {
            const error = await fails(client.query(made(text)), code)
            assert.equal(error.severity, 'ERROR')
            assert.equal(await count(client), 3)
        }
    assert.equal((await fails(client.query('SELECT * FROM nosuch'), '42P01')).position, '15')
    await fails(client.query('SELECT a FROM t WHERE a = $1', ['x']), '22P02')
    await fails(client.query('SELECT a FROM t WHERE a = $1', ['99999999999']), '22003')
    await fails(client.query(extended('SELECT a FROM t WHERE a = $1')), '08P01')
})

check('a parameter that nobody gives', async () => {
    const client = await withTable()
    await fails(client.query('SELECT a FROM t WHERE a = $1'), '42P02')
    assert.equal(await count(client), 3)
})

check('an error among queries at once is only its own', async () => {
    const client = await withTable()
    const all = await Promise.allSettled([count(client), client.query(extended('SELECT * FROM nosuch')), count(client),
        client.query('SELEC'), count(client)])
    assert.deepEqual(all.map((r) => r.value ?? r.reason.code), [3, '42P01', 3, '42601', 3])
})

check('transactions commit, fail and roll back', async () => {
    const [client, other] = [await withTable(), await connect()]
    await client.query('BEGIN')
    await client.query('INSERT INTO t VALUES ($1, $2)', [4, 'x'])
    assert.equal(await count(other), 3)
    await client.query('SAVEPOINT s')
    await fails(client.query('INSERT INTO t VALUES ($1, $2)', [4, 'x']), '23505')
    await fails(client.query('SELECT 1'), '25P02')
    await client.query('ROLLBACK TO s')
    assert.equal((await client.query('COMMIT')).command, 'COMMIT')
    assert.equal(await count(other), 4)
    await client.query('BEGIN')
    await client.query('DELETE FROM t')
    await fails(client.query('SELEC 1'), '42601')
    assert.equal((await client.query('COMMIT')).command, 'ROLLBACK')
    assert.equal(await count(other), 4)
})

check('parameters of the connection, and notices', async () => {
    const client = await connect({ application_name: 'checks', options: '-c DateStyle=ISO,DMY' })
    const [heard, notices] = [{}, []]
    client.connection.on('parameterStatus', (m) => { heard[m.parameterName] = m.parameterValue })
    client.on('notice', (n) => notices.push([n.severity, n.code]))
    assert.deepEqual(await values(client, 'SHOW application_name'), [['checks']])
    assert.deepEqual(await values(client, 'SHOW DateStyle'), [['ISO, DMY']])
    await client.query("SET application_name = 'other'")
    assert.equal(heard.application_name, 'other')
    await client.query('COMMIT')
    assert.deepEqual(notices, [['WARNING', '25P01']])
    assert.ok(client.processID > 0)
})

check('a statement that takes longer than its limit is cancelled', async () => {
    const client = await withTable({ statement_timeout: 300 })
    await fails(limited(client.query(endless), 3_000), '57014')
    assert.equal(await count(client), 3)
})

// ---- cursors

check('a cursor reads a portal in portions', async () => {
    const client = await withTable()
    const cursor = client.query(new Cursor(numbers, []))
    assert.deepEqual((await cursor.read(3)).map((row) => row.i), [1, 2, 3])
    const rest = []
    for (let rows = await cursor.read(100); rows.length !== 0; rows = await cursor.read(100))
        rest.push(...rows.map((row) => row.i))
    assert.deepEqual(rest, Array.from({ length: 997 }, (_, n) => n + 4))
    await cursor.close()
    assert.equal(await count(client), 3)
})

check('a cursor is closed early, and gives arrays', async () => {
    const client = await withTable()
    const cursor = client.query(new Cursor('SELECT a, b FROM t WHERE a > $1 ORDER BY a', [1], { rowMode: 'array' }))
    assert.deepEqual(await cursor.read(1), [[2, 'two']])
    await cursor.close()
    assert.equal(await count(client), 3)
})

check('a cursor fails with its query', async () => {
    const client = await withTable()
    await fails(client.query(new Cursor('SELECT * FROM nosuch', [])).read(1), '42P01')
    assert.equal(await count(client), 3)
})

check('a cursor is declared and fetched from in SQL', async () => {
    const client = await withTable()
    await client.query('BEGIN')
    await client.query(`DECLARE mine CURSOR FOR ${numbers}`)
    assert.deepEqual(await values(client, 'FETCH 2 FROM mine'), [[1], [2]])
    assert.deepEqual((await client.query(extended('FETCH FORWARD 3 FROM mine'))).rows.map((row) => [row.i]),
        [[3], [4], [5]])
    assert.equal((await client.query('MOVE 10 IN mine')).command, 'MOVE')
    assert.deepEqual(await values(client, 'FETCH mine'), [[16]])
    await client.query('CLOSE mine')
    await fails(client.query('FETCH mine'), '34000')
    await client.query('ROLLBACK')
})

// ---- COPY

check('rows are copied in from a stream', async () => {
    const client = await withTable()
    const stream = client.query(copyFrom('COPY t FROM STDIN'))
    await pipeline(Readable.from(['4\tfo', 'ur\n5\t\\N\n', '6\ttab\\tž\n']), stream)
    assert.equal(stream.rowCount, 3)
    assert.deepEqual(await values(client, 'SELECT a, b FROM t WHERE a > 3 ORDER BY a'),
        [[4, 'four'], [5, null], [6, 'tab\tž']])
})

check('rows are copied out to a stream', async () => {
    const client = await withTable()
    const read = async (sql) => {
        const [stream, parts] = [client.query(copyTo(sql)), []]
        for await (const part of stream) parts.push(part)
        return [Buffer.concat(parts).toString(), stream.rowCount]
    }
    assert.deepEqual(await read('COPY t TO STDOUT'), ['1\tone\n2\ttwo\n3\tthree\n', 3])
    assert.deepEqual(await read('COPY (SELECT b, NULL FROM t WHERE a > 1 ORDER BY a) TO STDOUT'),
        ['two\t\\N\nthree\t\\N\n', 2])
    assert.equal(await count(client), 3)
})

check('a hundred thousand rows are copied in and out', async () => {
    const client = await withTable()
    const rows = Array.from({ length: 100_000 }, (_, n) => `${n + 10}\trow ${n}\n`)
    await pipeline(Readable.from(rows), client.query(copyFrom('COPY t FROM STDIN')))
    let size = 0
    for await (const part of client.query(copyTo('COPY (SELECT a, b FROM t WHERE a >= 10 ORDER BY a) TO STDOUT')))
        size += part.length
    assert.equal(size, rows.join('').length)
})

check('a bad line copies nothing', async () => {
    const client = await withTable()
    for (const [lines, code] of [['4\tfour\nx\tfive\n', '22P02'], ['4\n', '22P04'], ['4\tx\ty\n', '22P04'],
        ['4\tx\n1\tone\n', '23505']]) {
        await fails(pipeline(Readable.from([lines]), client.query(copyFrom('COPY t FROM STDIN'))), code)
        assert.equal(await count(client), 3)
    }
    await fails(pipeline(Readable.from(['x']), client.query(copyFrom('COPY nosuch FROM STDIN'))), '42P01')
})

check('a copy that the client gives up copies nothing', async () => {
    const client = await withTable()
    const stream = client.query(copyFrom('COPY t FROM STDIN'))
    const failed = new Promise((_, fail) => stream.on('error', fail))
    stream.write('4\tfour\n')
    stream.destroy()
    await fails(failed, '57014')
    assert.equal(await count(client), 3)
})

// ---- cancel, notifications

check('a query is cancelled', async () => {
    const client = await withTable()
    const query = new pg.Query(endless)
    const failed = fails(new Promise((done, fail) => { query.callback = (error,
        result) => error ? fail(error) : done(result) }), '57014')
    client.query(query)
    await sleep(300)
    const other = new pg.Client(place)
    other.on('error', () => {})
    other.connection.on('error', () => {})
    other.cancel(client, query)
    await failed
    assert.equal(await count(client), 3)
})

check('notifications arrive', async () => {
    const [client, other] = [await withTable(), await connect()]
    const heard = new Promise((done) => client.once('notification', done))
    await client.query('LISTEN mine')
    await other.query("NOTIFY yours, 'nobody'")
    await other.query("NOTIFY mine, 'hello ž'")
    const { processId, channel, payload } = await limited(heard, 5_000)
    assert.deepEqual([processId, channel, payload], [other.processID, 'mine', 'hello ž'])
})

await run(async (body) => {
    try {
        await body()
    } finally {
        for (const client of opened.splice(0)) client.end().catch(() => {})
    }
})
