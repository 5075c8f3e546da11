// What holds for every message, at run time: each body lies in a block of its own of exactly its size, so that an
// address sanitizer sees every read beyond it.
#include "tests/support/catch.hpp"
#include "tests/support/samples.hpp"

#include <climits>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace pgwire::test::messages_tests {

namespace {

/// A copy of some bytes, with nothing behind it.
class exact_copy {
public:
    explicit exact_copy(std::string_view bytes) : bytes_(new char[bytes.size()]), size_(bytes.size()) {
        std::memcpy(bytes_.get(), bytes.data(), bytes.size());
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

template<message_type M>
std::string body_of(M const& m) {
    send_buffer out;
    REQUIRE(encode(out, m));
    return std::string(out.pending().substr(detail::header_size<M>));
}

/// Calls `test(sample<M>)` for every message.
void for_each_sample(auto test) {
    frontend_messages::for_each([&]<class M>() { test(sample<M>); });
    backend_messages::for_each([&]<class M>() { test(sample<M>); });
}

/// Decodes a copy of the bytes. If they are accepted, they are just what the message is written as; the exceptions are
/// errors and notices, whose fields may come in other orders, repeated and unknown.
template<message_type M>
bool accepts(std::string_view body) {
    exact_copy const copy(body);
    auto const decoded = decode<M>(copy.view());
    if (!decoded) {
        CHECK(to_sqlstate(decoded.error()) == sqlstates::protocol_violation);
        return false;
    }
    auto const again = body_of(*decoded);
    if constexpr (std::same_as<M, error_response> || std::same_as<M, notice_response>)
        CHECK(decode<M>(again) == *decoded);
    else
        CHECK(again == body);
    return true;
}

}  // namespace

TEST_CASE("every message decodes to what was encoded") {
    for_each_sample([]<class M>(M const& m) {
        auto const body = exact_copy(body_of(m));
        CHECK(decode<M>(body.view()) == m);
        CHECK(encoded_size(m) == body.view().size() + detail::header_size<M>);
    });
}

TEST_CASE("no proper prefix of a message decodes, unless its last field has no end of its own") {
    for_each_sample([]<class M>(M const& m) {
        auto const body = body_of(m);
        for (std::size_t n = 0; n != body.size(); ++n)
            if (accepts<M>(body.substr(0, n))) CHECK(open_ended<M>);
    });
}

TEST_CASE("a byte behind a message's last field is trailing data") {
    for_each_sample([]<class M>(M const& m) {
        auto const body = exact_copy(body_of(m) + '\0');
        if (!open_ended<M>) CHECK(decode<M>(body.view()).error() == errc::trailing_data);
    });
}

TEST_CASE("no four bytes of a message, read as a wrong length, make a decoder read beyond it") {
    for_each_sample([]<class M>(M const& m) {
        auto const body = body_of(m);
        for (std::size_t at = 0; at + 4 <= body.size(); ++at) {
            auto const remaining = static_cast<std::int32_t>(body.size() - at - 4);
            for (std::int32_t const length : {-2, INT_MIN, INT_MAX, remaining + 1}) {
                auto mutated = body;
                store(mutated.data() + at, length);
                accepts<M>(mutated);
            }
        }
    });
}

TEST_CASE("no two bytes of a message, read as a wrong count, make a decoder read beyond it") {
    for_each_sample([]<class M>(M const& m) {
        auto const body = body_of(m);
        for (std::size_t at = 0; at + 2 <= body.size(); ++at) {
            for (unsigned const count : {0U, 1U, 4U, 0x7fffU, 0x8000U, 0xffffU}) {
                auto mutated = body;
                store(mutated.data() + at, static_cast<std::uint16_t>(count));
                accepts<M>(mutated);
            }
        }
    });
}

TEST_CASE("a value's length that is negative, or longer than what is left, is insufficient data") {
    auto const row = body_of(data_row{sample_values});
    for (std::int32_t const length : {-2, INT_MIN, INT_MAX, static_cast<std::int32_t>(row.size()) - 6 + 1}) {
        auto mutated = row;
        store(mutated.data() + 2, length);
        CHECK(decode<data_row>(exact_copy(mutated).view()).error() == errc::insufficient_data);
    }
}

TEST_CASE("a message that can't be encoded leaves the buffer as it was") {
    send_buffer out;
    REQUIRE(encode(out, query{"SELECT 1"}));
    auto const before = std::string(out.pending());
    auto const capacity = out.capacity();

    std::vector<oid> const types(65'536);
    std::vector<value> const values(65'536);
    std::vector<field_description> const columns(65'536);
    std::string_view const pretended{"x", std::size_t{1} << 31};
    std::vector<value> const one{pretended};
    CHECK(encode(out, parse{"", "", types}).error() == errc::too_many_items);
    CHECK(encode(out, bind{"", "", {}, values, {}}).error() == errc::too_many_items);
    CHECK(encode(out, row_description{columns}).error() == errc::too_many_items);
    CHECK(encode(out, data_row{one}).error() == errc::message_too_large);
    CHECK(encode(out, copy_data{{pretended}}).error() == errc::message_too_large);
    CHECK(encode(out, query{pretended}).error() == errc::message_too_large);
    CHECK(encode(out, query{"a\0b"sv}).error() == errc::embedded_nul);
    CHECK(encode(out, backend_key_data{1, {"abc"}}).error() == errc::invalid_value);

    CHECK(out.pending() == before);
    CHECK(out.capacity() == capacity);
    CHECK(out.open().empty());
}

TEST_CASE("a message that does not fit into the caller's memory is not written") {
    auto const size = *encoded_size(sample<bind>);
    std::vector<char> memory(size, '?');
    CHECK(encode(memory.data(), size - 1, sample<bind>).error() == errc::insufficient_data);
    CHECK(memory == std::vector<char>(size, '?'));
    CHECK(encode(memory.data(), size, sample<bind>) == memory.data() + size);
}

TEST_CASE("65,535 parameters, types and columns go there and back") {
    std::vector<value> values(65'535);
    for (std::size_t i = 0; i != values.size(); ++i)
        if (i % 3 != 0) values[i] = i % 3 == 1 ? ""sv : "abc"sv;
    std::vector<format> const formats(65'535, format::binary);
    std::vector<oid> types(65'535);
    for (std::size_t i = 0; i != types.size(); ++i) types[i] = static_cast<oid>(i * 65'537);
    std::vector<field_description> const columns(65'535, sample_columns[0]);

    auto const round_trips = []<class M>(M const& m) { return decode<M>(exact_copy(body_of(m)).view()) == m; };
    CHECK(round_trips(bind{"p", "s", formats, values, formats}));
    CHECK(round_trips(parse{"s", "", types}));
    CHECK(round_trips(parameter_description{types}));
    CHECK(round_trips(row_description{columns}));
    CHECK(round_trips(data_row{values}));
    CHECK(round_trips(function_call{oid{1}, formats, values, format::text}));
}

TEST_CASE("a list that was decoded can be iterated and asked by number") {
    auto const body = exact_copy(body_of(sample<bind>));
    auto const decoded = *decode<bind>(body.view());
    CHECK(decoded.parameter_formats[0] == format::binary);
    CHECK(decoded.parameter_formats[1] == format::text);
    CHECK(decoded.parameters[0] == "\0\xff\x01"sv);
    CHECK(decoded.parameters[1] == value{});
    CHECK(decoded.parameters[2] == ""sv);
    std::size_t n = 0;
    for (auto const parameter : decoded.parameters) CHECK(parameter == sample_values[n++]);
    CHECK(n == 3);
}

}  // namespace pgwire::test::messages_tests
