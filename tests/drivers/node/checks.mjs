// What every test program here does: runs its checks one by one and says how each came out.
//
// It prints `ok NAME`, or `not ok NAME` and what went wrong in lines that begin with `# `, and at the end `done`. The
// server's address is in PGHOST, PGPORT, PGUSER and PGDATABASE. A check has 20 seconds.

export const place = {
    host: process.env.PGHOST, port: Number(process.env.PGPORT), user: process.env.PGUSER,
        database: process.env.PGDATABASE
}
export const table = ['DROP TABLE IF EXISTS t', 'CREATE TABLE t (a integer PRIMARY KEY, b text)',
    "INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')"]
export const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n'
export const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) ' +
    'SELECT CAST(i AS integer) AS i FROM n'

const seconds = 20
const checks = []

export function check(name, body) { checks.push([name, body]) }

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))

export async function limited(promise, milliseconds = seconds * 1000) {
    let timer
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not done after ${milliseconds} ms`)), milliseconds)
    })
    try {
        return await Promise.race([promise, late])
    } finally {
        clearTimeout(timer)
    }
}

/** The error that a promise is rejected with, whose code must be this one. */
export async function fails(promise, code) {
    let result
    try {
        result = await promise
    } catch (error) {
        if (error.code === code) return error
        throw new Error(`${code} expected, not ${error.code}: ${error.message}`, { cause: error })
    }
    throw new Error(`${code} expected, not ${JSON.stringify(result).slice(0, 300)}`)
}

/** What went wrong, with those lines of the stack that are ours. */
function tell(error) {
    const text = `${error?.stack ?? error}${error?.cause ? `\n${error.cause.stack}` : ''}`
    const ours = (line) => !/^ +at /.test(line) || /[/](pg|postgres).mjs:/.test(line)
    for (const line of text.split('\n').filter(ours)) console.log(`# ${line}`)
}

/** @param around runs a check's body with what it needs, and puts that away */
export async function run(around) {
    let loose = []  // errors that nobody has waited for: the check that runs has failed
    process.on('unhandledRejection', (error) => loose.push(error))
    process.on('uncaughtException', (error) => loose.push(error))
    for (const [name, body] of checks) {
        loose = []
        try {
            await limited(around(body))
        } catch (error) {
            loose.push(error)
        }
        console.log(`${loose.length ? 'not ok' : 'ok'} ${name}`)
        loose.forEach(tell)
    }
    process.stdout.write('done\n', () => process.exit(0))  // whatever connections a failed check has left
}
