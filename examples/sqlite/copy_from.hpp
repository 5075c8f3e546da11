// COPY … FROM STDIN: the client's data become rows of a table.
//
// A row is read, and its values looked at, as soon as it has come; so an error tells of it at once. The rows are
// inserted by the session's worker, a portion at a time, by one prepared INSERT.
#pragma once

#include "copy_settings.hpp"
#include "database.hpp"
#include "session_state.hpp"
#include "values.hpp"
#include "waiting.hpp"

#include "pgwire/server/check_values.hpp"
#include "pgwire/server/copy.hpp"
#include "pgwire/types/copy_binary_decoder.hpp"
#include "pgwire/types/copy_csv_decoder.hpp"
#include "pgwire/types/copy_text_decoder.hpp"
#include "pgwire/types/value_error.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace example {

namespace detail {

/// `"t"`
[[nodiscard]] inline std::string quoted_name(std::string_view name) {
    std::string made = "\"";
    for (char const c : name) made.append(c == '"' ? 2 : 1, c);
    return made + '"';
}
[[nodiscard]] inline std::string quoted_table(copy_command const& c) {
    return (c.schema.empty() ? std::string() : quoted_name(c.schema) + '.') + quoted_name(c.table);
}

/// The columns that the data are of.
/// @throws pgwire::sql_error 42P01, 42703, 42701
[[nodiscard]] inline std::vector<std::string> columns_of(catalog& tables, copy_command const& c) {
    auto const& all = tables.columns(c.table);
    if (all.empty())
        throw pgwire::sql_error(pgwire::sqlstates::undefined_table, "relation \"" + c.table + "\" does not exist");
    auto columns = c.columns;
    for (auto at = columns.begin(); at != columns.end(); ++at) {
        if (!find_column(all, *at))
            throw pgwire::sql_error(pgwire::sqlstates::undefined_column,
                                    "column \"" + *at + "\" of relation \"" + c.table + "\" does not exist");
        if (std::find(columns.begin(), at, *at) != at)
            throw pgwire::sql_error(pgwire::sqlstates::duplicate_column,
                                    "column \"" + *at + "\" specified more than once");
    }
    if (columns.empty())
        for (auto const& column : all) columns.push_back(column.name);
    return columns;
}

/// What inserts a row. @throws pgwire::sql_error
[[nodiscard]] inline std::unique_ptr<statement> insert_for(preparation const& by, copy_command const& c,
                                                           std::vector<std::string> const& columns) {
    std::string names;
    std::string values;
    for (auto const& name : columns) {
        names += (names.empty() ? "" : ", ") + quoted_name(name);
        values += (values.empty() ? "$" : ", $") + std::to_string(std::count(values.begin(), values.end(), '$') + 1);
    }
    return std::make_unique<statement>(
        by, "INSERT INTO " + quoted_table(c) + " (" + names + ") VALUES (" + values + ')',
        std::vector<pgwire::oid>());
}

/// A single statement of a simple query has no transaction around it, and this one changes the database in many steps.
class copy_transaction {
public:
    /// Begins one, unless one is open: then it is all that one's business.
    explicit copy_transaction(session_state& state) : state_(state), is_own_(!state.db.in_transaction()) {
        if (is_own_) state_.db.run("BEGIN");
    }
    copy_transaction(copy_transaction const&) = delete;
    copy_transaction& operator=(copy_transaction const&) = delete;
    ~copy_transaction() {
        if (is_own_ && state_.db.in_transaction())
            sqlite3_exec(state_.db.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }

    pgwire::task<> commit() {
        if (!is_own_) co_return;
        auto end = state_.db.prepare("COMMIT");
        int const code = co_await run_when_free(state_, end.get(), [&end] { return end.step(); });
        if (code != SQLITE_DONE) throw state_.error("COMMIT");
    }

private:
    session_state& state_;
    bool is_own_;
};

/// Rows on their way into a table.
class copy_loader {
public:
    copy_loader(session_state& state, preparation const& by, copy_command const& c, copy_settings settings)
        : state_(state), style_(by.style), settings_(std::move(settings)), relation_(c.table),
          columns_(columns_of(by.tables, c)), described_(describe(columns_)), insert_(insert_for(by, c, columns_)),
          stepped_(insert_->take(by.db)), decoder_(make_decoder(by.tables)), transaction_(state) {}

    [[nodiscard]] std::size_t columns() const noexcept { return columns_.size(); }
    [[nodiscard]] pgwire::copy_format overall() const noexcept { return settings_.overall(); }

    pgwire::task<> write(std::string_view piece) {
        std::visit([&](auto& decoder) { decoder.feed(piece), read(decoder); }, decoder_);
        if (bytes_.size() >= portion) co_await insert();
    }
    pgwire::task<pgwire::command> finish() {
        std::visit([&](auto& decoder) { decoder.finish(), read(decoder); }, decoder_);
        co_await insert();
        co_await transaction_.commit();
        co_return pgwire::command("COPY", count_);
    }

private:
    static constexpr std::size_t portion = 65'536;  // bytes

    /// A value that waits: a part of `bytes_`.
    struct waiting {
        std::size_t begin;
        std::size_t size;
        bool is_null;
    };

    using any_decoder = std::variant<pgwire::copy_text_decoder, pgwire::copy_csv_decoder, pgwire::copy_binary_decoder>;

