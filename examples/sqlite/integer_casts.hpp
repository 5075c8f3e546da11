// What is no integer, cast to one: rounded and refused as PostgreSQL does, where SQLite cuts off and makes zeros.
//
// A cast to smallint, integer or bigint is written as `CAST(int4(x) AS integer)` (translate.hpp), and these functions
// are registered with SQLite: int2, int4 and int8, as PostgreSQL has them too, and for an x that another cast has made
// a float int2_of_float and so on. Ties are rounded away from zero, those of floats to the even number. A float that no
// cast has made, such as a column's, is rounded like a numeric: SQLite keeps both in the same way.
#pragma once

#include "constants.hpp"
#include "session_state.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/types.hpp"
#include "pgwire/types/value_error.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

namespace example {

namespace detail {

template<class T>
[[noreturn]] void integer_out_of_range() {
    throw pgwire::sql_error(pgwire::sqlstates::numeric_value_out_of_range,
                            pgwire::display_name(pgwire::type_of<T>.type) + " out of range");
}
template<class T>
[[nodiscard]] T narrowed(std::int64_t n) {
    if (n < std::numeric_limits<T>::min() || n > std::numeric_limits<T>::max()) integer_out_of_range<T>();
    return static_cast<T>(n);
}
template<class T>
[[nodiscard]] T rounded(double whole) {
    constexpr double beyond = 9'223'372'036'854'775'808.0;
    if (!(whole >= -beyond && whole < beyond)) integer_out_of_range<T>();
    return narrowed<T>(static_cast<std::int64_t>(whole));
}

/// An integer by its own rules; or a numeric with too many digits for SQLite, which is kept as text.
template<class T>
[[nodiscard]] T integer_of_text(std::string_view text, pgwire::text_style const& style) {
    auto const read = pgwire::decode_value<T>(text, pgwire::format::text, style);
    if (read) return *read;
    auto const number = pgwire::decode_value<pgwire::numeric>(text, pgwire::format::text, style);
    if (!number || fits_a_double(text))
        throw pgwire::sql_error(pgwire::to_sqlstate(read.error()),
                                pgwire::describe_value_error(read.error(), pgwire::type_of<T>.type, text));
    std::string_view const digits = number->text;
    auto const point = std::min(digits.find('.'), digits.size());
    std::int64_t n = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + point, n);
    if (error != std::errc{}) integer_out_of_range<T>();
    if (point + 1 < digits.size() && digits[point + 1] >= '5') {
        bool const negative = digits[0] == '-';
        if (n == (negative ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max()))
            integer_out_of_range<T>();
        n += negative ? -1 : 1;
    }
    return narrowed<T>(n);
}

template<class T, bool OfFloat>
[[nodiscard]] T integer_of(sqlite3_value* given, pgwire::text_style const& style) {
    switch (sqlite3_value_type(given)) {
    case SQLITE_INTEGER: return narrowed<T>(sqlite3_value_int64(given));
    case SQLITE_FLOAT: {
        auto const x = sqlite3_value_double(given);
        return rounded<T>(OfFloat ? std::nearbyint(x) : std::round(x));
    }
    case SQLITE_TEXT: {
        auto const* const text = reinterpret_cast<char const*>(sqlite3_value_text(given));
        return integer_of_text<T>({text, static_cast<std::size_t>(sqlite3_value_bytes(given))}, style);
    }
    default:
        throw pgwire::sql_error(pgwire::sqlstates::cannot_coerce,
                                "cannot cast type bytea to " +
                                    pgwire::display_name(pgwire::type_of<T>.type));
    }
}

template<class T, bool OfFloat>
void call_integer_cast(sqlite3_context* to, int, sqlite3_value** given) {
    auto& state = *static_cast<session_state*>(sqlite3_user_data(to));
    if (sqlite3_value_type(given[0]) == SQLITE_NULL) return sqlite3_result_null(to);
    try {
        sqlite3_result_int64(to, integer_of<T, OfFloat>(given[0], state.session.context().style()));
    } catch (pgwire::sql_error const& e) {
        state.thrown = e;
        sqlite3_result_error(to, e.what(), -1);
    } catch (...) {
        sqlite3_result_error_nomem(to);
    }
}

}  // namespace detail

inline void add_integer_casts(session_state& state) {
    auto const add = [&state]<class T>(T, std::string const& name) {
        auto const flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
        sqlite3_create_function(state.db.get(), name.c_str(), 1, flags, &state, detail::call_integer_cast<T, false>,
                                nullptr, nullptr);
        sqlite3_create_function(state.db.get(), (name + "_of_float").c_str(), 1, flags, &state,
                                detail::call_integer_cast<T, true>, nullptr, nullptr);
    };
    add(std::int16_t{}, "int2");
    add(std::int32_t{}, "int4");
    add(std::int64_t{}, "int8");
}

}  // namespace example
