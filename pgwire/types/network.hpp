// inet and cidr: addresses of hosts and of networks, IPv4 and IPv6.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Network Address Types"; the binary form is that of
// the server's inet_send: a byte each for the family (2 is IPv4, 3 is IPv6), the length of the prefix in bits, whether
// it is a cidr, and the length of the address; then the address.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/network_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// The values are those of the binary form.
enum class ip_family : std::uint8_t { v4 = 2, v6 = 3 };

/// An address of IPv4 or IPv6, made of its bytes in the network's order: those of `asio::ip::address_v4::to_bytes()`.
class ip_address {
public:
    /// 0.0.0.0
    constexpr ip_address() noexcept = default;
    constexpr ip_address(std::array<unsigned char, 4> const& v4) noexcept {  // NOLINT: its bytes are the address
        std::copy(v4.begin(), v4.end(), bytes_.begin());
    }
    constexpr ip_address(std::array<unsigned char, 16> const& v6) noexcept  // NOLINT
        : bytes_(v6), family_(ip_family::v6) {}

    [[nodiscard]] constexpr ip_family family() const noexcept { return family_; }
    [[nodiscard]] constexpr bool is_v4() const noexcept { return family_ == ip_family::v4; }
    /// How many bytes the address has, 4 or 16.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return is_v4() ? 4 : 16; }
    /// How many bits it has, which is the longest prefix.
    [[nodiscard]] constexpr std::uint8_t bits() const noexcept { return is_v4() ? 32 : 128; }
    /// The bytes of an IPv4 address; of another one the first four.
    [[nodiscard]] constexpr std::array<unsigned char, 4> v4() const noexcept {
        return {bytes_[0], bytes_[1], bytes_[2], bytes_[3]};
    }
    /// The bytes of an IPv6 address; those of an IPv4 address, and zeros.
    [[nodiscard]] constexpr std::array<unsigned char, 16> const& v6() const noexcept { return bytes_; }

    friend constexpr bool operator==(ip_address const&, ip_address const&) = default;

private:
    std::array<unsigned char, 16> bytes_{};  // of IPv4 the first four, the others are 0
    ip_family family_ = ip_family::v4;
};

/// A host's address and the length of its network's prefix in bits: `192.168.0.5/24`, or `192.168.0.5` if the prefix is
/// all of it.
struct inet {
    ip_address address;
    std::uint8_t prefix = 32;

    constexpr inet() noexcept = default;
    constexpr inet(ip_address const& a) noexcept : inet(a, a.bits()) {}  // NOLINT: a host without a network
    /// @param prefix_length at most 32 or 128; else the value has no encoding
    constexpr inet(ip_address const& a, std::uint8_t prefix_length) noexcept : address(a), prefix(prefix_length) {}
    friend constexpr bool operator==(inet const&, inet const&) = default;
};

/// A network: the bits behind the prefix are 0, else the value has no encoding. `192.168.0.0/24`.
struct cidr {
    ip_address address;
    std::uint8_t prefix = 32;

    constexpr cidr() noexcept = default;
    /// @param prefix_length at most 32 or 128; else the value has no encoding
    constexpr cidr(ip_address const& a, std::uint8_t prefix_length) noexcept : address(a), prefix(prefix_length) {}
    friend constexpr bool operator==(cidr const&, cidr const&) = default;
};

