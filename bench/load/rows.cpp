// Many rows, as a user of pgwire writes them; over TLS if the client asks for it, where wolfSSL is there.
#include "bench/load/echo_handler.hpp"
#include "pgwire/types/copy_binary_encoder.hpp"

#if defined(BENCH_TLS)
#include "pgwire/tls.hpp"
#include "tests/support/certificates.hpp"
#endif

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace std::string_view_literals;

struct sale {
    std::int64_t id;
    double price;
    std::string_view name;
    pgwire::timestamp at;
};

constexpr std::int64_t all_sales = 1'000'000;

sale nth_sale(std::int64_t n) {
    constexpr std::int64_t new_year = 820'540'800;  // 2026, in seconds since 2000
    return {n, static_cast<double>(n) / 100.0, "sixteen bytes ok", {(new_year + n) * 1'000'000}};
}

struct sales : pgwire::cursor<sale> {
    std::int64_t n = 0;
    std::int64_t last;

    explicit sales(std::int64_t rows) : last(rows) {}
    bool next(writer& out) {
        for (bool welcome = true; welcome && n != last;) welcome = out(nth_sale(++n));
        return n != last;
    }
};

struct six {
    std::int32_t a;
    std::int32_t b;
    std::int32_t c;
    pgwire::timestamp d;
    double e;
    std::string_view f;
};

/// The shape of the rows in the Rust crate's own benchmark.
struct sixes : pgwire::cursor<six> {
    std::int32_t n = 0;

    bool next(writer& out) {
        static std::string const text = [] {
            std::string s;
            for (int i = 0; i != 32; ++i) s += "sixteen bytes ok";
            return s;
        }();
        constexpr std::int32_t last = 5000;
        constexpr pgwire::timestamp then{151'496'634'000'000};  // 2004-10-19 10:23:54
        for (bool welcome = true; welcome && n != last; ++n) welcome = out({n, n, n, then, 42, text});
        return n != last;
    }
};

template<class Encoder>
struct dump : pgwire::copy_out {
    std::int64_t n = 0;

    dump() : copy_out{{Encoder::value_format == pgwire::format::text ? pgwire::copy_format::text : pgwire::copy_format::binary, 4}} {}
    bool next(writer& out) {
        auto row = out.rows<Encoder>();
        for (bool welcome = true; welcome && n != all_sales;) welcome = row(nth_sale(++n));
        if (n == all_sales) row.finish();
        return n != all_sales;
    }
};

/// What a statement is, seen once.
struct statement {
    enum class kind { echo, sales, six, copy_text, copy_binary };

    std::string text;
    kind what = kind::echo;
    std::int64_t rows = 0;
    std::vector<pgwire::oid> types;

    std::span<pgwire::oid const> parameters() const { return types; }
    std::span<pgwire::column const> columns() const {
        switch (what) {
        case kind::echo: return pgwire::columns_of<bench::line>;
        case kind::sales: return pgwire::columns_of<sale>;
        case kind::six: return pgwire::columns_of<six>;
        default: return {};
        }
    }
};

struct shop {
    using outcome = std::variant<pgwire::rows<bench::line>, sales, sixes, dump<pgwire::copy_text_encoder>, dump<pgwire::copy_binary_encoder>>;
    using kind = statement::kind;

    static statement prepare(std::string_view text, std::span<pgwire::oid const> types) {
        statement s{.text = std::string(text), .types = {types.begin(), types.end()}};
        constexpr auto limited = "SELECT * FROM sales LIMIT "sv;
        if (text == "SELECT * FROM sales") {
            s.what = kind::sales;
            s.rows = all_sales;
        } else if (text.starts_with(limited)) {
            auto const* const end = text.data() + text.size();
            auto const read = std::from_chars(text.data() + limited.size(), end, s.rows);
            bool const is_number = read.ec == std::errc() && read.ptr == end && s.rows >= 0;
            if (is_number) s.what = kind::sales;
            s.rows = std::min(s.rows, all_sales);
        } else if (text == "SELECT * FROM six") {
            s.what = kind::six;
        } else if (text == "COPY sales TO STDOUT") {
            s.what = kind::copy_text;
        } else if (text == "COPY sales TO STDOUT (FORMAT binary)") {
            s.what = kind::copy_binary;
        }
        return s;
    }
    outcome execute(pgwire::request const&, statement& s) {
        switch (s.what) {
        case kind::sales: return sales(s.rows);
        case kind::six: return sixes();
        case kind::copy_text: return dump<pgwire::copy_text_encoder>();
        case kind::copy_binary: return dump<pgwire::copy_binary_encoder>();
        default: return pgwire::rows{bench::line{1, s.text}};
        }
    }
};

}  // namespace

int main(int argc, char** argv) {
    auto const make = [] { return shop{}; };
#if defined(BENCH_TLS)
    namespace certificates = pgwire::test::certificates;
    pgwire::tls_server const tls({.certificate = {.text = std::string(certificates::server)},
                                  .key = {.text = std::string(certificates::server_key)}});
    pgwire::serve(bench::options(argc, argv), make, bench::announce, tls);
#else
    pgwire::serve(bench::options(argc, argv), make, bench::announce);
#endif
}
