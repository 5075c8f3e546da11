// Conversations of authentication over a connection: the login of a whole session.
#include "tests/support/session_runner.hpp"

#include "pgwire/auth.hpp"
#include "pgwire/auth/saslprep.hpp"
#include "pgwire/auth/wolfcrypt.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace pgwire::test::auth_login_tests {

namespace {

using store = user_store<wolfcrypt, saslprep>;

[[nodiscard]] std::shared_ptr<store const> users() {
    static auto const shared = [] {
        user_list list;
        REQUIRE_FALSE(
            list.read("\"alice\" \"SCRAM-SHA-256$4096:EKtPd0mjOxgZdINgZ420Tg==$6otkv8PgCsgp7RipSsko4ai4pPMk31FHtinGFsc"
                      "AAUc=:iBBduQ9Pk776ZpEDDo3O9zGtHt+OJwzTFZygJ9iBOhM=\"\n"
                      "\"bob\" \"md521f3163f8f86fa10bdefbfbd502a8f06\"\n"
                      "\"carol\" \"se\"\"cret\"\n"));
        return std::make_shared<store const>(list);
    }();
    return shared;
}

struct base {
    std::shared_ptr<store const> users = auth_login_tests::users();
    command execute(request const&) { return {"OK"}; }
};
struct by_scram : base {
    auto authenticate(login_info const& who) { return users->scram(who.user); }
};
struct by_cleartext : base {
    auto authenticate(login_info const& who) { return users->cleartext(who.user); }
};
struct by_md5 : base {
    auto authenticate(login_info const& who) { return users->md5(who.user); }
};
/// Decides later, and by whom it has before it.
struct by_policy : base {
    using method = std::variant<trusted_login, rejected_login, scram_server<wolfcrypt>>;
    task<method> authenticate(login_info const& who) {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        if (who.database == "open") co_return trusted_login{};
        if (who.database == "closed") co_return rejected_login{};
        co_return users->scram(who.user);
    }
};

[[nodiscard]] std::string response(std::string_view body) { return frame_of('p', body); }
[[nodiscard]] std::string password(std::string_view text) { return frame(password_message{text}); }
[[nodiscard]] std::string startup_as(std::string_view user, std::string_view database = "d") {
    return startup({{"user", std::string(user)}, {"database", std::string(database)}});
}

/// A login that goes on as the client answers.
template<class Handler>
class dialogue {
public:
    explicit dialogue(std::string_view user, server_options const& options = {}, peer_info const& from = here) {
        auto peer = std::make_shared<memory_peer>();
        peer->info = from;
        session_.emplace(Handler{}, options, network{}, peer);
        session_->send({startup_as(user)});
    }
    std::string say(std::string const& bytes) { return session_->send({bytes}).hear_bytes(); }
    std::string hear() { return session_->hear_bytes(); }
    [[nodiscard]] bool has_ended() const { return session_->has_ended(); }

    static inline peer_info const here{.address = "127.0.0.1", .is_local = true, .is_secure = false};

private:
    std::optional<live_session<Handler>> session_;
};

/// Logs in by SCRAM. @return the shape of the last answer
template<class Handler>
std::string scram_login(std::string_view user, std::string_view secret) {
    dialogue<Handler> d(user);
    CHECK(shape(d.hear()) == "R(10)");
    scram_client<wolfcrypt> client{std::string(secret)};
    auto const first = client.start();
    REQUIRE(first);
    auto const challenge = d.say(frame(sasl_initial_response{client.mechanism(), value(*first)}));
    REQUIRE(shape(challenge) == "R(11)");
    auto const final = client.answer(challenge.substr(9));
    REQUIRE(final);
    return shape(d.say(response(*final)));
}

}  // namespace

TEST_CASE("who knows the password is let in by SCRAM, and nobody else") {
    CHECK(scram_login<by_scram>("alice", "secret").starts_with("R(12) R(0) S"));
    CHECK(scram_login<by_scram>("carol", "se\"cret").starts_with("R(12) R(0) S"));
    CHECK(scram_login<by_scram>("alice", "Secret") == "E(FATAL 28P01)");
    CHECK(scram_login<by_scram>("bob", "secret") == "E(FATAL 28P01)");  // has an MD5 hash only
    CHECK(scram_login<by_scram>("nobody", "secret") == "E(FATAL 28P01)");
}

TEST_CASE("a policy chooses the conversation, and may take its time") {
    CHECK(scram_login<by_policy>("alice", "secret").starts_with("R(12) R(0) S"));
    auto const shape_for = [](std::string_view database) {
        return shape(run_session(by_policy{}, {startup_as("alice", database)}).output);
    };
    CHECK(shape_for("open").starts_with("R(0) S"));
    CHECK(shape_for("closed") == "E(FATAL 28000)");
    CHECK(shape_for("other") == "R(10)");
}

