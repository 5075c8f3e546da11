#!/bin/bash
# Runs the tests by drivers. Installs what is missing (Debian and Ubuntu); downloads and builds go below build/drivers/.
set -euo pipefail

help() {
    cat <<'TEXT'
usage: tests/drivers/run.sh [--sqlite PROGRAM] [--against NAMES] [--only DRIVER...] [--verbose]

The drivers of six languages against the SQLite example, each by a small program of its own, some of them over TLS, and some
against the example `types`, which stands beside it, and PostgreSQL.
Their every check is a test.
It builds no example. The last line is "N passed, N failed, N skipped"; the exit code is 0 if nothing failed.

  --sqlite PROGRAM   the SQLite example (default: $PGWIRE_SQLITE_SERVER)
  --against NAMES    who is tested, by comma: sqlite, postgres15 (default: sqlite). Against PostgreSQL it is the checks'
                     expectations that are tested
  --only DRIVER      this driver; may be given several times
  --list             names the drivers
  --verbose          names the checks that pass too, and those that are expected to fail, with the reason
  --help             this text

What can't be had is a skipped test, or, where CI is set, a failed one. not_yet.py lists the checks that must fail.
TEXT
}

wrong() {
    echo "tests/drivers/run.sh: $1 (see --help)" >&2
    exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/drivers

names() { sed -n "/^DRIVERS = {/,/^}/s/^    '\(.*\)': .*/\1/p" "$here/drivers.py"; }

against=sqlite
arguments=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --sqlite)
            [[ -f ${2-} && -x ${2-} ]] || wrong "$1: not a program: ${2-}"
            PGWIRE_SQLITE_SERVER=$(realpath "$2")
            shift ;;
        --against)
            [[ ${2-} =~ ^(sqlite|postgres15)(,(sqlite|postgres15))*$ ]] || wrong "--against: no such servers: ${2-}"
            against=$2
            shift ;;
        --only)
            [[ -n ${2-} ]] || wrong '--only: no driver'
            names | grep -qFx -- "$2" || wrong "--only: no such driver: $2"
            arguments+=(--only "$2")
            shift ;;
        --verbose) arguments+=(--verbose) ;;
        --list) names; exit ;;
        --help | -h) help; exit ;;
        *) wrong "unknown option: $1" ;;
    esac
    shift
done
if [[ $against == *sqlite* && ! -x ${PGWIRE_SQLITE_SERVER-} ]]; then wrong '--sqlite: it is needed'; fi
export PGWIRE_SQLITE_SERVER

# shellcheck source=tests/support/packages.sh
source "$root/tests/support/packages.sh"

has_odbc() { compgen -G '/usr/lib/*/libodbc.so.2' >/dev/null; }
has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }
has_psqlodbc() { compgen -G '/usr/lib/*/odbc/psqlodbcw.so' >/dev/null; }
has_postgres() { [[ -x ${PGWIRE_POSTGRES15:-/usr/lib/postgresql/15/bin}/initdb ]]; }
need python3 program python3
need openssl program openssl
need python3-venv has_venv
want libodbc2 has_odbc
want odbc-postgresql has_psqlodbc
want npm program npm
want default-jdk-headless program javac
want libpostgresql-jdbc-java test -f /usr/share/java/postgresql.jar
# Go and Rust: the drivers need newer ones than Debian has; where there are none, these drivers are skipped.
want postgresql has_postgres  # also beside the example `types`
install_needed
export PGWIRE_POSTGRES15=${PGWIRE_POSTGRES15:-/usr/lib/postgresql/15/bin}

mkdir -p "$build"
venv=$build/venv
if ! cmp -s "$here/requirements.txt" "$venv/made-from.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/made-from.txt"
fi

export PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" "$here/drivers.py" --against "$against" ${arguments[@]+"${arguments[@]}"}
