# shellcheck shell=bash
# Sourced by the scripts beside it: takes a source from the crate that carries it, for machines that reach a registry of crates and
# nothing else. Needs cargo.
#
#     fetch_crate NAME VERSION FILE    # puts the crate's folder into $fetched; FILE must be in it
#
# It is gone when the script ends.

fetch_crate() {
    local me
    me=$(basename "$0")
    command -v cargo >/dev/null || { echo "$me: there is no cargo" >&2; exit 2; }
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
$1 = "=$2"
TEXT
    (cd "$folder" && cargo vendor --quiet vendored >/dev/null)
    fetched=$folder/vendored/$1
    [[ -f $fetched/$3 ]] || { echo "$me: $3 is not in $1 $2" >&2; exit 1; }
}
