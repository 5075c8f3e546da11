// The sample database: a shop with customers, products and orders, and a table with a column of every kind.
#pragma once

#include "sqlite.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace example {

/// A database file in the directory for temporary ones, removed at the end.
class temporary_file {
public:
    explicit temporary_file(std::string const& name) {
        auto pattern = (std::filesystem::temp_directory_path() / (name + "-XXXXXX")).string();
        int const file = mkstemp(pattern.data());
        if (file == -1) throw std::system_error(errno, std::generic_category(), pattern);
        close(file);
        path_ = pattern;
    }
    temporary_file(temporary_file const&) = delete;
    temporary_file& operator=(temporary_file const&) = delete;
    ~temporary_file() {
        std::error_code ignored;
        for (char const* const suffix : {"", "-wal", "-shm", "-journal"})
            std::filesystem::remove(path_ + suffix, ignored);
    }

    [[nodiscard]] std::string const& path() const noexcept { return path_; }

private:
    std::string path_;
};

namespace detail {

inline constexpr char const* sample_tables = R"sql(
CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    country char(2) NOT NULL,
    email varchar(60) UNIQUE,
    born date,
    active boolean NOT NULL,
    joined timestamptz NOT NULL
);
CREATE TABLE products (
    id integer PRIMARY KEY,
    code varchar(12) NOT NULL UNIQUE,
    name text NOT NULL,
    price numeric(10,2) NOT NULL CHECK (price > 0),
    weight real,
    stock smallint NOT NULL,
    details json
);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id),
    placed timestamp NOT NULL,
    reference uuid NOT NULL,
    paid boolean NOT NULL
);
CREATE INDEX orders_of_customers ON orders (customer_id);
CREATE TABLE order_lines (
    order_id bigint NOT NULL REFERENCES orders (id),
    line smallint NOT NULL,
    product_id integer NOT NULL REFERENCES products (id),
    amount integer NOT NULL CHECK (amount > 0),
    PRIMARY KEY (order_id, line)
);
CREATE TABLE every_type (
    id integer PRIMARY KEY,
    a_smallint smallint, an_integer integer, a_bigint bigint, a_real real, a_double double precision,
    a_numeric numeric(12,3), a_boolean boolean, a_text text, a_varchar varchar(20), a_char char(8), a_bytea bytea,
    a_date date, a_time time, a_timestamp timestamp, a_timestamptz timestamptz, a_uuid uuid, a_json json
);
)sql";

// `hash(n)` scatters a row's number; `n` comes from the series.
inline constexpr char const* sample_rows = R"sql(
INSERT INTO customers
    WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1000)
    SELECT n,
           pick(n, 'Ada,Grace,Alan,Barbara,Donald,Edsger,Frances,Hedy,Ken,Radia') || ' ' ||
               pick(n / 10 + n, 'Lovelace,Hopper,Turing,Liskov,Knuth,Dijkstra,Allen,Lamarr,Thompson,Perlman'),
           pick(hash(n), 'DE,FR,GB,IT,JP,NL,PL,US'),
           CASE WHEN n % 13 <> 0 THEN 'customer' || n || '@example.com' END,
           date('1950-01-01', (hash(n + 1) % 18000) || ' days'),
           hash(n + 2) % 10 <> 0,
           datetime('2015-01-01', (hash(n + 3) % 3000) || ' days', (hash(n + 4) % 86400) || ' seconds') || '+00'
    FROM s;
INSERT INTO products
    WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 200)
    SELECT n, printf('P-%05d', n),
           pick(n, 'Red,Green,Blue,Small,Large,Plain,Noble') || ' ' || pick(n / 7, 'lamp,chair,desk,clock,vase,mirror'),
           (hash(n) % 50000 + 99) / 100.0,
           CASE WHEN n % 9 <> 0 THEN (hash(n + 1) % 4000 + 1) / 16.0 END,
           hash(n + 2) % 500,
           json_object('colour', pick(n, 'red,green,blue,grey'), 'sizes', json_array(n % 5 + 1, n % 7 + 2))
    FROM s;
INSERT INTO orders
    WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 5000)
    SELECT 1000000000000 + n, hash(n) % 1000 + 1,
           datetime('2020-01-01', (n / 3) || ' hours', (hash(n + 1) % 3600) || ' seconds'),
           printf('%08x-%04x-4%03x-8%03x-%012x', hash(n), hash(n + 2) % 65536, hash(n + 3) % 4096,
                  hash(n + 4) % 4096, hash(n + 5)),
           hash(n + 6) % 8 <> 0
    FROM s;
INSERT INTO order_lines
    WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 12000)
    SELECT 1000000000000 + (n % 5000) + 1, n / 5000 + 1, hash(n) % 200 + 1, hash(n + 1) % 12 + 1
    FROM s;
INSERT INTO every_type VALUES
    (1, 1, 2, 3, 1.5, 2.25, 12.5, TRUE, 'text', 'varchar', 'char', x'00ff10', '2024-02-29', '12:34:56.789',
     '2024-02-29 12:34:56.789', '2024-02-29 12:34:56+00', '00112233-4455-6677-8899-aabbccddeeff', '{"a": [1, 2]}'),
    (2, -32768, -2147483648, -9223372036854775808, -3.4e38, 5e-324, -999999999.999, FALSE, '', '', '', x'',
     '0001-01-01', '00:00:00', '0001-01-01 00:00:00', '0001-01-01 00:00:00+00',
     '00000000-0000-0000-0000-000000000000', 'null'),
    (3, 32767, 2147483647, 9223372036854775807, 3.4e38, 1.7976931348623157e308, 999999999.999, TRUE,
     'žluťoučký 🐎', 'it''s', 'padded', x'5c78',
     '9999-12-31', '23:59:59.999999', 'infinity', '-infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '"\\u00e9"');
INSERT INTO every_type (id) VALUES (4);
ANALYZE;
)sql";

/// Scatters the bits of a number; not negative, below 2^31.
inline void call_hash(sqlite3_context* to, int, sqlite3_value** given) {
    auto n = static_cast<std::uint64_t>(sqlite3_value_int64(given[0])) * 0x9e37'79b9'7f4a'7c15U;
    n = (n ^ (n >> 30)) * 0xbf58'476d'1ce4'e5b9U;
    sqlite3_result_int64(to, static_cast<std::int64_t>((n ^ (n >> 27)) & 0x7fff'ffffU));
}
/// `pick(4, 'a,b,c')` is 'b': the words in turn.
inline void call_pick(sqlite3_context* to, int, sqlite3_value** given) {
    std::string_view words(reinterpret_cast<char const*>(sqlite3_value_text(given[1])));
    auto const count = static_cast<std::int64_t>(std::count(words.begin(), words.end(), ',')) + 1;
    for (auto left = sqlite3_value_int64(given[0]) % count; left != 0; --left) words.remove_prefix(words.find(',') + 1);
    words = words.substr(0, words.find(','));
    sqlite3_result_text(to, words.data(), static_cast<int>(words.size()), SQLITE_TRANSIENT);
}

}  // namespace detail

inline void make_sample(std::string const& path) {
    sqlite_connection db(path);
    sqlite3_create_function(db.get(), "hash", 1, SQLITE_UTF8, nullptr, detail::call_hash, nullptr, nullptr);
    sqlite3_create_function(db.get(), "pick", 2, SQLITE_UTF8, nullptr, detail::call_pick, nullptr, nullptr);
    db.run("PRAGMA synchronous = OFF; BEGIN");
    db.run(detail::sample_tables);
    db.run(detail::sample_rows);
    db.run("COMMIT");
}

}  // namespace example
