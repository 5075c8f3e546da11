// Network addresses and the small types whose codecs are constexpr: exact bytes, both formats, both directions.
#include "pgwire/types/macaddr.hpp"
#include "pgwire/types/network.hpp"
#include "pgwire/types/object_identifier.hpp"
#include "pgwire/types/system_types.hpp"
#include "pgwire/types/text_as.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace pgwire::test {

using namespace std::string_view_literals;

template<class T>
consteval bool is_written(T const& v, std::string_view text, std::string_view binary) {
    for (auto const f : {format::text, format::binary}) {
        std::array<char, 64> bytes{};
        auto const size = static_cast<std::size_t>(encode_value(bytes.data(), v, f) - bytes.data());
        auto const expected = f == format::text ? text : binary;
        if (std::string_view(bytes.data(), size) != expected || size > value_size(v, f)) return false;
        if (decode_value<T>(expected, f) != v) return false;
    }
    return true;
}
template<class T>
consteval errc error(std::string_view bytes, format f = format::text) {
    return decode_value<T>(bytes, f).error();
}

constexpr ip_address v4{std::array<unsigned char, 4>{192, 168, 0, 5}};
constexpr ip_address v6{std::array<unsigned char, 16>{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10}};
static_assert(is_written(inet{v4}, "192.168.0.5", "\2\x20\0\4\xc0\xa8\0\5"sv));
static_assert(is_written(inet{v4, 24}, "192.168.0.5/24", "\2\x18\0\4\xc0\xa8\0\5"sv));
static_assert(is_written(inet{v6}, "2001:db8::10", "\3\x80\0\x10\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\x10"sv));
static_assert(is_written(cidr{v4, 32}, "192.168.0.5/32", "\2\x20\1\4\xc0\xa8\0\5"sv), "a cidr always has its prefix");
static_assert(decode_value<cidr>("10.1", format::text) == cidr{std::array<unsigned char, 4>{10, 1}, 16});
static_assert(error<inet>("10.1") == errc::invalid_text, "only a network may be abbreviated");
static_assert(error<cidr>("10.1/8") == errc::invalid_text, "a network has no host");
static_assert(value_size(cidr{v4, 24}, format::binary) == unencodable);
static_assert(value_size(inet{v4, 33}, format::text) == unencodable);

static_assert(is_written(macaddr{{8, 0, 0x2b, 1, 2, 3}}, "08:00:2b:01:02:03", "\x8\0\x2b\1\2\3"sv));
static_assert(error<macaddr>("100:0:0:0:0:0") == errc::out_of_range);
static_assert(is_written(macaddr8{{8, 0, 0x2b, 0xff, 0xfe, 1, 2, 3}}, "08:00:2b:ff:fe:01:02:03",
                         "\x8\0\x2b\xff\xfe\1\2\3"sv));

static_assert(is_written(pg_lsn{0x16'B374'D848}, "16/B374D848", "\0\0\0\x16\xb3\x74\xd8\x48"sv));
static_assert(is_written(tid{1, 2}, "(1,2)", "\0\0\0\1\0\2"sv));
static_assert(is_written(xid{4294967295U}, "4294967295", "\xff\xff\xff\xff"));
static_assert(is_written(xid8{18446744073709551615U}, "18446744073709551615", "\xff\xff\xff\xff\xff\xff\xff\xff"));
static_assert(decode_value<cid>("0x10", format::text) == cid{16} && decode_value<cid>("010", format::text) == cid{8});
static_assert(is_written(single_byte_char{'\xff'}, "\\377", "\xff") && is_written(single_byte_char{}, "", "\0"sv));

static_assert(is_written(regclass{}, "-", "\0\0\0\0"sv) && is_written(regoper{}, "0", "\0\0\0\0"sv));
static_assert(is_written(regtype{oid{23}}, "23", "\0\0\0\x17"sv));
static_assert(error<regclass>("t") == errc::undefined_table && error<regproc>("f") == errc::undefined_function);
static_assert(type_of<regrole> == types::regrole && type_of<refcursor> == types::refcursor);

static_assert(is_written(refcursor{"c"}, "c", "c"));
static_assert(error<name>("1234567890123456789012345678901234567890123456789012345678901234", format::binary) ==
              errc::name_too_long);

}  // namespace pgwire::test
