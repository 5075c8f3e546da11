// json and jsonb, a JSON library's values, hstore, jsonpath and xml.
#include "pgwire/types.hpp"
#include "pgwire/types/hstore.hpp"
#if __has_include(<nlohmann/json.hpp>)
#include "pgwire/types/nlohmann_json.hpp"
#endif

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::documents_tests {

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    while (times-- != 0) all += text;
    return all;
}

}  // namespace

TEST_CASE("a jsonb has PostgreSQL's spelling, received as well as sent") {
    struct spelling {
        std::string_view given, normal;
    };
    for (auto const& [given, normal] : {
             spelling{" [ ] ", "[]"},
             {"{\"b\":1,\"a\":2,\"b\":3,\"aa\":[1,{}]}", "{\"a\": 2, \"b\": 3, \"aa\": [1, {}]}"},
             {"{\"\\u0062\":1,\"b\":2,\"\\n\":3}", "{\"\\n\": 3, \"b\": 2}"},
             {"{\"\":{\"d\":1,\"c\":[{\"z\":1,\"y\":2}]}}", "{\"\": {\"c\": [{\"y\": 2, \"z\": 1}], \"d\": 1}}"},
             {"[1e2,1.50,-0,-0.0,1E-3]", "[100, 1.50, 0, 0.0, 0.001]"},
             {R"("\u0041\/\u001f\b\u0022\u005c\u00e9\ud83d\ude00")", "\"A/\\u001f\\b\\\"\\\\é😀\""},
         }) {
        INFO(given);
        CHECK(jsonb::parse(given)->text() == normal);
        CHECK(*decode_value<jsonb>("\1"s + std::string(given), format::binary) == *jsonb::parse(normal));
        CHECK(encoded(jsonb_view{given}, format::text) == normal);
        CHECK(encoded(jsonb_view{given}, format::binary) == "\1"s + std::string(normal));
        CHECK(encoded(*jsonb::parse(given), format::binary) == "\1"s + std::string(normal));
    }
    CHECK(jsonb().text() == "null");
    CHECK(decode_value<jsonb>("", format::binary).error() == errc::insufficient_data);
    CHECK(decode_value<jsonb>("\2{}", format::binary).error() == errc::malformed_value);
}

TEST_CASE("of two mistakes in a jsonb the one that PostgreSQL meets first is told") {
    CHECK(jsonb::parse("[1e200000, 2").error() == errc::out_of_range);
    CHECK(jsonb::parse("[1e200000 \"\\u0000\"").error() == errc::untranslatable);
    CHECK(jsonb::parse("x \"\\u0000\"").error() == errc::invalid_text);
}

TEST_CASE("json is kept as it was written") {
    auto const text = " {\"b\" :1e2, \"b\":\"\\u0041\"}\n"sv;
    CHECK(decode_value<json>(text, format::binary)->text == text);
    CHECK(encoded(json{std::string(text)}, format::text) == text);
    for (std::size_t n = 1; n != text.size() - 1; ++n)
        CHECK(decode_value<json>(text.substr(0, n), format::text).error() == errc::invalid_text);
}

