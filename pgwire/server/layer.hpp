// Handlers that wrap handlers: a layer forwards every hook that its inner handler has, and overrides what it adds to.
//
// Floor 4. Derive from `layer<H>` and write the hooks you change; call `this->inner()` for the rest. A layer that
// changes nothing costs nothing. The check of hooks sees through it: a mistake in `H` is reported as a mistake in `H`.
//
//     template<class H>
//     struct logged : pgwire::layer<H> {
//         using pgwire::layer<H>::layer;
//         void on_error(pgwire::diagnostic& d, std::string_view cause) {
//             std::clog << d.message << ' ' << cause << '\n';
//             if constexpr (pgwire::has_hooks<H, "on_error">) this->inner().on_error(d, cause);
//         }
//     };
#pragma once

#include "pgwire/server/handler.hpp"

#include <concepts>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

/// The innermost base of a layer: holds the handler that is wrapped.
template<class H>
class layer_core {
public:
    using inner_handler = H;
    using splitter = typename splitter_of<H>::type;
    static constexpr bool simple_protocol_only = detail::simple_protocol_only<H>;

    layer_core() = default;
    template<class... Args>
        requires(sizeof...(Args) != 0 && std::constructible_from<H, Args...>)
    explicit layer_core(Args&&... args) : inner_(std::forward<Args>(args)...) {}

    [[nodiscard]] H& inner() noexcept { return inner_; }
    [[nodiscard]] H const& inner() const noexcept { return inner_; }

    /// See `opens_portals` in handler.hpp. A layer whose outcomes are others than `H`'s writes its own.
    [[nodiscard]] auto open_portal(std::string_view name)
        requires opens_portals<H>
    {
        return inner_.open_portal(name);
    }

private:
    H inner_{};
};

// One base per hook, which has the hook only if `H` has it: so a layer names what its inner handler names, and the
// probe for names (handler.hpp) finds in a layer what it would find in the handler.
#define PGWIRE_DETAIL_FORWARD(HOOK, CONST)                                                                             \
    template<class Base, bool Has = names_##HOOK<typename Base::inner_handler>>                                        \
    struct forwards_##HOOK : Base {                                                                                    \
        using Base::Base;                                                                                              \
    };                                                                                                                 \
    template<class Base>                                                                                               \
    struct forwards_##HOOK<Base, true> : Base {                                                                        \
        using Base::Base;                                                                                              \
        template<class... Args>                                                                                        \
            requires requires(typename Base::inner_handler CONST& h, Args&&... args) {                                 \
                h.HOOK(std::forward<Args>(args)...);                                                                   \
            }                                                                                                          \
        decltype(auto) HOOK(Args&&... args)                                                                            \
            CONST noexcept(noexcept(this->inner().HOOK(std::forward<Args>(args)...))) {                                \
            return this->inner().HOOK(std::forward<Args>(args)...);                                                    \
        }                                                                                                              \
    };

PGWIRE_DETAIL_FORWARD(execute, )
PGWIRE_DETAIL_FORWARD(prepare, )
PGWIRE_DETAIL_FORWARD(describe, )
PGWIRE_DETAIL_FORWARD(admit, )
PGWIRE_DETAIL_FORWARD(on_bind, )
PGWIRE_DETAIL_FORWARD(check_syntax, )
PGWIRE_DETAIL_FORWARD(call_function, )
PGWIRE_DETAIL_FORWARD(on_message, )
PGWIRE_DETAIL_FORWARD(begin_implicit, )
PGWIRE_DETAIL_FORWARD(commit_implicit, )
PGWIRE_DETAIL_FORWARD(rollback_implicit, )
PGWIRE_DETAIL_FORWARD(transaction, const)
PGWIRE_DETAIL_FORWARD(on_connect, )
PGWIRE_DETAIL_FORWARD(authenticate, )
PGWIRE_DETAIL_FORWARD(on_refused, )
PGWIRE_DETAIL_FORWARD(on_start, )
PGWIRE_DETAIL_FORWARD(on_stop, )
PGWIRE_DETAIL_FORWARD(on_cancel, )
PGWIRE_DETAIL_FORWARD(on_error, )
PGWIRE_DETAIL_FORWARD(on_ready, )
#undef PGWIRE_DETAIL_FORWARD

template<class H>
using forwards_statements = forwards_execute<
    forwards_prepare<forwards_describe<forwards_admit<
        forwards_on_bind<forwards_check_syntax<forwards_call_function<forwards_on_message<layer_core<H>>>>>>>>>;
template<class Base>
using forwards_transactions =
    forwards_begin_implicit<forwards_commit_implicit<forwards_rollback_implicit<forwards_transaction<Base>>>>;
template<class Base>
using forwards_session =
    forwards_on_connect<forwards_authenticate<forwards_on_refused<forwards_on_start<forwards_on_stop<
        forwards_on_cancel<forwards_on_error<forwards_on_ready<Base>>>>>>>>;

}  // namespace detail

/// Forwards every hook of `H`. `inner()` is the handler that it wraps; its constructor takes what `H`'s takes.
template<class H>
class layer : public detail::forwards_session<detail::forwards_transactions<detail::forwards_statements<H>>> {
    using base = detail::forwards_session<detail::forwards_transactions<detail::forwards_statements<H>>>;

public:
    using base::base;
};

}  // namespace pgwire
