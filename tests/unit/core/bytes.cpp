#include "pgwire/core/bytes.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace {

TEMPLATE_TEST_CASE("an integer is stored big-endian and loaded again, at both ends of its range", "[core][bytes]", char,
                   std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
                   std::uint64_t) {
    using limits = std::numeric_limits<TestType>;
    for (auto const value : {limits::min(), limits::max(), TestType{0}, TestType{1}, static_cast<TestType>(~TestType{0})}) {
        std::array<char, sizeof(TestType)> memory{};
        char* const end = pgwire::store(memory.data(), value);
        CHECK(end == memory.data() + memory.size());
        CHECK(pgwire::load<TestType>(memory.data()) == value);
    }
}

TEST_CASE("the most significant byte comes first", "[core][bytes]") {
    std::array<char, 8> memory{};
    pgwire::store(memory.data(), std::uint64_t{0x0102'0304'0506'0708});
    CHECK(std::string_view(memory.data(), memory.size()) == "\x01\x02\x03\x04\x05\x06\x07\x08");
}

TEST_CASE("a byte above 127 does not spill into its neighbours", "[core][bytes]") {
    CHECK(pgwire::load<std::int32_t>("\x00\xff\x00\xff") == 0x00ff'00ff);
    CHECK(pgwire::load<std::int64_t>("\xff\xff\xff\xff\xff\xff\xff\xfe") == -2);
    CHECK(pgwire::load<std::uint16_t>("\xff\xfe") == 65534);
}

TEST_CASE("bytes of every size are copied, and none besides", "[core][bytes]") {
    std::string const from = "sixteen bytes ok, and twice as many are copied without a call";
    for (std::size_t size = 0; size <= from.size(); ++size) {
        std::string const source(from, 0, size);  // memory that ends where it does
        std::string to(size + 2, '.');
        CHECK(pgwire::copy_bytes(to.data() + 1, source.data(), size) == to.data() + 1 + size);
        CHECK(to == '.' + source + '.');
    }
}

TEST_CASE("integers need no alignment", "[core][bytes]") {
    std::array<char, 16> memory{};
    for (std::size_t offset = 0; offset != 8; ++offset) {
        pgwire::store(memory.data() + offset, std::int64_t{-9'000'000'000});
        CHECK(pgwire::load<std::int64_t>(memory.data() + offset) == -9'000'000'000);
    }
}

TEST_CASE("storing touches the integer's own bytes only", "[core][bytes]") {
    std::array<char, 6> memory{'a', 'b', 'c', 'd', 'e', 'f'};
    pgwire::store(memory.data() + 1, std::int32_t{0});
    CHECK(memory.front() == 'a');
    CHECK(memory.back() == 'f');
}

}  // namespace
