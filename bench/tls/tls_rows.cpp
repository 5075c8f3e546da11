// A million rows for every statement, over TLS if the client asks for it.
#include "bench/load/echo_handler.hpp"
#include "pgwire/tls.hpp"
#include "tests/support/certificates.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

struct sale {
    std::int64_t id;
    double price;
    std::string_view name;
    std::int64_t amount;
};

struct sales : pgwire::cursor<sale> {
    std::int64_t n = 0;

    bool next(writer& out) {
        constexpr std::int64_t last = 1'000'000;
        while (n != last) {
            ++n;
            if (!out({n, static_cast<double>(n) * 0.25, "sixteen bytes ok", n * 1000})) break;
        }
        return n != last;
    }
};

struct shop {
    sales execute(pgwire::request const&) { return {}; }
};

}  // namespace

int main(int argc, char** argv) {
    namespace certificates = pgwire::test::certificates;
    pgwire::tls_server const tls({.certificate = {.text = std::string(certificates::server)},
                                  .key = {.text = std::string(certificates::server_key)}});
    pgwire::serve(
        bench::options(argc, argv), [] { return shop{}; }, bench::announce, tls);
}
