"""An issuer of JSON Web Tokens, as far as a server can tell: keys that openssl makes, and what it signs with them."""

import base64
import json
import re
import subprocess
import time

URL = 'https://issuer.example'


def encode(data):
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def openssl(*arguments, data=None):
    return subprocess.run(['openssl', *arguments], input=data, capture_output=True, check=True).stdout


class Issuer:
    def __init__(self, folder):
        self.folder = folder
        openssl('genrsa', '-out', folder / 'rsa.pem', '2048')
        openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', folder / 'curve.pem')

    def keys(self, *names):
        """The JSON Web Key Set with the public keys of these names."""
        return json.dumps({'keys': [self._public(name) for name in names]})

    def _public(self, name):
        path = self.folder / f'{name}.pem'
        if name == 'rsa':
            modulus = bytes.fromhex(openssl('rsa', '-in', path, '-noout', '-modulus').decode().strip().split('=')[1])
            return {'kty': 'RSA', 'kid': name, 'use': 'sig', 'alg': 'RS256', 'n': encode(modulus), 'e': 'AQAB'}
        point = openssl('ec', '-in', path, '-pubout', '-outform', 'DER')[-64:]
        return {'kty': 'EC', 'kid': name, 'crv': 'P-256', 'x': encode(point[:32]), 'y': encode(point[32:])}

    def token(self, owner, key='rsa', kind='JWT', **claims):
        header = {'alg': 'RS256' if key == 'rsa' else 'ES256', 'kid': key, 'typ': kind}
        claims = {'iss': URL, 'sub': owner, 'aud': 'db', 'scope': 'openid db', 'exp': int(time.time()) + 3600, **claims}
        signed = f'{encode(header)}.{encode(claims)}'
        signature = openssl('dgst', '-sha256', '-sign', self.folder / f'{key}.pem', data=signed.encode())
        if key != 'rsa':  # two numbers, of 32 bytes each
            text = openssl('asn1parse', '-inform', 'DER', data=signature).decode()
            signature = b''.join(bytes.fromhex(n.zfill(64)) for n in re.findall(r'INTEGER +:([0-9A-F]+)', text))
        return f'{signed}.{encode(signature)}'
