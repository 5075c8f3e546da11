#!/bin/bash
# Builds an example and starts it. Installs what is missing (Debian and Ubuntu).
set -euo pipefail

help() {
    cat <<'TEXT'
usage: examples/run.sh [EXAMPLE] [--port 5433] [--threads N] [--create] [FILE.db] [OPTION...]

Builds the example, the SQLite server if none is named, and starts it on 127.0.0.1. Ctrl-C and SIGTERM stop it.

  EXAMPLE       one of those that --list names
  --port N      the TCP port to listen on, 1 to 65535 (default: 5433); echo's stands in its source
  --threads N   how many threads serve (default: 1)
  FILE.db       the database that the SQLite server serves; without it, a sample database
  --create      makes FILE.db if it is not there
  --tls-cert FILE, --tls-key FILE
                of sqlite and secure: our certificate and its key, in PEM
  --tls-client-ca FILE
                of sqlite and secure: authorities of clients' certificates
  --users FILE  of sqlite, scram and secure: users and their passwords, as PgBouncer's userlist.txt
  --hba FILE    of sqlite: who may enter and how, as pg_hba.conf
  --ident FILE  of sqlite: names in certificates and tokens, and whose they are, as pg_ident.conf
  --jwks FILE, --audience TEXT
                of sqlite and oauth: the keys of the issuer of tokens, a JSON Web Key Set, and for whom it must make them
  --issuer URL, --scope WORDS
                of oauth: who makes tokens, and what they must be for
  --socket-dir DIR
                of sqlite: listens on a Unix socket in this directory as well
  --max-connections N
                of sqlite: how many clients may be there at once (default: 1000)
  --audit FILE  of sqlite: writes who comes, is let in or not, and leaves, as lines of JSON; - for standard error
  --metrics N   of sqlite: serves counters for Prometheus on this port of 127.0.0.1, at /metrics
  --add NAME    of scram: adds a user to its file
  --oid TEXT    of types: the numbers of one of its own types and of its arrays, such as mood=16390,16389
  --list        names the examples
  --help        this text
TEXT
}

wrong() {
    echo "examples/run.sh: $1 (see --help)" >&2
    exit 2
}

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/support/packages.sh
source "$root/tests/support/packages.sh"

is_example() {
    [[ $1 =~ ^[a-z0-9_]+$ ]] && { [[ -f $root/examples/$1.cpp ]] || compgen -G "$root/examples/$1/*.cpp" >/dev/null; }
}

example=
file=
create=
port=5433
options=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --port=* | --threads=* | --users=* | --add=* | --hba=* | --ident=* | --socket-dir=* | --jwks=* | --audience=* | --issuer=* | --scope=* | --max-connections=* | --audit=* | --metrics=* | --oid=* | --tls-*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" && continue ;;
        --port)
            [[ ${2-} =~ ^[1-9][0-9]{0,4}$ && $2 -le 65535 ]] || wrong "--port: not a number from 1 to 65535: ${2-}"
            port=$2
            shift ;;
        --threads)
            [[ ${2-} =~ ^[1-9][0-9]{0,3}$ && $2 -le 1024 ]] || wrong "--threads: not a number from 1 to 1024: ${2-}"
            options+=(--threads "$2")
            shift ;;
        --users | --add | --hba | --ident | --socket-dir | --jwks | --audience | --issuer | --scope | --max-connections | --audit | --metrics | --oid | --tls-cert | --tls-key | --tls-client-ca)
            [[ -n ${2-} ]] || wrong "$1: which?"
            options+=("$1" "$2")
            shift ;;
        --create) create=--create ;;
        --list)
            need python3 program python3
            install_needed
            exec python3 "$root/examples/list_examples.py" --names ;;
        --help | -h) help && exit ;;
        -*) wrong "unknown option: $1" ;;
        *)
            if [[ -z $example ]] && is_example "$1"; then
                example=$1
            elif is_example "$1"; then
                wrong "a second example: $1"
            elif [[ -z $file ]]; then
                file=$1
            else
                wrong "a second file: $1"
            fi ;;
    esac
    shift
done
[[ -z $file || ! -d $file ]] || wrong "neither an example nor a file, but a directory: $file"
if [[ -n $file && ! ( -f $file && -r $file ) && ( -z $create || -e $file ) ]]; then
    wrong "neither an example nor a file that can be read: $file (--create makes a file)"
fi
example=${example:-sqlite}
[[ -z $file || $example == sqlite ]] || wrong "the example $example serves no file: $file"
if [[ -n $create ]]; then
    [[ -n $file ]] || wrong "--create: which file? FILE.db is missing"
    options+=("$create")
fi

# An example as short as `echo` has its port in its source, and takes no options.
if grep -qs options.hpp "$root/examples/$example.cpp" "$root/examples/$example"/*.cpp; then
    options=(--port "$port" "${options[@]}")
elif [[ $port != 5433 || ${#options[@]} != 0 ]]; then
    wrong "the example $example takes no options, it is as short as that: ${options[*]:---port $port}"
fi

need_build_tools
need python3 program python3
need libcli11-dev header CLI/CLI.hpp
if [[ $example == types ]]; then need libcctz-dev header cctz/time_zone.h; fi
if [[ $example == sqlite ]]; then need libsqlite3-dev header sqlite3.h; fi
if [[ $example == sqlite || $example == scram || $example == secure ]]; then
    need libwolfssl-dev header wolfssl/ssl.h
    need libidn-dev header stringprep.h
fi
if [[ $example == sqlite || $example == oauth ]]; then
    need libssl-dev header openssl/evp.h
    need nlohmann-json3-dev header nlohmann/json.hpp
fi
if [[ $example == sqlite ]]; then
    need libspdlog-dev header spdlog/spdlog.h
    need prometheus-cpp-dev header prometheus/exposer.h
fi
if [[ $example == secure ]]; then need openssl program openssl; fi
install_needed

# Quiet, unless it fails.
build=$root/build/examples
log=$root/build/examples.log
mkdir -p "$root/build"
echo "building $example ..." >&2
if ! { meson setup --reconfigure "$build" "$root" --buildtype release -Dtests=disabled -Dexamples=enabled ||
    { rm -rf "$build" && meson setup "$build" "$root" --buildtype release -Dtests=disabled -Dexamples=enabled; }; } \
    >"$log" 2>&1 || ! ninja -C "$build" "examples/$example" >>"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi

if [[ $example == secure && " ${options[*]} " != *" --tls-"* ]]; then
    certificate=$root/build/localhost
    [[ -f $certificate.crt ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$certificate.key" -out "$certificate.crt" 2>/dev/null
    options+=(--tls-cert "$certificate.crt" --tls-key "$certificate.key")
fi
if [[ $example == echo ]]; then echo "try:  psql -h 127.0.0.1 -p $port -c 'hello, world'"; fi  # the others say it themselves
exec "$build/examples/$example" "${options[@]}" ${file:+"$file"}
