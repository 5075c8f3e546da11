// EWKB, PostGIS's extended well-known binary: its reader and writer.
//
// Floor 2, standard library only. Source: PostGIS documentation, "WKB and EWKB formats". Part of postgis.hpp. A shape
// is
//
//     Byte1 order of bytes: 1 little-endian (NDR), 0 big-endian (XDR); of what follows, but for the shapes inside
//     Int32 kind, with flags: 0x80000000 Z, 0x40000000 M, 0x20000000 SRID; or ISO's: 1000 more Z, 2000 M, 3000 both
//     Int32 SRID, if its flag is set
//     then the doubles of a point, the Int32 count and positions of a linestring, the Int32 count of a polygon's rings,
//     each with its count and positions, or the Int32 count of a collection's shapes and these, each from its order on.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/postgis_values.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::detail {

inline constexpr std::uint32_t ewkb_z = 0x8000'0000;
inline constexpr std::uint32_t ewkb_m = 0x4000'0000;
inline constexpr std::uint32_t ewkb_srid = 0x2000'0000;

/// The kinds of shape have the numbers of their places in `shape`, from 1 on; those that pgwire does not know, curves
/// and surfaces, follow.
inline constexpr std::uint32_t last_ewkb_kind = 7;
inline constexpr std::uint32_t last_postgis_kind = 17;

/// The number of the reference system that PostGIS makes of any: none below 1, and only so many.
[[nodiscard]] constexpr std::int32_t clamped_srid(std::int32_t srid) noexcept {
    constexpr std::int32_t most = 999'999;
    constexpr std::int32_t first_reserved = 999'000;
    if (srid <= 0) return 0;
    return srid <= most ? srid : first_reserved + srid % (most - first_reserved);
}

[[nodiscard]] constexpr std::size_t coordinates_in(postgis::dimensions d) noexcept {
    return 2U + (postgis::has_z(d) ? 1U : 0U) + (postgis::has_m(d) ? 1U : 0U);
}

/// What the reader shall mind.
struct ewkb_rules {
    bool checked = true;    ///< whether lines need two points, and rings four of which the last is the first
    bool geodetic = false;  ///< whether positions are brought to the globe
};

/// Longitude and latitude, brought to -180 to 180 and -90 to 90 as PostGIS does for a geography: what is beyond by no
/// more than an error of rounding goes to the edge, else it goes on at the other side, or down from the pole.
[[nodiscard]] inline postgis::position on_globe(postgis::position p) noexcept {
    auto const to_edge = [](double v, double edge) {
        return std::abs(v) > edge && std::abs(v) - edge <= 1e-10 ? std::copysign(edge, v) : v;
    };
    auto const within_turn = [](double v) { return std::abs(v) > 360 ? std::remainder(v, 360.0) : v; };
    p.x = to_edge(p.x, 180);
    p.y = to_edge(p.y, 90);
    if (!(std::abs(p.x) > 180) && !(std::abs(p.y) > 90)) return p;

    p.x = within_turn(p.x);
    if (p.x > 180) p.x -= 360;
    if (p.x < -180) p.x += 360;
    if (p.x == -180) p.x = 180;
    p.y = within_turn(p.y);
    for (double const edge : {180.0, 90.0}) {
        if (p.y > edge) p.y = 180 - p.y;
        if (p.y < -edge) p.y = -180 - p.y;
    }
    return p;
}

/// Reads one shape. Bytes behind it do not count, as PostGIS has it. Every error that is PostGIS's is
/// `malformed_value`, also a lack of bytes; a kind of shape that only PostGIS knows is `unsupported`.
class ewkb_reader {
public:
    struct whole {
        postgis::shape outline;
        postgis::dimensions coordinates{};
        std::int32_t srid = 0;
    };

    constexpr ewkb_reader(std::string_view bytes, ewkb_rules rules) noexcept : bytes_(bytes), rules_(rules) {}

    [[nodiscard]] result<whole> read() {
        auto const outermost = take_head();
        dimensions_ = outermost.coordinates;
        whole v{take_shape(outermost.kind, 1), outermost.coordinates, outermost.srid};
        if (error_ != errc::none) return error_;
        return v;
    }

private:
    struct head {
        std::uint32_t kind = 0;
        postgis::dimensions coordinates{};
        std::int32_t srid = 0;
    };

    [[nodiscard]] bool failed() const noexcept { return error_ != errc::none; }
    void fail(errc why) noexcept {
        if (!failed()) error_ = why;
        bytes_ = {};
    }

