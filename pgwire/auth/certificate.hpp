// What a login needs to know of an X.509 certificate: whose it is, and how it is signed.
//
// Floor 2, pure. It reads certificates that a library of TLS has checked already, and says nothing of what it can't
// read. Source: RFC 5280, sections 4.1 and 4.1.2.6; RFC 2253 for names, in the details as OpenSSL's XN_FLAG_RFC2253,
// which PostgreSQL's pg_ident and pg_hba maps see; RFC 5929, section 4.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// The hash that channel binding takes of a certificate.
enum class certificate_hash : std::uint8_t { none, sha256, sha384, sha512 };

namespace detail {

/// Walks over DER: tag, length, contents. What is malformed is an element without a tag.
class der_reader {
public:
    constexpr explicit der_reader(std::string_view bytes) noexcept : left_(bytes) {}

    struct element {
        unsigned char tag = 0;
        std::string_view contents{};
        std::string_view whole{};
    };

    [[nodiscard]] constexpr bool empty() const noexcept { return left_.empty(); }
    constexpr element next() noexcept {
        auto const malformed = [this] {
            left_ = {};
            return element{};
        };
        if (left_.size() < 2) return malformed();
        std::size_t length = byte(1), header = 2;
        if (length >= 0x80) {
            std::size_t const bytes = length - 0x80;
            if (bytes == 0 || bytes > 3 || left_.size() < 2 + bytes) return malformed();
            length = 0;
            for (std::size_t i = 0; i != bytes; ++i) length = length << 8 | byte(2 + i);
            header += bytes;
        }
        if (left_.size() - header < length) return malformed();
        element const found{static_cast<unsigned char>(byte(0)), left_.substr(header, length),
                            left_.substr(0, header + length)};
        left_.remove_prefix(header + length);
        return found;
    }
    /// The contents of the next element, if it has this tag; empty if not.
    constexpr std::string_view contents_of(unsigned char tag) noexcept {
        auto const found = next();
        return found.tag == tag ? found.contents : std::string_view();
    }

private:
    [[nodiscard]] constexpr std::size_t byte(std::size_t i) const noexcept {
        return static_cast<unsigned char>(left_[i]);
    }

