// What stands at a server's door and reads what comes from outside: headers of proxies, certificates, files of rules
// and of users. Nothing of it crashes, and what is cut says that it is.
#include "pgwire/auth/certificate.hpp"
#include "pgwire/auth/user_list.hpp"
#include "pgwire/protocol/proxy_header.hpp"
#include "pgwire/server/hba.hpp"
#include "pgwire/server/user_maps.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void read_header(std::string_view bytes) {
    auto const found = pgwire::read_proxy_header(bytes);
    require(found.size <= bytes.size());
    require(found.what != pgwire::proxy_header::kind::proxied || !found.address.empty());
    if (found.what != pgwire::proxy_header::kind::proxied) return;
    for (std::size_t i = 0; i != found.size; ++i)  // no part of it is a whole one
        require(pgwire::read_proxy_header(bytes.substr(0, i)).what == pgwire::proxy_header::kind::incomplete);
}

void read_rules(std::string_view text) {
    pgwire::hba_rules rules;
    if (auto const wrong = rules.read(text)) require(wrong->line >= 1 && !wrong->reason.empty() && rules.all().empty());
    pgwire::login_info who;
    who.user = who.database = "alice";
    for (std::string_view const address : {"", "127.0.0.1", "2001:db8::1", "nonsense"}) {
        who.peer.address = address;
        who.peer.is_unix = address.empty();
        who.peer.is_secure = address.size() == 9;
        auto const* const found = rules.find(who);
        require(found == nullptr || found->line >= 1);
    }
    pgwire::user_maps maps;
    static_cast<void>(maps.read(text));
    pgwire::user_list users;
    if (!users.read(text))
        users.for_each([](std::string_view name, std::string_view secret) {
            pgwire::user_list again;
            bool const is_a_line = (std::string(name) + std::string(secret)).find('\n') == std::string::npos;
            if (!is_a_line) return;
            require(!again.read(pgwire::user_list::format_line(name, secret)));
            require(again.find(name) == secret);
        });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const input(reinterpret_cast<char const*>(bytes) + 1, size - 1);
    switch (bytes[0] % 3) {
    case 0: read_header(input); break;
    case 1: read_rules(input); break;
    case 2: {
        pgwire::certificate const one(input);
        require(one.common_name().size() <= 3 * input.size());
        require(one.distinguished_name().size() <= 16 * input.size() + 16);
        break;
    }
    }
    return 0;
}
