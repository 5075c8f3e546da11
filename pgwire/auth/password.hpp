// Passwords as they are, and hashed with MD5: the methods from before SCRAM.
//
// Floor 2. A password that is sent as it is can be heard by everybody on the way; of an MD5 hash everybody who has the
// stored form can make an answer. Source: PostgreSQL documentation, "Password Authentication", "Start-up".
#pragma once

#include "pgwire/auth/conversation.hpp"
#include "pgwire/auth/crypto.hpp"
#include "pgwire/auth/verifier.hpp"
#include "pgwire/core/sqlstate.hpp"
#include "pgwire/protocol/authentication.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// Is this the password that a server has stored, in whichever form: as it is, `md5…`, or `SCRAM-SHA-256$…`? The last
/// one takes milliseconds.
/// @tparam Prepare SASLprep, for that form
template<crypto Crypto, class Prepare = unprepared>
[[nodiscard]] bool is_password_of(std::string_view stored, std::string_view user, std::string_view password) {
    if (auto const verifier = parse_scram_verifier(stored)) {
        auto const made = make_scram_verifier<Crypto>(Prepare{}(password), verifier->salt, verifier->iterations);
        return equal_in_constant_time(bytes_of(made.server_key), bytes_of(verifier->server_key));
    }
    if (is_md5_verifier(stored)) return equal_in_constant_time(make_md5_response<Crypto>(password, user), stored);
    return equal_in_constant_time(stored, password);
}

namespace detail {

/// The password of a PasswordMessage, or what is wrong with it.
[[nodiscard]] inline std::optional<std::string_view> read_password(std::string_view body, auth_step& wrong) {
    auto const m = decode<password_message>(body);
    if (!m) {
        wrong = auth_step::refuse(sqlstates::protocol_violation, "invalid password packet size");
        return std::nullopt;
    }
    if (m->password.empty()) {
        wrong = auth_step::refuse(sqlstates::invalid_password, "empty password returned by client");
        return std::nullopt;
    }
    return m->password;
}

}  // namespace detail

/// The password as it is. Off the machine it is refused without TLS, unless the server's options allow it.
/// @tparam Check a function of the password that says whether it is right; it runs where the session does
template<class Check>
    requires std::predicate<Check&, std::string_view>
class cleartext_login {
public:
    static constexpr bool reveals_password = true;

    explicit cleartext_login(Check check) : check_(std::move(check)) {}

    [[nodiscard]] auth_step begin(send_buffer& out) {
        static_cast<void>(encode(out, authentication_cleartext_password{}));
        return auth_step::go_on();
    }
    [[nodiscard]] auth_step receive(std::string_view body, send_buffer&) {
        auth_step wrong;
        auto const password = detail::read_password(body, wrong);
        if (!password) return wrong;
        return check_(*password) ? auth_step::accept() : auth_step::fail();
    }

private:
    Check check_;
};

/// The hash of the password, its user's name and four random bytes. Refused where a cleartext password is.
template<crypto Crypto>
class md5_login {
public:
    static constexpr bool reveals_password = true;

    /// @param stored the `md5…` form, or the password; empty for a user that does not exist, which fails
    md5_login(std::string_view stored, std::string_view user)
        : stored_(stored.empty() || is_md5_verifier(stored) ? std::string(stored)
                                                            : make_md5_response<Crypto>(stored, user)) {}

    [[nodiscard]] auth_step begin(send_buffer& out) {
        if (!Crypto::fill_random(salt_))
            return auth_step::refuse(sqlstates::internal_error, "could not generate random MD5 salt");
        static_cast<void>(encode(out, authentication_md5_password{salt_}));
        return auth_step::go_on();
    }
    [[nodiscard]] auth_step receive(std::string_view body, send_buffer&) {
        auth_step wrong;
        auto const answer = detail::read_password(body, wrong);
        if (!answer) return wrong;
        if (!is_md5_verifier(stored_)) return auth_step::fail();
        auto const expected = make_md5_response<Crypto>(std::string_view(stored_).substr(3), bytes_of(salt_));
        return equal_in_constant_time(*answer, expected) ? auth_step::accept() : auth_step::fail();
    }

private:
    std::string stored_;
    std::array<char, 4> salt_{};
};

}  // namespace pgwire
