// What a session knows of its database: the columns of tables, and its statements with what they give and take.
#pragma once

#include "copy_command.hpp"
#include "inference.hpp"
#include "sqlite.hpp"
#include "translate.hpp"
#include "types.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/server/command.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/text_style.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// A database file, shared by its sessions.
class database {
public:
    /// @throws pgwire::sql_error if the file can't be read or is no database
    explicit database(std::string path, sqlite_connection::if_missing file = sqlite_connection::if_missing::fail)
        : path_(std::move(path)), first_(path_, file) {
        if (sqlite3_db_readonly(first_.get(), "main") == 0)
            first_.run("PRAGMA journal_mode = WAL");  // readers and a writer do not wait for one another
        first_.run("SELECT count(*) FROM sqlite_schema");
    }

    [[nodiscard]] std::string const& path() const noexcept { return path_; }

    /// Counts the changes that sessions of this program make to tables and the like.
    std::atomic<std::uint64_t> schema{1};

private:
    std::string path_;
    sqlite_connection first_;  // the last one to be closed would lock out whoever comes just then
};

/// The tables' columns, read when they are first asked for.
class catalog {
public:
    explicit catalog(sqlite3* db) : db_(db) {}

    [[nodiscard]] std::vector<table_column> const& columns(std::string_view table) {
        if (auto const known = tables_.find(table); known != tables_.end()) return known->second;
        auto& columns = tables_[std::string(table)];
        if (!query_) query_ = sqlite_statement(db_, "SELECT name, type FROM pragma_table_info(?1)");
        query_.bind(1, table);
        while (query_.step() == SQLITE_ROW) columns.push_back({std::string(query_.text(0)), type_of(query_.text(1))});
        query_.reset();
        return columns;
    }
    void forget() { tables_.clear(); }

    /// The same number for the same table, today and tomorrow.
    [[nodiscard]] static pgwire::oid oid_of(std::string_view table) {
        std::uint32_t hash = 2'166'136'261;
        for (char const c : table) hash = (hash ^ static_cast<unsigned char>(pgwire::detail::to_lower(c))) * 16'777'619;
        return pgwire::oid{16'384 + hash % 2'000'000'000};
    }
    [[nodiscard]] std::int16_t number_of(std::string_view table, std::string_view column) {
        auto const& all = columns(table);
        for (std::size_t i = 0; i != all.size(); ++i)
            if (pgwire::is_keyword(all[i].name, column)) return static_cast<std::int16_t>(i + 1);
        return 0;
    }

private:
    sqlite3* db_;
    sqlite_statement query_;
    std::map<std::string, std::vector<table_column>, std::less<>> tables_;
};

/// What SQLite tells of a statement while it prepares it: which tables it touches, and whether it changes any
/// definition.
struct statement_uses {
    std::vector<std::string> tables;
    bool defines = false;

    void add(char const* table) {
        if (table != nullptr && std::find(tables.begin(), tables.end(), table) == tables.end())
            tables.emplace_back(table);
    }
    /// The callback of sqlite3_set_authorizer. A client may not open other files.
    static int on_action(void* uses, int action, char const* first, char const* second, char const*, char const*) {
        if (action == SQLITE_ATTACH && (first == nullptr || *first != '\0')) return SQLITE_DENY;
        auto& self = *static_cast<statement_uses*>(uses);
        switch (action) {
        case SQLITE_READ:
        case SQLITE_INSERT:
        case SQLITE_UPDATE:
        case SQLITE_DELETE: self.add(first); break;
        case SQLITE_SELECT:
        case SQLITE_FUNCTION:
        case SQLITE_TRANSACTION:
        case SQLITE_SAVEPOINT:
        case SQLITE_RECURSIVE:
        case SQLITE_PRAGMA: break;
        case SQLITE_ALTER_TABLE: self.add(second); [[fallthrough]];
        default: self.defines = true;
        }
        return SQLITE_OK;
    }
};

/// The words of a statement's command tag, such as `INSERT 0`; and whether a number of rows belongs behind them.
struct statement_tag {
    std::string words;
    bool counts = false;

    [[nodiscard]] pgwire::command with(std::uint64_t rows) const {
        return counts ? pgwire::command(words, rows) : pgwire::command(words);
    }

