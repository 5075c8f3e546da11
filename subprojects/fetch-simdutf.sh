#!/bin/bash
# Takes simdutf's source from the crate that carries it, for machines that reach a registry of crates and nothing else.
# Needs cargo.
set -euo pipefail

crate=simdutf version=0.7.0  # with simdutf 7.7.1

here=$(cd "$(dirname "$0")" && pwd)
[[ ! -d $here/simdutf ]] || exit 0
command -v cargo >/dev/null || { echo "fetch-simdutf.sh: there is no cargo" >&2; exit 2; }

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
source=$folder/vendored/$crate
[[ -f $source/cpp/simdutf.h ]] || { echo "fetch-simdutf.sh: it is not in $crate $version" >&2; exit 1; }
mkdir "$here/simdutf"
cp "$source/cpp/simdutf.h" "$source/cpp/simdutf.cpp" "$source/LICENSE" "$here/packagefiles/simdutf/meson.build" "$here/simdutf/"
