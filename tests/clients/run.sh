#!/bin/bash
# Runs the tests by real clients. Installs what is missing (Debian and Ubuntu); Python packages and PostgreSQLs go below build/.
set -euo pipefail

help() {
    cat <<'TEXT'
usage: tests/clients/run.sh [--sqlite PROGRAM] [--echo PROGRAM] [--against NAMES] [PYTEST-ARGUMENT...]

psql, pgbench and psycopg against the examples, and the same raw messages to PostgreSQL 15, to PostgreSQL 18 and to the examples.
It builds no example. The last line is "N passed, N failed, N skipped"; the exit code is 0 if nothing failed.

  --sqlite PROGRAM   the SQLite example (default: $PGWIRE_SQLITE_SERVER)
  --echo PROGRAM     the echo example (default: $PGWIRE_ECHO_SERVER)
  --against NAMES    who is tested by psql, pgbench and psycopg, by comma: sqlite, postgres15, postgres18 (default: all three)
  --help             this text

What can't be had is a skipped test, or, where CI is set, a failed one.
TEXT
}

wrong() {
    echo "tests/clients/run.sh: $1 (see --help)" >&2
    exit 2
}

against=postgres15,postgres18,sqlite
arguments=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --sqlite | --echo)
            [[ -f ${2-} && -x ${2-} ]] || wrong "$1: not a program: ${2-}"
            declare -x "PGWIRE_$(tr '[:lower:]' '[:upper:]' <<<"${1#--}")_SERVER=$(realpath "$2")"
            shift ;;
        --against)
            [[ -n ${2-} ]] || wrong '--against: no names'
            against=$2
            shift ;;
        --help | -h) help; exit ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/clients
mkdir -p "$build"
# shellcheck source=tests/support/packages.sh
source "$root/tests/support/packages.sh"

has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }
has_clients() { program psql && { program pgbench || compgen -G "/usr/lib/postgresql/*/bin/pgbench" >/dev/null; }; }
need python3 program python3
need python3-venv has_venv
want postgresql has_clients
want npm program npm
want openssl program openssl
install_needed

# Something that the tests can do without, outside CI: the tests that need it say so themselves.
unavailable() {
    echo "tests/clients/run.sh: $1" >&2
    if [[ -n ${CI-} ]]; then exit 1; fi
}

# ---- Python's packages ------------------------------------------------------------------------------------------------

venv=$build/venv
if ! cmp -s "$here/requirements.txt" "$venv/made-from.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/made-from.txt"
fi

# ---- PostgreSQL ---------------------------------------------------------------------------------------------------------

PGWIRE_POSTGRES15=$("$root/tests/support/postgres.sh" 15 "$build") || unavailable 'there is no PostgreSQL 15'
PGWIRE_POSTGRES18=$("$root/tests/support/postgres.sh" 18 "$build") || unavailable 'there is no PostgreSQL 18'
export PGWIRE_POSTGRES15 PGWIRE_POSTGRES18

cd "$here"
export PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" -m pytest -q -p no:cacheprovider --against "$against" ${arguments[@]+"${arguments[@]}"}
