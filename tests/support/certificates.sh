#!/bin/bash
# Makes certificates.hpp anew: certificates and keys for the tests, good for a hundred years from 2020. Needs openssl 3.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

from=20200101000000Z until=21200101000000Z
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }

authority() {  # name, subject
    mkdir "$1"
    : >"$1/index"
    echo 01 >"$1/serial"
    echo 01 >"$1/crlnumber"
    cat >"$1/cnf" <<TEXT
[ca]
default_ca = authority
[authority]
database = $1/index
serial = $1/serial
crlnumber = $1/crlnumber
new_certs_dir = $1
default_md = sha256
policy = anything
preserve = yes
[anything]
countryName = optional
organizationName = optional
organizationalUnitName = optional
userId = optional
commonName = supplied
[self]
basicConstraints = critical,CA:TRUE
keyUsage = keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
subjectAltName = DNS:localhost,IP:127.0.0.1
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
[elsewhere]
subjectAltName = DNS:example.org
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
[both]
extendedKeyUsage = clientAuth,serverAuth
authorityKeyIdentifier = keyid
[client]
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
TEXT
    key "$1"
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
    openssl ca -batch -config "$1/cnf" -selfsign -keyfile "$1.key" -in "$1.csr" -out "$1.crt" -notext -extensions self \
        -startdate $from -enddate $until 2>/dev/null
}

certificate() {  # name, authority, kind, subject, its end, option
    key "$1"
    openssl req -new -key "$1.key" -subj "$4" -multivalue-rdn -out "$1.csr"
    openssl ca -batch -config "$2/cnf" -cert "$2.crt" -keyfile "$2.key" -in "$1.csr" -out "$1.crt" -notext -extensions "$3" \
        -startdate $from -enddate "${5:-$until}" -md "${6:-sha256}" 2>/dev/null
}

authority ca '/CN=Test CA'
authority other '/CN=Other CA'
certificate server ca server '/O=Example/CN=localhost' '' sha384
certificate client ca client '/C=DE/O=Example, Inc./OU=people+UID=7/CN=alice'
certificate revoked ca client /CN=mallory
certificate stranger other client /CN=alice
certificate expired ca both /CN=alice 20200201000000Z
certificate elsewhere ca elsewhere /CN=example.org
openssl ca -config ca/cnf -cert ca.crt -keyfile ca.key -revoke revoked.crt 2>/dev/null
openssl ca -config ca/cnf -cert ca.crt -keyfile ca.key -gencrl -crl_lastupdate $from -crl_nextupdate $until -out ca.crl 2>/dev/null
openssl pkey -in server.key -aes256 -passout pass:secret -out encrypted.key

{
    echo '// Certificates and keys for the tests, made by certificates.sh.'
    echo '#pragma once'
    echo
    echo '#include <string_view>'
    echo
    echo 'namespace pgwire::test::certificates {'
    put() {  # name, file
        echo
        echo "inline constexpr std::string_view $1 = R\"($(cat "$2")"
        echo ')";'
    }
    put authority ca.crt
    put other_authority other.crt
    put revocations ca.crl
    for name in server elsewhere client revoked stranger expired; do
        put $name $name.crt
        put ${name}_key $name.key
    done
    put encrypted_key encrypted.key
    echo
    echo '}  // namespace pgwire::test::certificates'
} >"$here/certificates.hpp"
