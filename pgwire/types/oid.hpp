// PostgreSQL's built-in types: their object identifiers, sizes and names.
//
// Floor 2, standard library only. Source: the catalog `pg_type` of PostgreSQL 15, every type of which a client may see
// a value, with its array type; PostgreSQL documentation, "Data Types" for the spellings of the SQL standard.
#pragma once

#include "pgwire/core/oid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// What RowDescription says of a type, and its name in `pg_type`.
struct type_info {
    oid type{};
    std::int16_t size = -1;  ///< bytes in the server's memory; -1 varies, -2 ends with a NUL
    std::string_view name;

    friend constexpr bool operator==(type_info const&, type_info const&) = default;
};

/// The built-in types under their names in `pg_type`. Three are keywords of C++ and have an underscore: `bool_`,
/// `char_` (the one-byte type `"char"`; SQL's CHARACTER is `bpchar`) and `void_`. An array is `int4_array`.
namespace types {

// Scalars, ranges, and the few pseudo-types that results and parameters have.
inline constexpr type_info bool_{pgwire::oid{16}, 1, "bool"};
inline constexpr type_info bytea{pgwire::oid{17}, -1, "bytea"};
inline constexpr type_info char_{pgwire::oid{18}, 1, "char"};
inline constexpr type_info name{pgwire::oid{19}, 64, "name"};
inline constexpr type_info int8{pgwire::oid{20}, 8, "int8"};
inline constexpr type_info int2{pgwire::oid{21}, 2, "int2"};
inline constexpr type_info int2vector{pgwire::oid{22}, -1, "int2vector"};
inline constexpr type_info int4{pgwire::oid{23}, 4, "int4"};
inline constexpr type_info regproc{pgwire::oid{24}, 4, "regproc"};
inline constexpr type_info text{pgwire::oid{25}, -1, "text"};
inline constexpr type_info oid{pgwire::oid{26}, 4, "oid"};
inline constexpr type_info tid{pgwire::oid{27}, 6, "tid"};
inline constexpr type_info xid{pgwire::oid{28}, 4, "xid"};
inline constexpr type_info cid{pgwire::oid{29}, 4, "cid"};
inline constexpr type_info oidvector{pgwire::oid{30}, -1, "oidvector"};
inline constexpr type_info json{pgwire::oid{114}, -1, "json"};
inline constexpr type_info xml{pgwire::oid{142}, -1, "xml"};
inline constexpr type_info pg_node_tree{pgwire::oid{194}, -1, "pg_node_tree"};
inline constexpr type_info point{pgwire::oid{600}, 16, "point"};
inline constexpr type_info lseg{pgwire::oid{601}, 32, "lseg"};
inline constexpr type_info path{pgwire::oid{602}, -1, "path"};
inline constexpr type_info box{pgwire::oid{603}, 32, "box"};
inline constexpr type_info polygon{pgwire::oid{604}, -1, "polygon"};
inline constexpr type_info line{pgwire::oid{628}, 24, "line"};
inline constexpr type_info cidr{pgwire::oid{650}, -1, "cidr"};
inline constexpr type_info float4{pgwire::oid{700}, 4, "float4"};
inline constexpr type_info float8{pgwire::oid{701}, 8, "float8"};
inline constexpr type_info unknown{pgwire::oid{705}, -2, "unknown"};
inline constexpr type_info circle{pgwire::oid{718}, 24, "circle"};
inline constexpr type_info macaddr8{pgwire::oid{774}, 8, "macaddr8"};
inline constexpr type_info money{pgwire::oid{790}, 8, "money"};
inline constexpr type_info macaddr{pgwire::oid{829}, 6, "macaddr"};
inline constexpr type_info inet{pgwire::oid{869}, -1, "inet"};
inline constexpr type_info aclitem{pgwire::oid{1033}, 12, "aclitem"};
inline constexpr type_info bpchar{pgwire::oid{1042}, -1, "bpchar"};
inline constexpr type_info varchar{pgwire::oid{1043}, -1, "varchar"};
inline constexpr type_info date{pgwire::oid{1082}, 4, "date"};
inline constexpr type_info time{pgwire::oid{1083}, 8, "time"};
inline constexpr type_info timestamp{pgwire::oid{1114}, 8, "timestamp"};
inline constexpr type_info timestamptz{pgwire::oid{1184}, 8, "timestamptz"};
inline constexpr type_info interval{pgwire::oid{1186}, 16, "interval"};
inline constexpr type_info timetz{pgwire::oid{1266}, 12, "timetz"};
inline constexpr type_info bit{pgwire::oid{1560}, -1, "bit"};
inline constexpr type_info varbit{pgwire::oid{1562}, -1, "varbit"};
inline constexpr type_info numeric{pgwire::oid{1700}, -1, "numeric"};
inline constexpr type_info refcursor{pgwire::oid{1790}, -1, "refcursor"};
inline constexpr type_info regprocedure{pgwire::oid{2202}, 4, "regprocedure"};
inline constexpr type_info regoper{pgwire::oid{2203}, 4, "regoper"};
inline constexpr type_info regoperator{pgwire::oid{2204}, 4, "regoperator"};
inline constexpr type_info regclass{pgwire::oid{2205}, 4, "regclass"};
inline constexpr type_info regtype{pgwire::oid{2206}, 4, "regtype"};
inline constexpr type_info record{pgwire::oid{2249}, -1, "record"};
inline constexpr type_info cstring{pgwire::oid{2275}, -2, "cstring"};
inline constexpr type_info void_{pgwire::oid{2278}, 4, "void"};
inline constexpr type_info uuid{pgwire::oid{2950}, 16, "uuid"};
inline constexpr type_info txid_snapshot{pgwire::oid{2970}, -1, "txid_snapshot"};
inline constexpr type_info pg_lsn{pgwire::oid{3220}, 8, "pg_lsn"};
inline constexpr type_info pg_ndistinct{pgwire::oid{3361}, -1, "pg_ndistinct"};
inline constexpr type_info pg_dependencies{pgwire::oid{3402}, -1, "pg_dependencies"};
inline constexpr type_info tsvector{pgwire::oid{3614}, -1, "tsvector"};
inline constexpr type_info tsquery{pgwire::oid{3615}, -1, "tsquery"};
inline constexpr type_info gtsvector{pgwire::oid{3642}, -1, "gtsvector"};
inline constexpr type_info regconfig{pgwire::oid{3734}, 4, "regconfig"};
inline constexpr type_info regdictionary{pgwire::oid{3769}, 4, "regdictionary"};
inline constexpr type_info jsonb{pgwire::oid{3802}, -1, "jsonb"};
inline constexpr type_info int4range{pgwire::oid{3904}, -1, "int4range"};
inline constexpr type_info numrange{pgwire::oid{3906}, -1, "numrange"};
inline constexpr type_info tsrange{pgwire::oid{3908}, -1, "tsrange"};
inline constexpr type_info tstzrange{pgwire::oid{3910}, -1, "tstzrange"};
inline constexpr type_info daterange{pgwire::oid{3912}, -1, "daterange"};
inline constexpr type_info int8range{pgwire::oid{3926}, -1, "int8range"};
inline constexpr type_info jsonpath{pgwire::oid{4072}, -1, "jsonpath"};
inline constexpr type_info regnamespace{pgwire::oid{4089}, 4, "regnamespace"};
inline constexpr type_info regrole{pgwire::oid{4096}, 4, "regrole"};
inline constexpr type_info regcollation{pgwire::oid{4191}, 4, "regcollation"};
inline constexpr type_info int4multirange{pgwire::oid{4451}, -1, "int4multirange"};
inline constexpr type_info nummultirange{pgwire::oid{4532}, -1, "nummultirange"};
inline constexpr type_info tsmultirange{pgwire::oid{4533}, -1, "tsmultirange"};
inline constexpr type_info tstzmultirange{pgwire::oid{4534}, -1, "tstzmultirange"};
inline constexpr type_info datemultirange{pgwire::oid{4535}, -1, "datemultirange"};
inline constexpr type_info int8multirange{pgwire::oid{4536}, -1, "int8multirange"};
inline constexpr type_info pg_brin_bloom_summary{pgwire::oid{4600}, -1, "pg_brin_bloom_summary"};
inline constexpr type_info pg_brin_minmax_multi_summary{pgwire::oid{4601}, -1, "pg_brin_minmax_multi_summary"};
inline constexpr type_info pg_mcv_list{pgwire::oid{5017}, -1, "pg_mcv_list"};
inline constexpr type_info pg_snapshot{pgwire::oid{5038}, -1, "pg_snapshot"};
inline constexpr type_info xid8{pgwire::oid{5069}, 8, "xid8"};

// Their arrays, whose names in `pg_type` begin with an underscore.
inline constexpr type_info xml_array{pgwire::oid{143}, -1, "_xml"};
inline constexpr type_info json_array{pgwire::oid{199}, -1, "_json"};
inline constexpr type_info xid8_array{pgwire::oid{271}, -1, "_xid8"};
inline constexpr type_info line_array{pgwire::oid{629}, -1, "_line"};
inline constexpr type_info cidr_array{pgwire::oid{651}, -1, "_cidr"};
inline constexpr type_info circle_array{pgwire::oid{719}, -1, "_circle"};
inline constexpr type_info macaddr8_array{pgwire::oid{775}, -1, "_macaddr8"};
inline constexpr type_info money_array{pgwire::oid{791}, -1, "_money"};
inline constexpr type_info bool_array{pgwire::oid{1000}, -1, "_bool"};
inline constexpr type_info bytea_array{pgwire::oid{1001}, -1, "_bytea"};
inline constexpr type_info char_array{pgwire::oid{1002}, -1, "_char"};
inline constexpr type_info name_array{pgwire::oid{1003}, -1, "_name"};
inline constexpr type_info int2_array{pgwire::oid{1005}, -1, "_int2"};
inline constexpr type_info int2vector_array{pgwire::oid{1006}, -1, "_int2vector"};
inline constexpr type_info int4_array{pgwire::oid{1007}, -1, "_int4"};
inline constexpr type_info regproc_array{pgwire::oid{1008}, -1, "_regproc"};
inline constexpr type_info text_array{pgwire::oid{1009}, -1, "_text"};
inline constexpr type_info tid_array{pgwire::oid{1010}, -1, "_tid"};
inline constexpr type_info xid_array{pgwire::oid{1011}, -1, "_xid"};
inline constexpr type_info cid_array{pgwire::oid{1012}, -1, "_cid"};
inline constexpr type_info oidvector_array{pgwire::oid{1013}, -1, "_oidvector"};
inline constexpr type_info bpchar_array{pgwire::oid{1014}, -1, "_bpchar"};
inline constexpr type_info varchar_array{pgwire::oid{1015}, -1, "_varchar"};
inline constexpr type_info int8_array{pgwire::oid{1016}, -1, "_int8"};
inline constexpr type_info point_array{pgwire::oid{1017}, -1, "_point"};
inline constexpr type_info lseg_array{pgwire::oid{1018}, -1, "_lseg"};
inline constexpr type_info path_array{pgwire::oid{1019}, -1, "_path"};
inline constexpr type_info box_array{pgwire::oid{1020}, -1, "_box"};
inline constexpr type_info float4_array{pgwire::oid{1021}, -1, "_float4"};
inline constexpr type_info float8_array{pgwire::oid{1022}, -1, "_float8"};
inline constexpr type_info polygon_array{pgwire::oid{1027}, -1, "_polygon"};
inline constexpr type_info oid_array{pgwire::oid{1028}, -1, "_oid"};
inline constexpr type_info aclitem_array{pgwire::oid{1034}, -1, "_aclitem"};
inline constexpr type_info macaddr_array{pgwire::oid{1040}, -1, "_macaddr"};
inline constexpr type_info inet_array{pgwire::oid{1041}, -1, "_inet"};
inline constexpr type_info timestamp_array{pgwire::oid{1115}, -1, "_timestamp"};
inline constexpr type_info date_array{pgwire::oid{1182}, -1, "_date"};
inline constexpr type_info time_array{pgwire::oid{1183}, -1, "_time"};
inline constexpr type_info timestamptz_array{pgwire::oid{1185}, -1, "_timestamptz"};
inline constexpr type_info interval_array{pgwire::oid{1187}, -1, "_interval"};
inline constexpr type_info numeric_array{pgwire::oid{1231}, -1, "_numeric"};
inline constexpr type_info cstring_array{pgwire::oid{1263}, -1, "_cstring"};
inline constexpr type_info timetz_array{pgwire::oid{1270}, -1, "_timetz"};
inline constexpr type_info bit_array{pgwire::oid{1561}, -1, "_bit"};
inline constexpr type_info varbit_array{pgwire::oid{1563}, -1, "_varbit"};
inline constexpr type_info refcursor_array{pgwire::oid{2201}, -1, "_refcursor"};
inline constexpr type_info regprocedure_array{pgwire::oid{2207}, -1, "_regprocedure"};
inline constexpr type_info regoper_array{pgwire::oid{2208}, -1, "_regoper"};
inline constexpr type_info regoperator_array{pgwire::oid{2209}, -1, "_regoperator"};
inline constexpr type_info regclass_array{pgwire::oid{2210}, -1, "_regclass"};
inline constexpr type_info regtype_array{pgwire::oid{2211}, -1, "_regtype"};
inline constexpr type_info record_array{pgwire::oid{2287}, -1, "_record"};
inline constexpr type_info txid_snapshot_array{pgwire::oid{2949}, -1, "_txid_snapshot"};
inline constexpr type_info uuid_array{pgwire::oid{2951}, -1, "_uuid"};
inline constexpr type_info pg_lsn_array{pgwire::oid{3221}, -1, "_pg_lsn"};
inline constexpr type_info tsvector_array{pgwire::oid{3643}, -1, "_tsvector"};
inline constexpr type_info gtsvector_array{pgwire::oid{3644}, -1, "_gtsvector"};
inline constexpr type_info tsquery_array{pgwire::oid{3645}, -1, "_tsquery"};
inline constexpr type_info regconfig_array{pgwire::oid{3735}, -1, "_regconfig"};
inline constexpr type_info regdictionary_array{pgwire::oid{3770}, -1, "_regdictionary"};
inline constexpr type_info jsonb_array{pgwire::oid{3807}, -1, "_jsonb"};
inline constexpr type_info int4range_array{pgwire::oid{3905}, -1, "_int4range"};
inline constexpr type_info numrange_array{pgwire::oid{3907}, -1, "_numrange"};
inline constexpr type_info tsrange_array{pgwire::oid{3909}, -1, "_tsrange"};
inline constexpr type_info tstzrange_array{pgwire::oid{3911}, -1, "_tstzrange"};
inline constexpr type_info daterange_array{pgwire::oid{3913}, -1, "_daterange"};
inline constexpr type_info int8range_array{pgwire::oid{3927}, -1, "_int8range"};
inline constexpr type_info jsonpath_array{pgwire::oid{4073}, -1, "_jsonpath"};
inline constexpr type_info regnamespace_array{pgwire::oid{4090}, -1, "_regnamespace"};
inline constexpr type_info regrole_array{pgwire::oid{4097}, -1, "_regrole"};
inline constexpr type_info regcollation_array{pgwire::oid{4192}, -1, "_regcollation"};
inline constexpr type_info pg_snapshot_array{pgwire::oid{5039}, -1, "_pg_snapshot"};
inline constexpr type_info int4multirange_array{pgwire::oid{6150}, -1, "_int4multirange"};
inline constexpr type_info nummultirange_array{pgwire::oid{6151}, -1, "_nummultirange"};
inline constexpr type_info tsmultirange_array{pgwire::oid{6152}, -1, "_tsmultirange"};
inline constexpr type_info tstzmultirange_array{pgwire::oid{6153}, -1, "_tstzmultirange"};
inline constexpr type_info datemultirange_array{pgwire::oid{6155}, -1, "_datemultirange"};
inline constexpr type_info int8multirange_array{pgwire::oid{6157}, -1, "_int8multirange"};
/// All of the above, by ascending object identifier.
inline constexpr std::array all{
    bool_, bytea, char_, name, int8, int2, int2vector, int4, regproc, text, oid, tid, xid, cid, oidvector, json, xml,
    xml_array, pg_node_tree, json_array, xid8_array, point, lseg, path, box, polygon, line, line_array, cidr,
    cidr_array, float4, float8, unknown, circle, circle_array, macaddr8, macaddr8_array, money, money_array, macaddr,
    inet, bool_array, bytea_array, char_array, name_array, int2_array, int2vector_array, int4_array, regproc_array,
    text_array, tid_array, xid_array, cid_array, oidvector_array, bpchar_array, varchar_array, int8_array,
    point_array, lseg_array, path_array, box_array, float4_array, float8_array, polygon_array, oid_array, aclitem,
    aclitem_array, macaddr_array, inet_array, bpchar, varchar, date, time, timestamp, timestamp_array, date_array,
    time_array, timestamptz, timestamptz_array, interval, interval_array, numeric_array, cstring_array, timetz,
    timetz_array, bit, bit_array, varbit, varbit_array, numeric, refcursor, refcursor_array, regprocedure, regoper,
    regoperator, regclass, regtype, regprocedure_array, regoper_array, regoperator_array, regclass_array,
    regtype_array, record, cstring, void_, record_array, txid_snapshot_array, uuid, uuid_array, txid_snapshot, pg_lsn,
    pg_lsn_array, pg_ndistinct, pg_dependencies, tsvector, tsquery, gtsvector, tsvector_array, gtsvector_array,
    tsquery_array, regconfig, regconfig_array, regdictionary, regdictionary_array, jsonb, jsonb_array, int4range,
    int4range_array, numrange, numrange_array, tsrange, tsrange_array, tstzrange, tstzrange_array, daterange,
    daterange_array, int8range, int8range_array, jsonpath, jsonpath_array, regnamespace, regnamespace_array, regrole,
    regrole_array, regcollation, regcollation_array, int4multirange, nummultirange, tsmultirange, tstzmultirange,
    datemultirange, int8multirange, pg_brin_bloom_summary, pg_brin_minmax_multi_summary, pg_mcv_list, pg_snapshot,
    pg_snapshot_array, xid8, int4multirange_array, nummultirange_array, tsmultirange_array, tstzmultirange_array,
    datemultirange_array, int8multirange_array,
};
static_assert(std::is_sorted(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.type < b.type; }));

}  // namespace types

