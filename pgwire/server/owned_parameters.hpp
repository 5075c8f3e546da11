// A copy of the values that were bound to a statement.
//
// Floor 4. Of what is executed later than its portal lives.
#pragma once

#include "pgwire/server/request.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire {

/// A copy of bound values, for what outlives the portal that they were bound to.
class owned_parameters {
public:
    explicit owned_parameters(parameters const& given) : portal_(given.portal()), style_(given.style_) {
        std::size_t size = 0;
        given.for_each([&size](parameter const& p) { size += p.bytes ? p.bytes->size() : 0; });
        bytes_.reserve(size);  // so that they stay where they are
        given.for_each([this](parameter const& p) {
            value copy;
            if (p.bytes) {
                auto const at = bytes_.size();
                copy = std::string_view(bytes_.append(*p.bytes)).substr(at);
            }
            values_.push_back(copy);
            formats_.push_back(p.format);
            types_.push_back(p.type);
        });
        bound_ = {portal_, {}, formats_, values_, {}};
    }
    owned_parameters(owned_parameters const&) = delete;
    owned_parameters& operator=(owned_parameters const&) = delete;

    /// How many bytes it takes.
    [[nodiscard]] std::size_t size_in_bytes() const noexcept {
        return bytes_.capacity() + values_.capacity() * sizeof(value) + formats_.capacity() * sizeof(format) +
               types_.capacity() * sizeof(oid) + portal_.capacity();
    }

    /// The values; they borrow from this.
    [[nodiscard]] parameters view() const {
        parameters all;
        if (style_ != nullptr) all = {bound_, types_, *style_};
        return all;
    }

private:
    std::string bytes_;
    std::vector<value> values_;
    std::vector<format> formats_;
    std::vector<oid> types_;
    std::string portal_;
    bind bound_;  // of all these
    text_style const* style_;
};

}  // namespace pgwire
