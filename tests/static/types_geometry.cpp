// The geometric types in binary, which is constexpr for those of a fixed size.
#include "pgwire/types/geometric.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>

namespace pgwire::test {

using namespace std::string_view_literals;

/// `v` is sent as these bytes, which are read back as `expected`.
template<class T>
consteval bool is_sent(T const& v, std::string_view bytes, T const& expected) {
    std::array<char, 64> buffer{};
    auto const size = static_cast<std::size_t>(encode_value<format::binary>(buffer.data(), v) - buffer.data());
    return std::string_view(buffer.data(), size) == bytes && value_size<format::binary>(v) == size &&
           decode_value<T>(bytes, format::binary) == expected;
}
template<class T>
consteval bool is_sent(T const& v, std::string_view bytes) {
    return is_sent(v, bytes, v);
}

inline constexpr auto one = "\x3f\xf0\0\0\0\0\0\0"sv;
inline constexpr auto two = "\x40\0\0\0\0\0\0\0"sv;

static_assert(is_sent(point{1, -0.0}, "\x3f\xf0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0"sv));
static_assert(is_sent(line{1, 2, 1}, "\x3f\xf0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\x3f\xf0\0\0\0\0\0\0"sv));
static_assert(is_sent(circle{{1, 2}, 0}, "\x3f\xf0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv));
static_assert(is_sent(box{{1, 2}, {2, 1}},
                      "\x40\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\x3f\xf0\0\0\0\0\0\0\x3f\xf0\0\0\0\0\0\0"sv,
                      box{{2, 2}, {1, 1}}),
              "the upper right corner goes first");

static_assert(decode_value<point>(one, format::binary).error() == errc::insufficient_data);
static_assert(decode_value<circle>("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\0\0\0\0\0\0\1"sv, format::binary).error() ==
                  errc::invalid_binary,
              "no radius is below 0");
static_assert(value_size(circle{{0, 0}, -1}, format::text) == unencodable);
static_assert(value_size(line{1e-6, 0, 1}, format::binary) == unencodable, "PostgreSQL takes that for two zeros");

static_assert(detail::box_of({1, 1}, {std::numeric_limits<double>::quiet_NaN(), 0}).low.x == 1, "NaN is above all");
static_assert(detail::split_number("-0x.8p+3)").length == 8 && detail::split_number("1e+").length == 1 &&
              detail::split_number("0x").length == 1 && detail::split_number("infinit").length == 3 &&
              detail::split_number("nan(a_1)").length == 8 && detail::split_number("nan(-)").length == 3 &&
              detail::split_number(".e1").length == 0);
static_assert(detail::too_small(detail::split_number("0.00001e-320")) &&
              detail::too_small(detail::split_number("0e9")) && !detail::too_small(detail::split_number("1000e305")) &&
              !detail::too_small(detail::split_number("0x1p999")));

}  // namespace pgwire::test
