// What every unit test includes, compiled once per test program. Nothing of pgwire is in here, so that a test names
// what it needs. Compilers warn of `#pragma once` in a header that they precompile; nobody includes this one.

#include "tests/support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
