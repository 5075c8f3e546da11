// Rows: what their columns are, and the rows themselves.
//
// Floor 1. Source: PostgreSQL documentation, "Message Formats", RowDescription and DataRow.
#pragma once

#include "pgwire/protocol/extended_query.hpp"

namespace pgwire {

/// One column of a RowDescription.
struct field_description {
    std::string_view name;
    oid table{};                 ///< the table that the column comes from, or 0
    std::int16_t attribute = 0;  ///< the column's number in that table, or 0
    oid type{};
    std::int16_t size = -1;      ///< `pg_type.typlen`: the type's bytes; negative: they vary
    std::int32_t modifier = -1;  ///< `pg_attribute.atttypmod`, such as varchar's length; -1: none
    pgwire::format format = pgwire::format::text;

    using layout = fields<&field_description::name, &field_description::table, &field_description::attribute,
                          &field_description::type, &field_description::size, &field_description::modifier,
                          &field_description::format>;
    friend constexpr bool operator==(field_description const&, field_description const&) = default;
};

/// RowDescription (backend): the columns of the rows to come. In answer to a Describe of a statement the formats are
/// not yet known and stand as text.
struct row_description {
    static constexpr char tag = 'T';

    list<field_description> columns;

    using layout = fields<&row_description::columns>;
    friend constexpr bool operator==(row_description const&, row_description const&) = default;
};

/// DataRow (backend): one row, a value for each column.
struct data_row {
    static constexpr char tag = 'D';

    list<value> values;

    using layout = fields<&data_row::values>;
    friend constexpr bool operator==(data_row const&, data_row const&) = default;
};

}  // namespace pgwire
