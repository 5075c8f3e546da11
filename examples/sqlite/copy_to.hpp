// COPY … TO STDOUT: the rows of a table, or of a query, in a format of COPY.
#pragma once

#include "copy_from.hpp"
#include "copy_settings.hpp"
#include "rows.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/server/copy.hpp"
#include "pgwire/types/copy_binary_encoder.hpp"
#include "pgwire/types/copy_csv_encoder.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace example {

/// What gives the rows.
/// @throws pgwire::sql_error 42P01, 42703, 42701; 0A000 for a query without rows, 42P02 for one with parameters
[[nodiscard]] inline std::unique_ptr<statement> source_of(preparation const& by, copy_command const& c) {
    auto query = c.query;
    if (query.empty()) {
        std::string names;
        for (auto const& name : detail::columns_of(by.tables, c))
            names += (names.empty() ? "" : ", ") + detail::quoted_name(name);
        query = "SELECT " + names + " FROM " + detail::quoted_table(c);
    }
    auto made = std::make_unique<statement>(by, query, std::vector<pgwire::oid>());
    made->check_given(0);
    if (made->columns().empty())
        throw pgwire::sql_error(pgwire::sqlstates::feature_not_supported, "COPY query must have a RETURNING clause");
    return made;
}

/// Gives the rows of a statement, which the session's worker fetches.
class copy_to : public pgwire::copy_out {
public:
    /// @param source what `rows` are stepped from
    copy_to(std::unique_ptr<statement> source, stepped_rows rows, copy_settings settings)
        : source_(std::move(source)), rows_(std::move(rows)), settings_(std::move(settings)) {
        overall = settings_.overall();
        columns = static_cast<std::uint16_t>(source_->columns().size());
    }

    pgwire::task<bool> next(writer& out) {
        if (!rows_.has_rows() && !rows_.is_done()) {
            int const code = co_await rows_.state().worker.run([this] { return rows_.fill(fetched_rows::portion); });
            rows_.check(code);
        }
        std::span<pgwire::column const> const names = source_->columns();
        switch (settings_.format) {
        case copy_style::text: write(out.rows(settings_.text(), names)); break;
        case copy_style::csv: write(out.rows<pgwire::copy_csv_encoder>(settings_.csv(), names)); break;
        case copy_style::binary: write(out.rows<pgwire::copy_binary_encoder>()); break;
        }
        co_return rows_.has_rows() || !rows_.is_done();
    }

private:
    template<class Rows>
    void write(Rows line) {
        for (bool welcome = true; welcome && rows_.has_rows();) {
            line.begin();
            rows_.write_row(line);
            welcome = line.end();
        }
        if (!rows_.has_rows() && rows_.is_done()) line.finish();
    }

    std::unique_ptr<statement> source_;
    stepped_rows rows_;
    copy_settings settings_;
};

}  // namespace example
