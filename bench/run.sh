#!/bin/bash
# Builds what is measured, measures it, and prints one table.
set -euo pipefail

works=(instructions syscalls allocations cpu offload tls million idle codec)

help() {
    cat <<'TEXT'
usage: bench/run.sh [--quick] [--json FILE] [WORK...]
       bench/run.sh --check FILE
       bench/run.sh --record FILE

Builds the benchmarks below build/bench and prints what they measure; all works, if none is named.

  --bundled       with the wolfSSL of our own configuration, and not the system's
  --quick         fewer and shorter runs: under a minute
  --json FILE     also writes the figures there: a list of {work, mode, who, unit, median, min, max, runs}
  --check FILE    measures again what FILE holds, and names what has grown by more than 5 %; under a minute
  --record FILE   writes the file for --check
  --list          names the works
  --help          this text

A work whose tool is missing is skipped, or, where CI is set, a failure. The exit code is 0, 1 if something failed or
has grown, 2 for a wrong option or a missing package.
TEXT
}

list() {
    cat <<'TEXT'
  instructions   user-space instructions of the server per query (callgrind)
  syscalls       system calls of the server per query (strace)
  allocations    allocations of the server per query
  cpu            CPU time of the server per query, beside an epoll loop written by hand
  offload        CPU time of the server per query whose row is made on a pool, beside one made in place
  tls            CPU time of a server's handshakes and rows over TLS, beside wolfSSL alone, in memory
  million        CPU time of the server per row of a million, plain and over TLS, beside PostgreSQL
  idle           memory of the server for each of 5,000 idle connections, plain and with TLS
  codec          encoding and decoding in memory, beside memcpy (Google Benchmark)
TEXT
}

wrong() {
    echo "bench/run.sh: $1 (see --help)" >&2
    exit 2
}

arguments=()
wolfssl=system
selected=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --quick) arguments+=("$1") ;;
        --bundled) wolfssl=bundled ;;
        --json | --record | --check)
            [[ -n ${2-} ]] || wrong "$1: no file is named"
            if [[ $1 == --check ]]; then
                [[ -r $2 && -f $2 ]] || wrong "$1: can't read $2"
            else
                (: >>"$2") 2>/dev/null || wrong "$1: can't write $2"
            fi
            arguments+=("$1" "$(realpath "$2")")
            shift ;;
        --list) list; exit ;;
        --help | -h) help; exit ;;
        -*) wrong "unknown option: $1" ;;
        *)
            [[ " ${works[*]} " == *" $1 "* ]] || wrong "no such work: $1"
            selected+=("$1") ;;
    esac
    shift
done
[[ " ${arguments[*]-} " != *" --check "* || ${#arguments[@]} == 2 && ${#selected[@]} == 0 ]] ||
    wrong "--check: takes no other option and no work"
[[ " ${arguments[*]-} " != *" --record "* || ${#arguments[@]} == 2 && ${#selected[@]} == 0 ]] ||
    wrong "--record: takes no other option and no work"

cd "$(dirname "$0")/.."
source tests/support/packages.sh
need_build_tools
need python3 program python3
if [[ -n ${CI-} ]]; then  # elsewhere they are a matter of taste, and what needs them is skipped
    want valgrind program valgrind
    want strace program strace
    want postgresql bench/measure.py --find-pgbench >/dev/null
    want libbenchmark-dev header benchmark/benchmark.h
fi
install_needed

# ---- build -----------------------------------------------------------------------------------------------------------

options=(-Dbench=enabled -Dtests=disabled -Dexamples=disabled -Dbuildtype=release -Doptimization=2
    -Dwolfssl_source="$wolfssl")
mkdir -p build
if [[ $wolfssl == bundled ]]; then subprojects/fetch-wolfssl.sh; fi
if ! { if [[ -d build/bench ]]; then meson setup --reconfigure build/bench "${options[@]}"
       else CXX=${CXX-g++} meson setup build/bench "${options[@]}"; fi &&
       ninja -C build/bench; } >build/bench.log 2>&1; then
    grep -A30 -E 'error:|ERROR:|FAILED:' build/bench.log | head -100 >&2
    echo "bench/run.sh: the benchmarks do not build, see build/bench.log" >&2
    exit 1
fi

exec python3 bench/measure.py build/bench/bench "${arguments[@]}" "${selected[@]}"
