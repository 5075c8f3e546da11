#!/bin/bash
# Takes wolfSSL's source from the crate that carries it, for machines that reach a registry of crates and nothing else.
# Then `meson setup -Dwolfssl_source=bundled` finds it. Needs cargo.
set -euo pipefail

crate=wolfssl-sys version=5.3.0  # with wolfSSL 5.9.4

here=$(cd "$(dirname "$0")" && pwd)
[[ ! -d $here/wolfssl ]] || exit 0
command -v cargo >/dev/null || { echo "fetch-wolfssl.sh: there is no cargo" >&2; exit 2; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
: >"$folder/src/lib.rs"
cat >"$folder/Cargo.toml" <<TEXT
[package]
name = "fetch"
version = "0.0.0"
edition = "2021"
[dependencies]
$crate = "=$version"
TEXT
(cd "$folder" && cargo vendor --quiet vendored >/dev/null)
[[ -f $folder/vendored/$crate/wolfssl-src/wolfssl/ssl.h ]] || { echo "fetch-wolfssl.sh: it is not in $crate $version" >&2; exit 1; }
cp -R "$here/packagefiles/wolfssl/." "$folder/vendored/$crate/wolfssl-src/"
mv "$folder/vendored/$crate/wolfssl-src" "$here/wolfssl"
