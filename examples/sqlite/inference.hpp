// What a statement's parameters and the columns of its result are, found by reading it and never by running it.
//
// THE RULE. A column of a table has its declared type (types.hpp). An expression has a type by its outermost part:
//
//     CAST(x AS t), x::t                   t
//     42, 4.2, 'x', X'41', TRUE            int4 (int8, numeric where it is too large), numeric, text, bytea, bool
//     a = b, AND, IN, LIKE, IS, EXISTS     bool
//     a || b, ->>                          text
//     a + b, -a, …                         the wider of int2 < int4 < int8 < numeric < float4 < float8
//     count(…), length(…), sum(…), …       what the function gives (function_types.hpp); max, min, coalesce: as their
//                                          first argument
//     CASE … THEN x, (SELECT x …)          as x
//     a name                               the column of that name in one of the statement's tables, or the
//                                          expression that some SELECT of the statement gives that name, or the
//                                          function that a word such as current_user stands for
//     anything else, NULL                  text
//
// An expression that no AS names is called as PostgreSQL calls it: by its function or column, or `?column?`.
//
// A parameter has the type that the client declares; else that of its cast, of the column that it is inserted into, of
// what it is compared with or added to; int8 behind LIMIT; else text. A quoted string in such a place is bytea or text.
#pragma once

#include "expression_types.hpp"
#include "tokens.hpp"
#include "types.hpp"

#include "pgwire/server/sql_functions.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

class inference : token_reader {
    using typed = detail::typed;

public:
    /// @param declared the parameters' types as the client declares them, 0 for those that it leaves open
    /// @param tables those that the statement reads or writes
    inference(std::string_view text, std::vector<token> const& tokens, std::span<pgwire::oid const> declared,
              std::vector<std::string> const& tables, column_source columns)
        : token_reader(tokens), text_(text), columns_(std::move(columns)), tables_(tables) {
        parameters_.resize(std::max<std::size_t>(declared.size(), pgwire::count_parameters(text)));
        std::copy(declared.begin(), declared.end(), parameters_.begin());
        read_statement({}, true);
    }

    /// A type for each parameter.
    [[nodiscard]] std::vector<pgwire::oid> parameters() const {
        auto all = parameters_;
        std::replace(all.begin(), all.end(), pgwire::oid{}, pgwire::types::text.type);
        return all;
    }

    /// Where strings stand that are written for a bytea, as `'\x41'` for a column of bytes.
    [[nodiscard]] std::vector<std::size_t> const& bytes() const noexcept { return bytes_; }

    /// An expression in a list of results; `name` is empty if SQLite knows it.
    struct item {
        sql_type type{};
        std::string name{};
    };

    /// What is known of the expression that column `i` of `count` is.
    [[nodiscard]] item column(std::size_t i, std::size_t count) const {
        auto const is_star = [](auto const& r) { return !r; };
        auto const stars = static_cast<std::size_t>(std::count_if(result_.begin(), result_.end(), is_star));
        auto const first_star =
            static_cast<std::size_t>(std::find_if(result_.begin(), result_.end(), is_star) - result_.begin());
        if (i < first_star && i < result_.size()) return *result_[i];
        std::size_t const from_end = count - i;  // 1 is the last
        if (stars == 0 || from_end > result_.size()) return {};
        auto const& found = result_[result_.size() - from_end];
        auto const behind = std::find_if(result_.end() - static_cast<std::ptrdiff_t>(from_end), result_.end(), is_star);
        return found && behind == result_.end() ? *found : item{};
    }

private:
    using select_list = std::vector<std::optional<item>>;  // nothing for a star

    [[nodiscard]] bool begins_query(token const& t) const {
        return matches(t, "SELECT") || matches(t, "WITH") || matches(t, "VALUES");
    }

    // ---- statements

