// What a client is told of an exception.
//
// Floor 4. A `sql_error` says it itself. Any other exception is an internal error, of which a client learns no more
// than that; its text is for the log.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/server/handler.hpp"

#include <exception>
#include <new>
#include <string>
#include <string_view>

namespace pgwire::detail {

struct failure {
    diagnostic told;    ///< to the client
    std::string cause;  ///< what it is not told
};

[[nodiscard]] inline failure diagnose(std::exception_ptr const& thrown) {
    failure f;
    try {
        std::rethrow_exception(thrown);
    } catch (sql_error const& e) {
        f.told = e.fields();
    } catch (std::bad_alloc const&) {
        f.told.code = sqlstates::out_of_memory;
        f.told.message = "out of memory";
    } catch (std::exception const& e) {
        f.told.message = "internal error";
        f.cause = e.what();
    } catch (...) {
        f.told.message = "internal error";
        f.cause = "an exception that is no std::exception";
    }
    return f;
}

/// Shows what is about to be told to the handler, which may change it. What the hook throws is ignored: there is an
/// error to be told already.
template<class Handler>
void tell([[maybe_unused]] Handler& handler, [[maybe_unused]] diagnostic& d, [[maybe_unused]] std::string_view cause) {
    if constexpr (has_on_error<Handler>) {
        try {
            handler.on_error(d, cause);
        } catch (...) {
        }
    }
}

}  // namespace pgwire::detail
