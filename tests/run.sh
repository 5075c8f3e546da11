#!/bin/bash
# Builds and runs the tests. Installs what is missing (Debian and Ubuntu).
set -euo pipefail

help() {
    cat <<'TEXT'
usage: tests/run.sh [OPTION...]

Builds the tests below build/, runs them, and ends with a line "N passed, N failed, N skipped".

  --all               every stage; without it, the first one
  --only STAGE        this stage; may be given several times
  --fuzz-seconds N    how long each fuzzer runs (default: 20)
  --list              names the stages
  --help              this text

A tool that can't be had is a skipped test, or, where CI is set, a failed one. The exit code is 0 if nothing failed,
1 if something did, 2 for a wrong option or a missing package.
TEXT
}

stages=(gcc clang boost asan tsan fuzz clients drivers bench)
list() {
    cat <<'TEXT'
  gcc        g++: unit and static tests, every header alone, mistakes that must not compile, ways to use the library
  clang      the same tests with clang++, optimised, on a wolfSSL of our own build, and the examples compiled
  boost      unit tests of what does I/O on Boost.Asio, with g++, and ways to use the library with it
  asan       unit tests under the address and undefined-behaviour sanitizers, with clang++
  tsan       unit tests of what has threads under the thread sanitizer, with g++
  fuzz       each fuzzer for a while, with clang++
  clients    psql, pgbench and psycopg, and the same messages to PostgreSQL and to the examples
  drivers    drivers in Python, JavaScript, Go, Rust, Java and C against the SQLite example
  bench      instructions, system calls and allocations per query are what they were, and the peers give the same rows
TEXT
}

wrong() {
    echo "tests/run.sh: $1 (see --help)" >&2
    exit 2
}

selected=()
fuzz_seconds=20
while [[ $# -gt 0 ]]; do
    case $1 in
        --all) selected=("${stages[@]}") ;;
        --only)
            [[ " ${stages[*]} " == *" ${2-} "* && -n ${2-} ]] || wrong "--only: no such stage: ${2-}"
            selected+=("$2")
            shift ;;
        --fuzz-seconds)
            [[ ${2-} =~ ^[1-9][0-9]{0,5}$ ]] || wrong "--fuzz-seconds: not a number of seconds: ${2-}"
            fuzz_seconds=$2
            shift ;;
        --list) list; exit ;;
        --help | -h) help; exit ;;
        *) wrong "unknown option: $1" ;;
    esac
    shift
