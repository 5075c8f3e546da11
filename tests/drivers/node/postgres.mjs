// postgres.js: everything prepared and pipelined, transactions and savepoints as functions, cursors, COPY, listen.

import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { check, endless, fails, limited, numbers, place, run, sleep, table } from './checks.mjs'

const opened = []
/** A pool; the question for array types at its start is a check of its own. */
function connect(options = {}) {
    const sql = postgres({ ...place, ssl: false, max: 1, fetch_types: false, onnotice: () => {}, connect_timeout: 10,
        ...options })
    opened.push(sql)
    return sql
}
async function withTable(options) {
    const sql = connect(options)
    for (const text of table) await sql.unsafe(text)
    return sql
}
const count = async (sql) => (await sql`SELECT CAST(count(*) AS integer) AS n FROM t`)[0].n
const plain = (rows) => rows.map((row) => ({ ...row }))

// ---- values

check('a connection with its defaults', async () => {
    const sql = connect({ fetch_types: true })
    await sql`SELECT 1 AS one`.then((rows) => assert.deepEqual(plain(rows), [{ one: 1 }])).finally(() => sleep(50))
})

const columns = [  // column type, its OID, [sent, received]
    ['smallint', 21, [[0, 0], [-32768, -32768]]], ['integer', 23, [[2147483647, 2147483647], [-1, -1]]],
    ['bigint', 20, [['9223372036854775807', '9223372036854775807'], [-5n, '-5']]], ['real', 700, [[1.5, 1.5]]],
    ['double precision', 701, [[0.1, 0.1], [-1e308, -1e308]]], ['boolean', 16, [[true, true], [false, false]]],
    ['numeric', 1700, [['12.5', '12.5'], ['-0.001', '-0.001']]],
    ['text', 25, ['', "it's \\ ''", 'žluťoučký 🐎', 'line\nline', 'NULL'].map((v) => [v, v])],
    ['varchar', 1043, [['x'.repeat(300), 'x'.repeat(300)]]],
    ['bytea', 17, [Buffer.alloc(0), Buffer.from([0]), Buffer.from([...Array(256).keys()])].map((v) => [v, v])],
    ['timestamptz', 1184, [[new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789)),
        new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789))]]],
    ['date', 1082, [['2024-02-29', new Date('2024-02-29')]]], ['time', 1083, [['12:34:56.789', '12:34:56.789']]],
    ['uuid', 2950, [['00112233-4455-6677-8899-aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff']]],
    ['json', 114, [[{ a: [1, 'ž'] }, { a: [1, 'ž'] }]]]
]

check('values of every type come back as they went', async () => {
    const sql = await withTable()
    for (const [kind, oid, pairs] of columns) {
        const name = `v_${kind.replace(' ', '_')}`  // of its own: the client keeps statements that it has prepared
        const v = sql(name)
        await sql.unsafe(`DROP TABLE IF EXISTS ${name}`)
        await sql.unsafe(`CREATE TABLE ${name} (k integer PRIMARY KEY, v ${kind})`)
        const all = [...pairs, [null, null]]
        for (const [k, [sent]] of all.entries()) await sql`INSERT INTO ${v} VALUES (${k}, ${sent})`
        const found = await sql`SELECT v FROM ${v} ORDER BY k`
        assert.equal(found.columns[0].type, oid, kind)
        assert.deepEqual(found.map((row) => row.v), all.map((pair) => pair[1]), kind)
    }
})

check('columns are described, rows are counted', async () => {
    const sql = await withTable()
    const found = await sql`SELECT a, b AS other FROM t WHERE a < ${3} ORDER BY a`
    assert.deepEqual(found.columns.map((c) => [c.name, c.type]), [['a', 23], ['other', 25]])
    assert.deepEqual([plain(found), found.count, found.command],
        [[{ a: 1, other: 'one' }, { a: 2, other: 'two' }], 2, 'SELECT'])
    const changed = await sql`UPDATE t SET b = ${'x'} WHERE a > 1`
    assert.deepEqual([changed.count, changed.command, changed.length], [2, 'UPDATE', 0])
    assert.deepEqual([...await sql`SELECT a, b FROM t WHERE a = ${1}`.values()], [[1, 'one']])
})

check('fragments and lists are made by the client', async () => {
    const sql = await withTable()
    await sql`INSERT INTO t ${sql([{ a: 4, b: 'four' }, { a: 5, b: null }], 'a', 'b')}`
    assert.deepEqual(plain(await sql`SELECT ${sql(['a', 'b'])} FROM ${sql('t')} WHERE a IN ${sql([1, 5])} ORDER BY a`),
        [{ a: 1, b: 'one' }, { a: 5, b: null }])
    assert.deepEqual(plain(await sql`UPDATE t SET ${sql({ b: 'new' }, 'b')} WHERE a = ${4} RETURNING *`),
        [{ a: 4, b: 'new' }])
})

