// What a hook is asked to run: a statement's text and the values bound to its parameters.
//
// Floor 4. Views in a request live as long as the outcome that is made from it: the text belongs to the statement, the
// values to the portal. So a cursor may keep them.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/server/session_context.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/oid.hpp"
#include "pgwire/types/typed_value.hpp"
#include "pgwire/types/value_error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// One bound value: its bytes, the format they are in, and the type that the statement has for it.
struct parameter {
    value bytes;
    pgwire::format format = pgwire::format::text;
    oid type{};
};

/// The values bound to a statement's parameters; `$1` is number 0 here.
class parameters {
public:
    parameters() = default;
    /// @param bound has the values, and the name of the portal that they are bound to, for errors; outlives them
    parameters(bind const& bound, std::span<oid const> types, text_style const& style)
        : bound_(&bound), types_(types), style_(&style) {}
    parameters(bind const&&, std::span<oid const>, text_style const&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return bound_->parameters.size(); }
    [[nodiscard]] bool empty() const noexcept { return bound_->parameters.empty(); }

    /// The `i`th value as it was sent. Linear in `i`: to look at all of them, iterate.
    [[nodiscard]] parameter operator[](std::size_t i) const { return {bound_->parameters[i], format_of(i), type_of(i)}; }

    /// The `i`th value as a `T`, whichever format it came in; `std::optional<T>` takes NULL too. What came in binary as a
    /// value of another type is converted if it is a number, an array of numbers or a text, and else refused.
    /// @throws sql_error that names the parameter: 22P02, 22P03, 22003, 22007, 22008, 22004, 42804, or 08P01 if there
    ///     are fewer
    template<decodable T>
    [[nodiscard]] T get(std::size_t i) const {
        if (i >= size()) throw sql_error(sqlstates::protocol_violation, "there is no parameter $" + std::to_string(i + 1));
        auto decoded = decode_value_as<T>(type_of(i), bound_->parameters[i], format_of(i), *style_);
        if (!decoded) refuse<T>(decoded.error(), i);
        return *std::move(decoded);
    }

    /// The name of the portal that they are bound to; empty for the unnamed one, and in the simple protocol.
    [[nodiscard]] std::string_view portal() const noexcept { return bound_->portal; }
    /// How the session reads values from text.
    [[nodiscard]] text_style const& style() const noexcept { return *style_; }

    /// Throws what `get` throws for a value that can't be decoded; for those who decode values themselves.
    [[noreturn]] void refuse(errc why, std::size_t i) const {
        auto const given = (*this)[i];
        if (given.format != format::text || !given.bytes) refuse_binary(why, i);
        refuse_text(why, i, {describe_value_error(why, given.type, *given.bytes), {}});
    }

    /// Calls `f(parameter)` for each value in order.
    template<class F>
    void for_each(F&& f) const {
        std::size_t i = 0;
        for (auto const& bytes : bound_->parameters) {
            f(parameter{bytes, format_of(i), type_of(i)});
            ++i;
        }
    }

private:
    friend class owned_parameters;

    template<class T>
    [[noreturn]] void refuse(errc why, std::size_t i) const {
        auto const given = (*this)[i];
        bool const is_text = given.format == format::text || detail::is_textual(given.type);
        if (!is_text || !given.bytes) refuse_binary(why, i, pgwire::type_of<T>.type);
        refuse_text(why, i, describe_value_error<T>(why, *given.bytes, *style_));
    }
    [[noreturn]] void refuse_binary(errc why, std::size_t i, oid expected) const {
        if (why == errc::out_of_range)
            throw sql_error(to_sqlstate(why), detail::type_in_error(expected) + " out of range").where(context(i));
        if (why == errc::datatype_mismatch && !detail::same_type(type_of(i), expected))
            throw sql_error(to_sqlstate(why), "parameter $" + std::to_string(i + 1) + " of type " + name_or_number(type_of(i)) +
                                                  " cannot be coerced to the expected type " + name_or_number(expected))
                .hint("You will need to rewrite or cast the expression.");
        refuse_binary(why, i);
    }
    [[noreturn]] void refuse_binary(errc why, std::size_t i) const {
        std::string said(message(why));
        if (why == errc::invalid_binary || !(*this)[i].bytes)
            throw sql_error(to_sqlstate(why), said + " in bind parameter " + std::to_string(i + 1));
        throw sql_error(to_sqlstate(why), std::move(said)).where(context(i));
    }
    [[noreturn]] void refuse_text(errc why, std::size_t i, value_complaint said) const {
        throw sql_error(to_sqlstate(why), std::move(said.message))
            .detail(std::move(said.detail))
            .where(context(i) + ((*this)[i].bytes->empty() ? " = ''" : " = '...'"));  // values are not for logs
    }
    [[nodiscard]] static std::string name_or_number(oid type) {
        auto name = detail::type_in_error(type);
        return name.empty() ? std::to_string(static_cast<std::uint32_t>(type)) : name;
    }
    [[nodiscard]] std::string context(std::size_t i) const {
        return (portal().empty() ? std::string("unnamed portal") : "portal \"" + std::string(portal()) + '"') +
               " parameter $" + std::to_string(i + 1);
    }

    [[nodiscard]] format format_of(std::size_t i) const {
        auto const& formats = bound_->parameter_formats;
        return formats.empty() ? format::text : formats[formats.size() == 1 ? 0 : i];
    }
    [[nodiscard]] oid type_of(std::size_t i) const { return i < types_.size() ? types_[i] : oid{}; }

    static constexpr bind none{};

    bind const* bound_ = &none;
    std::span<oid const> types_;
    text_style const* style_ = nullptr;
};

/// One execution of one statement, in the simple and in the extended protocol alike.
struct request {
    std::string_view text;           ///< the statement, without the semicolon
    pgwire::parameters parameters;   ///< empty in the simple protocol
    session_context* context = nullptr;

    /// The session that asks.
    [[nodiscard]] session_context& session() const noexcept { return *context; }
};

}  // namespace pgwire