    /// Up to the end, or the parenthesis that closes it. @param names of the columns, where WITH gives some
    select_list read_statement(std::vector<std::string> const& names, bool outermost) {
        select_list first;
        bool has_list = false;
        std::vector<std::string> common_names;  // of WITH
        auto const take = [&](select_list list) {
            for (std::size_t i = 0; i < names.size() && i < list.size() && !has_list; ++i)
                if (list[i]) aliases_.try_emplace(names[i], list[i]->type);
            if (!has_list) first = std::move(list);
            has_list = true;
            if (outermost) result_ = first;
        };
        for (std::size_t open = 0; !at_end() && !(is(")") && open == 0);) {
            if (accept("SELECT")) {
                if (!accept("DISTINCT")) static_cast<void>(accept("ALL"));
                take(read_list(outermost ? &target_ : nullptr));
            } else if (accept("RETURNING")) {
                has_list = false;
                take(read_list(nullptr));
            } else if (accept("VALUES")) {
                take(read_rows());
            } else if (is("INTO") || (is("UPDATE") && !matches(ahead(1), "SET"))) {
                advance();
                read_target();
            } else if (accept("SET")) {
                do read_assignment();
                while (accept(","));
            } else if (is_any({"LIMIT", "OFFSET"})) {
                advance();
                do settle(read_expression(), sql_type{pgwire::types::int8});
                while (accept(","));
            } else if (is_any({"WHERE", "ON", "HAVING", "BY"})) {
                advance();
                do static_cast<void>(read_expression());
                while (accept(","));
            } else if (is("(") && begins_query(ahead(1))) {
                advance();
                auto const list = read_statement(std::exchange(common_names, {}), false);
                static_cast<void>(accept(")"));
                read_column_names(list);
            } else if (is("(") && matches(ahead_of_list(), "AS")) {
                common_names = read_names();
            } else {
                if (is("(")) ++open;
                if (is(")")) --open;
                advance();
            }
        }
        return first;
    }
    /// `(SELECT …) AS t (a, b)`: what follows the parenthesis.
    void read_column_names(select_list const& list) {
        std::size_t const name = is("AS") ? 1 : 0;
        if (ahead(name).kind == token_kind::symbol || !matches(ahead(name + 1), "(")) return;
        for (std::size_t n = 0; n <= name; ++n) advance();
        auto names = read_names();
        for (std::size_t i = 0; i < std::min(names.size(), list.size()); ++i)
            if (list[i]) aliases_.try_emplace(std::move(names[i]), list[i]->type);
    }

    /// `t`, `s.t`, `t (a, b)`: the columns that VALUES and SELECT fill.
    void read_target() {
        while (is_any({"OR", "INTO", "ROLLBACK", "ABORT", "REPLACE", "FAIL", "IGNORE"})) advance();
        auto table = name_of(here());
        advance();
        if (accept(".")) {
            table = name_of(here());
            advance();
        }
        auto const& columns = columns_(table);
        target_.clear();
        if (is("(") && !begins_query(ahead(1))) {
            for (auto const& name : read_names()) target_.push_back(detail::find_column(columns, name));
        } else {
            for (auto const& c : columns) target_.push_back(c.type);
        }
    }
    void read_assignment() {
        if (is("(")) return static_cast<void>(read_expression());
        auto const type = column_named(name_of(here()));
        advance();
        if (accept("=")) settle(read_expression(), type);
    }

    select_list read_list(std::vector<std::optional<sql_type>> const* target) {
        select_list items;
        do {
            if (accept("*")) {
                items.emplace_back();
                continue;
            }
            if (matches(ahead(1), ".") && matches(ahead(2), "*")) {
                for (int n = 0; n != 3; ++n) advance();
                items.emplace_back();
                continue;
            }
            auto const value = read_expression();
            if (target != nullptr && items.size() < target->size()) settle(value, (*target)[items.size()]);
            items.push_back(item{detail::type_of_result(value), value.name.empty() ? "?column?" : value.name});
            auto const named = accept("AS");
            if (named || here().kind == token_kind::quoted_identifier ||
                (here().kind == token_kind::word && !ends_item())) {
                if (auto alias = name_of(here()); !alias.empty())
                    aliases_.try_emplace(std::move(alias), items.back()->type);
                items.back()->name.clear();
                advance();
            }
        } while (accept(","));
        return items;
    }
    [[nodiscard]] bool ends_item() const {
        return is_any({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT",
                       "WINDOW", "ON", "RETURNING"});
    }
    select_list read_rows() {
        select_list items;
        do {
            if (!accept("(")) break;
            std::size_t i = 0;
            do {
                auto const value = read_expression();
                if (i < target_.size()) settle(value, target_[i]);
                if (items.size() == i) items.push_back(item{detail::type_of_result(value), {}});
                ++i;
            } while (accept(","));
            static_cast<void>(accept(")"));
        } while (accept(","));
        return items;
    }

    // ---- expressions, by falling precedence

