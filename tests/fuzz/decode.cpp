// Any bytes, decoded as any message: what is accepted is a message that is written as just these bytes.
#include "pgwire/protocol/messages.hpp"

#include <array>
#include <concepts>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

template<pgwire::message_type M>
void decode_one(std::string_view body) {
    auto const decoded = pgwire::decode<M>(body);
    if (!decoded) {
        require(pgwire::to_sqlstate(decoded.error()) == pgwire::sqlstates::protocol_violation);
        return;
    }
    pgwire::send_buffer out;
    require(pgwire::encode(out, *decoded).has_value());
    auto const again = out.pending().substr(pgwire::detail::header_size<M>);
    require(pgwire::encoded_size(*decoded) == out.size());
    require(pgwire::decode<M>(again) == *decoded);
    if constexpr (std::same_as<M, pgwire::error_response> || std::same_as<M, pgwire::notice_response>) {
        // Their fields may come in any order, empty, repeated or unknown, and are written in one order without those.
        auto const owned = pgwire::to_diagnostic(decoded->fields);
        require(pgwire::encoded_size(M{pgwire::diagnostic_view(owned).fields()}).has_value());
    } else {
        require(again == body);
    }
    if constexpr (std::same_as<M, pgwire::startup_message>)
        for (auto const parameter : decoded->parameters) require(decoded->find(parameter.name).has_value());
}

template<class... M>
constexpr std::array<void (*)(std::string_view), sizeof...(M)> decoders(pgwire::type_list<M...>) {
    return {decode_one<M>...};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    constexpr auto frontend = decoders(pgwire::frontend_messages{});
    constexpr auto backend = decoders(pgwire::backend_messages{});
    if (size == 0) return 0;
    std::string_view const body(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const which = data[0] % (frontend.size() + backend.size());
    if (which < frontend.size())
        frontend[which](body);
    else
        backend[which - frontend.size()](body);
    static_cast<void>(pgwire::classify_startup(body));
    static_cast<void>(pgwire::startup_version(body));
    static_cast<void>(pgwire::classify_authentication(body));
    return 0;
}
