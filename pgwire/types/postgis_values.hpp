// The host types of PostGIS's geometry and geography: a tree of shapes.
//
// Floor 2, standard library only. Source: PostGIS documentation, "Spatial Data Model". Part of postgis.hpp. They have a
// namespace of their own, because PostgreSQL's point and polygon are others.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace pgwire::postgis {

/// Which coordinates the positions of a geometry have.
enum class dimensions : std::uint8_t { xy = 0, xyz = 1, xym = 2, xyzm = 3 };

[[nodiscard]] constexpr bool has_z(dimensions d) noexcept { return (static_cast<unsigned>(d) & 1U) != 0; }
[[nodiscard]] constexpr bool has_m(dimensions d) noexcept { return (static_cast<unsigned>(d) & 2U) != 0; }

/// `z` and `m` count only where the geometry's dimensions have them.
struct position {
    double x = 0;
    double y = 0;
    double z = 0;
    double m = 0;
    friend constexpr bool operator==(position const&, position const&) = default;
};

/// An empty point is at no position. (A position whose x and y are both NaN means the same to PostGIS.)
struct point {
    std::optional<position> at;
    friend constexpr bool operator==(point const&, point const&) = default;
};

/// None, or at least two positions.
struct linestring {
    std::vector<position> points;
    friend bool operator==(linestring const&, linestring const&) = default;
};

/// The outer ring, then the holes; each of at least four positions, of which the last is the first again.
struct polygon {
    std::vector<std::vector<position>> rings;
    friend bool operator==(polygon const&, polygon const&) = default;
};

struct multipoint {
    std::vector<point> points;
    friend bool operator==(multipoint const&, multipoint const&) = default;
};

struct multilinestring {
    std::vector<linestring> lines;
    friend bool operator==(multilinestring const&, multilinestring const&) = default;
};

struct multipolygon {
    std::vector<polygon> polygons;
    friend bool operator==(multipolygon const&, multipolygon const&) = default;
};

struct shape;

/// Shapes of any kind, collections among them.
struct geometrycollection {
    std::vector<shape> shapes;
    friend bool operator==(geometrycollection const&, geometrycollection const&);
};

/// One of them. The curves and surfaces of PostGIS are not among them.
struct shape {
    std::variant<point, linestring, polygon, multipoint, multilinestring, multipolygon, geometrycollection> value;
    friend bool operator==(shape const&, shape const&) = default;
};

inline bool operator==(geometrycollection const& a, geometrycollection const& b) { return a.shapes == b.shapes; }

/// At most this many shapes inside each other, the outermost counted too.
inline constexpr int max_nesting = 199;

/// A shape on a plane.
struct geometry {
    shape outline;
    dimensions coordinates = dimensions::xy;  ///< of all positions in it
    std::int32_t srid = 0;                    ///< its reference system; 0 is unknown, up to 999,999
    friend bool operator==(geometry const&, geometry const&) = default;
};

/// A shape on the globe: x is the longitude, -180 to 180 degrees, y the latitude, -90 to 90.
struct geography {
    shape outline;
    dimensions coordinates = dimensions::xy;
    std::int32_t srid = 4326;  ///< WGS 84
    friend bool operator==(geography const&, geography const&) = default;
};

}  // namespace pgwire::postgis
