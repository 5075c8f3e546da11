// A value or an error code: what floors 0 to 2 return instead of throwing.
//
// Floor 0, standard library only. C++20 has no std::expected; this is the part of it that the toolkit needs, constexpr
// on every compiler it supports.
#pragma once

#include "pgwire/core/errc.hpp"

#include <optional>
#include <type_traits>
#include <utility>

namespace pgwire {

/// Holds either a `T` or the `errc` that says why there is none.
template<class T>
class [[nodiscard]] result {
public:
    using value_type = T;

    constexpr result(T value) : value_(std::move(value)) {}  // NOLINT: a value is a result
    constexpr result(errc error) : error_(error) {}          // NOLINT: and so is an error

    [[nodiscard]] constexpr bool has_value() const noexcept { return error_ == errc::none; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return has_value(); }

    /// The value. There must be one.
    [[nodiscard]] constexpr T& operator*() & noexcept { return get(value_); }
    [[nodiscard]] constexpr T const& operator*() const& noexcept { return get(value_); }
    [[nodiscard]] constexpr T&& operator*() && noexcept { return std::move(get(value_)); }
    [[nodiscard]] constexpr T* operator->() noexcept { return &get(value_); }
    [[nodiscard]] constexpr T const* operator->() const noexcept { return &get(value_); }

    /// Why there is no value; `errc::none` if there is one.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

    friend constexpr bool operator==(result const& a, result const& b) {
        return a.error_ == b.error_ && a.value_ == b.value_;
    }

private:
    // A value that means nothing costs less than an optional: to compile, and to run.
    static constexpr bool is_plain = std::is_nothrow_default_constructible_v<T>;

    static constexpr auto& get(auto& held) noexcept {
        if constexpr (is_plain) return held;
        else return *held;
    }

    std::conditional_t<is_plain, T, std::optional<T>> value_{};
    errc error_ = errc::none;
};

/// Success, or the reason for failure.
template<>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    constexpr result() = default;
    constexpr result(errc error) : error_(error) {}  // NOLINT: an error is a result

    [[nodiscard]] constexpr bool has_value() const noexcept { return error_ == errc::none; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return has_value(); }
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

    friend constexpr bool operator==(result const&, result const&) = default;

private:
    errc error_ = errc::none;
};

}  // namespace pgwire
