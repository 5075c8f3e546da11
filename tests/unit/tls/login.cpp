// TLS at the beginning of a session: who gets it, how, and what fails.
#include "tests/support/tls_client.hpp"

#include "pgwire/auth.hpp"
#include "pgwire/auth/wolfcrypt.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

extern "C" int wolfSSL_update_keys(WOLFSSL* connection);

namespace pgwire::test::tls_login_tests {

namespace {

struct line {
    std::string text;
};
/// Answers with what is known of the connection, or with as much text as is asked for.
struct witness {
    session_context* session = nullptr;
    journal log = new_journal();

    void on_start(session_context& s) {
        session = &s;
        *log += s.login().user + ' ';
    }
    void on_refused(login_info const&, diagnostic const& why) noexcept { *log += why.message; }
    rows<line> execute(request const& r) {
        if (r.text.starts_with("long")) return rows(line{std::string(200'000, r.text.back())});
        auto const& tls = session->login().tls;
        return rows(line{tls.version + '/' + tls.protocol + '/' + tls.server_name + '/' +
                         (tls.is_direct ? "direct" : "asked") + '/' + tls.distinguished_name + '/' +
                         (session->login().peer.is_secure ? "secure" : "plain")});
    }
};

[[nodiscard]] tls_server plain_server() { return tls_server(server_settings()); }
[[nodiscard]] tls_server server_asking(client_certificates which, bool with_revocations = false) {
    auto settings = server_settings();
    settings.ask_clients = which;
    settings.trusted.text = certificates::authority;
    if (with_revocations) settings.revoked.text = certificates::revocations;
    return tls_server(settings);
}

/// Asks for TLS, shakes hands, and logs in.
template<class Handler = witness>
[[nodiscard]] std::string enter(tls_dialogue<Handler>& d, bool byte_by_byte = false) {
    if (d.ask() != "S" || !d.shake_hands(byte_by_byte)) return "no TLS";
    return shape(d.say(startup()));
}

}  // namespace

TEST_CASE("a session becomes encrypted when its client asks for it") {
    for (bool const byte_by_byte : {false, true}) {
        tls_dialogue<witness> d(plain_server());
        CHECK(enter(d, byte_by_byte).ends_with("K Z(I)"));
        CHECK(rows_in(d.say(query("who"))) == "TLSv1.3/postgresql/localhost/asked//secure");
        CHECK(shape(d.say(terminate())).empty());
        CHECK(d.session().has_ended());
        d.carry(false);
        CHECK(d.hear().empty());
        CHECK(d.last() == tls_engine::status::closed);  // it has said goodbye
    }
}

TEST_CASE("a session is encrypted from its first byte") {
    tls_dialogue<witness> d(plain_server());
    REQUIRE(d.shake_hands(true));
    CHECK(shape(d.say(startup())).ends_with("Z(I)"));
    CHECK(rows_in(d.say(query("who"))) == "TLSv1.3/postgresql/localhost/direct//secure");
}

TEST_CASE("answers of many records arrive whole, whatever the network takes at once") {
    for (auto const& n : {network{}, network{.write_limit = 1000}, network{.write_limit = 7001, .hesitates = true}}) {
        tls_dialogue<witness> d(plain_server(), client_settings(), {}, n);
        CHECK(enter(d).ends_with("Z(I)"));
        for (char const letter : {'x', 'y'}) {
            auto answer = d.say(query(std::string("long ") + letter));
            for (int i = 0; i != 2000 && !answer.ends_with("Z\0\0\0\5I"sv); ++i) {
                d.carry(false);
                answer += d.hear();
            }
            CHECK(rows_in(answer) == std::string(200'000, letter));
        }
    }
}

TEST_CASE("a handshake that does not come to its end in time is not the client's mistake") {
    server_options options;
    options.login_timeout = std::chrono::milliseconds(20);
    witness handler;
    tls_dialogue<witness> d(plain_server(), client_settings(), handler, {}, options);
    CHECK(d.ask() == "S");
    CHECK(d.session().run_until_ended());
    CHECK(*handler.log == "the connection was closed during the TLS handshake");
}

TEST_CASE("an idle session gives the memory of its encryption back, too, and answers when it is asked") {
    tls_dialogue<witness> d(plain_server());
    CHECK(enter(d).ends_with("Z(I)"));
    auto& client = d.session().peer();
    for (std::size_t times : {1U, 2U}) {
        CHECK(d.session().run_until([&] { return client.rests >= times; }));
        CHECK(rows_in(d.say(query("long x"))) == std::string(200'000, 'x'));
    }
    // a record in two pieces, and a rest in between
    auto& out = d.engine().output();
    REQUIRE(d.engine().write(query("who")) == tls_engine::status::done);
    std::string const record(out.pending());
    for (auto const& piece : {record.substr(0, 10), record.substr(10)}) {
        auto const before = client.rests;
        CHECK(d.session().run_until([&] { return client.rests > before; }));
        out.clear();
        out.append(piece);
        d.carry(false);
    }
    CHECK(rows_in(d.hear()) == "TLSv1.3/postgresql/localhost/asked//secure");
}

TEST_CASE("a client that reads nothing, and goes away, ends its session") {
    tls_dialogue<witness> d(plain_server());
    CHECK(enter(d).ends_with("Z(I)"));
    d.session().peer().stalled = true;
    CHECK(d.say(query("long x")).empty());
    CHECK_FALSE(d.session().has_ended());
    d.session().peer().gone = true;
    d.session().peer().stalled = false;
    d.session().peer().fail_at = d.session().peer().operations;
    d.session().peer().resume();
    CHECK(d.session().run_until_ended());
}

TEST_CASE("whichever operation of the network fails, the session ends, and nothing else is sent") {
    for (std::size_t n = 0; n != 120; ++n) {
        INFO(n);
        network const bad{
            .write_limit = 9000, .hesitates = true, .fail_at = n, .fail_with = asio::error::no_buffer_space};
        tls_dialogue<witness> d(plain_server(), client_settings(), {}, bad);
        if (enter(d).ends_with("Z(I)")) {
            auto answer = d.say(query("long x"));
            for (int i = 0; i != 300 && !d.session().has_ended(); ++i) {
                d.carry(false);
                answer += d.hear();
            }
            CHECK(answer.size() <= 210'000);
            CHECK(answer.find_first_not_of('x', 100) >= std::min<std::size_t>(answer.size(), 200'000));
        }
        CHECK(d.engine().reason().find("MAC") == std::string::npos);
        d.session().peer().hang_up();
        CHECK(d.session().run_until_ended());
        CHECK_FALSE(d.session().has_thrown());
    }
}

TEST_CASE("a client that asks for new keys for ever, and reads nothing, is let go") {
    tls_dialogue<witness> d(plain_server());
    REQUIRE(d.ask() == "S");
    REQUIRE(d.shake_hands());
    d.session().peer().stalled = true;
    int asked = 0;
    for (; asked != 20'000 && !d.session().has_ended(); ++asked) {
        wolfSSL_update_keys(d.engine().native_handle());
        d.carry(false);
    }
    CHECK(asked > 100);
    CHECK(d.session().has_ended());
}

TEST_CASE("long texts of the client's are read, record by record") {
    tls_dialogue<witness> d(plain_server());
    CHECK(enter(d).ends_with("Z(I)"));
    CHECK(shape(d.say(query("long" + std::string(100'000, ' ') + 'z'))) == "T D C(SELECT 1) Z(I)");
    CHECK(shape(d.say(query("who") + query("who"))) == "T D C(SELECT 1) Z(I) T D C(SELECT 1) Z(I)");
}

TEST_CASE("what comes behind an SSLRequest was not encrypted, and is refused") {
    tls_dialogue<witness> d(plain_server());
    CHECK(shape(d.say_plainly(frame(ssl_request{}) + startup()).substr(1)) == "E(FATAL 08P01)");
    CHECK(d.session().has_ended());
}

TEST_CASE("within TLS nobody asks for encryption again") {
    tls_dialogue<witness> asked(plain_server());
    REQUIRE(asked.ask() == "S");
    REQUIRE(asked.shake_hands());
    CHECK(shape(asked.say(frame(ssl_request{}))) == "E(FATAL 0A000)");
    tls_dialogue<witness> gss(plain_server());
    REQUIRE(gss.ask() == "S");
    REQUIRE(gss.shake_hands());
    CHECK(shape(gss.say(frame(gssenc_request{}))) == "E(FATAL 0A000)");
    tls_dialogue<witness> direct(plain_server());
    REQUIRE(direct.shake_hands());
    CHECK(direct.say(frame(ssl_request{})) == "N");
    CHECK(shape(direct.say(startup())).ends_with("Z(I)"));
    tls_dialogue<witness> direct_gss(plain_server());
    REQUIRE(direct_gss.shake_hands());
    CHECK(shape(direct_gss.say(frame(gssenc_request{}))) == "E(FATAL 0A000)");
}

TEST_CASE("Unix sockets stay plain, and so do servers that have no TLS") {
    auto const peer = std::make_shared<memory_peer>();
    live_session<witness, tls_server> local({}, {}, {}, peer, plain_server());
    CHECK(local.send({frame(ssl_request{})}).hear_bytes() == "N");
    CHECK(local.send({startup()}).hear().ends_with("Z(I)"));
    live_session<witness> plain{};
    CHECK(plain.send({std::string("\x16\x03\x01\x02\x00\x01\x00", 7)}).hear_bytes().empty());
    CHECK(plain.has_ended());
}

TEST_CASE("a handshake that is none ends the connection") {
    for (bool const direct : {false, true}) {
        tls_dialogue<witness> d(plain_server());
        if (!direct) CHECK(d.ask() == "S");
        d.say_plainly("\x16\x03\x01\x00\x05hello, this is no ClientHello at all");
        d.session().peer().hang_up();
        CHECK(d.session().run_until_ended());
    }
    tls_dialogue<witness> d(plain_server());
    CHECK(d.ask() == "S");
    d.say_plainly(startup());
    d.session().peer().hang_up();
    CHECK(d.session().run_until_ended());
    CHECK(d.session().has_thrown() == false);
}

TEST_CASE("a server that begins directly insists on the protocol's name") {
    // a ClientHello without ALPN: an engine always has it, so the context below is used by hand
    witness one;
    tls_dialogue<witness> d(plain_server(), client_settings(), one);
    tls_context const bare(tls_context::role::client, client_settings());
    std::unique_ptr<WOLFSSL, detail::wolfssl_deleter> const client(wolfSSL_new(bare.native_handle()));
    struct pipe {
        std::string in, out;
    } bytes;
    wolfSSL_SSLSetIORecv(client.get(), [](WOLFSSL*, char* room, int size, void* p) {
        auto& in = static_cast<pipe*>(p)->in;
        if (in.empty()) return detail::wolfssl::io_would_block;
        auto const n = in.copy(room, static_cast<std::size_t>(size));
        in.erase(0, n);
        return static_cast<int>(n);
    });
    wolfSSL_SSLSetIOSend(client.get(), [](WOLFSSL*, char* from, int size, void* p) {
        static_cast<pipe*>(p)->out.append(from, static_cast<std::size_t>(size));
        return size;
    });
    wolfSSL_SetIOReadCtx(client.get(), &bytes);
    wolfSSL_SetIOWriteCtx(client.get(), &bytes);
    for (int i = 0; i != 5; ++i) {
        static_cast<void>(wolfSSL_connect(client.get()));
        bytes.in += d.say_plainly(std::exchange(bytes.out, {}));
    }
    CHECK(d.session().run_until_ended());
    CHECK(*one.log == "TLS: no application protocol was asked for");
}

TEST_CASE("clients show certificates, if they are asked to") {
    auto const who = [](client_certificates which, std::string_view certificate, std::string_view key,
                        bool with_revocations = false) {
        tls_dialogue<witness> d(server_asking(which, with_revocations), client_settings(certificate, key));
        auto const entered = enter(d);
        if (!entered.ends_with("Z(I)")) return std::string("refused");
        auto const row = rows_in(d.say(query("who")));
        return row.substr(row.find("asked/") + 6);
    };
    using enum client_certificates;
    std::string const alice = "CN=alice,UID=7,OU=people,O=Example\\, Inc.,C=DE/secure";
    for (auto const which : {optional, required}) {
        CHECK(who(which, certificates::client, certificates::client_key) == alice);
        CHECK(who(which, certificates::stranger, certificates::stranger_key) == "refused");
        CHECK(who(which, certificates::expired, certificates::expired_key) == "refused");
        CHECK(who(which, certificates::revoked, certificates::revoked_key) == "CN=mallory/secure");
        CHECK(who(which, certificates::revoked, certificates::revoked_key, true) == "refused");
        CHECK(who(which, certificates::client, certificates::client_key, true) == alice);
    }
    CHECK(who(ignored, certificates::client, certificates::client_key) == "/secure");
    CHECK(who(optional, {}, {}) == "/secure");
    CHECK(who(required, {}, {}) == "refused");
}

TEST_CASE("SCRAM binds to the certificate that the client has seen") {
    struct bound : witness {
        auto authenticate(login_info const& who) {
            return scram_server<wolfcrypt>(make_scram_verifier<wolfcrypt>("secret", "salt", 1), who.tls.end_point);
        }
    };
    for (bool const is_honest : {true, false}) {
        tls_dialogue<bound> d(plain_server());
        CHECK(enter(d) == "R(10)");
        auto const seen = d.engine().info().end_point;
        CHECK(seen.size() == 48);  // of SHA-384
        scram_client<wolfcrypt> client("secret", is_honest ? seen : std::string(48, 'x'));
        auto const challenge = d.say(frame(sasl_initial_response{client.mechanism(), value(*client.start())}));
        REQUIRE(shape(challenge) == "R(11)");
        auto const end = shape(d.say(frame_of('p', *client.answer(std::string_view(challenge).substr(9)))));
        if (is_honest) CHECK(end.starts_with("R(12) R(0) S"));
        else CHECK(end == "E(FATAL 28000)");
    }
}

TEST_CASE("a client knows whom it talks to") {
    auto const reason = [](tls_settings const& mine, tls_settings const& theirs) {
        tls_dialogue<witness> d{tls_server(theirs), mine};
        CHECK(d.ask() == "S");
        return d.shake_hands() ? std::string() : d.engine().reason();
    };
    CHECK(reason(client_settings(), server_settings()).empty());
    auto suspicious = client_settings();
    suspicious.trusted.text = certificates::other_authority;
    CHECK(reason(suspicious, server_settings()) == "certificate of an unknown authority");
    suspicious.verify_server = false;
    CHECK(reason(suspicious, server_settings()).empty());
    tls_settings const someone{.certificate = {.text = std::string(certificates::elsewhere)},
                               .key = {.text = std::string(certificates::elsewhere_key)}};
    CHECK(reason(client_settings(), someone) == "certificate of another host");
    tls_settings const late{.certificate = {.text = std::string(certificates::expired)},
                            .key = {.text = std::string(certificates::expired_key)}};
    CHECK(reason(client_settings(), late) == "certificate expired");
    auto stubborn = server_settings();
    stubborn.ciphers = "TLS13-AES256-GCM-SHA384";
    auto other = client_settings();
    other.ciphers = "TLS13-CHACHA20-POLY1305-SHA256";
    CHECK(reason(other, stubborn) == "the other side has refused");
}

TEST_CASE("a server takes a new certificate without a restart, and keeps the old one if the new one is bad") {
    auto tls = plain_server();
    auto settings = server_settings();
    settings.certificate.text = certificates::elsewhere;
    CHECK_THROWS_AS(tls.reload(settings), tls_error);
    tls_dialogue<witness> before(tls);
    CHECK(enter(before).ends_with("Z(I)"));
    settings.key.text = certificates::elsewhere_key;
    tls.reload(settings);
    tls_dialogue<witness> after(tls);
    CHECK(after.ask() == "S");
    CHECK_FALSE(after.shake_hands());
    CHECK(rows_in(before.say(query("who"))).ends_with("secure"));  // goes on
}

TEST_CASE("settings that can't be used say what and why") {
    auto const complaint = [](auto change) {
        auto settings = server_settings();
        change(settings);
        try {
            tls_server const made(settings);
        } catch (tls_error const& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    CHECK(complaint([](tls_settings&) {}).empty());
    CHECK(complaint([](tls_settings& s) { s.certificate = {}; }) == "certificate: there is none");
    CHECK(complaint([](tls_settings& s) { s.key = {}; }) == "key: there is none");
    CHECK(complaint([](tls_settings& s) { s.key = {.file = "/nowhere/server.key"}; }) ==
          "key /nowhere/server.key: can't be read");
    CHECK(complaint([](tls_settings& s) { s.key.text = certificates::encrypted_key; }) == "key: is encrypted");
    CHECK(complaint([](tls_settings& s) {
              s.key.text = certificates::client_key;
          }).starts_with("key: does not fit certificate ("));
    CHECK(complaint([](tls_settings& s) {
              s.key.text = s.certificate.text;
          }).starts_with("key: there is no \"-----BEGIN"));
    CHECK(complaint([](tls_settings& s) { s.certificate.text = "x"; }).starts_with("certificate: there is no"));
    CHECK(complaint([](tls_settings& s) { s.certificate.text.replace(100, 20, "!!!!"); }).starts_with("certificate: "));
    CHECK(complaint([](tls_settings& s) { s.ask_clients = client_certificates::required; }) ==
          "certificates to trust: there are none");
    CHECK(complaint([](tls_settings& s) { s.ciphers = "AES-GCM-9"; }) == "ciphers: none of \"AES-GCM-9\" is known");
    CHECK(complaint([](tls_settings& s) { s.ciphers = "ECDHE-RSA-AES128-GCM-SHA256"; }) ==
          "ciphers: none of \"ECDHE-RSA-AES128-GCM-SHA256\" can be used with certificate");
    for (std::string const weak :
         {"", "nonsense", "TLS13-SHA256-SHA256", "ECDHE-RSA-NULL-SHA", "TLS13-AES128-GCM-SHA256:AES128-SHA"})
        CHECK(complaint([&](tls_settings& s) { s.ciphers = weak; }).ends_with("is neither AES-GCM nor ChaCha20"));
}

}  // namespace pgwire::test::tls_login_tests
