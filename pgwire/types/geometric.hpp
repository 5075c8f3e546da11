// point, line, lseg, box, path, polygon and circle.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Geometric Types"; the binary forms are those of
// the server's point_send, line_send, …: doubles, before them a Byte1 for a closed path and an Int32 count of points.
//
// Coordinates may be infinite or NaN, and are compared exactly: a value that holds NaN is not equal to itself.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/floating.hpp"
#include "pgwire/types/geometric_text.hpp"
#include "pgwire/types/geometric_values.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

namespace detail {

inline constexpr std::size_t double_text_size = 32;                       ///< what the codec of double asks for
inline constexpr std::size_t point_text_size = 2 * double_text_size + 4;  ///< `(x,y)` and a comma
inline constexpr std::size_t point_binary_size = 16;

[[nodiscard]] constexpr double load_double(char const* p) noexcept {
    return std::bit_cast<double>(load<std::uint64_t>(p));
}
constexpr char* store_double(char* p, double v) noexcept { return store(p, std::bit_cast<std::uint64_t>(v)); }

[[nodiscard]] constexpr point load_point(char const* p) noexcept { return {load_double(p), load_double(p + 8)}; }
constexpr char* store_point(char* p, point v) noexcept { return store_double(store_double(p, v.x), v.y); }

inline char* put_double(char* p, double v, text_style const& style) noexcept {
    return codec<double>::to_text(p, v, style);
}
/// `(x,y)`
inline char* put_point(char* p, point v, text_style const& style) noexcept {
    *p++ = '(';
    p = put_double(p, v.x, style);
    *p++ = ',';
    p = put_double(p, v.y, style);
    *p++ = ')';
    return p;
}
/// `(x,y),(x,y)`
inline char* put_points(char* p, std::span<point const> points, text_style const& style) noexcept {
    for (std::size_t i = 0; i != points.size(); ++i) {
        if (i != 0) *p++ = ',';
        p = put_point(p, points[i], style);
    }
    return p;
}

/// The size of `count` points, after `before` bytes; there must be one, or PostgreSQL has no such path or polygon.
[[nodiscard]] constexpr std::size_t size_of_points(std::size_t count, std::size_t each, std::size_t before) noexcept {
    return count == 0 ? unencodable : add_sizes(multiply_sizes(count, each), before);
}

/// An Int32 count, then the points, and nothing behind them. The server keeps them after a header of `header` bytes in
/// a block of memory with a limit, and refuses counts above that before it looks for the points.
[[nodiscard]] inline result<std::vector<point>> load_points(std::string_view bytes, std::int32_t header) {
    if (bytes.size() < 4) return errc::insufficient_data;
    auto const count = load<std::int32_t>(bytes.data());
    bytes.remove_prefix(4);
    if (count <= 0 || count >= (std::numeric_limits<std::int32_t>::max() - header) / 16) return errc::invalid_binary;
    auto const size = static_cast<std::size_t>(count);
    if (bytes.size() / point_binary_size < size) return errc::insufficient_data;
    if (bytes.size() != size * point_binary_size) return errc::invalid_binary;
    std::vector<point> points(size);
    for (std::size_t i = 0; i != size; ++i) points[i] = load_point(bytes.data() + i * point_binary_size);
    return points;
}
inline char* store_points(char* p, std::span<point const> points) noexcept {
    p = store(p, static_cast<std::int32_t>(points.size()));
    for (auto const v : points) p = store_point(p, v);
    return p;
}

}  // namespace detail

/// `(x,y)`; the parentheses may be missing in what is read.
template<>
struct codec<point> {
    static constexpr type_info type = types::point;

    static constexpr std::size_t text_size(point) noexcept { return detail::point_text_size; }
    static char* to_text(char* p, point v, text_style const& style) noexcept { return detail::put_point(p, v, style); }
    static result<point> from_text(std::string_view text) noexcept {
        detail::geometric_reader in(text);
        auto const v = in.pair();
        return v && !in.at_end() ? errc::invalid_text : v;
    }

    static constexpr std::size_t binary_size(point) noexcept { return detail::point_binary_size; }
    static constexpr char* to_binary(char* p, point v) noexcept { return detail::store_point(p, v); }
    static constexpr result<point> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, detail::point_binary_size); e != errc::none) return e;
        return detail::load_point(bytes.data());
    }
};

/// `{A,B,C}`; what is read may also be two points, as of a line segment. A and B must not both be 0.
template<>
struct codec<line> {
    static constexpr type_info type = types::line;

