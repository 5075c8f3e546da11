#!/bin/bash
# Takes pgwire into a small project of its own, in one of the ways that the README offers, and builds two programs with
# it: one that uses the codec only, which is then run, and the eight-line server.
#
# usage: run.sh meson | cmake-subdirectory | cmake-package | pkg-config | bare      (the compiler is in CXX)
set -euo pipefail

way=${1:?usage: run.sh meson|cmake-subdirectory|cmake-package|pkg-config|bare}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
read -ra cxx <<<"${CXX:-c++}"
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT

cp "$here"/*.cpp "$project"
if [[ -d $here/$way ]]; then cp "$here/$way"/* "$project"; fi
cd "$project"

# As a user gets it: installed below a prefix.
install_pgwire() {  # with meson or cmake
    case $1 in
        meson)
            meson setup -Dtests=disabled -Dexamples=disabled --prefix "$project/prefix" pgwire-build "$root"
            meson install --quiet -C pgwire-build ;;
        cmake)
            cmake -S "$root" -B pgwire-build -DCMAKE_INSTALL_PREFIX="$project/prefix"
            cmake --install pgwire-build >install.log ;;
    esac
}

# Headers have no objects, but two translation units that include all of them must link into one program.
link_everything_twice() {
    (cd "$root" && find pgwire -name '*.hpp' | sort | sed 's/.*/#include <&>/') >all.hpp
    echo '#include "all.hpp"' >one.cpp
    printf '#include "all.hpp"\nint main() {}\n' >two.cpp
    "${cxx[@]}" -std=c++20 "$@" one.cpp two.cpp -o twice
    ./twice
}

compile_both() {
    "${cxx[@]}" -std=c++20 "$@" codec.cpp -o codec
    "${cxx[@]}" -std=c++20 "$@" echo.cpp -o echo
}

# What clang needs with an Asio before 1.26; the build systems' packages do this by themselves.
bare_flags=(-I "$root" -DASIO_STANDALONE -pthread)
if "${cxx[@]}" --version | grep -q clang; then bare_flags+=(-DASIO_HAS_CO_AWAIT); fi

case $way in
    meson)
        mkdir subprojects
        ln -s "$root" subprojects/pgwire
        meson setup build
        ninja -C build
        build/codec ;;
    cmake-subdirectory)
        ln -s "$root" pgwire
        cmake -G Ninja -B build
        cmake --build build
        build/codec ;;
    cmake-package)
        for installer in cmake meson; do
            rm -rf prefix pgwire-build build
            install_pgwire "$installer"
            cmake -G Ninja -B build -DCMAKE_PREFIX_PATH="$project/prefix"
            cmake --build build
            build/codec
        done ;;
    pkg-config)
        install_pgwire meson
        export PKG_CONFIG_PATH=$project/prefix/share/pkgconfig
        read -ra flags <<<"$(pkg-config --cflags --libs pgwire)"
        compile_both "${flags[@]}"
        ./codec ;;
    bare)
        compile_both "${bare_flags[@]}"
        ./codec
        link_everything_twice "${bare_flags[@]}" ;;
    *)
        echo "$0: no such way: $way" >&2
        exit 2 ;;
esac
