// node-postgres and postgres.js over TLS: checked and not, with passwords bound to the certificate, and with certificates.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import postgres from 'postgres'
import { check, fails, place, run } from './checks.mjs'

const read = (name) => readFileSync(`${process.env.PGWIRE_CERTIFICATES}/${name}.pem`, 'utf8')
const where = { ...place, host: 'localhost', user: 'alice', database: 'd', password: 'secret' }
const trusting = { rejectUnauthorized: false }
const checking = { ca: read('authority') }
const certified = (name) => ({ ...checking, cert: read(name), key: read(`${name}_key`) })

const drivers = {
    'node-postgres': async (options) => {
        const client = new pg.Client({ ...where, connectionTimeoutMillis: 10_000, ...options })
        client.on('error', () => {})
        await client.connect()
        try {
            return (await client.query('SELECT CAST(1 AS integer) AS n')).rows[0].n
        } finally {
            await client.end()
        }
    },
    'postgres.js': async (options) => {
        const sql = postgres({ ...where, max: 1, connect_timeout: 10, fetch_types: false, ...options })
        try {
            return (await sql`SELECT CAST(1 AS integer) AS n`)[0].n
        } finally {
            await sql.end({ timeout: 1 })
        }
    }
}

for (const [name, ask] of Object.entries(drivers)) {
    check(`${name}: encrypted, whoever the server is`, async () => assert.equal(await ask({ ssl: trusting }), 1))
    check(`${name}: encrypted, and the server is checked`, async () => assert.equal(await ask({ ssl: checking }), 1))
    check(`${name}: without TLS there is no entry`, async () => fails(ask({ ssl: false }), '28000'))
    check(`${name}: a wrong password`, async () => fails(ask({ ssl: checking, password: 'Secret' }), '28P01'))
    check(`${name}: another authority is not trusted`, async () =>
        assert.rejects(ask({ ssl: { ca: read('other_authority') } }),
            { code: /^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)$/ }))
    check(`${name}: a certificate instead of a password`, async () => {
        assert.equal(await ask({ ssl: certified('client'), database: 'certs', password: undefined }), 1)
        await fails(ask({ ssl: checking, database: 'certs' }), '28000')
    })
    check(`${name}: a certificate that is not good`, async () => {
        const alerts = { stranger: /alert unknown ca/, expired: /alert certificate expired/ }
        for (const [bad, alert] of Object.entries(alerts))
            await assert.rejects(ask({ ssl: certified(bad), database: 'certs' }), alert)
    })
}
check('node-postgres: the password is bound to the certificate', async () =>
    assert.equal(await drivers['node-postgres']({ ssl: checking, enableChannelBinding: true }), 1))

await run((body) => body())
