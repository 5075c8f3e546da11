#include <pgwire/server.hpp>

struct line { int n; std::string_view text; };               // a row: its members are the columns "n" int4, "text" text

struct echo {
    auto execute(pgwire::request const& r) {                 // one statement, simple or extended protocol alike
        return pgwire::rows{line{1, r.text}};
    }
};

int main() { pgwire::serve<echo>({.port = 5433}); }          // psql -h 127.0.0.1 -p 5433
