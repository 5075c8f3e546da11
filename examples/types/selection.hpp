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
        : parameters_(types.begin(), types.end()), text_(text), in_(text) {
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
            auto const* const type = cast();
            add(*std::move(constant), name_of(type), type == nullptr ? pgwire::types::text : *type);
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
        auto const* const wanted = cast();
        if (type == pgwire::oid{}) type = wanted == nullptr ? pgwire::types::text.type : wanted->type;
        if (wanted != nullptr && wanted->type != type)
            refuse("this server casts no parameters into other types", t, pgwire::sqlstates::datatype_mismatch);
        auto const* const known = pgwire::find_type(type);
        add(parameter_item{number - 1}, name_of(wanted), known == nullptr ? pgwire::type_info{type, -1, ""} : *known);
    }

    void add(selected_item what, std::string_view name, pgwire::type_info const& type) {
        items_.push_back(std::move(what));
        types_.push_back(type.type);
        columns_.emplace_back(name, column_type(type));
    }

    /// A column is called as the type that it is cast to, like PostgreSQL's.
    [[nodiscard]] static std::string_view name_of(pgwire::type_info const* cast_to) {
        return cast_to == nullptr ? "?column?" : cast_to->name;
    }

    /// The type behind `::`, up to the next comma; a null pointer if there is none.
    [[nodiscard]] pgwire::type_info const* cast() {
        if (!in_.accept("::")) return nullptr;
        auto const first = in_.peek();
        int depth = 0;
        while (true) {
            auto const t = in_.peek();
            bool const ends = depth == 0 && (t.text == "," || pgwire::is_keyword(t, "FROM"));
            if (ends || t.kind == kind::end) break;
            depth += t.text == "(" ? 1 : t.text == ")" ? -1 : 0;
            static_cast<void>(in_.next());
        }
        auto const name = text_.substr(first.offset, in_.position() - first.offset);
        auto const* const type = find_type(name);
        if (type == nullptr)
            refuse("type \"" + std::string(name) + "\" does not exist", first, pgwire::sqlstates::undefined_object);
        return type;
    }

    std::vector<pgwire::oid> parameters_;
    std::vector<pgwire::column> columns_;
    std::vector<selected_item> items_;
    std::vector<pgwire::oid> types_;
    table const* table_ = nullptr;
    bool is_deliveries_ = false;
    std::string_view text_;
    pgwire::token_scanner in_;
};

}  // namespace types_example