done
[[ ${#selected[@]} != 0 ]] || selected=(gcc)

cd "$(dirname "$0")/.."
source tests/support/packages.sh

selects() { [[ " ${selected[*]} " == *" $1 "* ]]; }

# ---- what must be there --------------------------------------------------------------------------------------------

has_catch2() { header catch2/catch_test_macros.hpp || header catch2/catch.hpp; }
has_sanitizers() { echo 'int main() {}' | "$clang" -fsanitize=address,undefined -x c++ - -o /dev/null 2>/dev/null; }

need_build_tools
need python3 program python3
need cmake program cmake
need catch2 has_catch2
want ccache program ccache
want libwolfssl-dev header wolfssl/ssl.h
want libidn-dev header stringprep.h
want libdragonbox-dev compgen -G '/usr/include/dragonbox-*' >/dev/null
want libcctz-dev header cctz/time_zone.h
want tzdata test -e /usr/share/zoneinfo/Europe/Berlin
want libssl-dev header openssl/ssl.h
want libspdlog-dev header spdlog/spdlog.h
want nlohmann-json3-dev header nlohmann/json.hpp
want prometheus-cpp-dev header prometheus/exposer.h
if selects clang || [[ -n ${CI-} ]]; then want g++-mingw-w64-x86-64 program x86_64-w64-mingw32-g++; fi
if selects clang || selects clients || selects drivers; then
    want libcli11-dev header CLI/CLI.hpp
    want libsqlite3-dev header sqlite3.h
fi
if selects clang || selects asan || selects fuzz; then need clang find_clang >/dev/null; fi
install_needed
clang=$(find_clang || true)
if [[ -n $clang ]] && { selects asan || selects fuzz; }; then
    need "libclang-rt-$("$clang" -dumpversion | cut -d. -f1)-dev" has_sanitizers
    install_needed
fi

# ---- building, running, counting -----------------------------------------------------------------------------------

mkdir -p build
cores=$(nproc)
export CCACHE_SLOPPINESS=pch_defines,time_macros  # without it, ccache does not cache what uses a precompiled header
total_passed=0 total_failed=0 total_skipped=0

# A stage's counts go into the total.
count() {  # stage, passed, failed, skipped
    total_passed=$((total_passed + $2)) total_failed=$((total_failed + $3)) total_skipped=$((total_skipped + $4))
    printf '%-8s %s passed, %s failed, %s skipped (%d s)\n' "$@" $((SECONDS - started))
}

# A stage that can't run here.
unavailable() {  # stage, why
    echo "$1: $2" >&2
    if [[ -n ${CI-} ]]; then count "$1" 0 1 0; else count "$1" 0 0 1; fi
}

# Makes or refreshes build/<directory> and builds it. Says nothing, unless it fails.
build() {  # directory, compiler, meson options
    local directory=build/$1 cxx=$2 log=build/$1.log
    shift 2
    if program ccache; then cxx="ccache $cxx"; fi
    # Several files are compiled in one go: what they all instantiate is then made once, which halves the time.
    local options=(-Dexamples=disabled -Dunity=on -Dunity_size=9
        -Dwerror="$([[ -n ${CI-} ]] && echo true || echo false)"
        -Dauto_features="$([[ -n ${CI-} ]] && echo enabled || echo auto)" "$@")  # no test is left out without a word
    # Reconfiguring is what finds new files.
    if { { [[ -d $directory ]] && meson setup --reconfigure "$directory" "${options[@]}"; } ||
        { rm -rf "$directory" && CXX=$cxx meson setup "$directory" "${options[@]}"; }; } >"$log" 2>&1 &&
        ninja -C "$directory" -j "$cores" -k 0 >>"$log" 2>&1; then
        grep -A8 'warning:' "$log" | grep -v '^\[' >&2 || true
        return
    fi
    grep -A30 -E 'error:|ERROR:|FAILED:' "$log" | grep -v '^\[' | head -200 >&2
    return 1
}

# Runs the tests of a directory that is built.
run_tests() {  # stage, directory, arguments of `meson test`
    local stage=$1 directory=build/$2
    shift 2
    rm -f "$directory/meson-logs/testlog.json"
    meson test -C "$directory" --no-rebuild --num-processes "$cores" "$@" >"build/$stage-tests.log" 2>&1 || true
    local counts
    if read -ra counts < <(tests/support/summary.py "$directory"); then
        count "$stage" "${counts[@]}"
    else
        cat "build/$stage-tests.log" >&2
        count "$stage" 0 1 0
    fi
}

# Sanitizers of these compilers do not know every kernel's address space layout: without randomisation they all do.
sanitizer_wrapper() {  # compiler, flag
    echo 'int main() {}' | "$1" "-fsanitize=$2" -x c++ - -o build/sanitized || return
    if build/sanitized 2>/dev/null; then return; fi
    setarch -R build/sanitized 2>/dev/null && echo 'setarch -R'
}

# ---- the stages: what does not compile is a failure, and the rest is run -------------------------------------------

stage_gcc() {
    build gcc g++ -Ddebug=false || count gcc 0 1 0
    run_tests gcc gcc
}

stage_clang() {
    [[ -n $clang ]] || { unavailable clang 'there is no clang++ from 14 on'; return; }
    # With the wolfSSL of our own configuration; the other stages have the system's.
    local wolfssl=bundled
    if ! subprojects/fetch-wolfssl.sh >build/fetch-wolfssl.log 2>&1; then
        wolfssl=system
        cat build/fetch-wolfssl.log >&2
        if [[ -n ${CI-} ]]; then count clang 0 1 0; fi
    fi
    build clang "$clang" -Doptimization=1 -Ddebug=false -Dexamples=auto -Dwolfssl_source=$wolfssl || count clang 0 1 0
    run_tests clang clang
}

stage_boost() {
    local BOOST_ROOT
    BOOST_ROOT=$(find_boost) || { unavailable boost 'there is no Boost from 1.81 on'; return; }
    export BOOST_ROOT
    build boost g++ -Dasio=boost -Ddebug=false || count boost 0 1 0
    run_tests boost boost --suite unit --suite consume
}

# clang 14 can't check the types of called functions where there are coroutines.
asan_options=('-Db_sanitize=address,undefined' -Db_lundef=false
    "-Dcpp_args=['-fno-sanitize-recover=all', '-fno-sanitize=function']")

stage_asan() {
    local wrapper
    [[ -n $clang ]] || { unavailable asan 'there is no clang++ from 14 on'; return; }
    wrapper=$(sanitizer_wrapper "$clang" address,undefined) || { unavailable asan 'it does not run here'; return; }
    build asan "$clang" "${asan_options[@]}" -Dfuzz="$(selects fuzz && echo enabled || echo disabled)" ||
        count asan 0 1 0
    run_tests asan asan --suite unit --timeout-multiplier 4 ${wrapper:+--wrapper "$wrapper"}
}

stage_tsan() {
    local wrapper
    wrapper=$(sanitizer_wrapper g++ thread) || { unavailable tsan 'it does not run here'; return; }
    # g++ warns wrongly about code that a sanitizer has rewritten; its warnings are the first stage's business.
    build tsan g++ -Db_sanitize=thread -Db_lundef=false -Dcpp_args=-w || count tsan 0 1 0
    run_tests tsan tsan --suite unit --timeout-multiplier 4 ${wrapper:+--wrapper "$wrapper"}
}

# Runs one fuzzer, on the seeds and on what earlier runs have found; a crash leaves its input below build/fuzz/.
# In CI each starts from the same number, and explores the same inputs each time: what fails is of the change.
fuzz() {  # program
    local name corpus arguments=(-max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=1024 -verbosity=0)
    if [[ -n ${CI-} ]]; then arguments+=(-seed=1); fi
    name=$(basename "$1")
    corpus=build/fuzz/$name
    mkdir -p "$corpus"
    arguments+=(-artifact_prefix="build/fuzz/$name-" "$corpus")
    if [[ -d tests/fuzz/seeds/${name#fuzz_} ]]; then arguments+=("tests/fuzz/seeds/${name#fuzz_}"); fi
    if ! $fuzz_wrapper "$1" "${arguments[@]}" >"build/fuzz/$name.log" 2>&1; then
        tail -n 60 "build/fuzz/$name.log" >&2
        echo "$name" >>build/fuzz/failed
    fi
}

stage_fuzz() {
    local program programs failed
    [[ -n $clang ]] || { unavailable fuzz 'there is no clang++ from 14 on'; return; }
    fuzz_wrapper=$(sanitizer_wrapper "$clang" address,undefined) || { unavailable fuzz 'it does not run here'; return; }
    build asan "$clang" "${asan_options[@]}" -Dfuzz=enabled || count fuzz 0 1 0
    mkdir -p build/fuzz
    : >build/fuzz/failed
    mapfile -t programs < <(find build/asan/tests -maxdepth 1 -type f -name 'fuzz_*' -executable)
    for program in "${programs[@]}"; do
        while [[ $(jobs -rp | wc -l) -ge $cores ]]; do wait -n; done
        fuzz "$program" &
    done
    wait
    failed=$(wc -l <build/fuzz/failed)
    count fuzz $((${#programs[@]} - failed)) "$failed" 0
}

# Runs what has a runner of its own, with the same closing line.
run_other() {  # stage, command...
    local stage=$1 log=build/$1-output.log result=0 closing='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$' last
    shift
    "$@" >"$log" 2>&1 || result=$?
    last=$(tail -n 1 "$log")
    if [[ $last =~ $closing && ( $result == 0 || ${BASH_REMATCH[2]} != 0 ) ]]; then
        count "$stage" "${BASH_REMATCH[@]:1}"
    else
        count "$stage" 0 1 0
        result=1
    fi
    if [[ $result != 0 ]]; then tail -n 200 "$log" >&2; fi
}

# The examples as they are shipped.
build_examples() { build examples g++ -Dbuildtype=release -Dtests=disabled -Dexamples=enabled; }

stage_clients() {
    build_examples || { count clients 0 1 0; return; }
    run_other clients tests/clients/run.sh --sqlite build/examples/examples/sqlite --echo build/examples/examples/echo
}

stage_drivers() {
    build_examples || { count drivers 0 1 0; return; }
    run_other drivers tests/drivers/run.sh --sqlite build/examples/examples/sqlite
}

stage_bench() {
    run_other bench bench/run.sh --check bench/expected.json
    # Do they run, and do the peers give the same rows? (How long anything takes is no test.)
    run_other peers bench/run.sh --quick cpu offload rows serialize tls million latency connections scaling codec compile
}

for stage in "${stages[@]}"; do
    if selects "$stage"; then
        started=$SECONDS
        "stage_$stage"
    fi
done

echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
[[ $total_failed == 0 ]]
