// TLS: who is let in by a certificate, who by a password that is bound to ours, and who not at all.
//
//     examples/run.sh secure                  # makes a certificate for localhost, and a user alice with "wonderland"
//     psql "host=localhost port=5433 user=alice sslmode=require channel_binding=require" -c hello
//     psql "host=localhost port=5433 user=alice sslmode=require sslnegotiation=direct" -c hello     # PostgreSQL 17's
//     kill -HUP PID                           # reads the certificate again, for the connections that come then
#include "on_hangup.hpp"
#include "options.hpp"
#include "users.hpp"

#include <pgwire/server.hpp>
#include <pgwire/tls.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

struct line {
    std::string user;
    std::string let_in_by;
    std::string encryption;
    std::string_view text;
};

struct guarded_echo {
    std::shared_ptr<example::user_store const> users;
    line known{};

    using method = std::variant<pgwire::trusted_login, pgwire::rejected_login, pgwire::scram_server<pgwire::wolfcrypt>>;
    method authenticate(pgwire::login_info const& who) {
        if (!who.peer.is_secure) return pgwire::rejected_login{};
        known = {who.user, "a password", who.tls.version + ' ' + who.tls.cipher, {}};
        if (who.tls.has_certificate && who.tls.common_name == who.user) {
            known.let_in_by = "a certificate";
            return pgwire::trusted_login{};
        }
        return users->scram(who.user, who.tls.end_point);
    }

    auto execute(pgwire::request const& r) {
        auto answer = known;
        answer.text = r.text;
        return pgwire::rows{std::move(answer)};
    }
};

int main(int argc, char** argv) {
    pgwire::tls_settings settings;
    std::string path;
    auto const options = example::parse(argc, argv, "Serves what is encrypted, and nothing else.", [&](CLI::App& app) {
        app.add_option("--tls-cert", settings.certificate.file,
                       "our certificate, and those that lead to an authority, in PEM")
            ->required();
        app.add_option("--tls-key", settings.key.file, "its key, in PEM")->required();
        app.add_option("--tls-client-ca", settings.trusted.file,
                       "authorities whose certificates let users in, by their common name");
        app.add_option("--users", path, "a file of users; without it there is alice, with \"wonderland\"");
    });
    if (!settings.trusted.empty()) settings.ask_clients = pgwire::client_certificates::optional;
    try {
        pgwire::user_list list;
        if (path.empty()) static_cast<void>(list.read("\"alice\" \"wonderland\""));
        else list = example::read_users(path);
        auto const users = std::make_shared<example::user_store const>(list);
        pgwire::tls_server tls(settings);
        auto const started = [&](std::uint16_t, pgwire::asio::any_io_executor const& where) {
            std::cout << "try:  psql \"host=localhost port=" << options.port
                      << " user=alice sslmode=require channel_binding=require\" -c hello" << std::endl;
            return example::on_hangup(where, [tls]() mutable { tls.reload(); });
        };
        pgwire::serve(
            {.address = options.address, .port = options.port, .threads = options.threads},
            [users] { return guarded_echo{users}; }, started, tls);
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": " << e.what() << '\n';
        return 2;
    }
}
