// A statement in the making: from the text that a client sent to what has a name, or is executed.
//
// Floor 4. Query and Parse both go through here: they cut the text, the handler's `prepare` is called on a piece of it,
// and a position in what it complains about is turned back into one in the whole text.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/protocol/sql_splitter.hpp"
#include "pgwire/server/binding.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/objects.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire::detail {

template<class Statement, class Outcome, statement_splitter Splitter>
class preparation {
public:
    using statement_ref = detail::statement_ref<Statement>;
    using objects = session_objects<Statement, Outcome>;

    // ---- a simple query: its statements one after the other

    /// Takes the text, which must stay until its last statement is done.
    /// @return whether there is a statement in it
    /// @throws sql_error 22021
    bool begin(std::string_view text) {
        check_encoding(text);
        text_ = text;
        pieces_.emplace(text);
        next_ = pieces_->next();
        if (!next_) return false;
        static_cast<void>(advance());
        several_ = next_.has_value();
        return true;
    }
    /// Are there more statements than one?
    [[nodiscard]] bool has_several() const noexcept { return several_; }
    [[nodiscard]] bool has_next() const noexcept { return next_.has_value(); }
    /// Makes the next statement current. @return false if there is none
    bool advance() {
        if (!next_) return false;
        renew(*next_);
        next_ = pieces_->next();
        return true;
    }

    // ---- Parse: one statement, which gets a name

    /// Takes the text and the types.
    /// @return whether there is a statement in it
    /// @throws sql_error 22021, 42601 if there are several
    bool begin(parse const& m, objects& named) {
        if (m.statement.empty()) current_ = named.take_unnamed_statement();  // it is gone even if this fails
        check_encoding(m.text);
        text_ = m.text;
        Splitter pieces(m.text);
        auto const first = pieces.next();
        if (first && pieces.next())
            throw sql_error(sqlstates::syntax_error, "cannot insert multiple commands into a prepared statement");
        renew(first.value_or(statement_text{}));
        current_->is_empty = !first;
        for (oid const type : m.parameter_types) current_->types.push_back(type);
        name_.assign(m.statement);
        return first.has_value();
    }

    /// Gives the current statement its name. The types of its parameters are those that it tells, or else those that
    /// Parse declared, and text.
    /// @throws sql_error 42P05, 22021
    void store(objects& named) {
        if constexpr (tells_parameters<Statement>) {
            if (current_->user) {
                std::span<oid const> const types = current_->user->parameters();
                current_->types.assign(types.begin(), types.end());
            }
        } else {
            auto& wanted = current_->types;
            if constexpr (std::same_as<Splitter, sql_splitter>)
                if (auto const used = count_parameters(current_->text); used > wanted.size()) wanted.resize(used);
            std::replace(wanted.begin(), wanted.end(), oid{}, types::text.type);
        }
        named.add_statement(name_, std::move(current_));
    }

    // ---- both

    /// The statement in the making; of a simple query also when it is executed.
    [[nodiscard]] statement_ref const& current() const noexcept { return current_; }

    /// A position counts from the beginning of the text that the client sent, in characters.
    void move_position(diagnostic& d) const {
        if (d.position == 0 || !current_) return;
        auto const before = text_.substr(0, current_->offset);
        d.position += static_cast<std::uint32_t>(
            std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    }

private:
    void renew(statement_text const& piece) {
        current_.renew();
        current_->text.assign(piece.text);
        current_->offset = piece.offset;
    }

    std::string_view text_;
    statement_ref current_;
    std::string name_;
    std::optional<Splitter> pieces_;
    std::optional<statement_text> next_;
    bool several_ = false;
};

}  // namespace pgwire::detail
