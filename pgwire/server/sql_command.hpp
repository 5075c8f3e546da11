// A session's own statements of SQL: SET, SHOW, BEGIN, PREPARE, … Whatever begins otherwise belongs to the engine.
//
// Floor 4, pure. Source: PostgreSQL documentation, "SQL Commands": SET, SET TRANSACTION, RESET, SHOW, BEGIN, COMMIT,
// ROLLBACK, SAVEPOINT, RELEASE SAVEPOINT, PREPARE, EXECUTE, DEALLOCATE, DISCARD, CLOSE.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/sql_constant.hpp"
#include "pgwire/server/syntax_error.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// What BEGIN and SET TRANSACTION may say of a transaction; what they leave out is empty.
struct transaction_modes {
    std::string_view isolation{};  ///< `read committed`, …; a literal
    std::optional<bool> read_only;
    std::optional<bool> deferrable;
};

/// One statement that the session itself carries out.
struct sql_command {
    enum class kind : std::uint8_t {
        none,  ///< it is the engine's
        set,
        set_transaction,
        set_characteristics,  ///< SET SESSION CHARACTERISTICS AS TRANSACTION
        set_constraints,
        reset,
        reset_all,
        show,
        show_all,
        begin,
        commit,
        rollback,
        savepoint,
        release,
        rollback_to,
        discard,
        discard_all,
        prepare,
        execute,
        deallocate,
        deallocate_all,
        close_all,
    };

    kind what = kind::none;
    bool local = false;               ///< SET LOCAL
    bool chain = false;               ///< COMMIT AND CHAIN
    bool to_default = false;          ///< SET name TO DEFAULT
    std::string name;                 ///< of a setting, a savepoint, a prepared statement
    std::vector<std::string> values;  ///< of SET, in order
    transaction_modes modes{};
    std::vector<written_type> types;      ///< of PREPARE's parameters
    std::size_t query = 0;                ///< where PREPARE's statement begins in the text, in bytes
    std::vector<sql_constant> constants;  ///< EXECUTE's
    std::string_view tag;  ///< what it is answered with, if it succeeds
};

namespace detail {

class command_parser {
    using kind = sql_command::kind;

public:
    explicit command_parser(std::string_view text) noexcept : text_(text), in_(text) {}

    sql_command parse() {
        auto const first = in_.next();
        if (first.kind == token_kind::word && read(first) && c_.what != kind::prepare) expect_end();
        return std::move(c_);
    }

private:
    /// @return whether it is one of ours
    bool read(token const& first) {
        struct entry {
            std::string_view word;
            bool (command_parser::*read)();
        };
        // clang-format off
        static constexpr entry entries[] = {
            {"SET", &command_parser::read_set},           {"RESET", &command_parser::read_reset},
            {"SHOW", &command_parser::read_show},         {"BEGIN", &command_parser::read_begin},
            {"START", &command_parser::read_start},       {"COMMIT", &command_parser::read_commit},
            {"END", &command_parser::read_commit},        {"ROLLBACK", &command_parser::read_rollback},
            {"ABORT", &command_parser::read_abort},       {"SAVEPOINT", &command_parser::read_savepoint},
            {"RELEASE", &command_parser::read_release},   {"DISCARD", &command_parser::read_discard},
            {"DEALLOCATE", &command_parser::read_deallocate}, {"CLOSE", &command_parser::read_close},
            {"PREPARE", &command_parser::read_prepare},   {"EXECUTE", &command_parser::read_execute},
        };
        // clang-format on
        for (auto const& e : entries)
            if (is_keyword(first.text, e.word)) return (this->*e.read)();
        return false;
    }

    bool is(kind what, std::string_view tag) {
        c_.what = what;
        c_.tag = tag;
        return true;
    }

    // ---- settings

