#!/bin/bash
# Takes pgwire into a small project of its own, in one of the ways that the README offers, and builds two programs with
# it: one that uses the codec only, which is then run, and the eight-line server.
#
# The last way must fail: a program of which one part is on standalone Asio and one on Boost's.
#
# usage: run.sh meson | cmake-subdirectory | cmake-package | pkg-config | bare | mixed
#
# With ASIO_SEPARATE=yes meson's project and CMake's compile Asio once, apart from their own sources.
#
# The compiler is in CXX. With ASIO=boost it is Boost.Asio, where it finds it or in BOOST_ROOT; so are all but two ways.
set -euo pipefail

way=${1:?usage: run.sh meson|cmake-subdirectory|cmake-package|pkg-config|bare|mixed}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
read -ra cxx <<<"${CXX:-c++}"
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT

cp "$here"/*.cpp "$project"
if [[ -d $here/$way ]]; then cp "$here/$way"/* "$project"; fi
cd "$project"

meson_options=() subproject_options=() cmake_options=()
if [[ ${ASIO-} == boost ]]; then
    meson_options=(-Dasio=boost)
    subproject_options=(-Dpgwire:asio=boost)
    cmake_options=(-DPGWIRE_BOOST_ASIO=ON)
fi

if [[ -n ${ASIO_SEPARATE-} ]]; then
    subproject_options+=(-Dpgwire:asio_separate=true)
    cmake_options+=(-DPGWIRE_ASIO_SEPARATE=ON)
fi

# As a user gets it: installed below a prefix.
install_pgwire() {  # with meson or cmake
    case $1 in
        meson)
            meson setup -Dtests=disabled -Dexamples=disabled "${meson_options[@]}" --prefix "$project/prefix" pgwire-build "$root"
            meson install --quiet -C pgwire-build ;;
        cmake)
            cmake -S "$root" -B pgwire-build -DCMAKE_INSTALL_PREFIX="$project/prefix" "${cmake_options[@]}"
            cmake --install pgwire-build >install.log ;;
    esac
}

# Headers have no objects, but two translation units that include all of them must link into one program. (Bindings to
# libraries need these, and are left out.)
link_everything_twice() {
    (cd "$root" && find pgwire -name '*.hpp' | sort |
        xargs grep -LE '^#include <(wolfssl|spdlog|nlohmann|prometheus|stringprep|openssl|cctz|dragonbox|simdutf)' | sed 's/.*/#include <&>/') >all.hpp
    echo '#include "all.hpp"' >one.cpp
    printf '#include "all.hpp"\nint main() {}\n' >two.cpp
    "${cxx[@]}" -std=c++20 "$@" one.cpp two.cpp -o twice
    ./twice
}

compile_both() {
    "${cxx[@]}" -std=c++20 "$@" codec.cpp -o codec
    "${cxx[@]}" -std=c++20 "$@" echo.cpp -o echo
}

# The parts call nothing of each other: that both are there is the mistake.
refuse_mixed() {
    local boost_flags=(-DPGWIRE_BOOST_ASIO) part kind other
    if [[ -n ${BOOST_ROOT-} ]]; then boost_flags+=(-I "$BOOST_ROOT/include"); fi
    printf '#include <pgwire/server.hpp>\n' >part.cpp
    printf '#include <pgwire/server.hpp>\nint main() {}\n' >main.cpp
    for part in part main; do
        "${cxx[@]}" -std=c++20 "${bare_flags[@]}" -c "$part.cpp" -o "$part-standalone.o"
        "${cxx[@]}" -std=c++20 -I "$root" "${boost_flags[@]}" -c "$part.cpp" -o "$part-boost.o"
    done
    for kind in standalone boost; do
        "${cxx[@]}" "main-$kind.o" "part-$kind.o" -pthread -o "$kind"
        other=$([[ $kind == boost ]] && echo standalone || echo boost)
        if "${cxx[@]}" "main-$kind.o" "part-$other.o" -pthread -o mixed 2>link.log; then
            echo "a program of $kind and $other links" >&2
            return 1
        fi
        grep -q a_program_uses_one_kind_of_asio link.log
    done
}

# What clang needs with an Asio before 1.26; the build systems' packages do this by themselves.
bare_flags=(-I "$root" -DASIO_STANDALONE -pthread)
if "${cxx[@]}" --version | grep -q clang; then bare_flags+=(-DASIO_HAS_CO_AWAIT); fi

case $way in
    meson)
        mkdir subprojects
        ln -s "$root" subprojects/pgwire
        meson setup build "${subproject_options[@]}"
        ninja -C build
        build/codec ;;
    cmake-subdirectory)
        ln -s "$root" pgwire
        cmake -G Ninja -B build "${cmake_options[@]}"
        cmake --build build
        build/codec ;;
    cmake-package)
        for installer in cmake meson; do
            rm -rf prefix pgwire-build build
            install_pgwire "$installer"
            cmake -G Ninja -B build "${cmake_options[@]}" -DCMAKE_PREFIX_PATH="$project/prefix"
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
    mixed) refuse_mixed ;;
    *)
        echo "$0: no such way: $way" >&2
        exit 2 ;;
esac