    static constexpr std::size_t text_size(line const& v) noexcept {
        return detail::is_line(v) ? 3 * detail::double_text_size + 4 : unencodable;
    }
    static constexpr errc refusal(line const&) noexcept { return errc::invalid_text; }
    static char* to_text(char* p, line const& v, text_style const& style) noexcept {
        *p++ = '{';
        p = detail::put_double(p, v.a, style);
        *p++ = ',';
        p = detail::put_double(p, v.b, style);
        *p++ = ',';
        p = detail::put_double(p, v.c, style);
        *p++ = '}';
        return p;
    }
    static result<line> from_text(std::string_view text) noexcept {
        detail::geometric_reader in(text);
        if (!in.take('{')) {
            std::array<point, 2> points;
            auto const open = in.points(points, true);
            if (!open) return open.error();
            return in.at_end() ? detail::line_through(points[0], points[1]) : errc::invalid_text;
        }
        std::array<double, 3> v{};
        for (std::size_t i = 0; i != 3; ++i) {
            if (i != 0 && !in.take(',')) return errc::invalid_text;
            auto const number = in.number();
            if (!number) return number.error();
            v[i] = *number;
        }
        if (!in.take('}') || !in.at_end() || !detail::is_line({v[0], v[1], v[2]})) return errc::invalid_text;
        return line{v[0], v[1], v[2]};
    }

    static constexpr std::size_t binary_size(line const& v) noexcept { return detail::is_line(v) ? 24 : unencodable; }
    static constexpr char* to_binary(char* p, line const& v) noexcept {
        return detail::store_double(detail::store_double(detail::store_double(p, v.a), v.b), v.c);
    }
    static constexpr result<line> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 24); e != errc::none) return e;
        char const* const p = bytes.data();
        line const v{detail::load_double(p), detail::load_double(p + 8), detail::load_double(p + 16)};
        if (!detail::is_line(v)) return errc::invalid_binary;
        return v;
    }
};

/// `[(x1,y1),(x2,y2)]`; what is read may have parentheses instead of the brackets, or none.
template<>
struct codec<lseg> {
    static constexpr type_info type = types::lseg;

    static constexpr std::size_t text_size(lseg const&) noexcept { return 2 * detail::point_text_size + 2; }
    static char* to_text(char* p, lseg const& v, text_style const& style) noexcept {
        *p++ = '[';
        p = detail::put_points(p, std::array{v.start, v.end}, style);
        *p++ = ']';
        return p;
    }
    static result<lseg> from_text(std::string_view text) noexcept {
        detail::geometric_reader in(text);
        std::array<point, 2> points;
        auto const open = in.points(points, true);
        if (!open) return open.error();
        if (!in.at_end()) return errc::invalid_text;
        return lseg{points[0], points[1]};
    }

    static constexpr std::size_t binary_size(lseg const&) noexcept { return 2 * detail::point_binary_size; }
    static constexpr char* to_binary(char* p, lseg const& v) noexcept {
        return detail::store_point(detail::store_point(p, v.start), v.end);
    }
    static constexpr result<lseg> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 2 * detail::point_binary_size); e != errc::none) return e;
        return lseg{detail::load_point(bytes.data()), detail::load_point(bytes.data() + detail::point_binary_size)};
    }
};

/// `(x1,y1),(x2,y2)`, the upper right corner first. Two corners in any order are put in order, read or written.
template<>
struct codec<box> {
    static constexpr type_info type = types::box;

    static constexpr std::size_t text_size(box const&) noexcept { return 2 * detail::point_text_size; }
    static char* to_text(char* p, box const& v, text_style const& style) noexcept {
        auto const ordered = detail::box_of(v.high, v.low);
        return detail::put_points(p, std::array{ordered.high, ordered.low}, style);
    }
    static result<box> from_text(std::string_view text) noexcept {
        detail::geometric_reader in(text);
        std::array<point, 2> corners;
        auto const open = in.points(corners, false);
        if (!open) return open.error();
        if (!in.at_end()) return errc::invalid_text;
        return detail::box_of(corners[0], corners[1]);
    }

    static constexpr std::size_t binary_size(box const&) noexcept { return 2 * detail::point_binary_size; }
    static constexpr char* to_binary(char* p, box const& v) noexcept {
        auto const ordered = detail::box_of(v.high, v.low);
        return detail::store_point(detail::store_point(p, ordered.high), ordered.low);
    }
    static constexpr result<box> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 2 * detail::point_binary_size); e != errc::none) return e;
        return detail::box_of(detail::load_point(bytes.data()),
                              detail::load_point(bytes.data() + detail::point_binary_size));
    }
};

/// `((x1,y1),…)` of a closed path, `[(x1,y1),…]` of an open one; at least one point.
template<>
struct codec<path> {
    static constexpr type_info type = types::path;

