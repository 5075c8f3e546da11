// A server's conversations of authentication, with whatever is sent to them: they end, are bounded, and let nobody in
// who does not know the password; and a client's, with whatever a server says.
#include "pgwire/auth.hpp"
#include "pgwire/auth/wolfcrypt.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

/// Quick, and the same each time.
struct weak : pgwire::wolfcrypt {
    static bool fill_random(std::span<char> room) noexcept {
        for (auto& c : room) c = 'r';
        return true;
    }
};

/// The next message of the input: a byte or two of length, then so many bytes.
std::string_view take(std::string_view& input) {
    if (input.empty()) return {};
    std::size_t length = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    auto const part = input.substr(0, length);
    input.remove_prefix(part.size());
    return part;
}

template<class Conversation>
void talk(Conversation conversation, std::string_view input) {
    pgwire::send_buffer out;
    auto step = conversation.begin(out);
    for (int answers = 0; step.what == pgwire::auth_step::kind::go_on; ++answers) {
        require(answers < 4 && out.size() < 8192);
        out.clear();
        step = conversation.receive(take(input), out);
    }
    require(step.what != pgwire::auth_step::kind::accepted);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0) return 0;
    static auto const verifier = pgwire::make_scram_verifier<weak>("a password that nobody guesses", "salt", 1);
    std::string_view const input(reinterpret_cast<char const*>(bytes) + 1, size - 1);
    switch (bytes[0] % 6) {
    case 0: talk(pgwire::scram_server<weak>(verifier), input); break;
    case 1: talk(pgwire::scram_server<weak>(verifier, "a certificate's hash"), input); break;
    case 2: talk(pgwire::scram_server<weak>::mock("user", "secret"), input); break;
    case 3: talk(pgwire::md5_login<weak>("a password that nobody guesses", "user"), input); break;
    case 4: {
        auto const never = [](std::string_view) { return false; };
        talk(pgwire::cleartext_login(never), input);
        break;
    }
    case 5: {
        pgwire::scram_client<weak> client("secret", {}, false, 16);
        require(client.start().has_value());
        auto rest = input;
        auto const challenge = take(rest);
        auto const answer = client.answer(challenge);
        require(!answer || answer->size() < 4096);
        require(!client.finish(take(rest)));
        break;
    }
    }
    if (auto const parsed = pgwire::parse_scram_verifier(input))
        require(pgwire::parse_scram_verifier(pgwire::format_scram_verifier(*parsed)) == parsed);
    pgwire::user_list users;
    static_cast<void>(users.read(input));
    return 0;
}
