// One row as the answer to everything: made on the session's thread, or on a pool.
#pragma once

#include "bench/load/echo_handler.hpp"
#include "pgwire/server/offload.hpp"

#include <utility>

namespace bench {

/// The row of the echo handler, as a cursor.
struct one_line : pgwire::cursor<line> {
    std::string_view text;

    explicit one_line(std::string_view t) : text(t) {}
    bool next(writer& out) {
        out({1, text});
        return false;
    }
};

struct inline_engine {
    one_line execute(pgwire::request const& r) { return one_line(r.text); }
};

/// With the same work on a pool of two threads.
struct pooled_engine {
    pgwire::asio::thread_pool* pool;

    pgwire::offloaded<one_line> execute(pgwire::request const& r) { return {pool->get_executor(), one_line(r.text)}; }
};

}  // namespace bench