check('a statement is described without being run', async () => {
    const sql = await withTable()
    const about = await sql`INSERT INTO t VALUES (${1}, ${'x'}) RETURNING a, b`.describe()
    assert.deepEqual([about.types, about.columns.map((c) => c.type)], [[23, 25], [23, 25]])
    assert.equal(await count(sql), 3)
})

check('several statements, by the simple protocol', async () => {
    const sql = await withTable()
    const found = await sql`
        SELECT a FROM t WHERE a = 1; INSERT INTO t VALUES (4, 'x'); SELECT b FROM t WHERE a = 4`.simple()
    assert.deepEqual(found.map(plain), [[{ a: 1 }], [{ b: 'x' }]])  // the client leaves out what has no columns
})

check('a megabyte there and back', async () => {
    const sql = await withTable()
    const data = Buffer.alloc(1 << 20, 'žluť')
    assert.deepEqual(plain(await sql`SELECT ${data}::bytea AS v`), [{ v: data }])
})

// ---- statements

check('statements are prepared once, or never', async () => {
    for (const prepare of [true, false]) {
        const sql = await withTable({ prepare })
        for (const [a, b] of [[1, 'one'], [2, 'two'], [3, 'three'], [1, 'one']])
            assert.deepEqual(plain(await sql`SELECT b FROM t WHERE a = ${a}`), [{ b }])
        const { statement } = await sql`SELECT b FROM t WHERE a = ${1}`
        assert.equal(statement.name !== '', prepare)
    }
})

check('a pipeline of queries on one connection', async () => {
    const sql = await withTable()
    const all = await Promise.all(Array.from({ length: 300 },
        (_, n) => sql`SELECT ${n}::int4 AS n, b FROM t WHERE a = ${n % 3 + 1}`))
    assert.deepEqual(all.map(([row]) => [row.n, row.b]), Array.from({ length: 300 },
        (_, n) => [n, ['one', 'two', 'three'][n % 3]]))
})

check('many connections at once', async () => {
    const [sql, pool] = [await withTable(), connect({ max: 5 })]
    await Promise.all(Array.from({ length: 100 }, (_, n) => pool`INSERT INTO t VALUES (${100 + n}, 'x')`))
    assert.equal(await count(sql), 103)
})

check('statements are prepared and executed in SQL', async () => {
    const sql = await withTable()
    await sql.unsafe('PREPARE mine (integer) AS SELECT b FROM t WHERE a = $1')
    assert.deepEqual(plain(await sql.unsafe('EXECUTE mine (2)')), [{ b: 'two' }])
})

// ---- errors and transactions

check('errors have their codes', async () => {
    const sql = await withTable()
    for (const [text, code] of [['SELECT * FROM nosuch', '42P01'], ['SELECT nosuch FROM t', '42703'],
        ['SELEC 1', '42601'],
        ["INSERT INTO t VALUES (1, 'again')", '23505'], ['CREATE TABLE t (a integer)', '42P07']]) {
        for (const query of [sql.unsafe(text), sql.unsafe(text, [], { prepare: true }), sql.unsafe(text).simple()])
            assert.equal((await fails(query, code)).severity, 'ERROR')
        assert.equal(await count(sql), 3)
    }
    assert.equal((await fails(sql`SELECT * FROM nosuch`, '42P01')).position, '15')
    await fails(sql`SELECT a FROM t WHERE a = ${'x'}`, '22P02')
})

check('an error in a pipeline is only its own', async () => {
    const sql = await withTable()
    const all = await Promise.allSettled([count(sql), sql`SELECT * FROM nosuch`, count(sql), sql`SELEC`, count(sql)])
    assert.deepEqual(all.map((r) => r.value ?? r.reason.code), [3, '42P01', 3, '42601', 3])
})

check('transactions commit, roll back and nest', async () => {
    const [sql, other] = [await withTable(), connect()]
    await sql.begin(async (tx) => {
        await tx`INSERT INTO t VALUES (4, 'kept')`
        assert.equal(await count(other), 3)
        await fails(tx.savepoint(async (inner) => {
            await inner`INSERT INTO t VALUES (5, 'lost')`
            await inner`INSERT INTO t VALUES (1, 'again')`
        }), '23505')
        await tx.savepoint((inner) => inner`INSERT INTO t VALUES (6, 'kept')`)
    })
    assert.deepEqual((await other`SELECT a FROM t ORDER BY a`.values()).map(([a]) => a), [1, 2, 3, 4, 6])
    await fails(sql.begin((tx) => [tx`DELETE FROM t`, tx`SELECT * FROM nosuch`, tx`SELECT 1`]), '42P01')
    await fails(sql.begin('read only', (tx) => tx`DELETE FROM t`), '25006')
    await sql.begin('isolation level serializable', async (tx) =>
        assert.deepEqual(plain(await tx`SHOW transaction_isolation`), [{ transaction_isolation: 'serializable' }]))
    assert.equal(await count(other), 5)
})