TEST_CASE("hostile JSON has its limits: depth, and numbers that would fill the memory") {
    auto const depth = detail::max_json_depth;
    CHECK(jsonb::parse(repeated("[", depth) + repeated("]", depth)));
    CHECK(jsonb::parse(repeated("[", depth + 1) + repeated("]", depth + 1)).error() == errc::too_deep);
    CHECK(decode_value<json>(repeated("{\"a\":", depth + 1), format::text).error() == errc::too_deep);
    CHECK(jsonb::parse("1e131071")->text().size() == 131'072);
    CHECK(jsonb::parse("[1" + repeated(",1e131071", 1000) + "]").error() == errc::message_too_large);
    auto const deep = repeated("{\"b\":0,\"a\":", 10'000) + "1" + repeated("}", 10'000);  // each level is sorted
    CHECK(jsonb::parse(deep)->text().ends_with(repeated(", \"b\": 0}", 10'000)));
}

#if __has_include(<nlohmann/json.hpp>)
TEST_CASE("a value of a JSON library is a column") {
    using library = nlohmann::json;
    std::string const deep = std::string(15'000, '[') + std::string(15'000, ']');  // PostgreSQL has room for it
    CHECK(decode_value<jsonb>(value(deep), format::text));
    CHECK(decode_value<library>(value(deep), format::text).error() == errc::too_deep);
    std::string const flat = "[\"" + std::string(5'000, '[') + "\\\"[\"]";
    CHECK(decode_value<library>(value(flat), format::text));
    library const v = {{"b", {1, 2.5, nullptr}}, {"a", "é\n"}};
    CHECK(type_of<library> == types::jsonb);
    CHECK(encoded(v, format::binary) == "\1{\"a\": \"é\\n\", \"b\": [1, 2.5, null]}");
    CHECK(*decode_value<library>(encoded(v, format::text), format::text) == v);
    CHECK(decode_value<library>("\1[1", format::binary).error() == errc::invalid_text);
    CHECK(decode_value<library>("1e400", format::text).error() == errc::out_of_range);
    CHECK(decode_value<library>("\"\xff\"", format::text).error() == errc::invalid_encoding);
    CHECK(refusal_of(library("\xff"), value_size(library("\xff"), format::text)) == errc::invalid_encoding);
    CHECK(encoded(library("\xef\xbf\xbd"), format::text) == "\"\xef\xbf\xbd\"");
}
#endif

TEST_CASE("an hstore is sorted, and each key is there once") {
    auto const v = decode_value<hstore>("bb=>1, \"a\"=> NULL,c=>\"null\",a=>2, \\\\ => \"\\\"\"", format::text);
    REQUIRE(v);
    CHECK(encoded(*v, format::text) == R"("\\"=>"\"", "a"=>NULL, "c"=>"null", "bb"=>"1")");
    auto const binary = encoded(*v, format::binary);
    CHECK(decode_value<hstore>(binary, format::binary) == v);
    for (std::size_t n = 0; n != binary.size(); ++n)
        CHECK(decode_value<hstore>(std::string_view(binary).substr(0, n), format::binary).error() ==
              errc::insufficient_data);
    for (auto const* text : {"a", "a=1", "=>1", "a=>", "a=>1 b=>2", "\"a", "a=>\\"})
        CHECK(decode_value<hstore>(text, format::text).error() == errc::syntax_error);
    CHECK(decode_value<hstore>("\0\0\0\1\xff\xff\xff\xff"sv, format::binary).error() == errc::unexpected_null);
    CHECK(decode_value<hstore>("\xff\xff\xff\xff"sv, format::binary).error() == errc::message_too_large);
}

TEST_CASE("a jsonpath has PostgreSQL's spelling") {
    struct spelling {
        std::string_view given, normal;
    };
    for (auto const& [given, normal] : {
             spelling{" lax $.a [ 0 to last ]", "$.\"a\"[0 to last]"},
             {"strict $.**{2 to 5}.size()", "strict $.**{2 to 5}.size()"},
             {"($.a + 1) * -(2)", "(($.\"a\" + 1) * -2)"},
             {"1 - (2 - 3) - 0x1F", "((1 - (2 - 3)) - 31)"},
             {"$ ? (@.b > 1e2 && !exists(@.\\u0063))", "$?(@.\"b\" > 100 && !(exists (@.\"c\")))"},
             {"$ ? (@ like_regex \"a\" flag \"si\") /* c */", "$?(@ like_regex \"a\" flag \"is\")"},
             {"(1).DECIMAL(3, -2)", "(1).decimal(3,-2)"},
         }) {
        INFO(given);
        auto const v = jsonpath::parse(given);
        REQUIRE(v);
        CHECK(v->text() == normal);
        CHECK(encoded(*v, format::text) == normal);
        CHECK(decode_value<jsonpath>(encoded(*v, format::binary), format::binary) == v);
    }
    for (auto const* text : {"a", "@", "last", "$.", "1a", "$[", "$ == 1 == 2", "!$", "$ ? (1)", "\"", "/*"})
        CHECK(jsonpath::parse(text).error() == errc::syntax_error);
    CHECK(jsonpath::parse(" ").error() == errc::invalid_text);
    CHECK(jsonpath::parse("\"\\u0000\"").error() == errc::untranslatable);
    CHECK(jsonpath::parse(repeated("(", 400) + "1" + repeated(")", 400))->text() == "1");
    CHECK(jsonpath::parse(repeated("(", 100'000)).error() == errc::too_deep);
    CHECK(jsonpath::parse(repeated("-", 100'000)).error() == errc::too_deep);
    CHECK(jsonpath::parse("1" + repeated("+1e131071", 1000)).error() == errc::message_too_large);
    CHECK(decode_value<jsonpath>("\2$", format::binary).error() == errc::malformed_value);
}

TEST_CASE("an xml loses of its declaration what PostgreSQL does not give out") {
    auto const decoded = [](std::string_view text) { return decode_value<xml>(text, format::text)->text; };
    CHECK(decoded("<?xml version='1.0' encoding='UTF-8'?>\n<a/>") == "<a/>");
    CHECK(decoded("<?xml version='1.1' encoding='UTF-8'  standalone='no' ?>\n<a/>") ==
          "<?xml version=\"1.1\" standalone=\"no\"?>\n<a/>");
    for (auto const* text : {"<a/>", "<?xml-stylesheet?>", "<?xml?>", "<?xml version='1.0' standalone='maybe'?>", ""})
        CHECK(decoded(text) == text);
    CHECK(decode_value<xml>("\xff", format::binary).error() == errc::invalid_encoding);
}

}  // namespace pgwire::test::documents_tests