    typed read_expression() {
        if (++depth_ > 1000) to_end();
        auto left = read_and();
        while (accept("OR")) {
            static_cast<void>(read_and());
            left = truth();
        }
        --depth_;
        return left;
    }
    typed read_and() {
        auto left = read_not();
        while (accept("AND")) {
            static_cast<void>(read_not());
            left = truth();
        }
        return left;
    }
    typed read_not() {
        if (!accept("NOT")) return read_comparison();
        static_cast<void>(read_not());
        return truth();
    }
    typed read_comparison() {
        auto left = read_sum();
        for (;;) {
            bool const negated =
                is("NOT") && (matches(ahead(1), "IN") || matches(ahead(1), "LIKE") || matches(ahead(1), "GLOB") ||
                              matches(ahead(1), "BETWEEN") || matches(ahead(1), "NULL"));
            if (negated) advance();
            if (is_any({"=", "==", "<>", "!=", "<", ">", "<=", ">=", "LIKE", "GLOB", "MATCH", "REGEXP", "ESCAPE"})) {
                advance();
                unify(left, read_sum());
            } else if (accept("IS")) {
                static_cast<void>(accept("NOT"));
                if (accept("DISTINCT")) static_cast<void>(accept("FROM"));
                unify(left, read_sum());
            } else if (accept("BETWEEN")) {
                unify(left, read_sum());
                if (accept("AND")) unify(left, read_sum());
            } else if (accept("IN")) {
                read_members(left);
            } else if (!accept("ISNULL") && !accept("NOTNULL") && !(negated && accept("NULL"))) {
                return left;
            }
            left = truth();
        }
    }
    void read_members(typed const& left) {
        if (is("(") && begins_query(ahead(1))) {
            advance();
            static_cast<void>(read_statement({}, false));
        } else if (accept("(")) {
            do {
                if (!is(")")) unify(left, read_expression());
            } while (accept(","));
        } else {
            advance();
            return;
        }
        static_cast<void>(accept(")"));
    }
    typed read_sum() {
        auto left = read_product();
        while (is_any({"+", "-", "&", "|", "<<", ">>"})) {
            advance();
            left = wider(left, read_product());
        }
        return left;
    }
    typed read_product() {
        auto left = read_joined();
        while (is_any({"*", "/", "%"})) {
            advance();
            left = wider(left, read_joined());
        }
        return left;
    }
    typed read_joined() {
        auto left = read_sign();
        while (is_any({"||", "->", "->>"})) {
            bool const json = is("->");
            advance();
            static_cast<void>(read_sign());
            left = {sql_type{json ? pgwire::types::json : pgwire::types::text}};
        }
        return left;
    }
    typed read_sign() {
        if (is("-") || is("+") || is("~")) {
            advance();
            auto value = read_sign();
            value.name = {};
            value.quoted = nullptr;
            return value;
        }
        auto value = read_primary();
        while (is("::") || is("COLLATE")) {
            bool const cast = accept("::");
            if (!cast) {
                advance();
                advance();
                continue;
            }
            auto const type = type_of(take_type(text_));
            value = cast_to(value, type);
        }
        return value;
    }

    typed read_primary() {
        auto const& t = here();
        switch (t.kind) {
        case token_kind::end: return {};
        case token_kind::number: advance(); return {sql_type{detail::type_of_number(t.text)}};
        case token_kind::string:
            advance();
            if (pgwire::detail::to_lower(t.text[0]) == 'x') return {sql_type{pgwire::types::bytea}};
            return {sql_type{pgwire::types::text}, 0, {}, false, &t};
        case token_kind::parameter: return read_parameter();
        case token_kind::symbol:
            if (is(")") || is(",")) return {};
            advance();
            return t.text == "(" ? read_parenthesis() : typed{};
        case token_kind::quoted_identifier: return read_name();
        case token_kind::word: break;
        }
        if (is_any({"TRUE", "FALSE"})) return advance(), typed{sql_type{pgwire::types::bool_}, 0, "bool", true};
        if (is("NULL")) return advance(), typed{};
        if (is("CASE")) return read_case();
        if (is("CAST") && matches(ahead(1), "(")) return read_cast();
        if (is("EXISTS")) {
            advance();
            if (accept("(")) skip_parentheses();
            return typed{sql_type{pgwire::types::bool_}, 0, "exists"};
        }
        if (ends_item() || is_any({"THEN", "ELSE", "END", "AS", "AND", "OR"})) return {};
        return read_name();
    }

