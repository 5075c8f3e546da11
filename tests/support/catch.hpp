// Catch2, 2.13 or 3.x: every test includes this header and not Catch2's own.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>

namespace Catch::Matchers {

// 3.x renamed it, because `Contains` is also the name for ranges.
inline auto ContainsSubstring(std::string const& text) { return Contains(text); }

}  // namespace Catch::Matchers
#endif
