// A statement in the making: from the text that a client sent to what has a name, or is executed.
//
// Floor 4. Query, Parse and PREPARE all go through here: they cut the text, the handler's `prepare` is called on a
// piece of it, and a position in what it complains about is turned back into one in the whole text.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/protocol/sql_splitter.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/objects.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/statement_outcomes.hpp"
#include "pgwire/types/utf8.hpp"

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
        begin_text(text);
        next_ = pieces_->next();
        if (!next_) return false;
        static_cast<void>(advance());
        several_ = next_.has_value();
        return true;
    }
    /// Are there more statements than one?
    [[nodiscard]] bool has_several() const noexcept { return several_; }
    /// Calls `check(text)` for each of them; where it throws, `before` tells which it was.
    template<class Check>
    void check_all(Check&& check) {
        auto const current = located_;
        Splitter pieces(text_);
        for (auto piece = pieces.next(); piece; piece = pieces.next()) {
            locate(piece->offset);
            check(piece->text);
        }
        locate(current);
    }
    /// What is left of the text must outlive its message, since others come before it is done with.
    void keep_text() {
        if (!next_ || text_.data() == kept_.data()) return;
        auto const offset = next_->offset;
        kept_.assign(text_);
        text_ = kept_;
        pieces_.emplace(text_);
        do next_ = pieces_->next();
        while (next_->offset != offset);
    }
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
        begin_text(m.text);
        auto const first = pieces_->next();
        if (first && pieces_->next())
            throw sql_error(sqlstates::syntax_error, "cannot insert multiple commands into a prepared statement");
        renew(first.value_or(statement_text{}));
        current_->is_empty = !first;
        for (oid const type : m.parameter_types) current_->types.push_back(type);
        name_.assign(m.statement);
        return first.has_value();
    }

    // ---- PREPARE: one that is a part of another, which is being executed

    /// @param before characters before the statement that it is a part of
    void begin(prepare_statement const& asked, std::uint32_t before) {
        current_.renew();
        current_->text.assign(asked.text);
        current_->before = before + asked.before;
        current_->types = asked.types;
        name_.assign(asked.name);
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

    /// How many characters stand before the statement in the making, in the text that the client sent.
    [[nodiscard]] std::uint32_t before() const noexcept { return before_; }

private:
    void begin_text(std::string_view text) {
        text_ = text;
        pieces_.emplace(text);
        located_ = 0;
        before_ = 0;
    }
    void renew(statement_text const& piece) {
        locate(piece.offset);
        current_.renew();
        current_->text.assign(piece.text);
        current_->before = before_;
    }
    /// What stands at this byte of the text is looked at next.
    void locate(std::size_t offset) noexcept {
        if (offset < located_) located_ = before_ = 0;
        before_ += count_characters(text_.substr(located_, offset - located_));
        located_ = offset;
    }

    std::string_view text_;
    std::string kept_;  // the text, if it must outlive its message
    std::size_t located_ = 0;   // bytes of it before the statement that is looked at
    std::uint32_t before_ = 0;  // and characters
    statement_ref current_;
    std::string name_;
    std::optional<Splitter> pieces_;
    std::optional<statement_text> next_;
    bool several_ = false;
};

}  // namespace pgwire::detail
