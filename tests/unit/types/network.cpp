// Addresses, bits, and the small types of PostgreSQL's own tables.
#include "pgwire/types/network.hpp"
#include "pgwire/types/bit_string.hpp"
#include "pgwire/types/macaddr.hpp"
#include "pgwire/types/object_identifier.hpp"
#include "pgwire/types/snapshot.hpp"
#include "pgwire/types/system_types.hpp"
#include "pgwire/types/text_as.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::network_tests {

namespace {

using namespace std::string_view_literals;

/// The text that PostgreSQL writes for this one, or `!` and a SQLSTATE. On the way the value goes through its binary
/// form, of which no beginning is a value.
template<class T>
std::string again(std::string_view text) {
    auto const v = decode_value<T>(text, format::text);
    if (!v) return "!" + std::string(to_sqlstate(v.error()).view());
    auto const binary = encoded(*v, format::binary);
    auto const received = decode_value<T>(binary, format::binary);
    if (!received || !(*received == *v)) return "another value";
    for (std::size_t n = 0; n != binary.size(); ++n) {
        if (type_of<T> == types::macaddr8 && n == 6) continue;  // which is a macaddr
        std::string const beginning = binary.substr(0, n);      // memory of its own, so that a sanitizer sees its end
        if (decode_value<T>(beginning, format::binary).error() != errc::insufficient_data) return "a beginning";
    }
    if (decode_value<T>(binary + 'x', format::binary).error() != errc::invalid_binary) return "one byte more";
    return encoded(*v, format::text);
}

struct spelling {
    std::string_view text;
    std::string_view written;
};

template<class T>
void check(std::initializer_list<spelling> spellings) {
    for (auto const& s : spellings) {
        INFO(type_of<T>.name << " <" << s.text << ">");
        CHECK(again<T>(s.text) == s.written);
    }
}

}  // namespace

