// What is called when a timer has run out or a socket is ready, where no coroutine waits for that.
//
// Floor 3. One type for what is soon over and one for what takes long, since each type costs what Asio has to compile.
#pragma once

#include "pgwire/net/asio.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace pgwire::detail {

/// A completion handler, `void(error_code)`.
class when_ready {
public:
    using function = void (*)(void* what, error_code ec);

    /// @param what given to `call`; lives until then, if it has owners
    when_ready(std::shared_ptr<void> what, function call) noexcept : what_(std::move(what)), call_(call) {}

    void operator()(error_code ec) const { call_(what_.get(), ec); }

private:
    std::shared_ptr<void> what_;
    function call_;
};

/// The same for what may take long, as a client that says nothing does.
class when_ready_at_last : public when_ready {
public:
    using allocator_type = exact_allocator<std::byte>;
    using when_ready::when_ready;

    [[nodiscard]] allocator_type get_allocator() const noexcept { return {}; }
};

}  // namespace pgwire::detail
