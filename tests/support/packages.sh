# shellcheck shell=bash
# Sourced by tests/run.sh and examples/run.sh: finds what is missing on this machine, and installs it.
#
#     need g++          program g++          # Debian's package, and how one sees that it is not needed
#     need libasio-dev  header asio.hpp
#     install_needed                         # apt-get on Debian and Ubuntu; elsewhere names what is missing, exit 2

needed=()

need() {
    local package=$1
    shift
    "$@" || needed+=("$package")
}

# Likewise, for what tests can do without.
want() {
    if program apt-get; then need "$@"; fi
}

program() { command -v "$1" >/dev/null; }

header() {
    program g++ && printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$1" | g++ -std=c++20 -E -x c++ - >/dev/null 2>&1
}

as_root() {
    if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

install_needed() {
    [[ ${#needed[@]} == 0 ]] && return
    if ! program apt-get; then
        echo "missing, by the names of Debian's packages: ${needed[*]}" >&2
        exit 2
    fi
    if [[ $(id -u) != 0 ]] && ! program sudo; then
        echo "missing, and there is no sudo to install it with: ${needed[*]}" >&2
        exit 2
    fi
    echo "installing: ${needed[*]}" >&2
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${needed[@]}")
    # A package list may be old, or not there at all.
    if ! as_root "${install[@]}" >/dev/null 2>&1; then
        as_root apt-get update -qq >&2 || true
        if ! as_root "${install[@]}" >&2; then
            echo "apt-get could not install: ${needed[*]}" >&2
            exit 2
        fi
    fi
    needed=()
}

# What every build of this project needs.
need_build_tools() {
    need g++ program g++
    need meson program meson
    need ninja-build program ninja
    need pkg-config program pkg-config
    need libasio-dev header asio.hpp
}

# Where a Boost from 1.81 on is, for BOOST_ROOT: what that says already, the system's, or else one that is unpacked below
# `build`. Debian has a newer Boost beside its default one, but installs only one of them: nobody's headers are taken away.
find_boost() {
    local root unpacked=$PWD/build/boost-headers/usr
    for root in ${BOOST_ROOT:+"$BOOST_ROOT"} /usr/local /usr "$unpacked"; do
        if is_boost "$root"; then
            echo "$root"
            return
        fi
    done
    program apt-get && program dpkg-deb || return
    unpack_boost || { as_root apt-get update -qq >&2 && unpack_boost; } || return
    is_boost "$unpacked" && echo "$unpacked"
}

is_boost() {  # root
    [[ -r $1/include/boost/version.hpp ]] &&
        [[ $(awk '/^#define BOOST_VERSION / { print $3 }' "$1/include/boost/version.hpp") -ge 108100 ]]
}

unpack_boost() (
    mkdir -p build/boost-headers
    cd build/boost-headers || return
    for minor in {81..99}; do
        if apt-get download -qq "libboost1.$minor-dev" 2>/dev/null; then
            dpkg-deb -x libboost1."$minor"-dev_*.deb .
            rm libboost1."$minor"-dev_*.deb
            return
        fi
    done
    return 1
)

# The newest clang++ from 14 on, by name, or nothing.
find_clang() {
    local name
    for name in clang++-{22,21,20,19,18,17,16,15,14} clang++; do
        if program "$name" && [[ $("$name" -dumpversion | cut -d. -f1) -ge 14 ]]; then
            echo "$name"
            return
        fi
    done
    return 1
}
