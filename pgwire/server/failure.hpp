// What a client is told of an exception.
//
// Floor 4. A `sql_error` says it itself. Any other exception is an internal error, of which a client learns no more than
// that; its text is for the log.
#pragma once

#include "pgwire/core/error.hpp"

#include <exception>
#include <new>
#include <string>

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

}  // namespace pgwire::detail
