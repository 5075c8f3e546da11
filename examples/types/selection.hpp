// What a statement selects: `SELECT $1, $2::int4[], '1 day'::interval`, or `SELECT inet, uuid FROM samples`.
#pragma once

#include "tables.hpp"

#include <pgwire/core/error.hpp>
#include <pgwire/protocol/sql_literal.hpp>
#include <pgwire/protocol/sql_scanner.hpp>
#include <pgwire/types.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace types_example {

/// One column of the result comes from a parameter, from a column of the table (both count from 0), or is a constant.
struct parameter_item {
    std::size_t index;
};
struct column_item {
    std::size_t index;
};
using selected_item = std::variant<parameter_item, column_item, std::string>;

class selection {
public:
    /// @param types what Parse declares of the parameters
    /// @throws sql_error 42601, 42P01, 42703, 42704, 42804, 42P02
    selection(std::string_view text, std::span<pgwire::oid const> types)
        : parameters_(types.begin(), types.end()), in_(text) {
        if (!in_.accept("SELECT")) refuse("this server knows SELECT only", in_.peek());
        if (accept_deliveries()) return;
        table_ = find_source();
        do select_one();
        while (in_.accept(","));
        if (in_.accept("FROM")) static_cast<void>(in_.next());  // its table is found already
        if (in_.peek().kind != pgwire::token_kind::end) refuse("syntax error", in_.peek());
        for (auto const& p : parameters_)
            if (p == pgwire::oid{})
                throw pgwire::sql_error(
                    pgwire::sqlstates::indeterminate_datatype,
                    "could not determine data type of parameter $" + std::to_string(&p - parameters_.data() + 1));
    }

    /// `SELECT * FROM deliveries`, whose rows are structs.
    [[nodiscard]] bool is_deliveries() const { return is_deliveries_; }
    [[nodiscard]] std::span<pgwire::oid const> parameters() const { return parameters_; }
    [[nodiscard]] std::span<pgwire::column const> columns() const { return columns_; }
    [[nodiscard]] std::span<selected_item const> items() const { return items_; }
    /// The type of each item: a column's own, but for domains.
    [[nodiscard]] std::span<pgwire::oid const> types() const { return types_; }
    /// Where the rows come from; a null pointer: there is one row, of parameters and constants.
    [[nodiscard]] table const* source() const { return table_; }

private:
    using kind = pgwire::token_kind;

    [[noreturn]] static void refuse(std::string const& what, pgwire::token const& at,
                                    pgwire::sqlstate code = pgwire::sqlstates::syntax_error) {
        bool const is_syntax = code == pgwire::sqlstates::syntax_error;
        std::string const near = at.text.empty() ? " at end of input" : " at or near \"" + std::string(at.text) + '"';
        throw pgwire::sql_error(code, is_syntax ? what + near : what)
            .position(static_cast<std::uint32_t>(at.offset + 1))
            .hint("Say \"SELECT $1::int4\", \"SELECT '1 day'::interval\" or \"SELECT * FROM samples\". There are also arrays "
                  "and types, and deliveries, which is only given whole.");
    }

    bool accept_deliveries() {
        auto ahead = in_;
        is_deliveries_ = ahead.accept("*") && ahead.accept("FROM") && ahead.accept("deliveries") &&
                         ahead.peek().kind == kind::end;
        std::span<pgwire::column const> const columns = pgwire::columns_of<delivery>;
        if (is_deliveries_) columns_.assign(columns.begin(), columns.end());
        return is_deliveries_;
    }

    /// The table behind FROM, which stands at the end.
    [[nodiscard]] table const* find_source() const {
        auto ahead = in_;
        while (ahead.peek().kind != kind::end)
            if (auto const t = ahead.next(); pgwire::is_keyword(t, "FROM")) {
                auto const name = ahead.next();
                auto const* const found = find_table(name.text);
                if (found == nullptr)
                    refuse("relation \"" + std::string(name.text) + "\" does not exist", name,
                           pgwire::sqlstates::undefined_table);
                return found;
            }
        return nullptr;
    }

    void select_one() {
        auto const t = in_.next();
        if (t.kind == kind::parameter) {
            select_parameter(t);
        } else if (t.kind == kind::string) {
            auto constant = pgwire::decode_string(t);
            if (!constant) refuse("invalid string", t);
            auto const target = cast();
            add(*std::move(constant), target.name, target.type == nullptr ? pgwire::types::text : *target.type);
        } else if (t.text == "*" && table_ != nullptr) {
            for (std::size_t i = 0; i != table_->columns.size(); ++i) select_column(i);
        } else if (auto const name = pgwire::decode_identifier(t); name && table_ != nullptr) {
            std::size_t i = 0;
            while (i != table_->columns.size() && table_->columns[i].name != *name) ++i;
            if (i == table_->columns.size())
                refuse("column \"" + *name + "\" does not exist", t, pgwire::sqlstates::undefined_column);
            select_column(i);
        } else {
            refuse("syntax error", t);
        }
    }

    void select_column(std::size_t i) {
        auto const& column = table_->columns[i];
        add(column_item{i}, column.name, {column.type, column.size, column.name});
    }

