// Numbers whose codecs are constexpr: exact bytes, both formats.
#include "pgwire/types.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>

namespace pgwire::test::numbers {

using namespace std::string_view_literals;

template<class T>
consteval bool is_written(T const& v, std::string_view text, std::string_view binary) {
    std::array<char, 64> t{};
    std::array<char, 64> b{};
    char* const text_end = encode_value(t.data(), v, format::text);
    char* const binary_end = encode_value(b.data(), v, format::binary);
    return std::string_view(t.data(), static_cast<std::size_t>(text_end - t.data())) == text &&
           std::string_view(b.data(), static_cast<std::size_t>(binary_end - b.data())) == binary;
}
template<class T>
consteval bool is_read(std::string_view binary, T const& v) {
    return decode_value<T>(binary, format::binary) == v;
}

static_assert(is_written(fixed_point<2>{12345}, "123.45", "\0\2\0\0\0\0\0\2\0\x7b\x11\x94"sv));
static_assert(is_written(fixed_point<2>{-5}, "-0.05", "\0\1\xff\xff\x40\0\0\2\1\xf4"sv));
static_assert(is_written(fixed_point<6>{1}, "0.000001", "\0\1\xff\xfe\0\0\0\6\0\x64"sv));
static_assert(is_written(fixed_point<3>{0}, "0.000", "\0\0\0\0\0\0\0\3"sv));
static_assert(is_written(scaled{100000, 1}, "10000.0", "\0\1\0\1\0\0\0\1\0\1"sv), "groups of zeros are not sent");
static_assert(is_written(money{-123456789}, "-$1,234,567.89", "\xff\xff\xff\xff\xf8\xa4\x32\xeb"sv));

static_assert(is_read("\0\2\0\0\0\0\0\2\0\x7b\x11\x94"sv, fixed_point<2>{12345}));
static_assert(is_read("\0\2\0\0\0\0\0\2\0\x7b\x11\x94"sv, scaled{12345, 2}));
static_assert(is_read("\0\1\0\1\0\0\0\1\0\1"sv, scaled{100000, 1}));
static_assert(decode_value<fixed_point<1>>("\0\2\0\0\0\0\0\2\0\x7b\x11\x94"sv, format::binary).error() == errc::out_of_range,
              "123.45 has more than one digit behind the point");
static_assert(value_size(scaled{1, -1}, format::text) == unencodable && value_size(scaled{1, 16384}, format::binary) == unencodable);

static_assert(decode_value<int>("-0x_8000_0000", format::text) == std::numeric_limits<int>::min());
static_assert(decode_value<short>("32768", format::text).error() == errc::out_of_range);
static_assert(decode_value<money>("($1,234.565 )", format::text) == money{-123457});

}  // namespace pgwire::test::numbers