    bool read_set() {
        is(kind::set, "SET");
        if (in_.accept("LOCAL")) {
            c_.local = true;
        } else if (auto const after = in_.peek(); is_keyword(after, "SESSION")) {
            static_cast<void>(in_.next());
            if (in_.accept("CHARACTERISTICS")) {
                expect("AS");
                expect("TRANSACTION");
                c_.what = kind::set_characteristics;
                return read_modes(), true;
            }
            if (in_.accept("AUTHORIZATION")) return read_one_value("session_authorization");
        }
        if (in_.accept("TRANSACTION")) {
            c_.what = kind::set_transaction;
            return read_modes(), true;
        }
        if (in_.accept("CONSTRAINTS")) return read_constraints();
        if (in_.accept("TIME")) return expect("ZONE"), read_time_zone();
        if (in_.accept("NAMES")) return read_names();
        if (in_.accept("SCHEMA")) return read_one_value("search_path");
        if (in_.accept("ROLE")) return read_one_value("role");
        c_.name = read_setting_name();
        if (!in_.accept("TO") && !in_.accept("=")) fail(in_.next());
        if (in_.accept("DEFAULT")) return c_.to_default = true;
        do c_.values.push_back(read_value());
        while (in_.accept(","));
        return true;
    }
    bool read_one_value(std::string_view name) {
        c_.name = name;
        if (in_.accept("DEFAULT")) c_.to_default = true;
        else c_.values.push_back(read_value());
        return true;
    }
    bool read_names() {
        if (in_.peek().kind != token_kind::end) return read_one_value("client_encoding");
        c_.name = "client_encoding";
        return c_.to_default = true;
    }
    bool read_time_zone() {
        if (in_.accept("LOCAL")) {
            c_.name = "TimeZone";
            return c_.to_default = true;
        }
        if (!in_.accept("INTERVAL")) return read_one_value("TimeZone");
        read_one_value("TimeZone");
        if (in_.accept("HOUR") && in_.accept("TO")) expect("MINUTE");
        return true;
    }
    bool read_constraints() {
        is(kind::set_constraints, "SET CONSTRAINTS");
        auto last = in_.next();
        if (last.kind == token_kind::end) fail(last);
        while (in_.peek().kind != token_kind::end) last = in_.next();
        if (!is_keyword(last, "DEFERRED") && !is_keyword(last, "IMMEDIATE")) fail(last);
        return true;
    }

    bool read_reset() {
        is(kind::reset, "RESET");
        if (in_.accept("ALL")) c_.what = kind::reset_all;
        else read_name_or_phrase();
        return true;
    }
    bool read_show() {
        is(kind::show, "SHOW");
        if (in_.accept("ALL")) c_.what = kind::show_all;
        else read_name_or_phrase();
        return true;
    }
    void read_name_or_phrase() {
        auto const before = in_;
        if (in_.accept("TIME") && in_.accept("ZONE")) {
            c_.name = "TimeZone";
        } else if (in_ = before, in_.accept("SESSION") && in_.accept("AUTHORIZATION")) {
            c_.name = "session_authorization";
        } else if (in_ = before, in_.accept("TRANSACTION") && in_.accept("ISOLATION") && in_.accept("LEVEL")) {
            c_.name = "transaction_isolation";
        } else {
            in_ = before;
            c_.name = read_setting_name();
        }
    }

    std::string read_setting_name() {
        auto name = read_identifier();
        while (in_.accept(".")) name += '.' + read_identifier();
        return name;
    }

    std::string read_value() {
        auto const t = in_.next();
        switch (t.kind) {
        case token_kind::string:
            if (auto value = decode_string(t)) return *std::move(value);
            fail(t);
        case token_kind::number: return std::string(t.text);
        case token_kind::word:
        case token_kind::quoted_identifier:
            if (auto name = decode_identifier(t)) return *std::move(name);
            fail(t);
        case token_kind::symbol:
            if (t.text == "-" || t.text == "+") {
                auto const number = in_.next();
                if (number.kind == token_kind::number) return (t.text == "-" ? "-" : "") + std::string(number.text);
                fail(number);
            }
            [[fallthrough]];
        default: fail(t);
        }
    }

