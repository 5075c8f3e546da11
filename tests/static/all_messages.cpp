// What holds for every message.
#include "tests/support/check.hpp"

namespace pgwire::test {

template<class... M>
consteval bool all_round_trip(type_list<M...>) {
    return (round_trips(sample<M>) && ...);
}
template<class... M>
consteval bool all_reject_prefixes(type_list<M...>) {
    return (rejects_prefixes(sample<M>) && ...);
}
template<class... M>
consteval bool all_reject_trailing_bytes(type_list<M...>) {
    return (rejects_trailing_bytes(sample<M>) && ...);
}

static_assert(all_round_trip(frontend_messages{}), "a frontend message decodes to what was encoded");
static_assert(all_round_trip(backend_messages{}), "a backend message decodes to what was encoded");
static_assert(all_reject_prefixes(frontend_messages{}), "no proper prefix of a frontend message decodes");
static_assert(all_reject_prefixes(backend_messages{}), "no proper prefix of a backend message decodes");
static_assert(all_reject_trailing_bytes(frontend_messages{}), "a byte too many fails a frontend message");
static_assert(all_reject_trailing_bytes(backend_messages{}), "a byte too many fails a backend message");

static_assert(frontend_messages::size == 21, "a new frontend message needs a sample");
static_assert(backend_messages::size == 33, "a new backend message needs a sample");

}  // namespace pgwire::test
