// PostGIS's types: geometry and geography. An extension's, so pgwire/types.hpp does not include them.
//
// Floor 2, standard library only. Source: PostGIS documentation, "Spatial Data Model" and "WKB and EWKB formats". The
// binary form is EWKB; the text is the same in hexadecimal digits, which is what PostGIS writes. It also reads shapes
// in words, `POINT(1 2)`, and GeoJSON: these are not read here. The types' object identifiers are known only when the
// extension has been created: they are assigned then (`runtime_type.hpp`).
#pragma once

#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/ewkb.hpp"
#include "pgwire/types/postgis_values.hpp"
#include "pgwire/types/runtime_type.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

/// Hexadecimal digits in any case. @return or `malformed_value`, as all that PostGIS does not understand
[[nodiscard]] inline result<std::string> bytes_of_hex(std::string_view text) {
    if (text.size() % 2 != 0) return errc::malformed_value;
    std::string bytes(text.size() / 2, '\0');
    for (std::size_t i = 0; i != bytes.size(); ++i) {
        int const high = hex_value(text[2 * i]);
        int const low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0) return errc::malformed_value;
        bytes[i] = static_cast<char>(high * 16 + low);
    }
    return bytes;
}

/// What the codecs of geometry and geography have in common.
template<class G>
struct postgis_codec {
    static std::size_t binary_size(G const& v) {
        byte_counter counter;
        return ewkb_writer(counter, v.coordinates).write(v.outline, srid_of(v)) ? counter.size : unencodable;
    }
    static std::size_t text_size(G const& v) { return multiply_sizes(binary_size(v), 2); }
    /// Too many shapes are inside each other.
    static constexpr errc refusal(G const&) noexcept { return errc::invalid_data; }

    static char* to_binary(char* p, G const& v) {
        byte_sink sink{p};
        static_cast<void>(ewkb_writer(sink, v.coordinates).write(v.outline, srid_of(v)));
        return sink.p;
    }
    static char* to_text(char* p, G const& v) {
        hex_sink sink{p};
        static_cast<void>(ewkb_writer(sink, v.coordinates).write(v.outline, srid_of(v)));
        return sink.p;
    }
    /// In either order of bytes. A linestring needs two points, and a ring four, of which the last is the first.
    static result<G> from_binary(std::string_view bytes) { return read(bytes, true); }

protected:
    static constexpr bool is_geography = std::same_as<G, postgis::geography>;

    static constexpr std::int32_t srid_of(G const& v) noexcept {
        auto const srid = clamped_srid(v.srid);
        return is_geography && srid == 0 ? postgis::geography{}.srid : srid;
    }
    static result<G> read(std::string_view bytes, bool checked) {
        auto v = ewkb_reader(bytes, {.checked = checked, .geodetic = is_geography}).read();
        if (!v) return v.error();
        G g{std::move(v->outline), v->coordinates, v->srid};
        g.srid = srid_of(g);
        return g;
    }
    /// Digits begin with the order of bytes, so with 0; what begins otherwise is in words or GeoJSON, or nothing at
    /// all.
    static result<G> read_hex(std::string_view text) {
        if (text.empty() || is_digit(text.front()) || is_space(text.front())) {
            if (!text.starts_with('0')) return errc::malformed_value;
        } else {
            return errc::unsupported;
        }
        auto const bytes = bytes_of_hex(text);
        return bytes ? read(*bytes, false) : bytes.error();
    }
};

}  // namespace detail

/// EWKB in hexadecimal digits, of which PostGIS does not check how many points a line or a ring has. A reference system
/// may stand before it: `SRID=4326;0101…`.
template<>
struct codec<postgis::geometry> : detail::postgis_codec<postgis::geometry> {
    static inline runtime_type type{"geometry"};

    static result<postgis::geometry> from_text(std::string_view text) {
        constexpr std::string_view label = "SRID=";
        if (!detail::equals_ignoring_case(text.substr(0, label.size()), label)) return read_hex(text);
        auto const end = text.find(';');
        if (end == std::string_view::npos) return errc::malformed_value;
        auto v = read_hex(text.substr(end + 1));
        auto const srid = detail::scan_integer(text.substr(label.size(), end - label.size())).lower_half();
        if (v && srid != 0) v->srid = detail::clamped_srid(srid);
        return v;
    }
};

/// The same on the globe, where positions out of range are brought into it, and the reference system is WGS 84 if none
/// is given. Two things that PostGIS refuses pass: another reference system than its table spatial_ref_sys has, or one
/// without longitudes and latitudes; and an edge from one point of the globe to the opposite one.
template<>
struct codec<postgis::geography> : detail::postgis_codec<postgis::geography> {
    static inline runtime_type type{"geography"};

    static result<postgis::geography> from_text(std::string_view text) { return read_hex(text); }
};

}  // namespace pgwire
