// Few bytes that stand for many: what is well for one value is refused for thousands inside of one.
#include "pgwire/types.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>

namespace pgwire::test::growth_tests {

namespace {

std::string repeated(std::string_view what, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i != times; ++i) all += what;
    return all;
}

template<class T>
errc error_of(std::string const& text) {
    return decode_value<T>(value(text), format::text).error();
}

}  // namespace

TEST_CASE("a numeric of a hundred thousand digits is one, a thousand of them in an array are too much") {
    CHECK(error_of<numeric>("1e99999") == errc::none);
    CHECK(error_of<array<numeric>>("{1e99999,2e99999}") == errc::none);
    CHECK(error_of<array<numeric>>('{' + repeated("1e99999,", 1000) + "1}") == errc::message_too_large);
    CHECK(error_of<multirange<numeric>>('{' + repeated("[1e99999,1e99999],", 1000) + "[1,2]}") == errc::message_too_large);
    std::string binary("\0\0\0\1\0\0\0\0\0\0\6\xa4\0\0\4\0\0\0\0\1", 20);  // one dimension of 1,024 elements
    binary += repeated(std::string_view("\0\0\0\x0a\0\1\x60\0\0\0\0\0\0\1", 14), 1024);  // 10^98304 each
    CHECK(decode_value<array<numeric>>(value(binary), format::binary).error() == errc::message_too_large);
}

TEST_CASE("a chain of operators in a jsonpath has an end") {
    CHECK(error_of<jsonpath>(repeated("1+", 1000) + '1') == errc::none);
    CHECK(error_of<jsonpath>(repeated("1+", 100'000) + '1') == errc::too_deep);
}

}  // namespace pgwire::test::growth_tests
