// The one place that includes Asio: standalone, or Boost's with PGWIRE_BOOST_ASIO.
//
// Floor 3. Everything above says `asio::` inside the namespace and means whichever it is. Standalone Asio from 1.22,
// Boost.Asio from 1.81. The names that differ between the two, or moved between versions, are brought together here.
#pragma once

#include <utility>  // some versions of awaitable.hpp forget it

#if defined(PGWIRE_BOOST_ASIO)
#define PGWIRE_ASIO_HEADER(name) <boost/asio/name>
#include <boost/version.hpp>
#if BOOST_VERSION < 108100
#error "pgwire: PGWIRE_BOOST_ASIO needs Boost 1.81 or newer; another Boost is found first: look at the include path"
#endif
#include <boost/asio/detail/config.hpp>
#if !defined(BOOST_ASIO_HAS_CO_AWAIT)
#error "pgwire: this Boost.Asio sees no coroutines: compile as C++20, and with clang define BOOST_ASIO_HAS_CO_AWAIT"
#endif
#else
#define PGWIRE_ASIO_HEADER(name) <asio/name>
#include <asio/version.hpp>
#if ASIO_VERSION < 102200
#error "pgwire: Asio 1.22.0 or newer is needed; an older one is found first: look at the include path"
#endif
#include <asio/detail/config.hpp>
#if !defined(ASIO_HAS_CO_AWAIT)
#error "pgwire: this Asio sees no coroutines: compile as C++20, and with clang and Asio < 1.26 define ASIO_HAS_CO_AWAIT"
#endif
#endif

#include PGWIRE_ASIO_HEADER(awaitable.hpp)
#include PGWIRE_ASIO_HEADER(bind_cancellation_slot.hpp)
#include PGWIRE_ASIO_HEADER(buffer.hpp)
#include PGWIRE_ASIO_HEADER(cancellation_signal.hpp)
#include PGWIRE_ASIO_HEADER(co_spawn.hpp)
#include PGWIRE_ASIO_HEADER(detached.hpp)
#include PGWIRE_ASIO_HEADER(generic/stream_protocol.hpp)
#include PGWIRE_ASIO_HEADER(io_context.hpp)
#include PGWIRE_ASIO_HEADER(ip/tcp.hpp)
#include PGWIRE_ASIO_HEADER(local/stream_protocol.hpp)
#include PGWIRE_ASIO_HEADER(post.hpp)
#include PGWIRE_ASIO_HEADER(redirect_error.hpp)
#include PGWIRE_ASIO_HEADER(signal_set.hpp)
#include PGWIRE_ASIO_HEADER(steady_timer.hpp)
#include PGWIRE_ASIO_HEADER(this_coro.hpp)
#include PGWIRE_ASIO_HEADER(use_awaitable.hpp)

#include <cstddef>
#include <memory>

namespace pgwire {

#if defined(PGWIRE_BOOST_ASIO)
namespace asio = ::boost::asio;
using error_code = ::boost::system::error_code;
using system_error = ::boost::system::system_error;
#else
namespace asio = ::asio;
using error_code = ::asio::error_code;
using system_error = ::asio::system_error;
#endif

/// What a hook returns that wants to await: any operation of Asio's may be awaited in it.
template<class T = void>
using task = asio::awaitable<T>;

namespace detail {

// A program that mixes translation units of both kinds must not link: the same functions would be compiled in two ways,
// and one of them would win. Linkers compare little of a name, but they do compare whether each thread has its own.
#if defined(_MSC_VER)
#if defined(PGWIRE_BOOST_ASIO)
#pragma detect_mismatch("pgwire: a program uses one kind of Asio", "PGWIRE_BOOST_ASIO")
#else
#pragma detect_mismatch("pgwire: a program uses one kind of Asio", "standalone")
#endif
#elif defined(PGWIRE_BOOST_ASIO)
[[gnu::used]] inline thread_local constinit char a_program_uses_one_kind_of_asio = 0;
#else
[[gnu::used]] inline constinit char a_program_uses_one_kind_of_asio = 0;
#endif

/// For an io_context whose sockets and timers only one thread ever touches: saves the locks around each of them. To
/// post from other threads stays safe.
#if defined(PGWIRE_BOOST_ASIO)
inline constexpr int one_thread_for_io = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;
#else
inline constexpr int one_thread_for_io = ASIO_CONCURRENCY_HINT_UNSAFE_IO;
#endif

/// Awaits an operation without exceptions: its error goes to `ec`.
[[nodiscard]] inline auto await_into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

/// For what waits long: an operation gets the memory that it needs, and not a larger piece that Asio has kept of another.
template<class T>
struct exact_allocator {
    using value_type = T;

    exact_allocator() noexcept = default;
    template<class U>
    exact_allocator(exact_allocator<U> const&) noexcept {}  // NOLINT: allocators convert
    [[nodiscard]] T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
    void deallocate(T* p, std::size_t n) noexcept { std::allocator<T>().deallocate(p, n); }
    friend bool operator==(exact_allocator, exact_allocator) noexcept { return true; }
};

template<class T>
inline constexpr bool is_task = false;
template<class T>
inline constexpr bool is_task<task<T>> = true;

/// `T` of a `task<T>`, and of a plain `T`.
template<class T>
struct awaited_type {
    using type = T;
};
template<class T>
struct awaited_type<task<T>> {
    using type = T;
};
template<class T>
using awaited = typename awaited_type<T>::type;

}  // namespace detail

}  // namespace pgwire