    template<std::unsigned_integral Word>
    Word take_word() noexcept {
        if (bytes_.size() < sizeof(Word)) fail(errc::malformed_value);
        if (failed()) return 0;
        std::uint64_t v = 0;
        for (std::size_t i = 0; i != sizeof(Word); ++i)
            v = v << 8 | static_cast<unsigned char>(bytes_[little_endian_ ? sizeof(Word) - 1 - i : i]);
        bytes_.remove_prefix(sizeof(Word));
        return static_cast<Word>(v);
    }
    double take_double() noexcept { return std::bit_cast<double>(take_word<std::uint64_t>()); }

    head take_head() noexcept {
        auto const order = take_word<unsigned char>();
        if (order > 1) fail(errc::malformed_value);
        little_endian_ = order == 1;
        auto const word = take_word<std::uint32_t>();
        std::uint32_t const kind = word & 0x0fff'ffffU;
        bool const z = (word & ewkb_z) != 0 || kind / 1000 == 1 || kind / 1000 == 3;
        bool const m = (word & ewkb_m) != 0 || kind / 1000 == 2 || kind / 1000 == 3;
        head v{kind % 1000, static_cast<postgis::dimensions>((z ? 1 : 0) + (m ? 2 : 0)), 0};
        if (kind >= 4000 || v.kind == 0 || v.kind > last_postgis_kind) fail(errc::malformed_value);
        // PostGIS has them too; but not on the globe.
        if (v.kind > last_ewkb_kind) fail(rules_.geodetic ? errc::malformed_value : errc::unsupported);
        if ((word & ewkb_srid) != 0) v.srid = clamped_srid(static_cast<std::int32_t>(take_word<std::uint32_t>()));
        return v;
    }
    /// The head of a shape inside another one: its SRID does not count, its dimensions must be those of the whole.
    std::uint32_t take_inner_kind() noexcept {
        auto const v = take_head();
        if (v.coordinates != dimensions_) fail(errc::malformed_value);
        return v.kind;
    }

    postgis::shape take_shape(std::uint32_t kind, int level) {
        if (level > postgis::max_nesting) fail(errc::malformed_value);
        if (failed()) return {};
        switch (kind) {
        case 1: return {take_point()};
        case 2: return {take_linestring()};
        case 3: return {take_polygon()};
        case 4: return {postgis::multipoint{take_parts(1, level, &ewkb_reader::take_point)}};
        case 5: return {postgis::multilinestring{take_parts(2, level, &ewkb_reader::take_linestring)}};
        case 6: return {postgis::multipolygon{take_parts(3, level, &ewkb_reader::take_polygon)}};
        default: return {take_collection(level)};
        }
    }

    postgis::position take_position() noexcept {
        postgis::position p;
        p.x = take_double();
        p.y = take_double();
        if (postgis::has_z(dimensions_)) p.z = take_double();
        if (postgis::has_m(dimensions_)) p.m = take_double();
        return p;
    }
    postgis::point take_point() noexcept {
        auto const p = take_position();
        if (std::isnan(p.x) && std::isnan(p.y)) return {};
        return {rules_.geodetic ? on_globe(p) : p};
    }
    /// A count and so many positions: at least `least`, the last the first again if they are to be `closed`; or none,
    /// if they are not.
    std::vector<postgis::position> take_positions(std::uint32_t least, bool closed) {
        std::size_t const count = take_word<std::uint32_t>();
        std::size_t const width = coordinates_in(dimensions_) * sizeof(double);
        bool const enough = count >= least || (count == 0 && !closed);
        if (bytes_.size() / width < count || (rules_.checked && !enough)) fail(errc::malformed_value);
        if (failed()) return {};
        std::vector<postgis::position> points(count);
        for (auto& p : points) p = take_position();
        if (rules_.checked && closed && !same_place(points.front(), points.back())) fail(errc::malformed_value);
        if (rules_.geodetic)
            for (auto& p : points) p = on_globe(p);
        return points;
    }
    /// Bit by bit: 0 is not -0, NaN is the same NaN. Z and M do not count.
    static bool same_place(postgis::position const& a, postgis::position const& b) noexcept {
        auto const same = [](double v, double w) {
            return std::bit_cast<std::uint64_t>(v) == std::bit_cast<std::uint64_t>(w);
        };
        return same(a.x, b.x) && same(a.y, b.y);
    }

    postgis::linestring take_linestring() { return {take_positions(2, false)}; }
    postgis::polygon take_polygon() {
        postgis::polygon v;
        // Each ring takes bytes, so that a count that lies ends with them.
        for (auto count = take_word<std::uint32_t>(); count != 0 && !failed(); --count)
            v.rings.push_back(take_positions(4, true));
        return v;
    }
    template<class Part>
    std::vector<Part> take_parts(std::uint32_t kind, int level, Part (ewkb_reader::*take)()) {
        std::vector<Part> parts;
        for (auto count = take_word<std::uint32_t>(); count != 0 && !failed(); --count) {
            if (take_inner_kind() != kind || level == postgis::max_nesting) fail(errc::malformed_value);
            if (!failed()) parts.push_back((this->*take)());
        }
        return parts;
    }
    postgis::geometrycollection take_collection(int level) {
        postgis::geometrycollection v;
        for (auto count = take_word<std::uint32_t>(); count != 0 && !failed(); --count) {
            auto const kind = take_inner_kind();
            v.shapes.push_back(take_shape(kind, level + 1));
        }
        return v;
    }

