#!/bin/bash
# Takes wolfSSL's source from the crate that carries it: see fetch-crate.sh. Then `meson setup -Dwolfssl_source=bundled` finds it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[[ ! -d $here/wolfssl ]] || exit 0
source "$here/fetch-crate.sh"
fetch_crate wolfssl-sys 5.3.0 wolfssl-src/wolfssl/ssl.h  # with wolfSSL 5.9.4
cp -R "$here/packagefiles/wolfssl/." "$fetched/wolfssl-src/"
mv "$fetched/wolfssl-src" "$here/wolfssl"