    [[nodiscard]] static statement_tag of(std::vector<token> const& tokens, bool has_rows) {
        std::size_t at = 0;
        if (pgwire::is_keyword(tokens[0], "WITH")) at = main_verb(tokens);
        auto const is = [&](std::string_view word) { return pgwire::is_keyword(tokens[at], word); };
        if (is("INSERT") || is("REPLACE")) return {"INSERT 0", true};
        if (is("UPDATE")) return {"UPDATE", true};
        if (is("DELETE")) return {"DELETE", true};
        if (is("EXPLAIN")) return {"EXPLAIN"};
        if (is("SELECT") || is("VALUES") || has_rows) return {"SELECT", true};
        statement_tag tag{upper(tokens[at].text)};
        if (is("CREATE") || is("DROP") || is("ALTER")) {
            do ++at;
            while (is("TEMP") || is("TEMPORARY") || is("UNIQUE") || is("VIRTUAL"));
            tag.words += ' ' + upper(tokens[at].text);
        }
        return tag;
    }

private:
    static std::size_t main_verb(std::vector<token> const& tokens) {
        std::size_t depth = 0;
        for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
            if (tokens[i].text == "(") ++depth;
            else if (tokens[i].text == ")") --depth;
            else if (depth == 0)
                for (std::string_view const verb : {"SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"})
                    if (pgwire::is_keyword(tokens[i], verb)) return i;
        }
        return 0;
    }
    static std::string upper(std::string_view word) {
        std::string s(word);
        for (char& c : s)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        return s;
    }
};

/// What a session makes statements with.
struct preparation {
    sqlite3* db;
    catalog& tables;
    statement_uses& uses;
    pgwire::text_style const& style;
    std::uint64_t schema;  ///< the count of changes to definitions that have been seen
};

/// A statement that a client has prepared.
class statement {
public:
    [[nodiscard]] std::span<pgwire::oid const> parameters() const noexcept { return parameters_; }
    [[nodiscard]] std::span<pgwire::column const> columns() const noexcept { return columns_; }

    /// @throws pgwire::sql_error
    statement(preparation const& by, std::string_view text, std::span<pgwire::oid const> declared)
        : text_(text), declared_(declared.begin(), declared.end()), schema_(by.schema) {
        auto const tokens = tokens_of(text_);
        copy_ = read_copy(text_, tokens);
        if (copy_) {  // what it means is looked at when it runs
            tag_ = {"COPY", true};
            parameters_ = declared_;
            std::replace(parameters_.begin(), parameters_.end(), pgwire::oid{}, pgwire::types::text.type);
            return;
        }
        auto made = prepare(by, tokens);
        if (!made) throw pgwire::syntax_error_at(text_, tokens.front());
        check_parameters(tokens, sqlite3_bind_parameter_count(made.get()));
        auto const count = static_cast<std::size_t>(sqlite3_column_count(made.get()));
        tag_ = statement_tag::of(tokens, count != 0);
        writes_ = sqlite3_stmt_readonly(made.get()) == 0;
        defines_ = by.uses.defines;
        alone_ = pgwire::is_keyword(tokens.front(), "VACUUM");
        tables_ = std::move(by.uses.tables);  // looking into the catalog would add to them
        auto const columns_of = [&by](std::string_view table) -> auto const& { return by.tables.columns(table); };
        inference const inferred(text_, tokens, declared, tables_, columns_of);
        parameters_ = inferred.parameters();
        if (!inferred.bytes().empty()) made = prepare(by, tokens, inferred.bytes());
        bool const explains = sqlite3_stmt_isexplain(made.get()) != 0;
        names_.reserve(count);
        for (std::size_t i = 0; i != count; ++i)
            add_column(by.tables, made.get(), static_cast<int>(i),
                       explains ? inference::item{} : inferred.column(i, count));
        idle_.push_back(std::move(made));
    }

