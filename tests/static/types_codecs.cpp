// The codecs of floor 2 that are constexpr: exact bytes, both formats, both directions.
#include "pgwire/types.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

namespace pgwire::test {

using namespace std::string_view_literals;

/// Memory for one encoded value.
struct encoded_value {
    std::array<char, 128> bytes{};
    std::size_t size = 0;

    [[nodiscard]] constexpr std::string_view view() const { return {bytes.data(), size}; }
};

template<class T>
constexpr encoded_value encoded(T const& v, format f, text_style const& style = default_text_style) {
    encoded_value e;
    e.size = static_cast<std::size_t>(encode_value(e.bytes.data(), v, f, style) - e.bytes.data());
    return e;
}

/// `v` is written as this text and these bytes, not longer than announced, and both are read back as `v`.
template<class T>
consteval bool is_written(T const& v, std::string_view text, std::string_view binary) {
    auto const t = encoded(v, format::text);
    auto const b = encoded(v, format::binary);
    if (t.view() != text || b.view() != binary) return false;
    if (t.size > value_size(v, format::text) || b.size != value_size(v, format::binary)) return false;
    if constexpr (decodable<T>)
        return decode_value<T>(text, format::text) == v && decode_value<T>(binary, format::binary) == v;
    else
        return true;
}

template<class T>
consteval errc text_error(std::string_view text) {
    return decode_value<T>(text, format::text).error();
}
template<class T>
consteval errc binary_error(std::string_view bytes) {
    return decode_value<T>(bytes, format::binary).error();
}

static_assert(is_written(true, "t", "\1"sv) && is_written(false, "f", "\0"sv));
static_assert(decode_value<bool>(" OF\n", format::text) == false, "the shortest word for false but one");
static_assert(text_error<bool>("o") == errc::invalid_text, "on or off?");
static_assert(decode_value<bool>("\7", format::binary) == true, "any byte but 0 is true");

static_assert(is_written(short{-2}, "-2", "\xff\xfe"));
static_assert(is_written(42, "42", "\0\0\0\x2a"sv));
static_assert(is_written(std::numeric_limits<int>::min(), "-2147483648", "\x80\0\0\0"sv));
static_assert(is_written(std::numeric_limits<long long>::min(), "-9223372036854775808", "\x80\0\0\0\0\0\0\0"sv));
static_assert(is_written(1234567890123456789LL, "1234567890123456789", "\x11\x22\x10\xf4\x7d\xe9\x81\x15"));
static_assert(is_written(oid{4294967295U}, "4294967295", "\xff\xff\xff\xff"));
static_assert(text_error<int>("2147483648") == errc::out_of_range && text_error<int>("") == errc::invalid_text);
static_assert(binary_error<int>("\0\0\0"sv) == errc::insufficient_data, "too short is a violation of the protocol");
static_assert(binary_error<int>("\0\0\0\0\0"sv) == errc::invalid_binary, "too long is a wrong value");
static_assert(!has_codec<unsigned> && !has_codec<char> && !has_codec<wchar_t>, "PostgreSQL has no such types");

static_assert(encoded(1.5, format::binary).view() == "\x3f\xf8\0\0\0\0\0\0"sv);
static_assert(decode_value<float>("\x3f\xc0\0\0"sv, format::binary) == 1.5F);

static_assert(is_written("a\0b"sv.substr(0, 1), "a", "a"));
static_assert(is_written(varchar{"v"}, "v", "v") && is_written(json_view{"{}"}, "{}", "{}"));
static_assert(type_of<varchar> == types::varchar && type_of<bpchar> == types::bpchar && type_of<name> == types::name);
static_assert(type_of<char[4]> == types::text && encodable<char const*> && !decodable<char const*>);
static_assert(encoded("abc", format::text).view() == "abc", "a literal without its NUL");
static_assert(text_error<std::string_view>("a\0b"sv) == errc::invalid_encoding, "text holds no zero byte");
static_assert(binary_error<std::string_view>("\xc0\xaf") == errc::invalid_encoding, "an overlong slash");

static_assert(encoded(bytea_view{"\0\xff"sv}, format::text).view() == "\\x00ff");
static_assert(encoded(bytea_view{"a\\\0"sv}, format::text, {.bytes = bytea_output::escape}).view() == "a\\\\\\000");
static_assert(encoded(bytea_view{"\0\xff"sv}, format::binary).view() == "\0\xff"sv);

static_assert(is_written(uuid{{0xa0, 0xee, 0xbc, 0x99, 0x9c, 0x0b, 0x4e, 0xf8, 0xbb, 0x6d, 0x6b, 0xb9, 0xbd, 0x38,
              0x0a, 0x11}},
                         "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                         "\xa0\xee\xbc\x99\x9c\x0b\x4e\xf8\xbb\x6d\x6b\xb9\xbd\x38\x0a\x11"));

static_assert(encoded(numeric_view{"-012.50e2"}, format::text).view() == "-1250");
static_assert(encoded(numeric_view{"12345.678"}, format::binary).view() == "\0\3\0\1\0\0\0\3\0\1\x09\x29\x1a\x7c"sv);
static_assert(value_size(numeric_view{"12x"}, format::text) == unencodable, "what is no number has no encoding");
static_assert(refusal_of(numeric_view{"12x"}, unencodable) == errc::invalid_text);
static_assert(refusal_of(numeric_view{"1e200000"}, unencodable) == errc::out_of_range);

using std::chrono::microseconds;
using days = std::chrono::sys_days;
using instant = std::chrono::sys_time<microseconds>;
using local = std::chrono::local_time<microseconds>;

static_assert(is_written(date{0}, "2000-01-01", "\0\0\0\0"sv));
static_assert(is_written(date{date::infinity}, "infinity", "\x7f\xff\xff\xff"));
static_assert(is_written(days{std::chrono::year{2024} / 2 / 29}, "2024-02-29", "\0\0\x22\x79"sv));
static_assert(is_written(days::max(), "infinity", "\x7f\xff\xff\xff") &&
              is_written(days::min(), "-infinity", "\x80\0\0\0"sv));
static_assert(is_written(time_of_day{microseconds{86'400'000'000}}, "24:00:00", "\0\0\0\x14\x1d\xd7\x60\0"sv));
static_assert(is_written(timestamp{1}, "2000-01-01 00:00:00.000001", "\0\0\0\0\0\0\0\1"sv));
static_assert(is_written(timestamptz{-1}, "1999-12-31 23:59:59.999999+00", "\xff\xff\xff\xff\xff\xff\xff\xff"));
static_assert(is_written(instant{days{std::chrono::year{2024} / 2 / 29} + std::chrono::hours{12}},
              "2024-02-29 12:00:00+00",
                         "\0\2\xb5\x82\xc4\x78\x10\0"sv));
static_assert(is_written(instant::max(), "infinity", "\x7f\xff\xff\xff\xff\xff\xff\xff"));
static_assert(is_written(local{microseconds{946'684'800'500'000}}, "2000-01-01 00:00:00.5", "\0\0\0\0\0\7\xa1\x20"sv));
static_assert(value_size(instant{microseconds{std::numeric_limits<std::int64_t>::min() + 1}}, format::binary) ==
              unencodable,
              "292277 BC is out of PostgreSQL's range");
static_assert(value_size(days{std::chrono::days{3'000'000'000LL}}, format::text) == unencodable);
static_assert(value_size(time_of_day{microseconds{-1}}, format::binary) == unencodable);
static_assert(refusal_of(days{std::chrono::days{3'000'000'000LL}}, unencodable) == errc::datetime_overflow);
static_assert(text_error<date>("2023-02-29") == errc::datetime_overflow &&
              text_error<date>("x") == errc::invalid_datetime);
static_assert(decode_value<date>("3/2/2001", format::text, {.order = date_order::dmy}) == date{399});

constexpr std::int32_t one_hour(time_zone const&, std::int64_t) noexcept { return 3600; }
constexpr time_zone paris{one_hour, one_hour};
static_assert(encoded(timestamptz{0}, format::text, {.zone = &paris}).view() == "2000-01-01 01:00:00+01");
static_assert(decode_value<timestamptz>("2000-01-01 01:00", format::text, {.zone = &paris}) == timestamptz{0});
static_assert(encoded(timestamptz{0}, format::text, {.utc_offset = -1800}).view() == "1999-12-31 23:30:00-00:30");
static_assert(decode_value<timestamptz>("1999-12-31 23:30", format::text, {.utc_offset = -1800}) == timestamptz{0});
static_assert(decode_value<timestamptz>("2000-01-01 00:00+00", format::text, {.utc_offset = -1800}) == timestamptz{0});
static_assert(decode_value<timestamptz>("2000-01-01 01:00-02", format::text, {.zone = &paris})->microseconds ==
                  3 * 3600 * detail::microseconds_per_second,
              "a zone in the text counts more than the session's");

// NULL is std::optional, for every type.
static_assert(decode_value<std::optional<int>>(std::nullopt, format::text) == std::optional<int>{});
static_assert(decode_value<std::optional<int>>("7", format::text) == std::optional<int>{7});
static_assert(decode_value<int>(std::nullopt, format::text).error() == errc::unexpected_null);
static_assert(decode_value<std::optional<int>>("x", format::text).error() == errc::invalid_text);
static_assert(decode_value<int>("7", format{2}).error() == errc::unsupported, "there are two formats");
static_assert(is_null(std::optional<int>{}) && !is_null(std::optional<int>{0}) && !is_null(0));
static_assert(value_size(std::optional<int>{}, format::text) == 0 &&
              value_size(std::optional<int>{1}, format::binary) == 4);

// Spans of pretended size: refused, and nothing of them is touched.
constexpr char byte = 'x';
constexpr std::string_view pretended(std::size_t size) { return {&byte, size}; }
static_assert(value_size(pretended(max_int32_length + 1), format::text) > max_int32_length);
static_assert(value_size(bytea_view{pretended(max_int32_length / 2)}, format::text) > max_int32_length,
              "hex doubles it");
static_assert(value_size(bytea_view{pretended(unencodable / 2 + 2)}, format::text) == unencodable, "and must not wrap");
static_assert(refusal_of(bytea_view{}, unencodable) == errc::message_too_large);

// A codec of a user's: one specialisation, here with a text that depends on the session.
enum class yes_no : bool { no, yes };

}  // namespace pgwire::test

template<>
struct pgwire::codec<pgwire::test::yes_no> {
    using T = test::yes_no;
    static constexpr type_info type = types::bool_;

    static constexpr std::size_t text_size(T) { return 3; }
    static constexpr char* to_text(char* p, T v, text_style const& style) {
        return detail::put(p, v == T::no ? "no" : style.dates == date_style::german ? "ja" : "yes");
    }
    static constexpr result<T> from_text(std::string_view text) {
        return text == "yes" ? result(T::yes) : text == "no" ? result(T::no) : errc::invalid_text;
    }
    static constexpr std::size_t binary_size(T) { return 1; }
    static constexpr char* to_binary(char* p, T v) { return codec<bool>::to_binary(p, v == T::yes); }
    static constexpr result<T> from_binary(std::string_view bytes) {
        auto const v = codec<bool>::from_binary(bytes);
        return v ? result(*v ? T::yes : T::no) : v.error();
    }
};

namespace pgwire::test {

static_assert(encodable<yes_no> && decodable<yes_no> && encodable<std::optional<yes_no>>);
static_assert(is_written(yes_no::yes, "yes", "\1") && is_written(yes_no::no, "no", "\0"sv));
static_assert(encoded(yes_no::yes, format::text, {.dates = date_style::german}).view() == "ja");

}  // namespace pgwire::test
