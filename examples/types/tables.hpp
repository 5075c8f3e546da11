// The tables of this server: `samples`, with a column for each type and rows of edge values; `arrays`, the same values
// as an array for each type; `own`, values of the types that are our own; `types`, these types' numbers.
#pragma once

#include "own_types.hpp"

#include <pgwire/types/host_types.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace types_example {

/// Values are kept as PostgreSQL's text, and decoded by their columns' codecs when they are sent.
struct table {
    std::string_view name;
    std::vector<pgwire::column> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
};

/// The edge values of one type.
struct sample {
    pgwire::type_info type;
    std::array<std::string_view, 6> values;
};

inline constexpr std::array samples{
    // numbers
    sample{pgwire::types::bool_, {"t", "f"}},
    sample{pgwire::types::int2, {"0", "-32768", "32767"}},
    sample{pgwire::types::int4, {"0", "-2147483648", "2147483647"}},
    sample{pgwire::types::int8, {"0", "-9223372036854775808", "9223372036854775807"}},
    sample{pgwire::types::float4, {"0", "-0", "3.4028235e+38", "1e-45", "NaN", "-Infinity"}},
    sample{pgwire::types::float8, {"0", "0.1", "1.7976931348623157e+308", "5e-324", "NaN", "-Infinity"}},
    sample{pgwire::types::numeric, {"0", "-0.0001", "12345678901234567890123456789.0123456789", "NaN", "Infinity"}},
    sample{pgwire::types::money, {"$0.00", "-$92,233,720,368,547,758.08", "$92,233,720,368,547,758.07"}},
    // texts and bytes
    sample{pgwire::types::text, {"", "a", "NULL", "quotes ' \" and \\", "Grüße, 世界", "{a,b}"}},
    sample{pgwire::types::varchar, {"", "a"}},
    sample{pgwire::types::bpchar, {"", "a  "}},
    sample{pgwire::types::name, {"", "pg_class"}},
    sample{pgwire::types::bytea, {"\\x", "\\x00ff5c"}},
    sample{pgwire::types::bit, {"0", "1"}},
    sample{pgwire::types::varbit, {"", "0", "1011000111"}},
    sample{pgwire::types::uuid, {"00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
    // documents
    sample{pgwire::types::json, {"{}", "[1, 2.50, null]", R"({"a" : "\u00e9"})"}},
    sample{pgwire::types::jsonb, {"{}", "[1, 2.50, null]", R"({"a": "é", "bb": {"c": true}})"}},
    sample{pgwire::types::jsonpath, {R"($."a"[*]?(@ > 1))"}},
    sample{pgwire::types::xml, {"<a>b</a>"}},
    sample{pgwire::types::tsvector, {"", "'a':1A 'b':2,3C 'it''s'"}},
    sample{pgwire::types::tsquery, {"'a' & !( 'b' | 'c':*AB )", "'a' <2> 'b'"}},
    // dates and times
    sample{pgwire::types::date, {"2000-01-01", "0001-01-01 BC", "5874897-12-31", "infinity", "-infinity"}},
    sample{pgwire::types::time, {"00:00:00", "23:59:59.999999", "24:00:00"}},
    sample{pgwire::types::timestamp, {"2000-01-01 00:00:00", "1969-12-31 23:59:59.999999", "infinity", "-infinity"}},
    sample{pgwire::types::timestamptz, {"2000-01-01 00:00:00+00", "1969-12-31 23:59:59.999999+00", "infinity"}},
    sample{pgwire::types::timetz, {"00:00:00+00", "23:59:59.999999-15:59:59", "24:00:00+15:59"}},
    sample{pgwire::types::interval, {"00:00:00", "-1 years -2 mons +3 days 04:05:06.789", "178000000 years"}},
    // networks
    sample{pgwire::types::inet, {"0.0.0.0", "192.168.0.1/24", "::1", "::ffff:1.2.3.4", "2001:db8::/32"}},
    sample{pgwire::types::cidr, {"0.0.0.0/0", "192.168.0.0/24", "::/0", "2001:db8::/32"}},
    sample{pgwire::types::macaddr, {"00:00:00:00:00:00", "08:00:2b:01:02:03"}},
    sample{pgwire::types::macaddr8, {"00:00:00:00:00:00:00:00", "08:00:2b:01:02:03:04:05"}},
    // geometry
    sample{pgwire::types::point, {"(0,0)", "(-1.5,1e+300)", "(NaN,Infinity)"}},
    sample{pgwire::types::line, {"{1,-1,0}"}},
    sample{pgwire::types::lseg, {"[(0,0),(1,2)]"}},
    sample{pgwire::types::box, {"(1,2),(0,0)"}},
    sample{pgwire::types::path, {"[(0,0),(1,2)]", "((0,0),(1,2),(3,4))"}},
    sample{pgwire::types::polygon, {"((0,0),(1,2),(3,4))"}},
    sample{pgwire::types::circle, {"<(0,0),1>", "<(1.5,-2),0>"}},
    // ranges
    sample{pgwire::types::int4range, {"empty", "[1,5)", "(,)", "[-2147483648,)"}},
    sample{pgwire::types::int8range, {"empty", "[1,5)", "(,9223372036854775807)"}},
    sample{pgwire::types::numrange, {"empty", "[1.0,1.00]", "(0.1,NaN)"}},
    sample{pgwire::types::daterange, {"empty", "[2000-01-01,2000-02-01)", "(,)"}},
    sample{pgwire::types::tsrange, {"empty", R"(["2000-01-01 00:00:00","2000-01-01 12:00:00"])"}},
    sample{pgwire::types::tstzrange, {"empty", R"(["2000-01-01 00:00:00+00",infinity))"}},
    sample{pgwire::types::int4multirange, {"{}", "{[1,5),[7,9)}"}},
    sample{pgwire::types::int8multirange, {"{}", "{[1,5),[7,9)}"}},
    sample{pgwire::types::nummultirange, {"{}", "{[1.5,2.5],[7,)}"}},
    sample{pgwire::types::datemultirange, {"{}", "{[2000-01-01,2000-02-01)}"}},
    sample{pgwire::types::tsmultirange, {"{}", R"({["2000-01-01 00:00:00","2000-01-01 12:00:00"]})"}},
    sample{pgwire::types::tstzmultirange, {"{}", R"({["2000-01-01 00:00:00+00",infinity)})"}},
    // of the system
    sample{pgwire::types::char_, {"", "a"}},
    sample{pgwire::types::oid, {"0", "4294967295"}},
    sample{pgwire::types::int2vector, {"1 -2 3"}},
    sample{pgwire::types::oidvector, {"1 4294967295"}},
    sample{pgwire::types::regclass, {"-", "4294967295"}},
    sample{pgwire::types::regtype, {"-"}},
    sample{pgwire::types::regproc, {"-"}},
    sample{pgwire::types::regprocedure, {"-"}},
    sample{pgwire::types::regoper, {"0"}},
    sample{pgwire::types::regoperator, {"0"}},
    sample{pgwire::types::regconfig, {"-"}},
    sample{pgwire::types::regdictionary, {"-"}},
    sample{pgwire::types::regnamespace, {"-"}},
    sample{pgwire::types::regrole, {"-"}},
    sample{pgwire::types::regcollation, {"-"}},
    sample{pgwire::types::xid, {"0", "4294967295"}},
    sample{pgwire::types::xid8, {"0", "18446744073709551615"}},
    sample{pgwire::types::cid, {"0", "4294967295"}},
    sample{pgwire::types::tid, {"(0,0)", "(4294967295,65535)"}},
    sample{pgwire::types::pg_lsn, {"0/0", "FFFFFFFF/FFFFFFFF"}},
    sample{pgwire::types::pg_snapshot, {"10:20:10,14,15"}},
    sample{pgwire::types::txid_snapshot, {"10:20:10,14,15"}},
    sample{pgwire::types::refcursor, {"", "a"}},
};

/// Of the types that are our own, whose numbers are known when the program runs.
[[nodiscard]] inline std::array<sample, 10> own_samples() {
    return {
        sample{pgwire::codec<mood>::type, {"", "sad", "two words", R"(quo"te)"}},
        sample{pgwire::codec<mood>::type.array, {"{}", R"({"","quo\"te",sad,NULL,"two words"})"}},
        sample{pgwire::codec<quantity>::domain_type, {"1", "2147483647"}},
        sample{pgwire::codec<quantity>::domain_type.array, {"{}", "{1,NULL}"}},
        sample{pgwire::codec<item>::type,
               {"(,,,,)", R"*(("a ""b"" \\ c",-5,"{sad,NULL,""two words"",""""}",3,"2020-01-02 03:04:05"))*"}},
        sample{pgwire::codec<item>::type.array,
               {"{}", R"*({"(\"a \"\"x\"\"\",,,1,)",NULL,"(,,\"{ok,NULL}\",,infinity)"})*"}},
        sample{pgwire::codec<shelf>::type,
               {"(,,)",
                R"*(("(lamp,1,{sad},2,""2000-01-01 00:00:00"")","{""(\\""a \\""\\""x\\""\\""\\"",,,1,)"",NULL}","[1,5)"))*"}},
        sample{pgwire::range_traits<double>::type, {"empty", "[1.5,2.5)", "(-Infinity,NaN]", "(,)"}},
        sample{pgwire::range_traits<double>::multirange_type, {"{}", "{[1.5,2.5),[7,)}"}},
        sample{pgwire::codec<pgwire::hstore>::type, {"", R"("a"=>"1", "b"=>NULL, "c d"=>"x \"y\" \\ z")"}},
    };
}

/// A table with a column for each type, and a value of each in a row, as long as there are any.
[[nodiscard]] inline table make_table(std::string_view name, std::span<sample const> all) {
    table t{name, {}, {}};
    std::size_t most = 0;
    auto const count = [](sample const& s) {
        // an empty text is a value of some types, which is then the first
        return static_cast<std::size_t>(
            std::find_if(s.values.begin() + 1, s.values.end(), [](auto v) { return v.empty(); }) - s.values.begin());
    };
    for (auto const& s : all) {
        t.columns.emplace_back(s.type.name, s.type);
        most = std::max(most, count(s));
    }
    for (std::size_t i = 0; i != most + 1; ++i) {  // the last row is all NULL
        auto& row = t.rows.emplace_back();
        for (auto const& s : all)
            row.push_back(i < count(s) ? std::optional<std::string>(s.values[i]) : std::nullopt);
    }
    return t;
}

/// The text of the array that has all values of one column.
template<class Array>
[[nodiscard]] std::string array_text(table const& from, std::size_t column) {
    using element = typename decltype(Array::elements)::value_type;
    Array all;
    for (auto const& row : from.rows)
        if (auto const& text = row[column]; text || &row == &from.rows.back())
            all.elements.push_back(
                *pgwire::decode_value<element>(text ? pgwire::value(*text) : pgwire::value(), pgwire::format::text));
    all.dimensions = {{static_cast<std::int32_t>(all.elements.size())}};
    std::string text(pgwire::value_size<pgwire::format::text>(all), '\0');
    text.resize(static_cast<std::size_t>(pgwire::encode_value<pgwire::format::text>(text.data(), all) - text.data()));
    return text;
}

/// A row whose every column has the values of `samples` as one array, with a NULL at its end.
[[nodiscard]] inline table make_arrays(table const& from) {
    table t{"arrays", {}, std::vector<std::vector<std::optional<std::string>>>(1)};
    for (std::size_t i = 0; i != from.columns.size(); ++i)
        pgwire::visit_type<pgwire::host_types>(from.columns[i].type, [&]<class T>(std::type_identity<T>) {
            using array = pgwire::host_array<T>;
            if constexpr (pgwire::has_codec<array>) {
                t.columns.emplace_back(pgwire::type_of<array>.name, pgwire::type_of<array>);
                t.rows[0].push_back(array_text<array>(from, i));
            }
        });
    return t;
}

[[nodiscard]] inline table make_types() {
    table t{"types", {{"name", pgwire::types::name}, {"oid", pgwire::types::oid}}, {}};
    for (auto const* const type : runtime_types)
        for (pgwire::type_info const& one : {static_cast<pgwire::type_info>(*type), type->array})
            t.rows.push_back({std::string(one.name), std::to_string(static_cast<std::uint32_t>(one.type))});
    return t;
}

/// @return a null pointer if there is no such table
[[nodiscard]] inline table const* find_table(std::string_view name) {
    static std::array const all = [] {
        auto rows = make_table("samples", samples);
        auto arrays = make_arrays(rows);
        return std::array{std::move(rows), std::move(arrays), make_table("own", own_samples()), make_types()};
    }();
    auto const found = std::find_if(all.begin(), all.end(), [&](table const& t) { return t.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace types_example
