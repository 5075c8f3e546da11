// A record whose attributes are not known before it comes: what `SELECT ROW(1, 'a')` gives.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Composite Types" and "Pseudo-Types". Only to be
// received; a record to be sent is a struct with a codec of its own (`composite.hpp`).
#pragma once

#include "pgwire/types/composite.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// Attributes as they came, in one of the formats.
struct record {
    struct attribute {
        oid type{};  ///< in binary; a text does not say it
        std::optional<std::string> bytes;
        friend bool operator==(attribute const&, attribute const&) = default;
    };

    format in = format::text;
    std::vector<attribute> attributes;

    /// The value of an attribute, of which the caller knows the type. Views point into this record.
    /// @return or what `decode_value` says; `invalid_value` if there is no such attribute
    template<decodable T>
    [[nodiscard]] result<T> get(std::size_t i, text_style const& style = default_text_style) const {
        if (i >= attributes.size()) return errc::invalid_value;
        auto const& bytes = attributes[i].bytes;
        return decode_value<T>(bytes ? value(*bytes) : value(), in, style);
    }

    friend bool operator==(record const&, record const&) = default;
};

template<>
struct codec<record> {
    static constexpr type_info type = types::record;

    /// `()` is read as one NULL; that is also how PostgreSQL writes a record without attributes.
    static result<record> from_text(std::string_view text) {
        detail::record_text parts(text);
        if (!parts.open()) return errc::invalid_text;
        record r;
        do {
            auto const part = parts.next();
            if (!part) return part.error();
            add(r, {}, *part);
        } while (parts.comma());
        if (!parts.close()) return errc::invalid_text;
        return r;
    }
    static result<record> from_binary(std::string_view bytes) {
        detail::record_bytes parts(bytes);
        auto const count = parts.count();
        if (!count) return count.error();
        if (*count < 0) return errc::invalid_binary;
        record r{format::binary, {}};
        for (std::int32_t i = 0; i != *count; ++i) {
            auto const part = parts.next();
            if (!part) return part.error();
            add(r, part->type, part->bytes);
        }
        if (!parts.at_end()) return errc::invalid_binary;
        return r;
    }

private:
    static void add(record& r, oid attribute_type, value const& bytes) {
        r.attributes.push_back({attribute_type, bytes ? std::optional<std::string>(*bytes) : std::nullopt});
    }
};

}  // namespace pgwire
