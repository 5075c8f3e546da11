// What holds for every message, said once, to be proved at compile time.
#pragma once

#include "tests/support/samples.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace pgwire::test {

/// An encoded message in memory of its own.
class encoded {
public:
    constexpr explicit encoded(message_type auto const& m) {
        auto const end = encode(bytes_.data(), bytes_.size(), m);
        if (end) size_ = static_cast<std::size_t>(*end - bytes_.data());
    }
    [[nodiscard]] constexpr std::string_view frame() const { return {bytes_.data(), size_}; }
    /// Without type byte and length.
    template<message_type M>
    [[nodiscard]] constexpr std::string_view body() const {
        return frame().substr(detail::header_size<M>);
    }

private:
    std::array<char, 512> bytes_{};
    std::size_t size_ = 0;
};

/// The frame is exactly these bytes, and it says its own length.
template<message_type M>
consteval bool writes(M const& m, std::string_view bytes) {
    auto const e = encoded(m);
    auto const length = e.frame().substr(detail::header_size<M> - 4);
    return e.frame() == bytes && length.size() == load<std::uint32_t>(length.data()) && encoded_size(m) == bytes.size();
}

template<message_type M>
consteval bool round_trips(M const& m) {
    auto const e = encoded(m);
    return !e.frame().empty() && decode<M>(e.template body<M>()) == m;
}

/// Whatever is missing at the end is missed, as a protocol violation. Where a body may end in many places, what is
/// accepted is a message that is written as just these bytes.
template<message_type M>
consteval bool rejects_prefixes(M const& m) {
    auto const e = encoded(m);
    auto const body = e.template body<M>();
    for (std::size_t n = 0; n != body.size(); ++n) {
        auto const decoded = decode<M>(body.substr(0, n));
        if (decoded && !open_ended<M>) return false;
        if (decoded && encoded(*decoded).template body<M>() != body.substr(0, n)) return false;
        if (!decoded && to_sqlstate(decoded.error()) != sqlstates::protocol_violation) return false;
    }
    return true;
}

template<message_type M>
consteval bool rejects_trailing_bytes(M const& m) {
    auto const e = encoded(m);
    auto const body = e.template body<M>();
    std::array<char, 512> longer{};
    std::copy_n(body.data(), body.size(), longer.data());
    auto const decoded = decode<M>({longer.data(), body.size() + 1});
    if (open_ended<M>) return decoded.has_value();
    return decoded.error() == errc::trailing_data;
}

/// All of the above but the exact bytes.
template<message_type M>
consteval bool sound(M const& m) {
    return round_trips(m) && rejects_prefixes(m) && rejects_trailing_bytes(m);
}

/// Text of a size that nobody has in memory; it must not be touched.
constexpr std::string_view pretended(std::uint64_t size) { return {"x", static_cast<std::size_t>(size)}; }

/// Items of a number that nobody has in memory.
template<class T>
constexpr std::span<T const> pretended_items(T const& item, std::uint64_t count) {
    return {&item, static_cast<std::size_t>(count)};
}

}  // namespace pgwire::test
