// Floor 0, proved by the compiler: what compiles has passed.
#include "pgwire/core/bytes.hpp"
#include "pgwire/core/errc.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/core/fixed_string.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/core/sqlstate.hpp"

#include <array>
#include <cstdint>
#include <exception>
#include <string_view>
#include <type_traits>

namespace {

using namespace pgwire;

// ---- bytes

template<class T>
constexpr bool survives(T value) {
    std::array<char, sizeof(T)> memory{};
    return store(memory.data(), value) == memory.data() + sizeof(T) && load<T>(memory.data()) == value;
}

static_assert(survives<std::int8_t>(-128), "one byte, negative");
static_assert(survives<std::uint16_t>(65535), "two bytes, all bits");
static_assert(survives<std::int32_t>(-2147483647 - 1), "four bytes, the smallest");
static_assert(survives<std::int64_t>(0x0102'0304'0506'0708), "eight bytes, each different");
static_assert(load<std::int32_t>("\x00\x03\x00\x00") == 196608, "3.0 as the startup packet writes it");
static_assert(load<std::int16_t>("\xff\xff") == -1, "the sign is in the first byte");

static_assert([] {
    std::array<char, 20> to{};
    char* const end = copy_bytes(to.data(), "sixteen bytes ok", 16);
    return end == to.data() + 16 && std::string_view(to.data(), 16) == "sixteen bytes ok" && *end == '\0';
}(), "bytes are copied when the program is compiled, too");

// ---- sqlstate

static_assert(sqlstate{"42P01"} == sqlstates::undefined_table);
static_assert(sqlstate::parse("42P01") == sqlstates::undefined_table);
static_assert(sqlstate::parse("42p01") == sqlstates::internal_error, "lower case is no SQLSTATE");
static_assert(sqlstate::parse("") == sqlstates::internal_error, "nor is nothing");
static_assert(sqlstate{} == sqlstates::successful_completion);
static_assert(sqlstates::query_canceled.category() == "57");
static_assert(sizeof(sqlstate) == 5, "five characters, and nothing to free");
static_assert(std::is_trivially_copyable_v<sqlstate>);

// ---- errc

static_assert(to_sqlstate(errc::trailing_data) == sqlstates::protocol_violation);
static_assert(to_sqlstate(errc::too_many_items) == sqlstates::program_limit_exceeded);
static_assert(to_sqlstate(errc::invalid_text) == sqlstates::invalid_text_representation);
static_assert(message(errc::insufficient_data) == "insufficient data left in message", "PostgreSQL's words");

// ---- result

constexpr result<int> half(int n) {
    if (n % 2 != 0) return errc::invalid_value;
    return n / 2;
}

static_assert(half(42) == result<int>(21));
static_assert(half(42) && *half(42) == 21);
static_assert(!half(43) && half(43).error() == errc::invalid_value);
static_assert(half(0).has_value(), "a value that is zero is a value");
static_assert(result<void>() && !result<void>(errc::trailing_data));

// ---- fixed_string

template<fixed_string Name>
struct named {
    static constexpr std::string_view name = Name.view();
};

static_assert(named<"id">::name == "id", "a literal is a template argument, without its NUL");
static_assert(named<"">::name.empty());
static_assert(std::is_same_v<named<"id">, named<"id">>, "equal literals make one type");
static_assert(!std::is_same_v<named<"id">, named<"ID">>);

// ---- error

static_assert(to_string(severity::fatal) == "FATAL" && to_string(severity::log) == "LOG");
static_assert(std::is_base_of_v<std::exception, sql_error>, "catch (std::exception const&) sees it");

}  // namespace