check('a reserved connection, its parameters and notices', async () => {
    const notices = []
    const sql = connect({ connection: { application_name: 'checks' },
        onnotice: (n) => notices.push([n.severity, n.code]) })
    await sql`SELECT 1 AS one`  // this version of the client waits for ever if the first thing is to reserve
    const reserved = await sql.reserve()
    assert.deepEqual(plain(await reserved`SHOW application_name`), [{ application_name: 'checks' }])
    await reserved.unsafe("SET application_name = 'other'")
    await reserved.unsafe('COMMIT')
    assert.deepEqual(notices, [['WARNING', '25P01']])
    assert.equal(sql.parameters.application_name, 'other')
    reserved.release()
})

// ---- cursors

check('a cursor reads a portal in portions', async () => {
    const sql = await withTable()
    const sizes = []
    let sum = 0
    for await (const rows of sql.unsafe(numbers).cursor(300)) {
        sizes.push(rows.length)
        for (const { i } of rows) sum += i
    }
    assert.deepEqual([sizes, sum], [[300, 300, 300, 100], 500_500])
    assert.equal(await count(sql), 3)
})

check('a cursor is left early', async () => {
    const sql = await withTable()
    let seen = 0
    await sql.unsafe(numbers).cursor(10, (rows) => {
        seen += rows.length
        return seen === 30 ? sql.CLOSE : undefined
    })
    for await (const [row] of sql`SELECT b FROM t ORDER BY a`.cursor()) { assert.equal(row.b, 'one'); break }
    assert.deepEqual([seen, await count(sql)], [30, 3])
})

check('rows one by one', async () => {
    const sql = await withTable()
    let sum = 0
    await sql.unsafe(numbers).forEach(({ i }) => { sum += i })
    assert.equal(sum, 500_500)
})

check('a cursor is declared and fetched from in SQL', async () => {
    const sql = await withTable()
    await sql.begin(async (tx) => {
        await tx.unsafe(`DECLARE mine CURSOR FOR ${numbers}`)
        assert.deepEqual(plain(await tx`FETCH 2 FROM mine`), [{ i: 1 }, { i: 2 }])
        assert.deepEqual(plain(await tx`FETCH mine`), [{ i: 3 }])
        await tx`CLOSE mine`
    })
})

// ---- COPY

check('rows are copied in from a stream', async () => {
    const sql = await withTable()
    await pipeline(Readable.from(['4\tfo', 'ur\n5\t\\N\n', '6\ttab\\tž\n']),
        await sql`COPY t (a, b) FROM STDIN`.writable())
    assert.deepEqual(plain(await sql`SELECT a, b FROM t WHERE a > 3 ORDER BY a`),
        [{ a: 4, b: 'four' }, { a: 5, b: null }, { a: 6, b: 'tab\tž' }])
})

check('rows are copied out to a stream', async () => {
    const sql = await withTable()
    const read = async (query) => {
        const parts = []
        for await (const part of await query.readable()) parts.push(part)
        return Buffer.concat(parts).toString()
    }
    assert.equal(await read(sql`COPY t TO STDOUT`), '1\tone\n2\ttwo\n3\tthree\n')
    assert.equal(await read(sql`COPY (SELECT b, NULL FROM t WHERE a > 1 ORDER BY a) TO STDOUT`),
        'two\t\\N\nthree\t\\N\n')
    assert.equal(await count(sql), 3)
})

check('a bad line copies nothing', async () => {
    const sql = await withTable()
    await fails(sql`COPY nosuch FROM STDIN`.writable(), '42P01')
    const stream = await sql`COPY t FROM STDIN`.writable()
    stream.end('4\tfour\nx\tfive\n')
    await sleep(100)  // this client does not say what has become of it
    assert.equal(await count(sql), 3)
})

check('a copy that the client gives up copies nothing', async () => {
    const sql = await withTable()
    const stream = await sql`COPY t FROM STDIN`.writable()
    stream.on('error', () => {})
    stream.write('4\tfour\n')
    stream.destroy(new Error('mine'))
    assert.equal(await count(sql), 3)
})

// ---- cancel, notifications

check('a query is cancelled', async () => {
    const sql = await withTable()
    const query = sql.unsafe(endless)
    const failed = fails(query, '57014')
    await sleep(300)
    query.cancel()
    await failed
    assert.equal(await count(sql), 3)
})

check('notifications arrive', async () => {
    const [sql, other] = [connect({ max: 2 }), connect()]
    let tell
    const heard = new Promise((done) => { tell = done })
    const { unlisten } = await sql.listen('mine', tell)
    await other.notify('yours', 'nobody')
    await other.notify('mine', 'hello ž')
    assert.equal(await limited(heard, 5_000), 'hello ž')
    await unlisten()
})

await run(async (body) => {
    try {
        await body()
    } finally {
        for (const sql of opened.splice(0)) sql.end({ timeout: 0 }).catch(() => {})
    }
})
