// Lists that a zero byte ends: the startup packet's parameters, the names of SASL mechanisms.
//
// Floor 1, pure and constexpr. Source: PostgreSQL documentation, "Message Formats", StartupMessage and
// AuthenticationSASL.
#pragma once

#include "pgwire/protocol/field.hpp"

#include <cstddef>
#include <string_view>

namespace pgwire {

/// A list without a count: its items, then a zero byte. An item begins with a String that is not empty, since an empty
/// one is the end: a string is its own, other items have a member `name`.
template<class T>
class zero_terminated : public list<T> {
public:
    using list<T>::list;
    constexpr zero_terminated() = default;
    constexpr explicit zero_terminated(list<T> const& items) : list<T>(items) {}
};

/// The items, then a zero byte. An item that would end the list is refused with `invalid_value`.
template<class T>
struct field<zero_terminated<T>> {
    static constexpr void put(auto& out, zero_terminated<T> const& v) {
        if (v.size() > max_int32_length) out.fail(errc::message_too_large);  // an item takes a byte or more
        if (out.failed()) return;
        for (auto const& item : v) {
            if (is_terminator(item)) out.fail(errc::invalid_value);
            field<T>::put(out, item);
        }
        out.integer('\0');
    }
    static constexpr zero_terminated<T> get(reader& in) {
        auto const before = in.peek();
        std::size_t count = 0;
        for (; in.remaining() != 0 && in.peek().front() != '\0'; ++count) static_cast<void>(field<T>::get(in));
        auto const end = before.size() - in.remaining();
        static_cast<void>(in.integer<char>());
        if (in.failed()) return {};
        return zero_terminated<T>(list<T>::checked(before.substr(0, end), count));
    }

private:
    static constexpr bool is_terminator(std::string_view item) noexcept { return item.empty(); }
    static constexpr bool is_terminator(auto const& item) noexcept
        requires requires { item.name; }
    {
        return item.name.empty();
    }
};

}  // namespace pgwire
