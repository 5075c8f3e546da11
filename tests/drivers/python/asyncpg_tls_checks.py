"""asyncpg over TLS: each sslmode, directly, with passwords and with certificates."""

import asyncio
import os
import ssl

import asyncpg

from checks import check, run

FOLDER = os.environ['PGWIRE_CERTIFICATES']
MODES = ['prefer', 'require', 'verify-ca', 'verify-full']


def file(name):
    return os.path.join(FOLDER, f'{name}.pem')


async def connect(**options):
    settings = {'host': 'localhost', 'port': int(os.environ['PGPORT']), 'user': 'alice', 'database': 'd',
                'password': 'secret', 'timeout': 10, **options}
    return await asyncpg.connect(**settings)


async def answers(**options):
    made = await connect(**options)
    assert await made.fetchval('SELECT 1') == 1
    await made.close()


def context(authority='authority', certificate=None):
    made = ssl.create_default_context(cafile=file(authority))
    if certificate:
        made.load_cert_chain(file(certificate), file(f'{certificate}_key'))
    return made


async def fails(kind, **options):
    try:
        await connect(**options)
    except kind as caught:
        return caught
    raise AssertionError(f'no {kind}')


@check
async def every_mode_that_has_tls():
    os.environ['PGSSLROOTCERT'] = file('authority')
    for mode in MODES:
        await answers(ssl=mode)


@check
async def without_tls_there_is_no_entry():
    await fails(asyncpg.InvalidAuthorizationSpecificationError, ssl=False)


@check
async def a_context_of_ones_own():
    await answers(ssl=context())


@check
async def directly():
    direct = context()
    direct.set_alpn_protocols(['postgresql'])
    await answers(ssl=direct, direct_tls=True)


@check
async def another_authority_is_not_trusted():
    await fails(ssl.SSLCertVerificationError, ssl=context('other_authority'))


@check
async def a_wrong_password():
    await fails(asyncpg.InvalidPasswordError, ssl=context(), password='Secret')


@check
async def a_certificate_instead_of_a_password():
    await answers(ssl=context(certificate='client'), database='certs', password=None)
    await fails(asyncpg.InvalidAuthorizationSpecificationError, ssl=context(), database='certs')


@check
async def a_certificate_that_is_not_good():
    for name, alert in (('stranger', 'alert unknown ca'), ('expired', 'alert certificate expired')):
        caught = await fails(asyncpg.ConnectionDoesNotExistError, ssl=context(certificate=name), database='certs')
        assert isinstance(caught.__cause__, ssl.SSLError) and alert in str(caught.__cause__), repr(caught.__cause__)


run(lambda function: asyncio.run(function()))
