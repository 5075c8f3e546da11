// The extended query protocol: statements are prepared, bound to values, and executed, each step by a message.
//
// Floor 1. Source: PostgreSQL documentation, "Extended Query" and "Message Formats".
#pragma once

#include "pgwire/core/oid.hpp"
#include "pgwire/protocol/message.hpp"

namespace pgwire {

/// What Describe and Close name.
enum class target : char { statement = 'S', portal = 'P' };

/// Parse (frontend): prepare a statement. The unnamed statement's name is empty.
struct parse {
    static constexpr char tag = 'P';

    std::string_view statement;
    std::string_view text;
    list<oid> parameter_types;  ///< may be shorter than the parameters; 0 leaves one unspecified

    using layout = fields<&parse::statement, &parse::text, &parse::parameter_types>;
    friend constexpr bool operator==(parse const&, parse const&) = default;
};

/// Bind (frontend): make a portal from a statement and values for its parameters. Of formats there are none (all are
/// text), one (for all), or one each.
struct bind {
    static constexpr char tag = 'B';

    std::string_view portal;
    std::string_view statement;
    list<format> parameter_formats;
    list<value> parameters;
    list<format> result_formats;

    using layout = fields<&bind::portal, &bind::statement, &bind::parameter_formats, &bind::parameters,
                          &bind::result_formats>;
    friend constexpr bool operator==(bind const&, bind const&) = default;
};

/// Describe (frontend): what are this statement's parameters and columns, or this portal's columns?
struct describe {
    static constexpr char tag = 'D';

    pgwire::target target = target::statement;
    std::string_view name;

    using layout = fields<&describe::target, &describe::name>;
    friend constexpr bool operator==(describe const&, describe const&) = default;
};

/// Execute (frontend): run a portal, or go on with it.
struct execute {
    static constexpr char tag = 'E';

    std::string_view portal;
    std::int32_t max_rows = 0;  ///< 0, like every negative number, means all

    using layout = fields<&execute::portal, &execute::max_rows>;
    friend constexpr bool operator==(execute const&, execute const&) = default;
};

/// Close (frontend): forget a statement or a portal; it is no error if there is none.
struct close {
    static constexpr char tag = 'C';

    pgwire::target target = target::statement;
    std::string_view name;

    using layout = fields<&close::target, &close::name>;
    friend constexpr bool operator==(close const&, close const&) = default;
};

/// Flush (frontend): send what there is.
struct flush {
    static constexpr char tag = 'H';

    using layout = fields<>;
    friend constexpr bool operator==(flush const&, flush const&) = default;
};

/// Sync (frontend): the end of a cycle, and the end of skipping after an error.
struct sync {
    static constexpr char tag = 'S';

    using layout = fields<>;
    friend constexpr bool operator==(sync const&, sync const&) = default;
};

/// ParseComplete (backend).
struct parse_complete {
    static constexpr char tag = '1';

    using layout = fields<>;
    friend constexpr bool operator==(parse_complete const&, parse_complete const&) = default;
};

/// BindComplete (backend).
struct bind_complete {
    static constexpr char tag = '2';

    using layout = fields<>;
    friend constexpr bool operator==(bind_complete const&, bind_complete const&) = default;
};

/// CloseComplete (backend).
struct close_complete {
    static constexpr char tag = '3';

    using layout = fields<>;
    friend constexpr bool operator==(close_complete const&, close_complete const&) = default;
};

/// PortalSuspended (backend): Execute's row limit was reached.
struct portal_suspended {
    static constexpr char tag = 's';

    using layout = fields<>;
    friend constexpr bool operator==(portal_suspended const&, portal_suspended const&) = default;
};

/// NoData (backend): Describe's answer for what returns no rows.
struct no_data {
    static constexpr char tag = 'n';

    using layout = fields<>;
    friend constexpr bool operator==(no_data const&, no_data const&) = default;
};

/// ParameterDescription (backend): the types of a statement's parameters.
struct parameter_description {
    static constexpr char tag = 't';

    list<oid> types;

    using layout = fields<&parameter_description::types>;
    friend constexpr bool operator==(parameter_description const&, parameter_description const&) = default;
};

}  // namespace pgwire
