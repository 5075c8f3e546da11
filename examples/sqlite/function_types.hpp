// What functions give, for the types of expressions (inference.hpp): SQLite's, and those that are called by a word.
#pragma once

#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/types/oid.hpp"

#include <string_view>

namespace example::detail {

enum class gives : unsigned char {
    fixed,    ///< always the same type
    first,    ///< that of its first argument whose type is known
    second,   ///< that of its second argument
    sum,      ///< an integer that holds the sum of its argument's values
    average,  ///< numeric, of floats float8
    number,   ///< numeric of a numeric, else float8
};

struct function_type {
    std::string_view name;
    gives what;
    pgwire::type_info type = pgwire::types::text;  ///< if it is fixed
};

// clang-format off
inline constexpr function_type function_types[] = {
    {"int2", gives::fixed, pgwire::types::int2},
    {"int4", gives::fixed, pgwire::types::int4},
    {"int8", gives::fixed, pgwire::types::int8},
    {"count", gives::fixed, pgwire::types::int8},
    {"row_number", gives::fixed, pgwire::types::int8},
    {"rank", gives::fixed, pgwire::types::int8},
    {"dense_rank", gives::fixed, pgwire::types::int8},
    {"random", gives::fixed, pgwire::types::int8},
    {"changes", gives::fixed, pgwire::types::int8},
    {"total_changes", gives::fixed, pgwire::types::int8},
    {"last_insert_rowid", gives::fixed, pgwire::types::int8},
    {"unixepoch", gives::fixed, pgwire::types::int8},
    {"sum", gives::sum},
    {"avg", gives::average},
    {"total", gives::fixed, pgwire::types::float8},
    {"percent_rank", gives::fixed, pgwire::types::float8},
    {"cume_dist", gives::fixed, pgwire::types::float8},
    {"julianday", gives::fixed, pgwire::types::float8},
    {"sqrt", gives::fixed, pgwire::types::float8},
    {"pow", gives::fixed, pgwire::types::float8},
    {"power", gives::fixed, pgwire::types::float8},
    {"exp", gives::fixed, pgwire::types::float8},
    {"ln", gives::fixed, pgwire::types::float8},
    {"log", gives::fixed, pgwire::types::float8},
    {"pi", gives::fixed, pgwire::types::float8},
    {"sin", gives::fixed, pgwire::types::float8},
    {"cos", gives::fixed, pgwire::types::float8},
    {"min", gives::first},
    {"max", gives::first},
    {"coalesce", gives::first},
    {"ifnull", gives::first},
    {"nullif", gives::first},
    {"abs", gives::first},
    {"lag", gives::first},
    {"lead", gives::first},
    {"first_value", gives::first},
    {"last_value", gives::first},
    {"nth_value", gives::first},
    {"iif", gives::second},
    {"length", gives::fixed, pgwire::types::int4},
    {"instr", gives::fixed, pgwire::types::int4},
    {"unicode", gives::fixed, pgwire::types::int4},
    {"octet_length", gives::fixed, pgwire::types::int4},
    {"sign", gives::fixed, pgwire::types::int4},
    {"ntile", gives::fixed, pgwire::types::int4},
    {"date", gives::fixed, pgwire::types::date},
    {"time", gives::fixed, pgwire::types::time},
    {"datetime", gives::fixed, pgwire::types::timestamp},
    {"now", gives::fixed, pgwire::types::timestamptz},
    {"localtime", gives::fixed, pgwire::types::time},
    {"localtimestamp", gives::fixed, pgwire::types::timestamp},
    {"round", gives::number},
    {"ceil", gives::number},
    {"ceiling", gives::number},
    {"floor", gives::number},
    {"trunc", gives::number},
    {"json", gives::fixed, pgwire::types::json},
    {"json_array", gives::fixed, pgwire::types::json},
    {"json_object", gives::fixed, pgwire::types::json},
    {"json_group_array", gives::fixed, pgwire::types::json},
    {"json_group_object", gives::fixed, pgwire::types::json},
    {"json_valid", gives::fixed, pgwire::types::bool_},
    {"glob", gives::fixed, pgwire::types::bool_},
    {"like", gives::fixed, pgwire::types::bool_},
    {"zeroblob", gives::fixed, pgwire::types::bytea},
    {"randomblob", gives::fixed, pgwire::types::bytea},
    {"format_type", gives::fixed, pgwire::types::text},
    {"pg_notify", gives::fixed, pgwire::types::void_},
    {"pg_listening_channels", gives::fixed, pgwire::types::text},
    {"pg_notification_queue_usage", gives::fixed, pgwire::types::float8},
};
// clang-format on

/// A word of SQL that stands for a function without parentheses.
struct word_function {
    std::string_view word;
    std::string_view function;  ///< as it is registered with SQLite (functions.hpp); empty: SQLite knows the word
    pgwire::type_info type;
};

// clang-format off
inline constexpr word_function word_functions[] = {
    {"current_user", "current_user", pgwire::types::name},
    {"session_user", "session_user", pgwire::types::name},
    {"user", "current_user", pgwire::types::name},
    {"current_role", "current_role", pgwire::types::name},
    {"current_catalog", "current_catalog", pgwire::types::name},
    {"current_schema", "current_schema", pgwire::types::name},
    {"localtime", "localtime", pgwire::types::time},
    {"localtimestamp", "localtimestamp", pgwire::types::timestamp},
    {"current_date", "", pgwire::types::date},
    {"current_time", "", pgwire::types::time},
    {"current_timestamp", "", pgwire::types::timestamptz},
};
// clang-format on

[[nodiscard]] inline word_function const* find_word_function(std::string_view word) {
    for (auto const& f : word_functions)
        if (pgwire::is_keyword(word, f.word)) return &f;
    return nullptr;
}

/// How wide a number's type is; 0 for what is no number.
[[nodiscard]] inline int width_of(pgwire::type_info const& t) {
    using namespace pgwire::types;
    int width = 0;
    for (auto const& number : {int2, int4, int8, numeric, float4, float8}) {
        ++width;
        if (t == number) return width;
    }
    return 0;
}

}  // namespace example::detail
