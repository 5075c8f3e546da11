"""The certificates and keys of tests/support/certificates.hpp as files; and others, made by openssl for a test."""

import pathlib
import re
import subprocess

import servers

HEADER = pathlib.Path(__file__).resolve().parent.parent / 'support' / 'certificates.hpp'


def write(folder):
    """The paths by name."""
    found = {}
    for name, text in re.findall(r'string_view (\w+) = R"\((.*?)\)"', HEADER.read_text(), re.S):
        path = folder / f'{name}.pem'
        path.write_text(text)
        path.chmod(0o600)
        found[name] = str(path)
    return found


EC, RSA = ('EC', 'ec_paramgen_curve:P-256'), ('RSA', 'rsa_keygen_bits:2048')


def openssl(*arguments):
    """What it prints."""
    run = subprocess.run([servers.tool('openssl'), *map(str, arguments)], capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, run.stderr
    return run.stdout


def make_key(path, kind=EC):
    openssl('genpkey', '-algorithm', kind[0], '-pkeyopt', kind[1], '-out', path)
    return path


def make_authority(path, key, subject, *more):
    """A certificate that is its own authority."""
    openssl('req', '-x509', '-new', '-key', key, '-subj', subject, '-utf8', '-days', '2', '-out', path, *more)
    return path


def make_certificate(path, key, subject, authority, authority_key):
    """`subject` as openssl's -subj has it: `+` before what belongs to the same name as what is in front of it."""
    request = path.with_suffix('.csr')
    openssl('req', '-new', '-key', key, '-subj', subject, '-multivalue-rdn', '-utf8', '-out', request)
    openssl('x509', '-req', '-in', request, '-CA', authority, '-CAkey', authority_key, '-set_serial', '1', '-days', '2',
            '-out', path)
    return path