    std::string_view left_;
};

inline constexpr unsigned char der_oid = 0x06, der_sequence = 0x30, der_set = 0x31, der_version = 0xA0;
inline constexpr unsigned char der_utf8 = 12, der_numeric = 18, der_printable = 19, der_t61 = 20, der_ia5 = 22,
                               der_visible = 26, der_bmp = 30;

/// `2.5.4.3` of an object identifier.
[[nodiscard]] constexpr std::string dotted_oid(std::string_view bytes) {
    std::string text;
    std::uint64_t part = 0;
    for (char const c : bytes) {
        part = part << 7 | (static_cast<unsigned char>(c) & 0x7FU);
        if ((static_cast<unsigned char>(c) & 0x80U) != 0) continue;
        if (text.empty()) {
            std::uint64_t const first = part < 80 ? part / 40 : 2;
            text = std::to_string(first) + '.' + std::to_string(part - first * 40);
        } else {
            text += '.' + std::to_string(part);
        }
        part = 0;
    }
    return text;
}

/// The short name of a kind of name, as OpenSSL and so PostgreSQL have it; empty if there is none.
[[nodiscard]] constexpr std::string_view short_name(std::string_view oid) noexcept {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 39> names{{
        {"2.5.4.3", "CN"},
        {"2.5.4.4", "SN"},
        {"2.5.4.5", "serialNumber"},
        {"2.5.4.6", "C"},
        {"2.5.4.7", "L"},
        {"2.5.4.8", "ST"},
        {"2.5.4.9", "street"},
        {"2.5.4.10", "O"},
        {"2.5.4.11", "OU"},
        {"2.5.4.12", "title"},
        {"2.5.4.13", "description"},
        {"2.5.4.15", "businessCategory"},
        {"2.5.4.16", "postalAddress"},
        {"2.5.4.17", "postalCode"},
        {"2.5.4.18", "postOfficeBox"},
        {"2.5.4.19", "physicalDeliveryOfficeName"},
        {"2.5.4.20", "telephoneNumber"},
        {"2.5.4.41", "name"},
        {"2.5.4.42", "GN"},
        {"2.5.4.43", "initials"},
        {"2.5.4.44", "generationQualifier"},
        {"2.5.4.45", "x500UniqueIdentifier"},
        {"2.5.4.46", "dnQualifier"},
        {"2.5.4.51", "houseIdentifier"},
        {"2.5.4.54", "dmdName"},
        {"2.5.4.65", "pseudonym"},
        {"2.5.4.72", "role"},
        {"2.5.4.97", "organizationIdentifier"},
        {"1.2.840.113549.1.9.1", "emailAddress"},
        {"1.2.840.113549.1.9.2", "unstructuredName"},
        {"1.2.840.113549.1.9.8", "unstructuredAddress"},
        {"0.9.2342.19200300.100.1.1", "UID"},
        {"0.9.2342.19200300.100.1.3", "mail"},
        {"0.9.2342.19200300.100.1.9", "host"},
        {"0.9.2342.19200300.100.1.25", "DC"},
        {"0.9.2342.19200300.100.1.44", "uid"},
        {"1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"},
        {"1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"},
        {"1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"},
    }};
    for (auto const& [number, name] : names)
        if (number == oid) return name;
    return {};
}

/// The text of a string in UTF-8; nothing if it is of a kind that is none.
[[nodiscard]] constexpr std::optional<std::string> der_text(der_reader::element const& e) {
    auto const put = [](std::string& text, unsigned c) {
        if (c < 0x80) return text += static_cast<char>(c), void();
        if (c < 0x800)
            return text += static_cast<char>(0xC0 | c >> 6), text += static_cast<char>(0x80 | (c & 0x3F)), void();
        text += static_cast<char>(0xE0 | c >> 12);
        text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        text += static_cast<char>(0x80 | (c & 0x3F));
    };
    std::string text;
    switch (e.tag) {
    case der_utf8:
    case der_numeric:
    case der_printable:
    case der_ia5:
    case der_visible: return std::string(e.contents);
    case der_t61:
        for (char const c : e.contents) put(text, static_cast<unsigned char>(c));
        return text;
    case der_bmp:
        if (e.contents.size() % 2 != 0) return std::nullopt;
        for (std::size_t i = 0; i != e.contents.size(); i += 2)
            put(text, static_cast<unsigned>(static_cast<unsigned char>(e.contents[i])) << 8 |
                          static_cast<unsigned char>(e.contents[i + 1]));
        return text;
    default: return std::nullopt;
    }
}

constexpr void put_hexadecimal(std::string& text, char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    text += digits[static_cast<unsigned char>(byte) >> 4];
    text += digits[static_cast<unsigned char>(byte) & 15];
}

/// A value as RFC 2253 writes it.
[[nodiscard]] constexpr std::string escaped_name(std::string_view value) {
    std::string text;
    for (std::size_t i = 0; i != value.size(); ++i) {
        char const c = value[i];
        bool const at_end = (i == 0 && (c == ' ' || c == '#')) || (i + 1 == value.size() && c == ' ');
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) {
            text += '\\';
            put_hexadecimal(text, c);
            continue;
        }
        if (at_end || std::string_view(",+\"\\<>;").find(c) != std::string_view::npos) text += '\\';
        text += c;
    }
    return text;
}

}  // namespace detail