    // ---- transactions

    bool read_begin() {
        accept_work();
        read_modes_if_any();
        return is(kind::begin, "BEGIN");
    }
    bool read_start() {
        if (!in_.accept("TRANSACTION")) return false;
        read_modes_if_any();
        return is(kind::begin, "START TRANSACTION");
    }
    bool read_commit() {
        if (is_keyword(in_.peek(), "PREPARED")) return false;
        accept_work();
        read_chain();
        return is(kind::commit, "COMMIT");
    }
    bool read_abort() {
        accept_work();
        read_chain();
        return is(kind::rollback, "ROLLBACK");
    }
    bool read_rollback() {
        if (is_keyword(in_.peek(), "PREPARED")) return false;
        accept_work();
        if (!in_.accept("TO")) {
            read_chain();
            return is(kind::rollback, "ROLLBACK");
        }
        accept_savepoint();
        c_.name = read_identifier();
        return is(kind::rollback_to, "ROLLBACK");
    }
    bool read_savepoint() {
        c_.name = read_identifier();
        return is(kind::savepoint, "SAVEPOINT");
    }
    bool read_release() {
        accept_savepoint();
        c_.name = read_identifier();
        return is(kind::release, "RELEASE");
    }

    void accept_work() {
        if (!in_.accept("WORK")) static_cast<void>(in_.accept("TRANSACTION"));
    }
    // The word may be the savepoint's name, too.
    void accept_savepoint() {
        auto after = in_;
        if (after.accept("SAVEPOINT") && after.peek().kind != token_kind::end) in_ = after;
    }
    void read_chain() {
        if (!in_.accept("AND")) return;
        c_.chain = !in_.accept("NO");
        expect("CHAIN");
    }
    void read_modes_if_any() {
        if (in_.peek().kind != token_kind::end) read_modes();
    }
    void read_modes() {
        do {
            if (in_.accept("ISOLATION")) {
                expect("LEVEL");
                c_.modes.isolation = read_isolation();
            } else if (in_.accept("READ")) {
                bool const only = in_.accept("ONLY");
                if (!only) expect("WRITE");
                c_.modes.read_only = only;
            } else {
                bool const off = in_.accept("NOT");
                expect("DEFERRABLE");
                c_.modes.deferrable = !off;
            }
        } while (in_.accept(",") || in_.peek().kind == token_kind::word);
    }
    std::string_view read_isolation() {
        if (in_.accept("SERIALIZABLE")) return "serializable";
        if (in_.accept("REPEATABLE")) return expect("READ"), "repeatable read";
        expect("READ");
        if (in_.accept("COMMITTED")) return "read committed";
        return expect("UNCOMMITTED"), "read uncommitted";
    }

    // ---- what the protocol names

    bool read_discard() {
        if (in_.accept("ALL")) return is(kind::discard_all, "DISCARD ALL");
        if (in_.accept("PLANS")) return is(kind::discard, "DISCARD PLANS");
        if (in_.accept("SEQUENCES")) return is(kind::discard, "DISCARD SEQUENCES");
        if (!in_.accept("TEMP")) expect("TEMPORARY");
        return is(kind::discard, "DISCARD TEMP");
    }
    bool read_deallocate() {
        auto after = in_;
        if (after.accept("PREPARE") && after.peek().kind != token_kind::end) in_ = after;
        if (in_.accept("ALL")) return is(kind::deallocate_all, "DEALLOCATE ALL");
        c_.name = read_identifier();
        return is(kind::deallocate, "DEALLOCATE");
    }
    bool read_close() {
        if (!in_.accept("ALL")) return false;
        return is(kind::close_all, "CLOSE CURSOR ALL");
    }

