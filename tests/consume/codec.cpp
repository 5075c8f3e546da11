// A user of floors 0 to 2: it runs, and says whether it got the bytes of a Query.
#include <pgwire/protocol/simple_query.hpp>

#include <cstdio>
#include <string_view>

int main() {
    pgwire::send_buffer out;
    if (!pgwire::encode(out, pgwire::query{"SELECT 1"})) return 1;
    if (out.pending() != std::string_view("Q\0\0\0\x0dSELECT 1\0", 14)) return 1;
    std::puts("a Query of 14 bytes");
}