/// The built-in type with this object identifier, or a null pointer.
[[nodiscard]] constexpr type_info const* find_type(oid type) noexcept {
    auto const* const at = std::lower_bound(types::all.data(), types::all.data() + types::all.size(), type,
                                            [](type_info const& info, oid wanted) { return info.type < wanted; });
    return at != types::all.data() + types::all.size() && at->type == type ? at : nullptr;
}

namespace detail {

struct type_alias {
    std::string_view spelling;
    std::string_view name;
};

/// What the grammar of SQL calls types, where it is not their name in `pg_type`.
inline constexpr std::array type_aliases{
    type_alias{"bigint", "int8"},
    type_alias{"bit varying", "varbit"},
    type_alias{"boolean", "bool"},
    type_alias{"\"char\"", "char"},
    type_alias{"char", "bpchar"},
    type_alias{"char varying", "varchar"},
    type_alias{"character", "bpchar"},
    type_alias{"character varying", "varchar"},
    type_alias{"dec", "numeric"},
    type_alias{"decimal", "numeric"},
    type_alias{"double precision", "float8"},
    type_alias{"float", "float8"},
    type_alias{"int", "int4"},
    type_alias{"integer", "int4"},
    type_alias{"national char", "bpchar"},
    type_alias{"national char varying", "varchar"},
    type_alias{"national character", "bpchar"},
    type_alias{"national character varying", "varchar"},
    type_alias{"nchar", "bpchar"},
    type_alias{"nchar varying", "varchar"},
    type_alias{"real", "float4"},
    type_alias{"smallint", "int2"},
    type_alias{"time with time zone", "timetz"},
    type_alias{"time without time zone", "time"},
    type_alias{"timestamp with time zone", "timestamptz"},
    type_alias{"timestamp without time zone", "timestamp"},
};

/// A type's name as a user writes it, in a normal form: lower case, single blanks, without `(…)` and `[…]`.
class type_name {
public:
    constexpr explicit type_name(std::string_view written) noexcept {
        int inside = 0;
        bool blank = false;
        for (char const c : written) {
            bool const opens = c == '(' || c == '[';
            if (c == '[') array_ = true;
            if (opens) ++inside;
            bool const space = c == ' ' || (c >= '\t' && c <= '\r');
            if (space || opens || inside != 0) {
                blank = true;
                if (c == ')' || c == ']') --inside;
                continue;
            }
            if (blank && size_ != 0) put(' ');
            blank = false;
            put(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        }
        if (size_ > suffix.size() && view().substr(size_ - suffix.size()) == suffix) {  // SQL's other way to say `[]`
            size_ -= suffix.size();
            array_ = true;
        }
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_.data(), size_}; }
    [[nodiscard]] constexpr bool array() const noexcept { return array_; }

private:
    static constexpr std::string_view suffix = " array";

