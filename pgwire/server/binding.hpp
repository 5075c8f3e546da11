// What a Bind must satisfy before there is a portal.
//
// Floor 4, pure. Source: PostgreSQL documentation, Bind; the order of the checks, their SQLSTATEs and texts as measured
// on its servers.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/types/binary_coercible.hpp"
#include "pgwire/types/result_formats.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pgwire::detail {

inline void check_format(format f) {
    if (f != format::text && f != format::binary) [[unlikely]]
        throw sql_error(sqlstates::invalid_parameter_value,
                        "unsupported format code: " + std::to_string(static_cast<int>(f)));
}

[[noreturn, gnu::noinline, gnu::cold]]  // not among what is done for each statement
inline void refuse_counts(bind const& m, std::size_t required) {
    auto const formats = m.parameter_formats.size();
    auto const values = m.parameters.size();
    if (formats > 1 && formats != values)
        throw sql_error(sqlstates::protocol_violation, "bind message has " + std::to_string(formats) +
                                                           " parameter formats but " + std::to_string(values) +
                                                           " parameters");
    throw sql_error(sqlstates::protocol_violation, "bind message supplies " + std::to_string(values) +
                                                       " parameters, but prepared statement \"" +
                                                       std::string(m.statement) + "\" requires " +
                                                       std::to_string(required));
}

/// The values of parameters, of which there are some.
inline void check_bound_values(bind const& m, std::span<oid const> declared) {
    for (format const f : m.parameter_formats) check_format(f);
    result_formats const format_of(m.parameter_formats);
    std::size_t i = 0;
    for (auto const& v : m.parameters) {
        if (v && (format_of[i] == format::text || is_textual(declared[i]))) check_encoding(*v);
        ++i;
    }
}

/// The parameters: as many as the statement has, formats that fit them, text that is UTF-8, in both formats.
/// @throws sql_error 08P01, 22023, 22021
inline void check_parameters(bind const& m, std::span<oid const> declared) {
    auto const formats = m.parameter_formats.size();
    auto const values = m.parameters.size();
    if (values != declared.size() || (formats > 1 && formats != values)) [[unlikely]] refuse_counts(m, declared.size());
    if (values != 0) check_bound_values(m, declared);
}

[[noreturn, gnu::noinline, gnu::cold]]
inline void refuse_result_formats(bind const& m, std::size_t columns) {
    throw sql_error(sqlstates::protocol_violation, "bind message has " + std::to_string(m.result_formats.size()) +
                                                       " result formats but query has " + std::to_string(columns) +
                                                       " columns");
}

/// The result formats: none, one, or one for each column, if there are columns.
/// @throws sql_error 08P01
inline void check_result_formats(bind const& m, std::size_t columns) {
    if (columns != 0 && !result_formats::fit(m.result_formats, columns)) [[unlikely]] refuse_result_formats(m, columns);
}

}  // namespace pgwire::detail
