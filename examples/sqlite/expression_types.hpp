// What is known of a column and of an expression, and what operators and functions make of it, for inference.hpp.
#pragma once

#include "function_types.hpp"
#include "tokens.hpp"
#include "types.hpp"

#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/sql_functions.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace example {

/// A column of a table.
struct table_column {
    std::string name;
    sql_type type;
};
/// Gives the columns of a table; empty if there is no such table.
using column_source = std::function<std::vector<table_column> const&(std::string_view table)>;

namespace detail {

[[nodiscard]] inline std::optional<sql_type> find_column(std::vector<table_column> const& columns,
                                                         std::string_view name) {
    for (auto const& c : columns)
        if (pgwire::is_keyword(c.name, name)) return c.type;
    return std::nullopt;
}

/// The type of an expression, or that it is a parameter whose type is not known yet, from 1.
struct typed {
    std::optional<sql_type> type{};
    std::size_t open_parameter = 0;
    std::string name{};             ///< what a column of results is called by it; empty: `?column?`
    bool name_yields = false;       ///< to that of a cast around it
    token const* quoted = nullptr;  ///< the string that it is and nothing else
};

[[nodiscard]] inline sql_type type_of_result(typed const& t) { return t.type.value_or(sql_type{}); }
[[nodiscard]] inline typed first_known(typed const& a, typed const& b) {
    return a.type ? a : b.type ? b : a.open_parameter != 0 ? a : b;
}

[[nodiscard]] inline pgwire::type_info type_of_number(std::string_view text) {
    bool const hex = text.size() > 2 && (text[1] == 'x' || text[1] == 'X');
    if (!hex && text.find_first_of(".eE") != text.npos) return pgwire::types::numeric;
    std::int64_t n = 0;
    auto const digits = hex ? text.substr(2) : text;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n, hex ? 16 : 10);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return hex ? pgwire::types::int8 : pgwire::types::numeric;
    return n <= 2'147'483'647 ? pgwire::types::int4 : pgwire::types::int8;
}

/// Of a sum and the like.
[[nodiscard]] inline sql_type wider_type(typed const& a, typed const& b) {
    auto const width = [](typed const& t) { return t.type ? width_of(t.type->info) : 0; };
    if (width(a) == 0 && width(b) == 0) return {pgwire::types::numeric};
    return {(width(a) >= width(b) ? a : b).type->info};
}

/// What a function gives.
struct typed_call {
    typed value;
    bool arguments_alike = false;  ///< all of them have that type
};

[[nodiscard]] inline typed_call type_of_call(std::string_view name, std::vector<typed> const& arguments) {
    using namespace pgwire::types;
    auto const fixed = [](pgwire::type_info const& t) { return typed_call{{sql_type{t}}}; };
    auto const argument = [&](std::size_t i) { return i < arguments.size() ? arguments[i] : typed{}; };
    for (auto const& f : function_types) {
        if (f.name != name) continue;
        typed value = argument(0);
        for (auto const& a : arguments) value = first_known(value, a);
        auto const info = type_of_result(value).info;
        switch (f.what) {
        case gives::fixed: return fixed(f.type);
        case gives::first: return {value, true};
        case gives::second: return {first_known(argument(1), argument(2))};
        case gives::sum:
            if (info == int2 || info == int4) return fixed(int8);
            if (info == int8) return fixed(numeric);
            return fixed(width_of(info) == 0 ? float8 : info);
        case gives::average: return fixed(width_of(info) >= 5 ? float8 : numeric);
        case gives::number: return fixed(info == numeric ? numeric : float8);
        }
    }
    for (auto const& f : pgwire::session_functions)
        if (f.name == name) return fixed(f.type);
    return fixed(text);
}

}  // namespace detail

}  // namespace example