/// A certificate, taken apart.
class certificate {
public:
    /// @param der a whole certificate, of which nothing is kept
    constexpr explicit certificate(std::string_view der) {
        using namespace detail;
        der_reader outer(der_reader(der).contents_of(der_sequence));
        der_reader body(outer.contents_of(der_sequence));
        hash_ = hash_of(outer.contents_of(der_sequence));
        auto serial = body.next();
        if (serial.tag == der_version) serial = body.next();
        body.next();  // how it is signed
        body.next();  // by whom
        body.next();  // how long it is valid
        read_subject(body.contents_of(der_sequence));
        der_reader key(body.contents_of(der_sequence));
        key_kind_ = dotted_oid(der_reader(key.contents_of(der_sequence)).contents_of(der_oid));
    }

    /// The first of its subject's common names. Empty if it has none, or one that no user can have.
    [[nodiscard]] constexpr std::string const& common_name() const noexcept { return common_name_; }
    /// Its subject: `CN=alice,OU=people,O=Example`.
    [[nodiscard]] constexpr std::string const& distinguished_name() const noexcept { return distinguished_name_; }
    /// What tls-server-end-point takes of it. None for kinds of signature that have no hash of their own.
    [[nodiscard]] constexpr certificate_hash hash() const noexcept { return hash_; }
    /// The kind of its key, as its number: `1.2.840.113549.1.1.1` is RSA.
    [[nodiscard]] constexpr std::string const& key_kind() const noexcept { return key_kind_; }

private:
    static constexpr certificate_hash hash_of(std::string_view algorithm) {
        auto const oid = detail::dotted_oid(detail::der_reader(algorithm).contents_of(detail::der_oid));
        constexpr std::string_view rsa = "1.2.840.113549.1.1.", ecdsa = "1.2.840.10045.4.3.";
        // MD5 and SHA-1 count as SHA-256.
        if (oid == "1.2.840.113549.1.1.4" || oid == "1.2.840.113549.1.1.5" || oid == "1.2.840.10045.4.1")
            return certificate_hash::sha256;
        if (oid.starts_with(rsa)) {
            if (oid.substr(rsa.size()) == "11") return certificate_hash::sha256;
            if (oid.substr(rsa.size()) == "12") return certificate_hash::sha384;
            if (oid.substr(rsa.size()) == "13") return certificate_hash::sha512;
        }
        if (oid.starts_with(ecdsa)) {
            if (oid.substr(ecdsa.size()) == "2") return certificate_hash::sha256;
            if (oid.substr(ecdsa.size()) == "3") return certificate_hash::sha384;
            if (oid.substr(ecdsa.size()) == "4") return certificate_hash::sha512;
        }
        return certificate_hash::none;
    }

    constexpr void read_subject(std::string_view subject) {
        using namespace detail;
        std::vector<std::string> parts;
        bool has_common_name = false;
        for (der_reader names(subject); !names.empty();) {
            std::string part;
            for (der_reader set(names.contents_of(der_set)); !set.empty();) {
                der_reader pair(set.contents_of(der_sequence));
                auto const oid = dotted_oid(pair.contents_of(der_oid));
                auto const shown = pair.next();
                auto const name = short_name(oid);
                auto const text = der_text(shown);
                if (name == "CN" && !std::exchange(has_common_name, true))
                    common_name_ = text && text->find('\0') == text->npos ? *text : std::string();
                auto one = (name.empty() ? oid : std::string(name)) + '=';
                if (text && !name.empty()) one += escaped_name(*text);
                else one += hexadecimal(shown.whole);
                part = part.empty() ? one : one + '+' + part;
            }
            parts.push_back(std::move(part));
        }
        for (auto part = parts.rbegin(); part != parts.rend(); ++part)
            distinguished_name_ += (distinguished_name_.empty() ? "" : ",") + *part;
    }
    static constexpr std::string hexadecimal(std::string_view bytes) {
        std::string text = "#";
        for (char const c : bytes) detail::put_hexadecimal(text, c);
        return text;
    }

    std::string common_name_;
    std::string distinguished_name_;
    std::string key_kind_;
    certificate_hash hash_ = certificate_hash::none;
};

}  // namespace pgwire
