// The kinds of field that messages are made of, and how each stands on the wire.
//
// Floor 1, pure and constexpr. A message is an aggregate whose members have these types; `field<T>` says once how a `T`
// is written and read, so a message's layout is the list of its members and nothing else (see message.hpp).
// Source: PostgreSQL documentation, "Message Data Types".
#pragma once

#include "pgwire/core/format.hpp"
#include "pgwire/protocol/reader.hpp"
#include "pgwire/protocol/writer.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>  // and the categories of iterators; <iterator> itself would bring the streams
#include <type_traits>

namespace pgwire {

/// A value in a message: bytes, or NULL. Int32 length (-1 is NULL), then the bytes.
using value = std::optional<std::string_view>;

/// The bytes up to the end of the message.
struct rest_of_message {
    std::string_view bytes;
    friend constexpr bool operator==(rest_of_message const&, rest_of_message const&) = default;
};

/// How a member of type `T` is written and read: `put(out, value)` for both passes of the writer, `get(reader)`.
template<class T>
struct field;

template<std::integral T>
struct field<T> {
    static constexpr void put(auto& out, T v) { out.integer(v); }
    static constexpr T get(reader& in) { return in.integer<T>(); }
};

template<class T>
    requires std::is_enum_v<T>
struct field<T> {
    using word = std::underlying_type_t<T>;
    static constexpr void put(auto& out, T v) { out.integer(static_cast<word>(v)); }
    static constexpr T get(reader& in) { return static_cast<T>(in.integer<word>()); }
};

template<>
struct field<std::string_view> {
    static constexpr void put(auto& out, std::string_view v) { out.string(v); }
    static constexpr std::string_view get(reader& in) { return in.string(); }
};

template<std::size_t N>
struct field<std::array<char, N>> {
    static constexpr void put(auto& out, std::array<char, N> const& v) { out.bytes({v.data(), N}); }
    static constexpr std::array<char, N> get(reader& in) {
        std::array<char, N> v{};
        auto const bytes = in.bytes(N);  // none, if it failed
        std::copy(bytes.begin(), bytes.end(), v.begin());
        return v;
    }
};

template<>
struct field<rest_of_message> {
    static constexpr void put(auto& out, rest_of_message v) { out.bytes(v.bytes); }
    static constexpr rest_of_message get(reader& in) { return {in.rest()}; }
};

template<>
struct field<value> {
    static constexpr void put(auto& out, value const& v) {
        out.integer(v ? static_cast<std::int32_t>(v->size()) : std::int32_t{-1});
        if (v) out.bytes(*v);
    }
    static constexpr value get(reader& in) {
        auto const length = in.integer<std::int32_t>();
        if (length == -1) return std::nullopt;
        if (length < 0) {  // PostgreSQL's answer to every other negative length
            in.fail(errc::insufficient_data);
            return std::nullopt;
        }
        return in.bytes(static_cast<std::size_t>(length));
    }
};

/// A list in a message: made from a span of items to be sent, or a view of items received, which were checked once, in
/// full, when the message was decoded, and are read again at each iteration. It borrows in both cases.
template<class T>
class list {
public:
    using value_type = T;

    class iterator {
    public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;

        constexpr iterator() = default;
        [[nodiscard]] constexpr T operator*() const {
            if (items_ != nullptr) return *items_;
            reader in(wire_);
            return field<T>::get(in);
        }
        constexpr iterator& operator++() {
            --left_;
            if (items_ != nullptr) {
                ++items_;
            } else {
                reader in(wire_);
                static_cast<void>(field<T>::get(in));
                wire_ = in.peek();
            }
            return *this;
        }
        constexpr iterator operator++(int) {
            auto const before = *this;
            ++*this;
            return before;
        }
        friend constexpr bool operator==(iterator const& a, iterator const& b) { return a.left_ == b.left_; }
        friend constexpr bool operator==(iterator const& a, std::default_sentinel_t) { return a.left_ == 0; }

    private:
        friend class list;
        constexpr iterator(T const* items, std::string_view wire, std::size_t left)
            : items_(items), wire_(wire), left_(left) {}

        T const* items_ = nullptr;
        std::string_view wire_;
        std::size_t left_ = 0;
    };

    constexpr list() = default;

    /// The items to send: a span, an array, a vector. They must outlive the list.
    template<class Items>
        requires(!std::same_as<Items, list> && std::convertible_to<Items const&, std::span<T const>>)
    constexpr list(Items const& items) {  // NOLINT: items are a list
        std::span<T const> const view = items;
        items_ = view.data();
        size_ = view.size();
    }

    /// Items already checked, as `field<list<T>>` does: `size` of them stand in `wire`.
    [[nodiscard]] static constexpr list checked(std::string_view wire, std::size_t size) {
        list l;
        l.wire_ = wire;
        l.size_ = size;
        return l;
    }

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr iterator begin() const { return {items_, wire_, size_}; }
    [[nodiscard]] constexpr std::default_sentinel_t end() const noexcept { return {}; }

    /// The `i`th item, which must exist. Constant time if all items have one width, else linear in `i`.
    [[nodiscard]] constexpr T operator[](std::size_t i) const {
        if (items_ != nullptr) return items_[i];
        if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            reader in({wire_.data() + i * sizeof(T), sizeof(T)});
            return field<T>::get(in);
        } else {
            auto at = begin();
            while (i-- != 0) ++at;
            return *at;
        }
    }

    friend constexpr bool operator==(list const& a, list const& b) {
        if (a.size_ != b.size_) return false;
        for (auto i = a.begin(), j = b.begin(); i != a.end(); ++i, ++j)
            if (!(*i == *j)) return false;
        return true;
    }

private:
    T const* items_ = nullptr;  // to send, or
    std::string_view wire_;     // received
    std::size_t size_ = 0;
};

/// Int16 count, unsigned, then the items.
template<class T>
struct field<list<T>> {
    static constexpr void put(auto& out, list<T> const& v) {
        out.count(v.size());
        if (out.failed()) return;  // before a list of pretended size is touched
        for (auto const& item : v) field<T>::put(out, item);
    }
    static constexpr list<T> get(reader& in) {
        auto const count = in.integer<std::uint16_t>();
        return get_items(in, count);
    }
    /// `count` items without a count before them.
    static constexpr list<T> get_items(reader& in, std::size_t count) {
        auto const before = in.peek();
        if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            static_cast<void>(in.bytes(count * sizeof(T)));
        } else {
            for (std::size_t i = 0; i != count && !in.failed(); ++i) static_cast<void>(field<T>::get(in));
        }
        return list<T>::checked({before.data(), before.size() - in.remaining()}, count);  // useless if `in` has failed
    }
};

}  // namespace pgwire
