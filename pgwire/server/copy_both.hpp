// COPY in both directions as an outcome: the client's data and the server's, each as fast as the other side takes it.
//
// Floor 4. `execute` answers with a class derived from `copy_both`, as a server of streaming replication does:
//
//     struct stream : pgwire::copy_both {
//         pgwire::task<bool> next(writer& out);    // or bool; the server's data; false: there is no more
//         void write(std::string_view piece);      // or task<void>; the client's data, cut anywhere
//         void finish();                           // or task<void>; the client has no more
//         pgwire::command done();                  // both have ended: the tag
//     };
//
// The two sides run at once: while `next` is awaited, what comes is given to `write`; while `write` is awaited, `next`
// goes on. Both run on the session's executor, so they share members without locks, but each finds them changed after
// it has awaited something. Until `write` has returned no more is read; while the client does not read, `next` is not
// called. One that wants to end when the client does is told by `finish`:
//
//     pgwire::task<bool> next(writer& out) {                         void finish() {
//         timer.expires_after(10s);                                      ended = true;
//         error_code ec;                                                 timer.cancel();
//         co_await timer.async_wait(redirect_error(use_awaitable, ec));  }
//         if (!ended) out(keepalive());
//         co_return !ended;
//     }
//
// A `next` that is a plain function gives what there is now. If it writes nothing and returns true, it is called again
// when the client has sent something more. One that awaits is called again at once.
//
// An error on either side interrupts the other, is answered, and destroys the outcome, without `finish` or `done`; so
// does a cancel. The client may send CopyData, CopyDone and Terminate; anything else is 08P01 and ends the session, as
// it does with PostgreSQL. It is for simple queries; in the extended protocol it is 0A000. Destructors of what a
// `write` or `finish` that awaits has on its own stack must not touch the outcome: who destroys an io_context under a
// session that runs destroys the two in no particular order.
// Source: PostgreSQL documentation, "COPY Operations", "Streaming Replication Protocol"; details as measured.
#pragma once

#include "pgwire/server/copy.hpp"

#include <concepts>

namespace pgwire {

/// The base of an outcome that gives data and takes it, at the same time.
struct copy_both : copy_shape {
    using writer = copy_writer;
};

namespace detail {

template<class T>
concept copy_both_type = std::derived_from<T, copy_both>;

}  // namespace detail

}  // namespace pgwire