    /// Definitions have changed: is it still what the client was told?
    /// @throws pgwire::sql_error 0A000 if its columns are others now, 42P01 and the like if it can't be anything now
    void check_again(preparation const& by) const {
        statement now(by, text_, declared_);
        if (now.columns_ != columns_) pgwire::detail::refuse_changed_columns();
        idle_ = std::move(now.idle_);
        sqlite_text_ = std::move(now.sqlite_text_);
        schema_ = by.schema;
    }
    [[nodiscard]] std::uint64_t schema() const noexcept { return schema_; }

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] statement_tag const& tag() const noexcept { return tag_; }
    /// The COPY that it is, which SQLite has not seen; or null.
    [[nodiscard]] copy_command const* copy() const noexcept { return copy_ ? &*copy_ : nullptr; }
    [[nodiscard]] bool writes() const noexcept { return writes_; }    ///< to the database
    [[nodiscard]] bool defines() const noexcept { return defines_; }  ///< tables and the like
    [[nodiscard]] bool alone() const noexcept { return alone_; }      ///< must have no transaction around it

    /// A simple query has no values for parameters.
    /// @throws pgwire::sql_error 42P02
    void check_given(std::size_t given) const {
        if (given >= parameters_.size()) return;
        pgwire::token_scanner in(text_);
        auto t = in.next();
        while (t.kind != token_kind::parameter && t.kind != token_kind::end) t = in.next();
        throw pgwire::sql_error(pgwire::sqlstates::undefined_parameter, "there is no parameter " + std::string(t.text))
            .position(pgwire::count_characters(std::string_view(text_).substr(0, t.offset)) + 1);
    }

    /// Would this statement take a table away from that one?
    [[nodiscard]] bool disturbs(statement const& reader) const {
        return defines_ && !tag_.words.starts_with("CREATE") &&
               std::find_first_of(tables_.begin(), tables_.end(), reader.tables_.begin(), reader.tables_.end()) !=
                   tables_.end();
    }

    /// Something to step. Two portals of one statement have two.
    [[nodiscard]] sqlite_statement take(sqlite3* db) {
        if (idle_.empty()) return {db, std::string_view(sqlite_text_)};
        auto one = std::move(idle_.back());
        idle_.pop_back();
        return one;
    }
    void give_back(sqlite_statement one) {
        one.reset();
        idle_.push_back(std::move(one));
    }

private:
    /// Has SQLite prepare it. A word that could be a function without parentheses is one if SQLite knows no such
    /// column.
    sqlite_statement prepare(preparation const& by, std::vector<token> const& tokens,
                             std::span<std::size_t const> bytes = {}) {
        for (std::vector<std::string_view> calls;;) {
            auto const made = to_sqlite(text_, tokens, by.style, calls, bytes);
            by.uses = {};
            try {
                sqlite_statement prepared(by.db, made);
                sqlite_text_ = made.text();
                return prepared;
            } catch (pgwire::sql_error const& e) {
                auto const* const f = e.code() == pgwire::sqlstates::undefined_column
                                          ? detail::word_function_at(text_, tokens, e.fields().position)
                                          : nullptr;
                if (f == nullptr || std::find(calls.begin(), calls.end(), f->word) != calls.end()) throw;
                calls.push_back(f->word);
            }
        }
    }

    /// @param known how many SQLite has found
    void check_parameters(std::vector<token> const& tokens, int known) const {
        std::vector<bool> used(pgwire::count_parameters(text_));
        if (static_cast<std::size_t>(known) > used.size())
            throw pgwire::sql_error(pgwire::sqlstates::syntax_error, "parameters are written $1, $2, …");
        for (auto const& t : tokens)
            if (t.kind == token_kind::parameter) used[number_of_parameter(t) - 1] = true;
        for (std::size_t i = 0; i != used.size(); ++i)
            if (!used[i] && (i >= declared_.size() || declared_[i] == pgwire::oid{}))
                throw pgwire::sql_error(pgwire::sqlstates::indeterminate_datatype,
                                        "could not determine data type of parameter $" + std::to_string(i + 1));
    }

    void add_column(catalog& tables, sqlite3_stmt* made, int i, inference::item const& inferred) {
        auto const* const declared = sqlite3_column_decltype(made, i);
        auto const* const table = sqlite3_column_table_name(made, i);
        bool const named = table == nullptr && !inferred.name.empty();
        names_.push_back(named ? inferred.name : sqlite3_column_name(made, i));
        auto const type = declared != nullptr ? type_of(declared) : inferred.type;
        auto& c = columns_.emplace_back(names_.back(), type.info, type.modifier);
        if (table != nullptr) {
            c.table = catalog::oid_of(table);
            c.attribute = tables.number_of(table, sqlite3_column_origin_name(made, i));
        }
    }

    std::string text_;
    mutable std::string sqlite_text_;
    std::vector<pgwire::oid> declared_;
    std::vector<std::string> tables_;
    statement_tag tag_;
    std::optional<copy_command> copy_;
    bool writes_ = false;
    bool defines_ = false;
    bool alone_ = false;
    std::vector<pgwire::oid> parameters_;
    std::vector<std::string> names_;
    std::vector<pgwire::column> columns_;
    // What SQLite has prepared (and its text, above) and may prepare again; a client sees nothing of it.
    mutable std::vector<sqlite_statement> idle_;
    mutable std::uint64_t schema_;
};

}  // namespace example
