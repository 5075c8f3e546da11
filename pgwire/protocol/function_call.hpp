// The function call protocol: one function of the server, called by its OID. Old, and still used by libpq's large
// objects.
//
// Floor 1. Source: PostgreSQL documentation, "Function Call" and "Message Formats".
#pragma once

#include "pgwire/protocol/extended_query.hpp"

namespace pgwire {

/// FunctionCall (frontend). Of argument formats there are none (all are text), one (for all), or one each.
struct function_call {
    static constexpr char tag = 'F';

    oid function{};
    list<format> argument_formats;
    list<value> arguments;
    format result_format = format::text;

    using layout = fields<&function_call::function, &function_call::argument_formats, &function_call::arguments,
                          &function_call::result_format>;
    friend constexpr bool operator==(function_call const&, function_call const&) = default;
};

/// FunctionCallResponse (backend).
struct function_call_response {
    static constexpr char tag = 'V';

    value result;

    using layout = fields<&function_call_response::result>;
    friend constexpr bool operator==(function_call_response const&, function_call_response const&) = default;
};

}  // namespace pgwire
