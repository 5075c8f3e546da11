// What a statement without rows answers: its command tag.
//
// Floor 4. Source: PostgreSQL documentation, CommandComplete.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// The outcome of a statement that returns no rows, and the tag of one that does. Clients read the number of rows from
/// its end, and drivers the words before it.
///
///     return pgwire::command{"CREATE TABLE"};
///     return pgwire::command{"INSERT 0", inserted};   // the 0 stands where PostgreSQL once told an OID
///     return pgwire::command{"UPDATE", changed};
class command {
public:
    /// @param tag at most 63 bytes, as in PostgreSQL; what is longer, or stands behind a NUL, is cut
    constexpr command(std::string_view tag) noexcept { append(tag); }  // NOLINT: a tag is a command
    constexpr command(char const* tag) noexcept : command(std::string_view(tag)) {}  // NOLINT: likewise

    /// @param verb the tag's words; @param rows the number behind them
    constexpr command(std::string_view verb, std::uint64_t rows) noexcept {
        append(verb.substr(0, capacity - 21));
        append(" ");
        std::array<char, 20> digits;
        std::size_t at = digits.size();
        do digits[--at] = static_cast<char>('0' + rows % 10);
        while ((rows /= 10) != 0);
        append({digits.data() + at, digits.size() - at});
    }

    /// The tag as it is sent; the view lives as long as this object.
    [[nodiscard]] constexpr std::string_view tag() const noexcept { return {text_.data(), size_}; }

private:
    static constexpr std::size_t capacity = 63;

    constexpr void append(std::string_view text) noexcept {
        text = text.substr(0, std::min(text.find('\0'), capacity - size_));
        std::copy_n(text.data(), text.size(), text_.data() + size_);
        size_ = static_cast<std::uint8_t>(size_ + text.size());
    }

    std::array<char, capacity> text_;  // its first size_ bytes; to clear the others would cost more than a tag does
    std::uint8_t size_ = 0;
};

}  // namespace pgwire