    static std::vector<pgwire::column> describe(std::vector<std::string> const& names) {
        std::vector<pgwire::column> columns;
        for (auto const& name : names) columns.push_back({name, pgwire::types::text});
        return columns;
    }
    /// @throws pgwire::sql_error 42703, 42701, 42P10
    [[nodiscard]] any_decoder make_decoder(catalog& tables) {
        settings_.resolve(described_, relation_, tables.columns(relation_));
        std::span<pgwire::column const> const columns(described_);
        switch (settings_.format) {
        case copy_style::csv: return pgwire::copy_csv_decoder(columns, settings_.csv());
        case copy_style::binary: return pgwire::copy_binary_decoder(columns);
        case copy_style::text: break;
        }
        return pgwire::copy_text_decoder(columns, settings_.text());
    }

    /// Takes all rows that are whole. @throws pgwire::sql_error 22P04, 22P02 and the like, with the line
    template<class Decoder>
    void read(Decoder& from) {
        for (;;) {
            auto const step = from.next();
            if (step && *step != pgwire::copy_step::row) return;
            auto const row = step ? from.row() : from.row_before_problem();
            for (std::size_t i = 0; i != row.size(); ++i)
                if (auto wrong = check(i, row[i]))
                    throw pgwire::sql_error(*std::move(wrong)).where(from.context(relation_, i, columns_[i]));
            if (!step) throw pgwire::sql_error(from.failure(relation_));
            for (auto const& v : row) {
                waiting_.push_back({bytes_.size(), v ? v->size() : 0, !v});
                if (v) bytes_ += *v;
            }
            lines_.push_back(from.line());
        }
    }
    /// What is wrong with a value.
    [[nodiscard]] std::optional<pgwire::diagnostic> check(std::size_t i, pgwire::value const& v) const {
        if (!v) return std::nullopt;
        auto const given = as_parameter(i, v);
        auto wrong = pgwire::detail::check_value(given, style_);
        pgwire::diagnostic d;
        if (given.format == pgwire::format::text) {
            if (wrong == pgwire::errc::none) return std::nullopt;
            d.message = pgwire::describe_value_error(wrong, given.type, *v);
        } else {
            auto const bad = is_text(given.type) ? pgwire::find_invalid_utf8(*v) : v->npos;
            if (bad != v->npos) wrong = pgwire::errc::invalid_encoding;
            if (wrong == pgwire::errc::none) return std::nullopt;
            d.message = pgwire::message(wrong);
            if (bad != v->npos) d.message += ':' + pgwire::detail::shown_bytes(v->substr(bad));
        }
        d.code = pgwire::to_sqlstate(wrong);
        return d;
    }
    [[nodiscard]] static bool is_text(pgwire::oid type) {
        using namespace pgwire;
        return type == types::text.type || type == types::varchar.type || type == types::bpchar.type;
    }
    [[nodiscard]] pgwire::parameter as_parameter(std::size_t i, pgwire::value const& v) const {
        auto const format = settings_.format == copy_style::binary ? pgwire::format::binary : pgwire::format::text;
        return {v, format, insert_->parameters()[i]};
    }

    pgwire::task<> insert() {
        if (lines_.empty()) co_return;
        int const code = co_await run_when_free(state_, stepped_.get(), [this] { return step(); });
        if (code != SQLITE_DONE) fail();
        count_ += lines_.size();
        lines_.clear();
        waiting_.clear();
        bytes_.clear();
        done_ = 0;
    }
    /// On the worker. @return SQLITE_DONE, or why it stops at row `done_`
    int step() noexcept {
        for (; done_ != lines_.size(); ++done_) {
            try {
                bind();
            } catch (...) {
                thrown_ = std::current_exception();
                return SQLITE_ABORT;
            }
            int const code = stepped_.step();
            if (code != SQLITE_DONE) return code;
            stepped_.reset();
        }
        return SQLITE_DONE;
    }
    void bind() {
        binder into(stepped_.get(), style_);
        auto const* next = waiting_.data() + done_ * columns();
        for (std::size_t i = 0; i != columns(); ++i, ++next) {
            auto const text = std::string_view(bytes_).substr(next->begin, next->size);
            into.bind(as_parameter(i, next->is_null ? pgwire::value() : pgwire::value(text)));
        }
    }
    [[noreturn]] void fail() {
        try {
            if (thrown_) std::rethrow_exception(thrown_);
            throw state_.error({});
        } catch (pgwire::sql_error& e) {
            e.fields().where = pgwire::copy_context(relation_, lines_[done_]);
            throw;
        }
    }

    session_state& state_;
    pgwire::text_style style_;
    copy_settings settings_;
    std::string relation_;
    std::vector<std::string> columns_;
    std::vector<pgwire::column> described_;
    std::unique_ptr<statement> insert_;
    sqlite_statement stepped_;
    any_decoder decoder_;
    copy_transaction transaction_;
    std::string bytes_;                 // of the values that wait to be inserted
    std::vector<waiting> waiting_;      // row by row
    std::vector<std::uint64_t> lines_;  // where those rows stood
    std::size_t done_ = 0;              // how many of them are inserted
    std::uint64_t count_ = 0;           // rows inserted before
    std::exception_ptr thrown_;         // on the worker
};

}  // namespace detail

/// Takes the client's data. If it is dropped before its end, the transaction around it takes back what it has done.
class copy_from : public pgwire::copy_in {
public:
    /// @throws pgwire::sql_error 42P01, 42703, 42701
    copy_from(session_state& state, preparation const& by, copy_command const& c, copy_settings settings)
        : loader_(std::make_unique<detail::copy_loader>(state, by, c, std::move(settings))) {
        overall = loader_->overall();
        columns = static_cast<std::uint16_t>(loader_->columns());
    }

    pgwire::task<> write(std::string_view piece) { return loader_->write(piece); }
    pgwire::task<pgwire::command> finish() { return loader_->finish(); }

private:
    std::unique_ptr<detail::copy_loader> loader_;
};

}  // namespace example