namespace detail {

[[nodiscard]] constexpr bool host_bits_are_zero(ip_address const& address, std::uint8_t prefix) noexcept {
    for (std::size_t i = 0; i != address.size(); ++i) {
        auto const first = static_cast<unsigned>(i * 8);
        unsigned const host = prefix <= first ? 0xFFU : prefix >= first + 8 ? 0 : 0xFFU >> (prefix - first);
        if ((address.v6()[i] & host) != 0) return false;
    }
    return true;
}

/// What inet (`T`) and cidr have in common, which is nearly all.
template<class T, bool IsCidr>
struct network_codec {
    /// Of PostgreSQL's longest text and its longest binary form.
    static constexpr std::size_t text_size(T const& v) noexcept {
        return !is_valid(v) ? unencodable : v.address.is_v4() ? 18 : 50;
    }
    static constexpr char* to_text(char* p, T const& v) noexcept {
        p = v.address.is_v4() ? put_ipv4(p, v.address.v4()) : put_ipv6(p, v.address.v6());
        if (!IsCidr && v.prefix == v.address.bits()) return p;
        *p++ = '/';
        return put_unsigned(p, std::uint32_t{v.prefix});
    }
    /// A text with a colon is IPv6. IPv4 may lack bytes at its end: an inet then needs its prefix; a cidr's is guessed
    /// from the class of its network.
    static constexpr result<T> from_text(std::string_view text) noexcept {
        auto const v = parse(text);
        if (v && !is_valid(*v)) return errc::invalid_text;
        return v;
    }
    static value_complaint explain(std::string_view text, text_style const&) requires IsCidr {
        if (!parse(text)) return {};
        return {"invalid cidr value: " + in_quotes(text), "Value has bits set to right of mask."};
    }

    static constexpr std::size_t binary_size(T const& v) noexcept {
        return is_valid(v) ? 4 + v.address.size() : unencodable;
    }
    static constexpr char* to_binary(char* p, T const& v) noexcept {
        *p++ = static_cast<char>(v.address.family());
        *p++ = static_cast<char>(v.prefix);
        *p++ = IsCidr ? '\1' : '\0';
        *p++ = static_cast<char>(v.address.size());
        for (std::size_t i = 0; i != v.address.size(); ++i) *p++ = static_cast<char>(v.address.v6()[i]);
        return p;
    }
    /// The byte that says whether it is a cidr is not looked at, as in PostgreSQL.
    static constexpr result<T> from_binary(std::string_view bytes) noexcept {
        auto const at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
        if (bytes.empty()) return errc::insufficient_data;
        bool const v4 = at(0) == static_cast<unsigned char>(ip_family::v4);
        if (!v4 && at(0) != static_cast<unsigned char>(ip_family::v6)) return errc::invalid_binary;
        if (bytes.size() < 2) return errc::insufficient_data;
        if (at(1) > (v4 ? 32 : 128)) return errc::invalid_binary;
        if (bytes.size() < 4) return errc::insufficient_data;
        if (at(3) != (v4 ? 4 : 16)) return errc::invalid_binary;
        if (bytes.size() < 4U + at(3)) return errc::insufficient_data;

        std::array<unsigned char, 16> address{};
        for (std::size_t i = 0; i != at(3); ++i) address[i] = at(4 + i);
        T const v(v4 ? ip_address(std::array{address[0], address[1], address[2], address[3]}) : ip_address(address),
                  at(1));
        if (!is_valid(v) || bytes.size() != 4U + at(3)) return errc::invalid_binary;
        return v;
    }

    static constexpr errc refusal(T const&) noexcept { return errc::invalid_binary; }

private:
    /// A cidr's bits behind its prefix may be other than 0 yet.
    static constexpr result<T> parse(std::string_view text) noexcept {
        T v;
        if (text.find(':') != text.npos) {
            auto const parsed = parse_ipv6(text);
            if (!parsed) return errc::invalid_text;
            v = {parsed->bytes, parsed->prefix};
        } else {
            auto const parsed = IsCidr ? parse_ipv4_network(text) : parse_ipv4_host(text);
            if (!parsed) return errc::invalid_text;
            v = {parsed->bytes, parsed->prefix};
        }
        return v;
    }
    [[nodiscard]] static constexpr bool is_valid(T const& v) noexcept {
        return v.prefix <= v.address.bits() && (!IsCidr || host_bits_are_zero(v.address, v.prefix));
    }
};

}  // namespace detail

template<>
struct codec<inet> : detail::network_codec<inet, false> {
    static constexpr type_info type = types::inet;
};
template<>
struct codec<cidr> : detail::network_codec<cidr, true> {
    static constexpr type_info type = types::cidr;
};

}  // namespace pgwire
