#!/bin/bash
# Builds the peers of other languages, for bench/run.sh. Downloads and builds go below DIRECTORY.
set -euo pipefail

help() {
    cat <<'TEXT'
usage: bench/peers/build.sh rust|go DIRECTORY

Builds the server on the Rust crate pgwire as DIRECTORY/rust_pgwire, or on Go's psql-wire as DIRECTORY/psql_wire. It says
nothing unless it fails. The exit code is 77 if the toolchain is missing or too old, or the packages can't be had.
TEXT
}

wrong() {
    echo "bench/peers/build.sh: $1 (see --help)" >&2
    exit 2
}

unavailable() {
    echo "$1" >&2
    exit 77
}

here=$(cd "$(dirname "$0")" && pwd)

# quiet COMMAND...: what it says is seen if it fails.
quiet() { "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }; }

at_least() { [[ $(printf '%s\n' "$1" "$2" | sort -V | head -1) == "$1" ]]; }

build_rust() {
    local wanted found source
    command -v cargo >/dev/null || unavailable 'cargo is missing (https://rustup.rs)'
    command -v cc >/dev/null || unavailable 'cc is missing (apt-get install gcc)'
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$here/rust/Cargo.toml")
    found=$(cargo --version | cut -d' ' -f2)
    at_least "$wanted" "$found" || unavailable "Rust $wanted is needed, this is $found"

    local folder=$directory/rust
    export CARGO_HOME=$directory/cargo CARGO_TARGET_DIR=$directory/rust-target
    mkdir -p "$folder"
    rm -rf "$folder/src"
    cp -rp "$here/rust/src" "$here/rust/Cargo.toml" "$folder"
    if ! cmp -s "$here/rust/Cargo.lock" "$folder/made-from.lock"; then
        # The lock file that is kept does not say where packages come from; cargo does.
        rm -f "$folder/Cargo.lock" "$folder/made-from.lock"
        (cd "$folder" && quiet cargo generate-lockfile) || unavailable "the crates can't be had"
        source=$(grep -m1 '^source = ' "$folder/Cargo.lock")
        awk -v source="$source" '/^checksum = / { print source } { print }' "$here/rust/Cargo.lock" \
            >"$folder/Cargo.lock"
        (cd "$folder" && quiet cargo fetch --locked) || unavailable "the crates can't be had"
        cp "$here/rust/Cargo.lock" "$folder/made-from.lock"
    fi
    (cd "$folder" && quiet cargo build --release --locked --offline -j1)
    cp "$CARGO_TARGET_DIR/release/rust_pgwire" "$directory"
}

build_go() {
    local wanted found
    command -v go >/dev/null || unavailable 'go is missing (https://go.dev/dl)'
    export GOMODCACHE=$directory/go-modules GOCACHE=$directory/go-cache
    export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-modcacherw
    wanted=$(sed -n 's/^go //p' "$here/go/go.mod")
    found=$(cd / && go env GOVERSION)
    at_least "$wanted" "${found#go}" || unavailable "Go $wanted is needed, this is ${found#go}"
    (cd "$here/go" && quiet go mod download) || unavailable "the Go modules can't be had"
    (cd "$here/go" && quiet go build -p 1 -buildvcs=false -o "$directory/psql_wire" .)
}

if [[ ${1-} == --help || ${1-} == -h ]]; then
    help
    exit
fi
[[ $# == 2 ]] || wrong 'a language and a directory are needed'
[[ $1 == rust || $1 == go ]] || wrong "no such language: $1"
mkdir -p "$2"
directory=$(cd "$2" && pwd)
log=$directory/$1.log
"build_$1"
