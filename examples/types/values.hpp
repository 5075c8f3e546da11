// The handler: what a statement selects, decoded and encoded again.
#pragma once

#include "selection.hpp"

#include <pgwire/server.hpp>
#include <pgwire/server/sql_session.hpp>
#include <pgwire/types/system_zones.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace types_example {

/// Sends the rows of a selection. The selection and the parameters live as long as this does.
class selected : public pgwire::cursor<> {
public:
    selected(selection const& what, pgwire::request const& r)
        : what_(&what), parameters_(r.parameters), style_(&r.session().style()) {}

    [[nodiscard]] std::span<pgwire::column const> columns() const { return what_->columns(); }

    bool next(writer& out) {
        auto const* const t = what_->source();
        std::size_t const rows = t == nullptr ? 1 : t->rows.size();
        while (row_ != rows) {
            auto row = out.begin_row();
            for (std::size_t i = 0; i != columns().size(); ++i) add(row, i);
            ++row_;
            if (!row.end()) break;
        }
        return row_ != rows;
    }

private:
    /// Decodes one value with the codec of its type; adding it encodes it, as text or in binary, as the client wants.
    void add(writer::row& row, std::size_t column) {
        auto const type = what_->types()[column];
        bool const known = visit_any_type(type, [&]<class T>(std::type_identity<T>) {
            auto const& what = what_->items()[column];
            if (auto const* const p = std::get_if<parameter_item>(&what)) {
                row.add(parameters_.get<std::optional<T>>(p->index));
            } else if (auto const* const c = std::get_if<column_item>(&what)) {
                auto const& text = what_->source()->rows[row_][c->index];
                row.add(decode<T>(text ? pgwire::value(*text) : pgwire::value()));
            } else {
                row.add(decode<T>(pgwire::value(std::get<std::string>(what))));
            }
        });
        if (!known)
            throw pgwire::sql_error(
                pgwire::sqlstates::feature_not_supported,
                "there is no C++ type for values of type " + std::to_string(static_cast<unsigned>(type)));
    }

    template<class T>
    [[nodiscard]] std::optional<T> decode(pgwire::value const& text) const {
        auto decoded = pgwire::decode_value<std::optional<T>>(text, pgwire::format::text, *style_);
        if (decoded) return *std::move(decoded);
        auto said = pgwire::describe_value_error<T>(decoded.error(), *text, *style_);
        throw pgwire::sql_error(to_sqlstate(decoded.error()), std::move(said.message)).detail(std::move(said.detail));
    }

    selection const* what_;
    pgwire::parameters parameters_;
    pgwire::text_style const* style_;
    std::size_t row_ = 0;
};

struct values {
    using outcome = std::variant<selected, pgwire::rows<std::vector<delivery>>>;

    /// What texts of dates need: the system's time zones, and a clock for `today` and its kin.
    void on_sql_start(pgwire::sql_session& session) { session.use_zones(pgwire::find_system_zone); }
    void on_start(pgwire::session_context& session) { session.style().now = now; }

    selection prepare(std::string_view text, std::span<pgwire::oid const> types) { return selection(text, types); }
    outcome execute(pgwire::request const& r, selection& what) {
        if (what.is_deliveries()) return pgwire::rows(deliveries());
        return selected(what, r);
    }

private:
    static std::int64_t now() noexcept {
        using namespace std::chrono;
        constexpr sys_days epoch = 2000y / January / 1;
        return duration_cast<microseconds>(system_clock::now() - epoch).count();
    }
};

}  // namespace types_example