    std::string_view bytes_;
    ewkb_rules rules_;
    postgis::dimensions dimensions_{};
    bool little_endian_ = true;
    errc error_ = errc::none;
};

/// Where the writer writes to: nowhere, to learn the size, …
struct byte_counter {
    std::size_t size = 0;
    void byte(unsigned char) noexcept { ++size; }
};
/// … or to memory, …
struct byte_sink {
    char* p;
    void byte(unsigned char v) noexcept { *p++ = static_cast<char>(v); }
};
/// … or to memory, in hexadecimal digits.
struct hex_sink {
    char* p;
    void byte(unsigned char v) noexcept {
        constexpr std::string_view digits = "0123456789ABCDEF";
        *p++ = digits[v >> 4];
        *p++ = digits[v & 15];
    }
};

/// Writes EWKB as PostGIS does: little-endian, with its own flags, the SRID at the outermost shape only.
template<class Sink>
class ewkb_writer {
public:
    constexpr ewkb_writer(Sink& sink, postgis::dimensions coordinates) noexcept
        : sink_(sink), dimensions_(coordinates) {}

    /// @return whether all is written: not if there are too many shapes inside each other
    bool write(postgis::shape const& outline, std::int32_t srid) { return put(outline, srid, 1); }

private:
    template<std::unsigned_integral Word>
    void put_word(Word v) {
        for (std::size_t i = 0; i != sizeof(Word); ++i) sink_.byte(static_cast<unsigned char>(v >> (8 * i) & 0xffU));
    }
    void put_double(double v) { put_word(std::bit_cast<std::uint64_t>(v)); }
    void put_count(std::size_t n) { put_word(static_cast<std::uint32_t>(n)); }
    void put_head(std::size_t kind, std::int32_t srid) {
        sink_.byte(1);
        put_word(static_cast<std::uint32_t>(kind) | (postgis::has_z(dimensions_) ? ewkb_z : 0U) |
                 (postgis::has_m(dimensions_) ? ewkb_m : 0U) | (srid != 0 ? ewkb_srid : 0U));
        if (srid != 0) put_word(static_cast<std::uint32_t>(srid));
    }

    bool put(postgis::shape const& v, std::int32_t srid, int level) {
        if (level > postgis::max_nesting) return false;
        put_head(v.value.index() + 1, srid);
        return std::visit([&](auto const& kind) { return put_body(kind, level); }, v.value);
    }

    void put_position(postgis::position const& p) {
        put_double(p.x);
        put_double(p.y);
        if (postgis::has_z(dimensions_)) put_double(p.z);
        if (postgis::has_m(dimensions_)) put_double(p.m);
    }
    void put_positions(std::vector<postgis::position> const& points) {
        put_count(points.size());
        for (auto const& p : points) put_position(p);
    }

    bool put_body(postgis::point const& v, int) {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        put_position(v.at.value_or(postgis::position{nan, nan, nan, nan}));
        return true;
    }
    bool put_body(postgis::linestring const& v, int) {
        put_positions(v.points);
        return true;
    }
    bool put_body(postgis::polygon const& v, int) {
        bool const empty = v.rings.empty() || v.rings.front().empty();  // then PostGIS writes none of its rings
        put_count(empty ? 0 : v.rings.size());
        if (!empty)
            for (auto const& ring : v.rings) put_positions(ring);
        return true;
    }
    bool put_body(postgis::multipoint const& v, int level) { return put_parts(v.points, 1, level); }
    bool put_body(postgis::multilinestring const& v, int level) { return put_parts(v.lines, 2, level); }
    bool put_body(postgis::multipolygon const& v, int level) { return put_parts(v.polygons, 3, level); }
    template<class Part>
    bool put_parts(std::vector<Part> const& parts, std::size_t kind, int level) {
        if (level == postgis::max_nesting && !parts.empty()) return false;
        put_count(parts.size());
        for (auto const& part : parts) {
            put_head(kind, 0);
            put_body(part, level + 1);
        }
        return true;
    }
    bool put_body(postgis::geometrycollection const& v, int level) {
        put_count(v.shapes.size());
        for (auto const& inner : v.shapes)
            if (!put(inner, 0, level + 1)) return false;
        return true;
    }

    Sink& sink_;
    postgis::dimensions dimensions_;
};

}  // namespace pgwire::detail