    void select_parameter(pgwire::token const& t) {
        std::size_t number = 0;
        std::from_chars(t.text.data() + 1, t.text.data() + t.text.size(), number);
        if (number == 0 || number > 65'535)
            refuse("there is no such parameter", t, pgwire::sqlstates::undefined_parameter);
        if (parameters_.size() < number) parameters_.resize(number);
        auto& type = parameters_[number - 1];
        auto const [wanted, name] = cast();
        if (type == pgwire::oid{}) type = wanted == nullptr ? pgwire::types::text.type : wanted->type;
        if (wanted != nullptr && wanted->type != type)
            refuse("this server casts no parameters into other types", t, pgwire::sqlstates::datatype_mismatch);
        auto const* const known = pgwire::find_type(type);
        add(parameter_item{number - 1}, name, known == nullptr ? pgwire::type_info{type, -1, ""} : *known);
    }

    void add(selected_item what, std::string_view name, pgwire::type_info const& type) {
        items_.push_back(std::move(what));
        types_.push_back(type.type);
        columns_.emplace_back(name, column_type(type));
    }

    struct cast_target {
        pgwire::type_info const* type = nullptr;
        std::string_view name = "?column?";  // of the column: as the type, or as that of an array's elements
    };

    /// The type behind `::`, if there is one.
    [[nodiscard]] cast_target cast() {
        if (!in_.accept("::")) return {};
        auto const first = in_.peek();
        auto name = type_word();
        bool exact = first.kind == kind::quoted_identifier;
        std::string schema;
        if (in_.accept(".")) {
            if (name != "pg_catalog")
                refuse("schema \"" + name + "\" does not exist", first, pgwire::sqlstates::invalid_schema_name);
            schema = name + '.';
            name = type_word();
            exact = true;
        }
        if (!exact) take_more_words(name);
        bool const has_modifier = skip_modifier();
        if (!exact) take_more_words(name);
        bool const is_array = skip_dimensions();
        auto const* const type = exact ? find_type_exactly(name) : find_type(name);
        if (type == nullptr)
            refuse("type \"" + schema + name + "\" does not exist", first, pgwire::sqlstates::undefined_object);
        if (has_modifier) refuse_modifier(name, *type, first);
        return {is_array ? find_array(*type, first) : type, type->name};
    }
    [[nodiscard]] std::string type_word() {
        auto const t = in_.next();
        auto word = pgwire::decode_identifier(t);
        if (!word) refuse("syntax error", t);
        return *std::move(word);
    }
    /// Some names have several, such as `timestamp with time zone`.
    void take_more_words(std::string& name) {
        for (bool more = true; more;) {
            more = false;
            for (auto const word : {"precision", "varying", "character", "char", "with", "without", "time", "zone"})
                if (in_.accept(word)) {
                    name += ' ' + std::string(word);
                    more = true;
                }
        }
    }
    /// `(10,2)` @return whether it is there
    bool skip_modifier() {
        if (!in_.accept("(")) return false;
        do {
            static_cast<void>(in_.accept("-"));
            if (auto const number = in_.next(); number.kind != kind::number) refuse("syntax error", number);
        } while (in_.accept(","));
        if (!in_.accept(")")) refuse("syntax error", in_.peek());
        return true;
    }
    /// `[]`, `[3][3]`, `ARRAY`, `ARRAY[3]`: how many and how large does not matter. @return whether there are any
    bool skip_dimensions() {
        bool const is_array = in_.accept("ARRAY");
        bool has_brackets = false;
        for (; in_.accept("["); has_brackets = true) {
            if (in_.peek().kind == kind::number) static_cast<void>(in_.next());
            if (!in_.accept("]")) refuse("syntax error", in_.peek());
        }
        return is_array || has_brackets;
    }
    /// The values would have to be cut or rounded.
    [[noreturn]] static void refuse_modifier(std::string_view name, pgwire::type_info const& type,
                                             pgwire::token const& at) {
        namespace t = pgwire::types;
        for (auto const& with_modifier : {t::bpchar, t::varchar, t::bit, t::varbit, t::numeric, t::time, t::timetz,
                                          t::timestamp, t::timestamptz, t::interval})
            if (with_modifier == type || name == "float")
                refuse("this server applies no type modifiers", at, pgwire::sqlstates::feature_not_supported);
        throw pgwire::sql_error(pgwire::sqlstates::syntax_error,
                                "type modifier is not allowed for type \"" + std::string(type.name) + '"')
            .position(static_cast<std::uint32_t>(at.offset + 1));
    }
    [[nodiscard]] static pgwire::type_info const* find_array(pgwire::type_info const& of, pgwire::token const& at) {
        auto const* const array = find_type_exactly('_' + std::string(of.name));
        if (array == nullptr)
            refuse("there are no arrays of type \"" + std::string(of.name) + '"', at,
                   pgwire::sqlstates::undefined_object);
        return array;
    }

    std::vector<pgwire::oid> parameters_;
    std::vector<pgwire::column> columns_;
    std::vector<selected_item> items_;
    std::vector<pgwire::oid> types_;
    table const* table_ = nullptr;
    bool is_deliveries_ = false;
    pgwire::token_scanner in_;
};

}  // namespace types_example