    typed read_parameter() {
        auto const number = number_of_parameter(here());
        advance();
        if (number == 0 || number > parameters_.size()) return {};
        auto const type = parameters_[number - 1];
        if (type == pgwire::oid{}) return {std::nullopt, number};
        auto const* const known = pgwire::find_type(type);
        return {sql_type{known != nullptr ? *known : pgwire::types::text}};
    }
    typed read_parenthesis() {
        typed value;
        if (begins_query(here())) {
            auto const list = read_statement({}, false);
            if (!list.empty() && list.front()) value.type = list.front()->type;
        } else {
            value = read_expression();
            while (accept(",")) static_cast<void>(read_expression());
        }
        static_cast<void>(accept(")"));
        return value;
    }
    typed read_case() {
        advance();
        typed subject;
        typed result;
        if (!is("WHEN")) subject = read_expression();
        while (accept("WHEN")) {
            unify(subject, read_expression());
            if (accept("THEN")) result = detail::first_known(result, read_expression());
        }
        if (accept("ELSE")) result = detail::first_known(result, read_expression());
        static_cast<void>(accept("END"));
        result.name = "case";
        result.name_yields = true;
        result.quoted = nullptr;
        return result;
    }
    typed read_cast() {
        advance();
        advance();
        auto const value = read_expression();
        static_cast<void>(accept("AS"));
        auto const type = type_of(take_type(text_));
        static_cast<void>(accept(")"));
        return cast_to(value, type);
    }
    /// A column, a function's call, or a word that stands for one.
    typed read_name() {
        auto name = name_of(here());
        auto const* const word = here().kind == token_kind::word ? detail::find_word_function(name) : nullptr;
        advance();
        while (is(".") && !at_end()) {
            advance();
            name = name_of(here());
            advance();
        }
        if (!is("(")) {
            auto type = column_named(name);
            if (!type && word != nullptr && name == word->word) type = sql_type{word->type};
            return {type, 0, std::move(name)};
        }
        advance();
        std::vector<typed> arguments;
        static_cast<void>(accept("DISTINCT"));
        do {
            if (!accept("*") && !is(")")) arguments.push_back(read_expression());
        } while (accept(","));
        if (!accept(")")) skip_parentheses();  // ORDER BY
        while (is_any({"FILTER", "OVER"})) {
            advance();
            if (accept("(")) skip_parentheses();
            else advance();
        }
        auto made = read_call(name, arguments);
        made.name = std::move(name);
        return made;
    }
    // ---- types

    static typed truth() { return {sql_type{pgwire::types::bool_}}; }

    /// The type of a parameter follows from what it is used with; that of a string does if it is bytea.
    void settle(typed const& value, std::optional<sql_type> const& type) {
        if (value.open_parameter != 0 && type) parameters_[value.open_parameter - 1] = type->info.type;
        if (value.quoted != nullptr && type && type->info == pgwire::types::bytea)
            bytes_.push_back(value.quoted->offset);
    }
    void unify(typed const& a, typed const& b) {
        settle(a, b.type);
        settle(b, a.type);
    }
    typed wider(typed const& a, typed const& b) {
        unify(a, b);
        return {detail::wider_type(a, b)};
    }
    typed cast_to(typed const& value, sql_type const& type) {
        settle({value.type, value.open_parameter}, type);
        bool const named = !value.name.empty() && !value.name_yields;
        return {type, 0, named ? value.name : std::string(type.info.name), !named};
    }
    typed read_call(std::string_view name, std::vector<typed> const& arguments) {
        auto made = detail::type_of_call(name, arguments);
        made.value.quoted = nullptr;
        if (made.arguments_alike)
            for (auto const& a : arguments) settle(a, made.value.type);
        return made.value;
    }

    std::optional<sql_type> column_named(std::string_view name) const {
        for (auto const& table : tables_)
            if (auto const found = detail::find_column(columns_(table), name)) return found;
        if (auto const alias = aliases_.find(name); alias != aliases_.end()) return alias->second;
        if (name == "rowid" || name == "oid" || name == "_rowid_") return sql_type{pgwire::types::int8};
        return std::nullopt;
    }
    std::string_view text_;
    column_source columns_;
    std::vector<std::string> const& tables_;
    int depth_ = 0;
    std::vector<pgwire::oid> parameters_;
    std::vector<std::size_t> bytes_;
    std::vector<std::optional<sql_type>> target_;
    std::map<std::string, sql_type, std::less<>> aliases_;
    select_list result_;
};

}  // namespace example
