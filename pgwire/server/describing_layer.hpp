// A layer with statements of its own beside those of its inner handler: what it tells of their columns.
//
// Floor 4.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/layer.hpp"
#include "pgwire/types/columns.hpp"

#include <span>
#include <utility>

namespace pgwire::detail {

/// Has the hook `describe` if `H` has it.
/// @tparam Statement knows whether it is the layer's (`is_own()`), then its columns (`own_columns()`), and else has
///     what the inner handler has made of it (`inner`)
template<class H, class Statement, bool Has = has_describe<H>>
class describing_layer : public layer<H> {
public:
    using layer<H>::layer;
};
template<class H, class Statement>
class describing_layer<H, Statement, true> : public layer<H> {
    using told = decltype(std::declval<H&>().describe(std::declval<statement_type<H>&>()));

public:
    using layer<H>::layer;

    std::span<column const> describe(Statement& s)
        requires(!is_task<told>)
    {
        if (s.is_own()) return s.own_columns();
        return this->inner().describe(*s.inner);
    }
    task<std::span<column const>> describe(Statement& s)
        requires is_task<told>
    {
        if (s.is_own()) co_return s.own_columns();
        auto const columns = co_await this->inner().describe(*s.inner);
        co_return columns;
    }
};

}  // namespace pgwire::detail
