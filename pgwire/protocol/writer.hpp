// Writes the fields of one message, in two passes over the same description of it.
//
// Floor 1, pure and constexpr. The first pass, `measurer`, adds up the size in 64 bits and refuses what the protocol
// can't say (a value or a message over 2^31-1 bytes, a list over 65,535 items, a NUL inside a String); the second,
// `writer`, can't fail. So an encoder fails before it writes, and a length never wraps (the class of CVE-2024-27304).
#pragma once

#include "pgwire/core/bytes.hpp"
#include "pgwire/core/result.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// The largest length an Int32 can carry.
inline constexpr std::uint64_t max_int32_length = 0x7fff'ffff;
/// The largest count an Int16 can carry: counts are unsigned, as PostgreSQL reads them.
inline constexpr std::uint64_t max_int16_count = 0xffff;

/// First pass: how many bytes, or why not. Touches no byte of a value, and none of a string that is too long.
class measurer {
public:
    template<std::integral T>
    constexpr void integer(T) noexcept {
        size_ += sizeof(T);
    }
    constexpr void string(std::string_view text) noexcept {
        bytes_of(text.size());
        if (error_ == errc::none && text.find('\0') != text.npos) fail(errc::embedded_nul);
        size_ += 1;
    }
    constexpr void bytes(std::string_view value) noexcept { bytes_of(value.size()); }
    constexpr void count(std::size_t items) noexcept {
        if (items > max_int16_count) fail(errc::too_many_items);
        size_ += sizeof(std::uint16_t);
    }

    constexpr void fail(errc error) noexcept {
        if (error_ == errc::none) error_ = error;
    }
    [[nodiscard]] constexpr bool failed() const noexcept { return error_ != errc::none; }

    /// The size of all fields, if the message may be written.
    [[nodiscard]] constexpr result<std::size_t> finish() const noexcept {
        if (error_ != errc::none) return error_;
        if (size_ > max_int32_length) return errc::message_too_large;
        return static_cast<std::size_t>(size_);
    }

private:
    constexpr void bytes_of(std::uint64_t n) noexcept {
        if (n > max_int32_length || size_ > max_int32_length) return fail(errc::message_too_large);
        size_ += n;
    }

    std::uint64_t size_ = 0;
    errc error_ = errc::none;
};

/// Second pass: writes what a `measurer` accepted, into memory of at least that size.
class writer {
public:
    constexpr explicit writer(char* at) noexcept : at_(at) {}

    template<std::integral T>
    constexpr void integer(T value) noexcept {
        at_ = store(at_, value);
    }
    constexpr void string(std::string_view text) noexcept {
        bytes(text);
        *at_++ = '\0';
    }
    constexpr void bytes(std::string_view value) noexcept { at_ = std::copy_n(value.data(), value.size(), at_); }
    constexpr void count(std::size_t items) noexcept { integer(static_cast<std::uint16_t>(items)); }
    constexpr void fail(errc) noexcept {}
    [[nodiscard]] constexpr bool failed() const noexcept { return false; }

    /// The end of what was written.
    [[nodiscard]] constexpr char* position() const noexcept { return at_; }

private:
    char* at_;
};

}  // namespace pgwire
