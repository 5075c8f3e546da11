// The fields of a message that has come.
#pragma once

#include "output.hpp"

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

namespace epoll_loop {

/// After the first field that is not there, `good` is false and the others are empty.
struct fields {
    char const* at;
    char const* end;
    bool good = true;

    std::string_view string() {
        if (at == end) [[unlikely]] return good = false, std::string_view();
        if (*at == 0) return {at++, 0};
        auto const* const nul = static_cast<char const*>(std::memchr(at, 0, static_cast<std::size_t>(end - at)));
        if (nul == nullptr) [[unlikely]] return good = false, std::string_view();
        std::string_view const text(at, static_cast<std::size_t>(nul - at));
        at = nul + 1;
        return text;
    }
    template<class T>
    T integer() {
        if (static_cast<std::size_t>(end - at) < sizeof(T)) [[unlikely]] return good = false, T{};
        T v;
        if constexpr (sizeof(T) == 1) v = static_cast<T>(*at);
        else v = load<T>(at);
        at += sizeof(T);
        return v;
    }
    char const* bytes(std::size_t n) {
        if (static_cast<std::size_t>(end - at) < n) [[unlikely]] return good = false, at;
        return std::exchange(at, at + n);
    }
    bool done() const { return good && at == end; }
};

}  // namespace epoll_loop
