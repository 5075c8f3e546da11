// bit and varbit: strings of bits.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Bit String Types" and "Bit-String Constants"; the
// binary form is that of the server's bit_send: Int32 count of bits, then the bits, the first one highest in its byte.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/utf8.hpp"
#include "pgwire/types/digits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// Any number of bits. `bit` and `varbit` differ in their column's type only: a length that a column declares, to which
/// PostgreSQL would cut or compare, is the caller's.
template<bool Varying>
class basic_bit_string {
public:
    basic_bit_string() = default;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// The bit at `i`, counted from the left; `i` is below `size()`.
    [[nodiscard]] bool operator[](std::size_t i) const noexcept { return (bytes_[i / 8] >> (7 - i % 8) & 1) != 0; }

    void push_back(bool bit) {
        if (size_ % 8 == 0) bytes_.push_back(0);
        if (bit) bytes_.back() = static_cast<unsigned char>(bytes_.back() | 0x80U >> size_ % 8);
        ++size_;
    }

    /// The bits, the first one highest in its byte; those behind the last bit are 0.
    [[nodiscard]] std::vector<unsigned char> const& bytes() const noexcept { return bytes_; }
    /// The first `size` bits of these bytes, of which there must be enough.
    [[nodiscard]] static basic_bit_string from_bytes(std::vector<unsigned char> bytes, std::size_t size) {
        basic_bit_string v;
        v.bytes_ = std::move(bytes);
        v.bytes_.resize((size + 7) / 8);
        v.size_ = size;
        if (size % 8 != 0) v.bytes_.back() = static_cast<unsigned char>(v.bytes_.back() & 0xFF00U >> size % 8);
        return v;
    }

    friend bool operator==(basic_bit_string const&, basic_bit_string const&) = default;

private:
    std::vector<unsigned char> bytes_;
    std::size_t size_ = 0;
};

using bit = basic_bit_string<false>;
using varbit = basic_bit_string<true>;

template<bool Varying>
struct codec<basic_bit_string<Varying>> {
    using host = basic_bit_string<Varying>;

    static constexpr type_info type = Varying ? types::varbit : types::bit;
    /// The most bits that PostgreSQL takes.
    static constexpr std::size_t longest = 2147483640;

    static std::size_t text_size(host const& v) noexcept { return v.size(); }
    static char* to_text(char* p, host const& v) noexcept {
        for (std::size_t i = 0; i != v.size(); ++i) *p++ = v[i] ? '1' : '0';
        return p;
    }
    /// Binary digits, perhaps with a `b` in front, or an `x` and hexadecimal digits. No blanks.
    /// @return or `invalid_text`; `message_too_large` for too many bits
    static result<host> from_text(std::string_view text) {
        bool const hexadecimal = text.starts_with('x') || text.starts_with('X');
        if (hexadecimal || text.starts_with('b') || text.starts_with('B')) text.remove_prefix(1);
        int const bits = hexadecimal ? 4 : 1;
        if (text.size() > longest / static_cast<std::size_t>(bits)) return errc::message_too_large;

        std::vector<unsigned char> bytes;
        bytes.reserve(text.size() * static_cast<std::size_t>(bits) / 8 + 1);
        int shift = 0;  // of the next digit in its byte
        for (char const c : text) {
            int const digit = detail::hex_value(c);
            if (digit < 0 || (!hexadecimal && digit > 1)) return errc::invalid_text;
            if (shift == 0) {
                bytes.push_back(0);
                shift = 8;
            }
            shift -= bits;
            bytes.back() = static_cast<unsigned char>(bytes.back() | digit << shift);
        }
        return host::from_bytes(std::move(bytes), text.size() * static_cast<std::size_t>(bits));
    }

    static value_complaint explain(std::string_view text, text_style const&) {
        bool const hexadecimal = text.starts_with('x') || text.starts_with('X');
        if (hexadecimal || text.starts_with('b') || text.starts_with('B')) text.remove_prefix(1);
        for (; !text.empty(); text.remove_prefix(1))
            if (detail::digit_value(text.front(), hexadecimal ? 16 : 2) < 0)
                return {'"' + std::string(detail::first_character(text)) + "\" is not a valid " +
                            (hexadecimal ? "hexadecimal" : "binary") + " digit", {}};
        return {};
    }

    static std::size_t binary_size(host const& v) noexcept {
        return v.size() > longest ? unencodable : 4 + v.bytes().size();
    }
    static char* to_binary(char* p, host const& v) noexcept {
        p = store(p, static_cast<std::int32_t>(v.size()));
        for (auto const byte : v.bytes()) *p++ = static_cast<char>(byte);
        return p;
    }
    /// Bits behind the last one are dropped.
    static result<host> from_binary(std::string_view bytes) {
        if (bytes.size() < 4) return errc::insufficient_data;
        auto const count = load<std::uint32_t>(bytes.data());
        if (count > longest) return errc::invalid_binary;
        std::size_t const size = (std::size_t{count} + 7) / 8;
        if (auto const e = detail::check_width(bytes.substr(4), size); e != errc::none) return e;
        return host::from_bytes({bytes.begin() + 4, bytes.end()}, count);
    }

    static errc refusal(host const&) noexcept { return errc::message_too_large; }
};

}  // namespace pgwire