TEST_CASE("addresses are read and written as PostgreSQL does") {
    check<inet>({{"1.2.3.4/32", "1.2.3.4"},
                 {"10/8", "10.0.0.0/8"},
                 {"10/16", "!22P02"},
                 {"1.2.3.4.", "1.2.3.4"},
                 {"1.2.3.256", "!22P02"},
                 {" 1.2.3.4", "!22P02"},
                 {"1.2.3.4/33", "!22P02"},
                 {"", "!22P02"},
                 {"1.2.3.4/4294967328", "1.2.3.4"},
                 {"::", "::"},
                 {"::/0", "::/0"},
                 {"1::/129", "!22P02"},
                 {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
                 {"1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"},
                 {"1::8/64", "1::8/64"},
                 {"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
                 {"::1.2", "::1.2.0.0"},
                 {"::1", "::1"},
                 {"::0.1.0.0", "::0.1.0.0"},
                 {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
                 {"1:2:3:4:5:6:7:8::", "!22P02"},
                 {"1::2::3", "!22P02"},
                 {"1:2:3:4:5:6:7:8:9", "!22P02"},
                 {"1:2:3:4:5:6:7:1.2.3.4", "!22P02"},
                 {"12345::", "!22P02"}});
    check<cidr>({{"10", "10.0.0.0/8"},
                 {"128.1", "128.1.0.0/16"},
                 {"192.168.1", "192.168.1.0/24"},
                 {"224", "224.0.0.0/4"},
                 {"240", "240.0.0.0/32"},
                 {"0x0A01", "10.1.0.0/16"},
                 {"0xfff/12", "255.240.0.0/12"},
                 {"10.1.", "!22P02"},
                 {"2001:db8::/32", "2001:db8::/32"},
                 {"2001:db8::/28", "!22P02"},
                 {"::1", "::1/128"}});
    CHECK(decode_value<cidr>("\2\x08\0\4\x0a\1\0\0"sv, format::binary).error() == errc::invalid_binary);
    CHECK(decode_value<inet>("\2\x20\7\4\1\2\3\4"sv, format::binary));  // the byte of a cidr says nothing
    CHECK(decode_value<inet>("\2\x20\0\x10\1\2\3\4"sv, format::binary).error() == errc::invalid_binary);
}

TEST_CASE("hardware addresses are read in every spelling that PostgreSQL knows") {
    for (auto const text :
         {"08:00:2b:01:02:03", "08-00-2b-01-02-03", "08002b:010203", "08002b-010203", "0800.2b01.0203",
          "0800-2b01-0203", "08002b010203", " 8:0:2B:1:2:3 ", "08 00 2b 01 02 03"}) {
        INFO(text);
        CHECK(again<macaddr>(text) == "08:00:2b:01:02:03");
    }
    check<macaddr>({{"0x8:0:0x2b:1:2:3", "08:00:2b:01:02:03"},
                    {"-1:0:0:0:0:0", "!22003"},
                    {"1:2:3:4:5", "!22P02"},
                    {"08:00:2b:01:02:03x", "!22P02"},
                    {"ffffffffffffffffff:0:0:0:0:0", "!22003"},
                    {"", "!22P02"}});
    check<macaddr8>({{"08002b010203", "08:00:2b:ff:fe:01:02:03"},
                     {" 0800.2b01.0203.0405 ", "08:00:2b:01:02:03:04:05"},
                     {"08:00-2b:01:02:03", "!22P02"},
                     {"08002b010203x", "08:00:2b:ff:fe:01:02:03"},
                     {"08002b010203\xff", "!22021"},
                     {"08002b01020304", "!22P02"},
                     {"08002b0102030405:", "08:00:2b:01:02:03:04:05"}});
    CHECK(decode_value<macaddr8>("\1\2\3\4\5\6"sv, format::binary)->bytes[3] == 0xFF);
}

TEST_CASE("bits are read in binary and hexadecimal") {
    check<varbit>({{"0101", "0101"},
                   {"B110010011", "110010011"},
                   {"x1F", "00011111"},
                   {"X", ""},
                   {"", ""},
                   {"xabc", "101010111100"},
                   {"012", "!22P02"},
                   {"xg", "!22P02"},
                   {" 1", "!22P02"}});
    auto const v = *decode_value<bit>("\0\0\0\3\xff"sv, format::binary);
    CHECK(encoded(v, format::binary) == "\0\0\0\3\xe0"sv);  // what stands behind the last bit is dropped
    bit same;
    for (int i = 0; i != 3; ++i) same.push_back(true);
    CHECK((v == same && v.size() == 3 && v[2]));
    CHECK(decode_value<bit>("\x7f\xff\xff\xff\xff"sv, format::binary).error() == errc::invalid_binary);
    CHECK(decode_value<bit>("\x7f\xff\xff\0\xff"sv, format::binary).error() == errc::insufficient_data);
}

TEST_CASE("numbers of PostgreSQL's tables are read as C reads them") {
    check<xid>({{" 0x1F ", "31"},
                {"010", "8"},
                {"-1", "4294967295"},
                {"-2147483649", "!22003"},
                {"4294967296", "!22003"},
                {"0x", "!22P02"},
                {"", "!22P02"},
                {"1x", "!22P02"},
                {"99999999999999999999x", "!22003"}});
    check<xid8>({{"-1", "18446744073709551615"}, {"18446744073709551616", "!22003"}});
    check<oid>({{"0x10", "16"}, {"-18446744073709551615", "1"}, {"-4294967295", "!22003"}});
    check<tid>({{"(0,1)", "(0,1)"},
                {"x( -1,65535)y", "(4294967295,65535)"},
                {"(,)", "(0,0)"},
                {"(1,65536)", "!22P02"},
                {"(1 ,2)", "!22P02"},
                {"\xff(1,2)", "!22021"},
                {"(1)2,3)", "!22P02"},
                {"(1", "!22P02"},
                {"", "!22P02"}});
    check<pg_lsn>({{"16/b374d848", "16/B374D848"},
                   {"0/0", "0/0"},
                   {"0/", "!22P02"},
                   {"100000000/0", "!22P02"},
                   {"0/0 ", "!22P02"}});
    check<single_byte_char>(
        {{"\\101", "A"}, {"\\377", "\\377"}, {"\\8", "\\"}, {"abc", "a"}, {"\xc3\xa9", "\\303"}, {"a\xff", "!22021"}});
}

TEST_CASE("a snapshot lists transactions between its limits, in their order") {
    check<pg_snapshot>({{"10:20:10,14,14,15", "10:20:10,14,15"},
                        {"1:1:", "1:1:"},
                        {"10:20:20", "!22P02"},
                        {"20:10:", "!22P02"},
                        {"10:20:15,14", "!22P02"},
                        {"0:1:", "!22P02"},
                        {"1:4294967296:", "!22P02"},
                        {"1:2", "!22P02"},
                        {"1:-1:", "1:18446744073709551615:"}});
    CHECK(value_size(txid_snapshot{xid8{5}, xid8{9}, {xid8{4}}}, format::binary) == unencodable);
    CHECK(decode_value<pg_snapshot>("\x07\xff\xff\xfc\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1"sv, format::binary).error() ==
          errc::insufficient_data);
}

TEST_CASE("a catalog that is brought gives names to objects") {
    object_names const names{[](object_names const&, type_info const& type, oid object) noexcept {
                                 return type == types::regclass && object == oid{7} ? "public.\"Table\""sv : ""sv;
                             },
                             [](object_names const&, type_info const&, std::string_view name) noexcept {
                                 return name == "public.\"Table\"" ? oid{7} : oid{};
                             }};
    text_style const style{.objects = &names};
    CHECK(encoded(regclass{oid{7}}, format::text, style) == "public.\"Table\"");
    CHECK(encoded(regclass{oid{8}}, format::text, style) == "8");
    CHECK(*decode_value<regclass>("public.\"Table\"", format::text, style) == regclass{oid{7}});
    CHECK(decode_value<regclass>("x", format::text, style).error() == errc::undefined_table);
}

TEST_CASE("a name that is too long is cut at the end of a character, but not in binary") {
    std::string const long_name = std::string(62, 'a') + "\xc3\xa9";
    CHECK(decode_value<name>(long_name, format::text)->text == std::string(62, 'a'));
    CHECK(decode_value<name>(long_name, format::binary).error() == errc::name_too_long);
    CHECK(encoded(text_as<types::varchar, std::string>{"own"}, format::binary) == "own");
}

}  // namespace pgwire::test::network_tests