TEST_CASE("a password in cleartext is checked against each form that is kept") {
    for (auto const user : {"alice", "bob"}) {
        INFO(user);
        dialogue<by_cleartext> right(user);
        CHECK(shape(right.hear()) == "R(3)");
        CHECK(shape(right.say(password("secret"))).starts_with("R(0) S"));
        dialogue<by_cleartext> wrong(user);
        wrong.hear();
        CHECK(shape(wrong.say(password("Secret"))) == "E(FATAL 28P01)");
        CHECK(wrong.has_ended());
    }
    dialogue<by_cleartext> nobody("nobody");
    nobody.hear();
    auto const said = nobody.say(password("secret"));
    CHECK(diagnostics_in(said).at(0).message == "password authentication failed for user \"nobody\"");
}

TEST_CASE("MD5 asks those who have such a hash, and the others by SCRAM") {
    dialogue<by_md5> bob("bob");
    auto const asked = bob.hear();
    CHECK(shape(asked) == "R(5)");
    auto const salt = asked.substr(9);
    auto const kept = std::string_view("21f3163f8f86fa10bdefbfbd502a8f06");
    CHECK(shape(bob.say(password(make_md5_response<wolfcrypt>(kept, salt)))).starts_with("R(0) S"));
    dialogue<by_md5> wrong("bob");
    wrong.hear();
    CHECK(shape(wrong.say(password(make_md5_response<wolfcrypt>(kept, "salt")))) == "E(FATAL 28P01)");
    CHECK(shape(dialogue<by_md5>("alice").hear()) == "R(10)");
    CHECK(shape(dialogue<by_md5>("nobody").hear()) == "R(10)");
}

TEST_CASE("passwords are not asked for where they can be heard, unless that is wanted") {
    peer_info const far{.address = "192.0.2.1", .is_local = false, .is_secure = false};
    peer_info const secure{.address = "192.0.2.1", .is_local = false, .is_secure = true};
    server_options frank;
    frank.reveal_passwords = true;
    for (auto const* const user : {"alice", "bob"}) {
        CHECK(shape(dialogue<by_cleartext>(user, {}, far).hear()) == "E(FATAL 28000)");
        CHECK(shape(dialogue<by_cleartext>(user, {}, secure).hear()) == "R(3)");
        CHECK(shape(dialogue<by_cleartext>(user, frank, far).hear()) == "R(3)");
    }
    CHECK(shape(dialogue<by_md5>("bob", {}, far).hear()) == "E(FATAL 28000)");
    CHECK(shape(dialogue<by_md5>("alice", {}, far).hear()) == "R(10)");
    CHECK(shape(dialogue<by_scram>("alice", {}, far).hear()) == "R(10)");
}

TEST_CASE("nothing but an answer is taken as one") {
    auto const after = [](std::string const& bytes) {
        dialogue<by_scram> d("alice");
        d.hear();
        auto const said = d.say(bytes);
        CHECK(d.has_ended());
        return said;
    };
    CHECK(diagnostics_in(after(query("SELECT 1"))).at(0).message == "expected SASL response, got message type 81");
    CHECK(shape(after(query("SELECT 1"))) == "E(FATAL 08P01)");
    CHECK(shape(after(terminate())) == "E(FATAL 08P01)");
    CHECK(shape(after("X")) == "E(FATAL 08P01)");
    CHECK(after(header_of('p', 3)).empty());                        // a length that is none
    CHECK(after(header_of('p', 1 << 30)).empty());                  // 1 GiB is not waited for
    CHECK(shape(after(header_of('p', 4096))) == "E(FATAL 28P01)");  // 4 kB: more than any answer has
    CHECK(shape(after(response("nonsense"))) == "E(FATAL 08P01)");
    CHECK(shape(after(frame(sasl_initial_response{"SCRAM-SHA-1", {}}))) == "E(FATAL 08P01)");

    dialogue<by_cleartext> d("alice");
    d.hear();
    CHECK(diagnostics_in(d.say(query(""))).at(0).message == "expected password response, got message type 81");
    for (auto const& [bytes, code] :
         {std::pair(password(""), "E(FATAL 28P01)"), std::pair(response("secret"), "E(FATAL 08P01)"),
          std::pair(response(std::string("sec\0ret\0", 8)), "E(FATAL 08P01)"),
          std::pair(response(""), "E(FATAL 08P01)")}) {
        dialogue<by_cleartext> one("alice");
        one.hear();
        CHECK(shape(one.say(bytes)) == code);
        CHECK(one.has_ended());
    }
}

TEST_CASE("a login arrives byte by byte, with a Query behind it") {
    auto const run =
        run_session(by_cleartext{}, {startup_as("alice"), password("secret"), query("x")}, {.byte_by_byte = true});
    auto const said = shape(run.output);
    CHECK(said.starts_with("R(3) R(0) S"));
    CHECK(said.ends_with("Z(I) C(OK) Z(I)"));
}

TEST_CASE("a client that does not answer, or goes away, is let go") {
    server_options options;
    options.login_timeout = std::chrono::milliseconds(20);
    live_session<by_scram> slow(by_scram{}, options);
    slow.send({startup_as("alice")});
    CHECK(slow.run_until_ended());
    live_session<by_scram> gone{};
    gone.send({startup_as("alice")});
    gone.peer().hang_up();
    CHECK(gone.run_until_ended());
}

}  // namespace pgwire::test::auth_login_tests
