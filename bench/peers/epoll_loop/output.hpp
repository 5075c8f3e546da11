// Bytes on their way out, and numbers in the order of the network.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace epoll_loop {

using std::uint16_t;
using std::uint32_t;
using std::uint64_t;
using namespace std::string_view_literals;

template<class T>
T big_endian(T v) {
    if constexpr (std::endian::native == std::endian::big) return v;
    else if constexpr (sizeof(T) == 2) return __builtin_bswap16(v);
    else if constexpr (sizeof(T) == 4) return __builtin_bswap32(v);
    else return __builtin_bswap64(v);
}

template<class T>
T load(char const* p) {
    T v;
    std::memcpy(&v, p, sizeof v);
    return big_endian(v);
}

/// @return where the next byte goes
template<class T>
char* store(char* p, T v) {
    v = big_endian(v);
    std::memcpy(p, &v, sizeof v);
    return p + sizeof v;
}
inline char* copy(char* p, std::string_view text) {
    std::memcpy(p, text.data(), text.size());
    return p + text.size();
}

/// `room` makes sure that bytes fit, the others rely on it.
class output {
public:
    void room(std::size_t n) {
        if (static_cast<std::size_t>(limit_ - at_) < n) [[unlikely]] grow(n);
    }
    template<std::size_t N>
    void literal(char const (&bytes)[N]) {
        std::memcpy(at_, bytes, N - 1);
        at_ += N - 1;
    }
    void byte(char c) { *at_++ = c; }
    template<class T>
    void integer(T v) {
        at_ = store(at_, v);
    }
    void bytes(std::string_view text) { at_ = copy(at_, text); }

    /// For those who write with a pointer of their own.
    char* position() const { return at_; }
    void advance(char* to) { at_ = to; }

    std::string_view written() const { return {memory_.get(), static_cast<std::size_t>(at_ - memory_.get())}; }
    void clear() { at_ = memory_.get(); }

private:
    void grow(std::size_t n) {
        auto const used = static_cast<std::size_t>(at_ - memory_.get());
        auto const size = std::max({used * 2, used + n, std::size_t{64 * 1024}});
        std::unique_ptr<char[]> larger(new char[size]);
        if (used != 0) std::memcpy(larger.get(), memory_.get(), used);
        memory_ = std::move(larger);
        at_ = memory_.get() + used;
        limit_ = memory_.get() + size;
    }

    std::unique_ptr<char[]> memory_;
    char* at_ = nullptr;
    char* limit_ = nullptr;
};

}  // namespace epoll_loop
