// What proxies say of the clients that they speak for.
#include "pgwire/protocol/proxy_header.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>
#include <tuple>

namespace pgwire::test::proxy_header_tests {

namespace {

using kind = proxy_header::kind;
using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::string_view signature = "\r\n\r\n\0\r\nQUIT\n"sv;

[[nodiscard]] std::string block(char command, char family, std::string_view rest) {
    std::string bytes(signature);
    bytes += {command, family, static_cast<char>(rest.size() >> 8), static_cast<char>(rest.size() & 255)};
    return bytes.append(rest);
}

/// Every proper prefix is incomplete, and what follows is not looked at.
void check_prefixes(std::string const& whole) {
    for (std::size_t i = 0; i != whole.size(); ++i)
        CHECK(read_proxy_header(std::string_view(whole).substr(0, i)).what == kind::incomplete);
    CHECK(read_proxy_header(whole + "more").size == whole.size());
}

}  // namespace

TEST_CASE("a proxy names its client in a line") {
    for (auto const& [line, address, port] :
         {std::tuple("PROXY TCP4 192.0.2.1 198.51.100.7 56324 5432\r\n"s, "192.0.2.1", 56324),
          std::tuple("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n"s, "2001:db8::1", 1)}) {
        auto const found = read_proxy_header(line);
        CHECK(found.what == kind::proxied);
        CHECK(found.address == address);
        CHECK(found.port == port);
        check_prefixes(line);
    }
    CHECK(read_proxy_header("PROXY UNKNOWN\r\n").what == kind::unnamed);
    CHECK(read_proxy_header("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n").what == kind::unnamed);
}

TEST_CASE("a proxy names its client in a block of bytes") {
    auto const v4 = block('\x21', '\x11', "\xc0\0\2\1\xc6\x33\x64\7\xdc\4\x15\x38"sv);
    CHECK(read_proxy_header(v4).what == kind::proxied);
    CHECK(read_proxy_header(v4).address == "192.0.2.1");
    CHECK(read_proxy_header(v4).port == 56324);
    check_prefixes(v4);
    auto const v6 = block('\x21', '\x21',
                          "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
                          "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
                          "\0\1\0\2"
                          "\4\0\1x"sv);
    CHECK(read_proxy_header(v6).address == "2001:db8:0:0:0:0:0:1");
    check_prefixes(v6);
    CHECK(read_proxy_header(block('\x20', '\0', "")).what == kind::local);
    CHECK(read_proxy_header(block('\x21', '\0', "")).what == kind::unnamed);
    CHECK(read_proxy_header(block('\x21', '\x31', std::string(216, 'x'))).what == kind::unnamed);
}

TEST_CASE("what is neither is malformed as soon as that can be seen") {
    for (auto const& bytes : {
             "GET / HTTP/1.1\r\n"s,
             "\0\0\0\x08\4\xd2\x16\x2f"s,
             "P\0"s,
             "PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n"s,
             "PROXY TCP4 192.0.2.1 198.51.100.7 70000 5432\r\n"s,
             "PROXY TCP4 192.0.2.1 198.51.100.7 5 5432 x\r\n"s,
             "PROXY TCP4 ::1 ::1 5 5432\r\n"s,
             "PROXY TCP5 192.0.2.1 198.51.100.7 5 5432\r\n"s,
             "PROXY TCP4  1.1.1.1 5 5432\r\n"s,
             "PROXY \r\n"s,
             "PROXY " + std::string(101, 'x'),
             std::string(signature) + "\x11\x11\0\0"s,
             std::string(signature) + "\x22\x11\0\0"s,
             block('\x21', '\x11', "short"),
             std::string(signature) + "\x21\x11\xff\xff"s,
         }) {
        INFO(bytes);
        CHECK(read_proxy_header(bytes).what == kind::malformed);
    }
}

}  // namespace pgwire::test::proxy_header_tests