    static std::size_t text_size(path const& v) noexcept {
        return detail::size_of_points(v.points.size(), detail::point_text_size, 2);
    }
    static constexpr errc refusal(path const&) noexcept { return errc::invalid_text; }
    static char* to_text(char* p, path const& v, text_style const& style) noexcept {
        *p++ = v.closed ? '(' : '[';
        p = detail::put_points(p, v.points, style);
        *p++ = v.closed ? ')' : ']';
        return p;
    }
    static result<path> from_text(std::string_view text) {
        auto const count = detail::count_points(text);
        if (count == 0) return errc::invalid_text;
        detail::geometric_reader in(text);
        bool const parentheses = in.take_last_parenthesis();
        path v{std::vector<point>(count), false};
        auto const open = in.points(v.points, true);
        if (!open) return open.error();
        if ((parentheses && !in.take(')')) || !in.at_end()) return errc::invalid_text;
        v.closed = !*open;
        return v;
    }

    static std::size_t binary_size(path const& v) noexcept {
        return detail::size_of_points(v.points.size(), detail::point_binary_size, 5);
    }
    static char* to_binary(char* p, path const& v) noexcept {
        *p++ = v.closed ? '\1' : '\0';
        return detail::store_points(p, v.points);
    }
    static result<path> from_binary(std::string_view bytes) {
        if (bytes.empty()) return errc::insufficient_data;
        bool const closed = bytes.front() != '\0';
        auto points = detail::load_points(bytes.substr(1), 16);
        if (!points) return points.error();
        return path{*std::move(points), closed};
    }
};

/// `((x1,y1),…)`; at least one point.
template<>
struct codec<polygon> {
    static constexpr type_info type = types::polygon;

    static std::size_t text_size(polygon const& v) noexcept {
        return detail::size_of_points(v.points.size(), detail::point_text_size, 2);
    }
    static constexpr errc refusal(polygon const&) noexcept { return errc::invalid_text; }
    static char* to_text(char* p, polygon const& v, text_style const& style) noexcept {
        *p++ = '(';
        p = detail::put_points(p, v.points, style);
        *p++ = ')';
        return p;
    }
    static result<polygon> from_text(std::string_view text) {
        auto const count = detail::count_points(text);
        if (count == 0) return errc::invalid_text;
        detail::geometric_reader in(text);
        polygon v{std::vector<point>(count)};
        auto const open = in.points(v.points, false);
        if (!open) return open.error();
        if (!in.at_end()) return errc::invalid_text;
        return v;
    }

    static std::size_t binary_size(polygon const& v) noexcept {
        return detail::size_of_points(v.points.size(), detail::point_binary_size, 4);
    }
    static char* to_binary(char* p, polygon const& v) noexcept { return detail::store_points(p, v.points); }
    static result<polygon> from_binary(std::string_view bytes) {
        auto points = detail::load_points(bytes, 40);
        if (!points) return points.error();
        return polygon{*std::move(points)};
    }
};

/// `<(x,y),r>`; what is read may also be `((x,y),r)`, `(x,y),r` or `x,y,r`. A radius may be NaN, but not negative.
template<>
struct codec<circle> {
    static constexpr type_info type = types::circle;

    static constexpr std::size_t text_size(circle const& v) noexcept {
        return v.radius < 0 ? unencodable : detail::point_text_size + detail::double_text_size + 2;
    }
    static constexpr errc refusal(circle const&) noexcept { return errc::invalid_text; }
    static char* to_text(char* p, circle const& v, text_style const& style) noexcept {
        *p++ = '<';
        p = detail::put_point(p, v.center, style);
        *p++ = ',';
        p = detail::put_double(p, v.radius, style);
        *p++ = '>';
        return p;
    }
    static result<circle> from_text(std::string_view text) noexcept {
        detail::geometric_reader in(text);
        bool const enclosed = in.take('<') || in.take_double_parenthesis();
        auto const center = in.pair();
        if (!center) return center.error();
        static_cast<void>(in.take(','));
        auto const radius = in.number();
        if (!radius) return radius.error();
        if (*radius < 0 || (enclosed && !in.take(')') && !in.take('>')) || !in.at_end()) return errc::invalid_text;
        return circle{*center, *radius};
    }

    static constexpr std::size_t binary_size(circle const& v) noexcept { return v.radius < 0 ? unencodable : 24; }
    static constexpr char* to_binary(char* p, circle const& v) noexcept {
        return detail::store_double(detail::store_point(p, v.center), v.radius);
    }
    static constexpr result<circle> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 24); e != errc::none) return e;
        circle const v{detail::load_point(bytes.data()), detail::load_double(bytes.data() + 16)};
        if (v.radius < 0) return errc::invalid_binary;
        return v;
    }
};

}  // namespace pgwire
