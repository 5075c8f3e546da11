// Any bytes as the two directions of a conversation: nothing crashes, and how the bytes are cut makes no difference.
#include "pgwire/protocol/events.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace pgwire;

void require(bool condition) {
    if (!condition) std::abort();
}

/// Writes down what it hears; of a decoded message what it is written as.
struct recorder {
    std::string log{};

    template<message_type M>
    void on(M const& m) {
        send_buffer out;
        log += "on ";
        if (encode(out, m)) log += out.pending();
    }
    void on(encryption_answer a) { log += {'a', static_cast<char>(a)}; }
    void on_other(char tag, std::string_view body) { (log += {'o', tag}) += body; }
    void on_piece(message_piece const& p) {
        if (p.offset == 0) log += {'p', p.tag};
        log += p.bytes;
    }
};

/// The same, and what is malformed does not end it.
struct tolerant : recorder {
    void on_malformed(char tag, std::string_view body, errc) { (log += {'m', tag}) += body; }
};

struct outcome {
    std::string log;
    errc errors[2];
    std::uint64_t positions[2];

    bool operator==(outcome const&) const = default;
};

/// The input is a number of turns: a byte that tells whose it is and how many bytes it has, and those.
template<class Sink>
outcome converse(std::string_view input, std::size_t cut) {
    Sink client;
    Sink server;
    conversation_events conversation(client, server, {.whole = 16});
    while (!input.empty()) {
        auto const turn = static_cast<unsigned char>(input[0]);
        auto bytes = input.substr(1, turn & 0x7f);
        input.remove_prefix(1 + bytes.size());
        if (turn == 0) conversation.handshake_done();
        for (; !bytes.empty(); bytes.remove_prefix(std::min(cut, bytes.size()))) {
            auto const part = bytes.substr(0, cut);
            std::string const copy(part);  // in memory of its own
            static_cast<void>((turn & 0x80) != 0 ? conversation.from_backend(copy) : conversation.from_frontend(copy));
        }
    }
    require(conversation.frontend().held() <= 0xffff && conversation.backend().held() <= 0xffff);
    return {client.log + '|' + server.log,
            {conversation.frontend().error(), conversation.backend().error()},
            {conversation.frontend().position(), conversation.backend().position()}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const input(reinterpret_cast<char const*>(data), size);
    auto const whole = converse<recorder>(input, 0x7f);
    require(converse<recorder>(input, 1) == whole);
    require(converse<recorder>(input, 5) == whole);
    require(converse<tolerant>(input, 3) == converse<tolerant>(input, 0x7f));
    return 0;
}
