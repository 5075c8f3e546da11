// pgvector's types. What is expected is what pgvector 0.8 said.
#include "pgwire/types/pgvector.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::vector_tests {

namespace {

using namespace std::string_view_literals;
using pgvector::halfvec;
using pgvector::sparsevec;

/// The text is read as a value with this text and this binary form, whose every beginning is too short.
template<class T>
void check(std::string_view given, std::string_view text, std::string_view binary) {
    CAPTURE(given);
    auto const v = decode_value<T>(given, format::text);
    REQUIRE(v);
    CHECK(encoded(*v, format::text) == text);
    CHECK(encoded(*v, format::binary) == binary);
    CHECK(decode_value<T>(binary, format::binary) == v);
    for (std::size_t n = 0; n != binary.size(); ++n)
        CHECK(decode_value<T>(binary.substr(0, n), format::binary).error() == errc::insufficient_data);
    CHECK(decode_value<T>(std::string(binary) + 'x', format::binary).error() == errc::invalid_binary);
}
template<class T>
errc text_error(std::string_view text) {
    return decode_value<T>(text, format::text).error();
}
template<class T>
errc binary_error(std::string_view bytes) {
    return decode_value<T>(bytes, format::binary).error();
}

std::string list(std::size_t count) {
    std::string text = "[1";
    for (std::size_t i = 1; i != count; ++i) text += ",1";
    return text + "]";
}

}  // namespace

TEST_CASE("vectors are read and written as pgvector does") {
    check<pgvector::vector>(" [ 1 , -2.5 ] ", "[1,-2.5]", "\0\2\0\0\x3f\x80\0\0\xc0\x20\0\0"sv);
    check<pgvector::vector>("[1e-50,-1e-50]", "[0,-0]", "\0\2\0\0\0\0\0\0\x80\0\0\0"sv);
    check<halfvec>("[0.1,65504,1e-8]", "[0.099975586,65504,0]", "\0\3\0\0\x2e\x66\x7b\xff\0\0"sv);
    check<sparsevec>("{3:2,2:0, 1:1.5} / 5", "{1:1.5,3:2}/5",
                     "\0\0\0\5\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\2\x3f\xc0\0\0\x40\0\0\0"sv);
    check<sparsevec>("{}/7", "{}/7", "\0\0\0\7\0\0\0\0\0\0\0\0"sv);
}

TEST_CASE("every finite half survives, and a number between two becomes the nearer one, or the even one") {
    for (std::uint16_t bits = 0; bits != 0x7bff; ++bits) {
        half const low = half::from_bits(bits);
        half const high = half::from_bits(static_cast<std::uint16_t>(bits + 1));
        float const middle = (static_cast<float>(low) + static_cast<float>(high)) / 2;
        REQUIRE(half(static_cast<float>(low)).bits == bits);
        REQUIRE(half(middle).bits == (bits % 2 == 0 ? low : high).bits);
        REQUIRE(half(std::nextafter(middle, 0.0F)).bits == low.bits);
        REQUIRE(half(std::nextafter(middle, 1e6F)).bits == high.bits);
    }
}

TEST_CASE("what is no vector is rejected as pgvector does") {
    for (auto const text : {"", "1,2", "[1,2", "[1,,2]", "[1]x", "[x]", "[1 2]", "[,]"}) {
        CAPTURE(text);
        CHECK(text_error<pgvector::vector>(text) == errc::invalid_text);
        CHECK(text_error<halfvec>(text) == errc::invalid_text);
        CHECK(text_error<sparsevec>(text) == errc::invalid_text);
    }
    for (auto const text : {"[]", "[nan]", "[1,-inf]"}) {
        CHECK(text_error<pgvector::vector>(text) == errc::invalid_data);
        CHECK(text_error<halfvec>(text) == errc::invalid_data);
    }
    CHECK(text_error<pgvector::vector>("[1e39]") == errc::out_of_range);
    CHECK(text_error<halfvec>("[65520]") == errc::out_of_range);
    CHECK(text_error<sparsevec>("{1:1e-50}/5") == errc::out_of_range);
    for (auto const text : {"{6:1}/5", "{0:1}/5", "{1:1,1:2}/5", "{}/0", "{1:nan}/5"})
        CHECK(text_error<sparsevec>(text) == errc::invalid_data);
    CHECK(text_error<sparsevec>("{}/1000000001") == errc::too_many_items);
}

TEST_CASE("a vector has at most 16,000 dimensions") {
    auto const largest = decode_value<halfvec>(list(16'000), format::text);
    REQUIRE(largest);
    CHECK(encoded(*largest, format::binary).size() == 32'004);
    CHECK(text_error<halfvec>(list(16'001)) == errc::too_many_items);
    pgvector::vector const larger{std::vector<float>(16'001)};
    CHECK(value_size(larger, format::text) == unencodable);
    CHECK(refusal_of(larger, unencodable) == errc::too_many_items);
}

TEST_CASE("vectors that PostgreSQL does not have are not sent") {
    CHECK(value_size(pgvector::vector{}, format::binary) == unencodable);
    CHECK(value_size(pgvector::vector{{std::numeric_limits<float>::infinity()}}, format::binary) == unencodable);
    CHECK(value_size(sparsevec{5, {{5, 1}}}, format::text) == unencodable);
    CHECK(value_size(sparsevec{5, {{2, 1}, {1, 1}}}, format::text) == unencodable);
    CHECK(value_size(sparsevec{5, {{2, 0}}}, format::text) == unencodable);
    CHECK(refusal_of(sparsevec{}, unencodable) == errc::invalid_data);
}

TEST_CASE("hostile binary vectors are rejected") {
    CHECK(binary_error<pgvector::vector>("\0\0\0\0"sv) == errc::invalid_data);
    CHECK(binary_error<pgvector::vector>("\xff\xff\0\0"sv) == errc::invalid_data);
    CHECK(binary_error<pgvector::vector>("\x7f\xff\0\0"sv) == errc::too_many_items);
    CHECK(binary_error<pgvector::vector>("\x3e\x80\0\0"sv) == errc::insufficient_data);
    CHECK(binary_error<pgvector::vector>("\0\1\0\1\0\0\0\0"sv) == errc::invalid_data);
    CHECK(binary_error<halfvec>("\0\2\0\0\x7c\0"sv) == errc::invalid_data);
    CHECK(binary_error<sparsevec>("\0\0\0\1\x7f\xff\xff\xff\0\0\0\0"sv) == errc::too_many_items);
    CHECK(binary_error<sparsevec>("\0\0\0\1\xff\xff\xff\xff\0\0\0\0"sv) == errc::invalid_data);
    CHECK(binary_error<sparsevec>("\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0"sv) == errc::invalid_data);
}

}  // namespace pgwire::test::vector_tests
