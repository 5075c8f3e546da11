// The host types of PostgreSQL's geometric types, and the little geometry that reading them takes.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Geometric Types". Part of geometric.hpp.
#pragma once

#include "pgwire/core/result.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace pgwire {

struct point {
    double x = 0;
    double y = 0;
    friend constexpr bool operator==(point const&, point const&) = default;
};

/// The line `a·x + b·y + c = 0`. `a` and `b` must not both be 0.
struct line {
    double a = 0;
    double b = 0;
    double c = 0;
    friend constexpr bool operator==(line const&, line const&) = default;
};

/// A line segment.
struct lseg {
    point start;
    point end;
    friend constexpr bool operator==(lseg const&, lseg const&) = default;
};

struct box {
    point high;  ///< the upper right corner
    point low;   ///< the lower left corner
    friend constexpr bool operator==(box const&, box const&) = default;
};

/// At least one point.
struct path {
    std::vector<point> points;
    bool closed = false;  ///< from the last point back to the first
    friend bool operator==(path const&, path const&) = default;
};

/// At least one point.
struct polygon {
    std::vector<point> points;
    friend bool operator==(polygon const&, polygon const&) = default;
};

struct circle {
    point center;
    double radius = 0;  ///< not negative
    friend constexpr bool operator==(circle const&, circle const&) = default;
};

namespace detail {

/// PostgreSQL takes coordinates that differ by less for the same.
inline constexpr double geometric_epsilon = 1e-6;

[[nodiscard]] constexpr bool nearly_zero(double v) noexcept { return (v < 0 ? -v : v) <= geometric_epsilon; }
[[nodiscard]] constexpr bool nearly_equal(double a, double b) noexcept { return a == b || nearly_zero(a - b); }

[[nodiscard]] constexpr bool is_line(line const& v) noexcept { return !nearly_zero(v.a) || !nearly_zero(v.b); }

/// Whether `a` stands before `b` in PostgreSQL's order, in which NaN is above all.
[[nodiscard]] constexpr bool stands_before(double a, double b) noexcept { return b != b ? a == a : a < b; }

/// The box with these opposite corners.
[[nodiscard]] constexpr box box_of(point a, point b) noexcept {
    if (stands_before(a.x, b.x)) std::swap(a.x, b.x);
    if (stands_before(a.y, b.y)) std::swap(a.y, b.y);
    return {a, b};
}

/// Whether PostgreSQL takes two points for the same one; NaN is the same as NaN.
[[nodiscard]] inline bool same_point(point a, point b) noexcept {
    auto const same = [](double v, double w) { return v == w || (std::isnan(v) && std::isnan(w)); };
    if (std::isnan(a.x) || std::isnan(a.y) || std::isnan(b.x) || std::isnan(b.y))
        return same(a.x, b.x) && same(a.y, b.y);
    return nearly_equal(a.x, b.x) && nearly_equal(a.y, b.y);
}

/// The line through two points, with the numbers that PostgreSQL computes for it.
/// @return or `invalid_text` if the points are the same, `out_of_range` where its arithmetic overflows or underflows
[[nodiscard]] inline result<line> line_through(point from, point to) noexcept {
    if (same_point(from, to)) return errc::invalid_text;
    if (nearly_equal(from.x, to.x)) return line{-1, 0, from.x};
    if (nearly_equal(from.y, to.y)) return line{0, -1, from.y};

    double const rise = from.y - to.y;
    double const run = from.x - to.x;
    if (std::isinf(rise) && !std::isinf(from.y) && !std::isinf(to.y)) return errc::out_of_range;
    if (std::isinf(run) && !std::isinf(from.x) && !std::isinf(to.x)) return errc::out_of_range;
    double const slope = rise / run;
    if (std::isinf(slope) && !std::isinf(rise)) return errc::out_of_range;
    if (slope == 0 && rise != 0 && !std::isinf(run)) return errc::out_of_range;
    if (std::isinf(slope)) return line{-1, 0, from.x};
    if (slope == 0) return line{0, -1, from.y};

    double const product = slope * from.x;
    if (std::isinf(product) && !std::isinf(from.x)) return errc::out_of_range;
    if (product == 0 && from.x != 0) return errc::out_of_range;
    double const c = from.y - product;
    if (std::isinf(c) && !std::isinf(from.y) && !std::isinf(product)) return errc::out_of_range;
    return line{slope, -1, c == 0 ? 0 : c};  // never -0
}

}  // namespace detail

}  // namespace pgwire
