#!/bin/bash
# Takes simdutf's source from the crate that carries it: see fetch-crate.sh.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[[ ! -d $here/simdutf ]] || exit 0
source "$here/fetch-crate.sh"
fetch_crate simdutf 0.7.0 cpp/simdutf.h  # with simdutf 7.7.1
mkdir "$here/simdutf"
cp "$fetched/cpp/simdutf.h" "$fetched/cpp/simdutf.cpp" "$fetched/LICENSE" "$here/packagefiles/simdutf/meson.build" "$here/simdutf/"
