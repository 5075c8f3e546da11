// JSON is checked by the compiler too: what PostgreSQL's json and jsonb take, and what they say of the rest.
#include "pgwire/types/json.hpp"
#include "pgwire/types/json_traits.hpp"
#include "pgwire/types/jsonpath.hpp"

#include <string>
#include <string_view>

namespace pgwire::test {

using namespace std::string_view_literals;

constexpr errc json_error(std::string_view text) { return decode_value<json_view>(text, format::text).error(); }
constexpr errc jsonb_error(std::string_view text) { return refusal_of(jsonb_view{text}, unencodable); }

static_assert(json_error(R"( {"a": [1, -2.5e+3, true, null, {"b": "\u00e9\n"}], "a": {}} )") == errc::none);
static_assert(json_error("[1,]") == errc::invalid_text && json_error("") == errc::invalid_text);
static_assert(json_error("01") == errc::invalid_text && json_error("\"\t\"") == errc::invalid_text);
static_assert(json_error("\"\xff\"") == errc::invalid_encoding && json_error("\"\0\""sv) == errc::invalid_encoding);
static_assert(json_error(R"(["\u0000", "\ud800", 1e999999])") == errc::none, "json keeps what it does not understand");
static_assert(jsonb_error(R"("\u0000")") == errc::untranslatable, "jsonb must understand it");
static_assert(jsonb_error(R"("\ud800")") == errc::invalid_text && jsonb_error("1e131072") == errc::out_of_range);
static_assert(value_size(jsonb_view{"[1"}, format::binary) == unencodable, "what is no JSON has no encoding");
static_assert(decode_value<json_view>("1 ", format::binary) == json_view{"1 "}, "both formats of json are its text");
static_assert(type_of<json> == types::json && type_of<jsonb> == types::jsonb && !decodable<jsonb_view>);

static_assert(decode_value<jsonpath_view>("\1$.\"a\"", format::binary) == jsonpath_view{"$.\"a\""});
static_assert(decode_value<jsonpath_view>("\2$", format::binary).error() == errc::malformed_value);
static_assert(decode_value<jsonpath_view>(" ", format::text).error() == errc::invalid_text);

/// A JSON library's value, with the few lines that make it a column.
struct document {
    std::string text;
    friend bool operator==(document const&, document const&) = default;
};

}  // namespace pgwire::test

template<>
struct pgwire::json_traits<pgwire::test::document> {
    static constexpr type_info type = types::json;
    static std::string dump(test::document const& v) { return v.text; }
    static result<test::document> parse(std::string_view text) { return test::document{std::string(text)}; }
};

namespace pgwire::test {

static_assert(encodable<document> && decodable<document> && type_of<document> == types::json);
static_assert(!has_codec<std::string_view*>, "and no other type is one");

}  // namespace pgwire::test