    // ---- prepared statements

    bool read_prepare() {
        if (auto after = in_; after.accept("TRANSACTION") && after.peek().kind == token_kind::string) return false;
        c_.name = read_statement_name();
        if (in_.accept("(")) {
            do c_.types.push_back(constants().read_type());
            while (in_.accept(","));
            expect(")");
        }
        expect("AS");
        auto const first = in_.peek();
        if (first.kind == token_kind::end || is_not_preparable(first)) fail(first);
        c_.query = first.offset;
        return is(kind::prepare, "PREPARE");
    }
    bool read_execute() {
        c_.name = read_statement_name();
        if (in_.accept("(")) {
            do c_.constants.push_back(constants().read());
            while (in_.accept(","));
            expect(")");
        }
        return is(kind::execute, "EXECUTE");
    }
    std::string read_statement_name() {
        auto const t = in_.peek();
        if (is_keyword(t, "AS")) fail(t);
        if (t.text == "\"\"")
            throw sql_error(sqlstates::syntax_error, "zero-length delimited identifier at or near \"\"\"\"")
                .position(count_characters(text_.substr(0, t.offset)) + 1);
        return read_identifier();
    }
    constant_reader constants() noexcept { return {text_, in_}; }

    /// Is this the first word of a statement that PostgreSQL has and does not prepare? An engine may have others.
    [[nodiscard]] static bool is_not_preparable(token const& first) noexcept {
        // clang-format off
        static constexpr std::string_view words[] = {
            "ABORT", "ALTER", "ANALYZE", "BEGIN", "CALL", "CHECKPOINT", "CLOSE", "CLUSTER", "COMMENT", "COMMIT",
            "COPY", "CREATE", "DEALLOCATE", "DECLARE", "DISCARD", "DO", "DROP", "END", "EXECUTE", "EXPLAIN", "FETCH",
            "GRANT", "IMPORT", "LISTEN", "LOAD", "LOCK", "MOVE", "NOTIFY", "PREPARE", "REASSIGN", "REFRESH",
            "REINDEX", "RELEASE", "RESET", "REVOKE", "ROLLBACK", "SAVEPOINT", "SECURITY", "SET", "SHOW", "START",
            "TRUNCATE", "UNLISTEN", "VACUUM"};
        // clang-format on
        return std::any_of(std::begin(words), std::end(words), [&](auto word) { return is_keyword(first, word); });
    }

    // ---- small things

    std::string read_identifier() {
        auto const t = in_.next();
        if (auto name = decode_identifier(t)) return *std::move(name);
        fail(t);
    }
    void expect(std::string_view keyword) {
        if (!in_.accept(keyword)) fail(in_.next());
    }
    void expect_end() {
        if (auto const t = in_.next(); t.kind != token_kind::end) fail(t);
    }
    [[noreturn]] void fail(token const& t) const { throw syntax_error_at(text_, t); }

    std::string_view text_;
    token_scanner in_;
    sql_command c_;
};

}  // namespace detail

/// Reads a statement, without its semicolon. Of PREPARE's own statement no more than the first word is looked at.
/// @return of kind `none` if it is not one of the session's
/// @throws sql_error 42601 with the position, if it begins like one and goes on otherwise
[[nodiscard]] inline sql_command parse_sql_command(std::string_view text) {
    return detail::command_parser(text).parse();
}

namespace detail {

/// SAVEPOINT, RELEASE or ROLLBACK TO, or of kind `none`.
[[nodiscard]] inline sql_command parse_savepoint(std::string_view text) {
    auto const first = first_keyword(text);
    if (!is_keyword(first, "SAVEPOINT") && !is_keyword(first, "RELEASE") && !is_keyword(first, "ROLLBACK")) return {};
    auto c = parse_sql_command(text);
    if (c.what == sql_command::kind::rollback) return {};
    return c;
}

}  // namespace detail

}  // namespace pgwire
