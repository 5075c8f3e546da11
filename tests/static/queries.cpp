// The simple and the extended query protocol and function calls: exact bytes, and what is refused.
#include "tests/support/check.hpp"

namespace pgwire::test {

static_assert(writes(query{"SELECT 1"}, "Q\0\0\0\x0dSELECT 1\0"sv), "Query");
static_assert(writes(query{""}, "Q\0\0\0\5\0"sv), "an empty Query");
static_assert(writes(terminate{}, "X\0\0\0\4"sv), "Terminate");
static_assert(writes(empty_query_response{}, "I\0\0\0\4"sv), "EmptyQueryResponse");
static_assert(writes(command_complete{"SELECT 1"}, "C\0\0\0\x0dSELECT 1\0"sv), "CommandComplete");
static_assert(writes(ready_for_query{}, "Z\0\0\0\5I"sv), "ReadyForQuery, idle");
static_assert(writes(ready_for_query{transaction_status::in_block}, "Z\0\0\0\5T"sv), "ReadyForQuery, in a block");
static_assert(writes(sample<ready_for_query>, "Z\0\0\0\5E"sv), "ReadyForQuery, in a failed block");

static_assert(writes(sample<parse>, "P\0\0\0\x1fs1\0SELECT $1\0\0\3\0\0\0\x17\0\0\0\0\xff\xff\xff\xff"sv), "Parse");
static_assert(writes(parse{}, "P\0\0\0\x08\0\0\0\0"sv), "a Parse of nothing");
static_assert(writes(sample<bind>, "B\0\0\0\x2b" "p1\0s1\0" "\0\3\0\1\0\0\0\1"
                                   "\0\3\0\0\0\3\0\xff\1\xff\xff\xff\xff\0\0\0\0" "\0\3\0\1\0\0\0\1"sv),
              "Bind: formats, values with their lengths, result formats");
static_assert(writes(bind{}, "B\0\0\0\x0c\0\0\0\0\0\0\0\0"sv), "a Bind of nothing");
static_assert(writes(sample<describe>, "D\0\0\0\x08Pp1\0"sv), "Describe of a portal");
static_assert(writes(describe{}, "D\0\0\0\6S\0"sv), "Describe of the unnamed statement");
static_assert(writes(sample<execute>, "E\0\0\0\x0bp1\0\xff\xff\xff\xff"sv), "Execute");
static_assert(writes(sample<close>, "C\0\0\0\x08Pp1\0"sv), "Close");
static_assert(writes(flush{}, "H\0\0\0\4"sv), "Flush");
static_assert(writes(sync{}, "S\0\0\0\4"sv), "Sync");
static_assert(writes(parse_complete{}, "1\0\0\0\4"sv), "ParseComplete");
static_assert(writes(bind_complete{}, "2\0\0\0\4"sv), "BindComplete");
static_assert(writes(close_complete{}, "3\0\0\0\4"sv), "CloseComplete");
static_assert(writes(portal_suspended{}, "s\0\0\0\4"sv), "PortalSuspended");
static_assert(writes(no_data{}, "n\0\0\0\4"sv), "NoData");
static_assert(writes(sample<parameter_description>, "t\0\0\0\x12\0\3\0\0\0\x17\0\0\0\0\xff\xff\xff\xff"sv),
              "ParameterDescription");

static_assert(writes(sample<function_call>, "F\0\0\0\x23\0\0\3\xb8" "\0\3\0\1\0\0\0\1"
                                            "\0\3\0\0\0\3\0\xff\1\xff\xff\xff\xff\0\0\0\0" "\0\1"sv),
              "FunctionCall");
static_assert(writes(sample<function_call_response>, "V\0\0\0\x0a\0\0\0\2\0\1"sv), "FunctionCallResponse");
static_assert(writes(function_call_response{}, "V\0\0\0\x08\xff\xff\xff\xff"sv), "FunctionCallResponse of NULL");

static_assert(decode<query>("SELECT\0 1\0"sv).error() == errc::trailing_data, "no NUL inside a Query");
static_assert(encoded_size(query{"a\0b"sv}).error() == errc::embedded_nul, "nor when it is written");
static_assert(encoded_size(parse{"a\0"sv, "", {}}).error() == errc::embedded_nul, "nor in a statement's name");
static_assert(decode<execute>("\0\0\0\0"sv).error() == errc::insufficient_data, "Execute without its limit");

// One value whose length is not what follows.
constexpr auto row(std::string_view body) { return decode<data_row>(body); }
static_assert(row("\0\1\xff\xff\xff\xff"sv)->values[0] == value{}, "-1 is NULL");
static_assert(row("\0\1\0\0\0\0"sv)->values[0] == value{""sv}, "0 is empty");
static_assert(row("\0\1\xff\xff\xff\xfe"sv).error() == errc::insufficient_data, "-2 is an error");
static_assert(row("\0\1\x80\0\0\0"sv).error() == errc::insufficient_data, "the least number is an error");
static_assert(row("\0\1\x7f\xff\xff\xff"sv).error() == errc::insufficient_data, "the greatest number is an error");
static_assert(row("\0\1\0\0\0\2a"sv).error() == errc::insufficient_data, "one byte is missing");
static_assert(row("\0\1\0\0\0\1ab"sv).error() == errc::trailing_data, "one byte is too many");
static_assert(row("\xff\xff"sv).error() == errc::insufficient_data, "65,535 values in no bytes");

// What the protocol can't say is refused before a byte is written.
constexpr errc why_not(message_type auto const& m) {
    char at = 'x';
    auto const end = encode(&at, 1, m);
    return at == 'x' ? end.error() : errc::none;
}
constexpr auto bind_of(std::span<value const> values) { return bind{"", "", {}, values, {}}; }
constexpr std::array<value, 1> value_of(std::uint64_t size) { return {pretended(size)}; }

inline constexpr auto largest = value_of((1ULL << 31) - 1 - 4 - 2 - 4);  // beside length, count, value's length
inline constexpr auto larger = value_of((1ULL << 31) - 4 - 2 - 4);
static_assert(encoded_size(data_row{largest}) == std::size_t{1} << 31, "2^31-1 bytes are the most");
static_assert(why_not(data_row{larger}) == errc::message_too_large, "a message of 2^31 bytes is refused");
inline constexpr auto value_2_31_less_1 = value_of((1ULL << 31) - 1);
inline constexpr auto value_2_31 = value_of(1ULL << 31);
inline constexpr auto value_2_32_more_1 = value_of((1ULL << 32) + 1);
static_assert(why_not(data_row{value_2_31_less_1}) == errc::message_too_large, "a value of 2^31-1 bytes is too large");
static_assert(why_not(data_row{value_2_31}) == errc::message_too_large, "a value of 2^31 bytes is refused");
static_assert(why_not(data_row{value_2_32_more_1}) == errc::message_too_large, "a length of 2^32+1 does not wrap to 1");
static_assert(why_not(bind_of(value_2_32_more_1)) == errc::message_too_large, "nor that of a parameter");
static_assert(why_not(query{pretended(1ULL << 31)}) == errc::message_too_large, "a text of 2^31 bytes is refused");
static_assert(why_not(query{pretended((1ULL << 32) + 1)}) == errc::message_too_large, "a text's length does not wrap");
static_assert(why_not(copy_data{{pretended((1ULL << 32) - 4)}}) == errc::message_too_large, "nor a message's own");
static_assert(why_not(function_call_response{pretended(1ULL << 32)}) == errc::message_too_large, "nor a result's");
inline constexpr std::array<value, 4> gigabytes{pretended(1ULL << 30), pretended(1ULL << 30), pretended(1ULL << 30),
                                                pretended(1ULL << 30)};
static_assert(why_not(data_row{gigabytes}) == errc::message_too_large, "4 values of 1 GiB don't wrap to 0");

inline constexpr oid an_oid{};
inline constexpr value a_value;
inline constexpr field_description a_column;
static_assert(why_not(parse{"", "", pretended_items(an_oid, 65'536)}) == errc::too_many_items, "65,536 types");
static_assert(why_not(bind_of(pretended_items(a_value, 65'536))) == errc::too_many_items, "65,536 parameters");
static_assert(why_not(bind_of(pretended_items(a_value, (1ULL << 32) + 1))) == errc::too_many_items, "2^32+1 of them");
static_assert(why_not(data_row{pretended_items(a_value, 65'536)}) == errc::too_many_items, "65,536 values");
static_assert(why_not(row_description{pretended_items(a_column, 65'536)}) == errc::too_many_items, "65,536 columns");

consteval bool accepts_count(std::size_t n) {
    measurer m;
    m.count(n);
    return !m.failed();
}
static_assert(accepts_count(65'535) && !accepts_count(65'536), "a count is 16 bits, unsigned");

}  // namespace pgwire::test
