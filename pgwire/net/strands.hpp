// Executors for a server in a context that several threads run.
//
// Floor 3.
#pragma once

#include "pgwire/net/asio.hpp"

#include PGWIRE_ASIO_HEADER(any_io_executor.hpp)
#include PGWIRE_ASIO_HEADER(strand.hpp)

#include <cstddef>
#include <vector>

namespace pgwire {

/// Strands of a context: each is run by one thread at a time, whichever that is, and so is what belongs to one session.
///
///     asio::io_context io;
///     pgwire::server server(pgwire::strands(io, 16), {.port = 5433}, [] { return my_handler(); });
///
/// @param count several for each thread, since the sessions on one strand wait for each other
/// @param context a context or an executor; must outlive the strands
template<class Context>
[[nodiscard]] std::vector<asio::any_io_executor> strands(Context&& context, std::size_t count) {
    std::vector<asio::any_io_executor> all;
    all.reserve(count);
    while (all.size() != count) all.emplace_back(asio::make_strand(context));
    return all;
}

}  // namespace pgwire