    constexpr void put(char c) noexcept {
        if (size_ != text_.size()) text_[size_++] = c;
    }

    std::array<char, 64> text_{};  // longer than every name in the tables, so a longer one matches none
    std::size_t size_ = 0;
    bool array_ = false;
};

[[nodiscard]] constexpr type_info const* find_type_exactly(std::string_view prefix, std::string_view name) noexcept {
    for (auto const& info : types::all) {
        bool const long_enough = info.name.size() == prefix.size() + name.size();
        if (long_enough && info.name.starts_with(prefix) && info.name.ends_with(name)) return &info;
    }
    return nullptr;
}

}  // namespace detail

/// The built-in type that `name` spells, or a null pointer. Knows the names of `pg_type` and those of SQL, in upper and
/// lower case, with a length or precision (which it leaves to the caller) and with `[]`:
/// `int4`, `INTEGER`, `varchar(20)`, `timestamp(3) with time zone`, `double precision[]`, `"char"`.
/// `char` without quotes is SQL's `bpchar`.
[[nodiscard]] constexpr type_info const* find_type(std::string_view name) noexcept {
    detail::type_name const normal(name);
    std::string_view type = normal.view();
    for (auto const& alias : detail::type_aliases)
        if (alias.spelling == type) {
            type = alias.name;
            break;
        }
    return detail::find_type_exactly(normal.array() ? "_" : "", type);
}

}  // namespace pgwire
