// Reads the fields of one message from the bytes of its frame.
//
// Floor 1, pure and constexpr. A reader sees its frame and nothing beyond it, so no field can reach into the next
// message. Its error is sticky: after the first failure every read gives an empty value, and `finish` tells which
// failure it was; so a decoder reads all its fields and asks once.
#pragma once

#include "pgwire/core/bytes.hpp"
#include "pgwire/core/result.hpp"

#include <concepts>
#include <cstddef>
#include <string_view>

namespace pgwire {

class reader {
public:
    /// Reads from `body`; the views that it gives borrow from there.
    constexpr explicit reader(std::string_view body) noexcept : rest_(body) {}

    /// Int8, Int16, Int32, Byte1: a big-endian integer.
    template<std::integral T>
    [[nodiscard]] constexpr T integer() noexcept {
        if (rest_.size() < sizeof(T)) {
            fail(errc::insufficient_data);
            return {};
        }
        T const value = load<T>(rest_.data());
        rest_.remove_prefix(sizeof(T));
        return value;
    }

    /// String: up to the next NUL, which must lie inside the message and is not part of the result.
    [[nodiscard]] constexpr std::string_view string() noexcept {
        if (!rest_.empty() && rest_.front() == '\0') {  // the unnamed statement, the unnamed portal
            rest_.remove_prefix(1);
            return {};
        }
        return string_to_nul();
    }

    /// Byte*n*: exactly `n` bytes.
    [[nodiscard]] constexpr std::string_view bytes(std::size_t n) noexcept {
        if (n > rest_.size()) {
            fail(errc::insufficient_data);
            return {};
        }
        std::string_view const taken(rest_.data(), n);
        rest_.remove_prefix(n);
        return taken;
    }

    /// All that is left.
    [[nodiscard]] constexpr std::string_view rest() noexcept { return bytes(rest_.size()); }

    /// How many bytes are left to read.
    [[nodiscard]] constexpr std::size_t remaining() const noexcept { return rest_.size(); }

    /// What is left, without consuming it.
    [[nodiscard]] constexpr std::string_view peek() const noexcept { return rest_; }

    /// Records a failure; the first one stays.
    constexpr void fail(errc error) noexcept {
        if (error_ == errc::none) error_ = error;
        rest_ = {};
    }

    [[nodiscard]] constexpr bool failed() const noexcept { return error_ != errc::none; }

    /// The first failure, or `errc::trailing_data` if anything is left, or success.
    [[nodiscard]] constexpr result<void> finish() const noexcept {
        if (failed()) return error_;
        if (!rest_.empty()) return errc::trailing_data;
        return {};
    }

private:
    constexpr std::string_view string_to_nul() noexcept {
        auto const end = rest_.find('\0');
        if (end == rest_.npos) {
            fail(errc::invalid_string);
            return {};
        }
        std::string_view const text(rest_.data(), end);
        rest_.remove_prefix(end + 1);
        return text;
    }

    std::string_view rest_;
    errc error_ = errc::none;
};

}  // namespace pgwire
