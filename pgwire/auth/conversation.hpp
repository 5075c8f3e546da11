// How a server finds out who a client is: a conversation, of any kind, that knows no socket.
//
// Floor 2. A conversation is a value with
//
//     auth_step begin(send_buffer& out);                          // writes the request
//     auth_step receive(std::string_view body, send_buffer& out); // of a message 'p'; writes the next request
//     static constexpr bool reveals_password;                     // optional: who listens to it can enter as well
//     static constexpr std::size_t longest_response;              // optional: bytes of a body
//     static constexpr std::string_view awaits;                   // optional: "SASL response", for errors
//
// One belongs to one connection, and is asked nothing more after it has said that it is over.
// Source: PostgreSQL documentation, "Start-up".
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/sqlstate.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace pgwire {

/// What comes next.
struct auth_step {
    enum class kind : std::uint8_t {
        go_on,     ///< the client is to answer
        accepted,  ///< it is who it says
        failed,    ///< it is not, or can't be: told with `code`, the method's name in `text`, and the user's
        rejected,  ///< it may not enter, whoever it is: 28000, and the end of the connection
        refused,   ///< what it sent is no answer: `code` and `text`, and the end of the connection
    };

    kind what = kind::go_on;
    sqlstate code{};
    std::string_view text{};    ///< static
    std::string_view detail{};  ///< static
    bool is_failure = false;    ///< counts as a failed login; also while it goes on, if the client knows that it has failed

    [[nodiscard]] static constexpr auth_step go_on() noexcept { return {}; }
    [[nodiscard]] static constexpr auth_step accept() noexcept { return {.what = kind::accepted}; }
    /// @param code 28P01 for passwords; of other methods PostgreSQL says 28000
    /// @param method that has failed
    [[nodiscard]] static constexpr auth_step fail(sqlstate code = sqlstates::invalid_password,
                                                  std::string_view method = "password") noexcept {
        return {kind::failed, code, method, {}, true};
    }
    [[nodiscard]] static constexpr auth_step refuse(sqlstate code, std::string_view text,
                                                    std::string_view detail = {}) noexcept {
        return {kind::refused, code, text, detail, true};
    }
};

template<class C>
concept auth_conversation = requires(C& c, send_buffer& out, std::string_view body) {
    { c.begin(out) } -> std::same_as<auth_step>;
    { c.receive(body, out) } -> std::same_as<auth_step>;
};

namespace detail {

template<class T>
inline constexpr bool is_conversation = auth_conversation<T>;
template<class... C>
inline constexpr bool is_conversation<std::variant<C...>> = (auth_conversation<C> && ...);

/// May this only be spoken where nobody listens?
template<auth_conversation C>
inline constexpr bool reveals_password = [] {
    if constexpr (requires { C::reveals_password; }) return C::reveals_password;
    else return false;
}();

/// The longest answer that it takes, in bytes; what is longer fails.
template<auth_conversation C>
inline constexpr std::size_t longest_response = [] {
    if constexpr (requires { C::longest_response; }) return C::longest_response;
    else return std::size_t{65'535};
}();

/// What the client is to send, in words.
template<auth_conversation C>
inline constexpr std::string_view awaited_response = [] {
    if constexpr (requires { C::awaits; }) return std::string_view(C::awaits);
    else return std::string_view("password response");
}();

}  // namespace detail

/// Nobody is let in.
struct rejected_login {
    [[nodiscard]] static auth_step begin(send_buffer&) noexcept { return {.what = auth_step::kind::rejected}; }
    [[nodiscard]] static auth_step receive(std::string_view, send_buffer&) noexcept { return auth_step::fail(); }
};
/// Everybody is, and asked for nothing.
struct trusted_login {
    [[nodiscard]] static auth_step begin(send_buffer&) noexcept { return auth_step::accept(); }
    [[nodiscard]] static auth_step receive(std::string_view, send_buffer&) noexcept { return auth_step::fail(); }
};
/// Who is known already, by a certificate or by the system, is let in, and asked for nothing.
struct known_login {
    bool is_right = false;             ///< whether it is the user that it wants to be
    std::string_view method = "peer";  ///< for the error; static

    [[nodiscard]] auth_step begin(send_buffer&) const noexcept {
        if (is_right) return auth_step::accept();
        return auth_step::fail(sqlstates::invalid_authorization_specification, method);
    }
    [[nodiscard]] static auth_step receive(std::string_view, send_buffer&) noexcept { return auth_step::fail(); }
};

}  // namespace pgwire
