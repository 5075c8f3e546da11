// Authentication: what a backend asks for, and the frontend's answers.
//
// Floor 1. The requests share the tag 'R' and differ by their code. The answers share the tag 'p', and nothing tells
// them apart but what was asked. Source: PostgreSQL documentation, "Start-up", "SASL Authentication" and
// "Message Formats".
#pragma once

#include "pgwire/protocol/message.hpp"
#include "pgwire/protocol/zero_terminated.hpp"

#include <array>

namespace pgwire {

/// The code of each message with the tag 'R'.
enum class authentication_kind : std::int32_t {
    ok = 0,
    kerberos_v5 = 2,
    cleartext_password = 3,
    md5_password = 5,
    gss = 7,
    gss_continue = 8,
    sspi = 9,
    sasl = 10,
    sasl_continue = 11,
    sasl_final = 12,
};

/// Which of the messages with the tag 'R' this body belongs to, for a frontend to choose what to decode.
/// @return possibly a kind that is not in the enumeration; `insufficient_data` if there is no code
[[nodiscard]] constexpr result<authentication_kind> classify_authentication(std::string_view body) {
    reader in(body);
    auto const kind = field<authentication_kind>::get(in);
    if (in.failed()) return errc::insufficient_data;
    return kind;
}

/// AuthenticationOk (backend): nothing more is asked.
struct authentication_ok {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::ok;

    using layout = fields<>;
    friend constexpr bool operator==(authentication_ok const&, authentication_ok const&) = default;
};

/// AuthenticationKerberosV5 (backend): no server has sent it since 9.3.
struct authentication_kerberos_v5 {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::kerberos_v5;

    using layout = fields<>;
    friend constexpr bool operator==(authentication_kerberos_v5 const&, authentication_kerberos_v5 const&) = default;
};

/// AuthenticationCleartextPassword (backend): answered by PasswordMessage.
struct authentication_cleartext_password {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::cleartext_password;

    using layout = fields<>;
    friend constexpr bool operator==(authentication_cleartext_password const&,
                                     authentication_cleartext_password const&) = default;
};

/// AuthenticationMD5Password (backend): answered by PasswordMessage with `md5` and a hash.
struct authentication_md5_password {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::md5_password;

    std::array<char, 4> salt{};

    using layout = fields<&authentication_md5_password::salt>;
    friend constexpr bool operator==(authentication_md5_password const&, authentication_md5_password const&) = default;
};

/// AuthenticationGSS (backend): answered by GSSResponse.
struct authentication_gss {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::gss;

    using layout = fields<>;
    friend constexpr bool operator==(authentication_gss const&, authentication_gss const&) = default;
};

/// AuthenticationGSSContinue (backend): data of GSSAPI or SSPI.
struct authentication_gss_continue {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::gss_continue;

    rest_of_message data;

    using layout = fields<&authentication_gss_continue::data>;
    friend constexpr bool operator==(authentication_gss_continue const&, authentication_gss_continue const&) = default;
};

/// AuthenticationSSPI (backend): answered by GSSResponse.
struct authentication_sspi {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::sspi;

    using layout = fields<>;
    friend constexpr bool operator==(authentication_sspi const&, authentication_sspi const&) = default;
};

/// AuthenticationSASL (backend): choose a mechanism, the preferred ones come first. Answered by SASLInitialResponse.
struct authentication_sasl {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::sasl;

    zero_terminated<std::string_view> mechanisms;

    using layout = fields<&authentication_sasl::mechanisms>;
    friend constexpr bool operator==(authentication_sasl const&, authentication_sasl const&) = default;
};

/// AuthenticationSASLContinue (backend): a challenge of the mechanism, answered by SASLResponse.
struct authentication_sasl_continue {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::sasl_continue;

    rest_of_message data;

    using layout = fields<&authentication_sasl_continue::data>;
    friend constexpr bool operator==(authentication_sasl_continue const&,
                                     authentication_sasl_continue const&) = default;
};

/// AuthenticationSASLFinal (backend): the mechanism's outcome; AuthenticationOk follows.
struct authentication_sasl_final {
    static constexpr char tag = 'R';
    static constexpr auto code = authentication_kind::sasl_final;

    rest_of_message data;

    using layout = fields<&authentication_sasl_final::data>;
    friend constexpr bool operator==(authentication_sasl_final const&, authentication_sasl_final const&) = default;
};

/// PasswordMessage (frontend): a password, or its hash.
struct password_message {
    static constexpr char tag = 'p';

    std::string_view password;

    using layout = fields<&password_message::password>;
    friend constexpr bool operator==(password_message const&, password_message const&) = default;
};

/// SASLInitialResponse (frontend): the mechanism chosen, and its first data, if it has any to begin with.
struct sasl_initial_response {
    static constexpr char tag = 'p';

    std::string_view mechanism;
    value data;

    using layout = fields<&sasl_initial_response::mechanism, &sasl_initial_response::data>;
    friend constexpr bool operator==(sasl_initial_response const&, sasl_initial_response const&) = default;
};

/// SASLResponse (frontend): data of the mechanism.
struct sasl_response {
    static constexpr char tag = 'p';

    rest_of_message data;

    using layout = fields<&sasl_response::data>;
    friend constexpr bool operator==(sasl_response const&, sasl_response const&) = default;
};

/// GSSResponse (frontend): data of GSSAPI or SSPI.
struct gss_response {
    static constexpr char tag = 'p';

    rest_of_message data;

    using layout = fields<&gss_response::data>;
    friend constexpr bool operator==(gss_response const&, gss_response const&) = default;
};

}  // namespace pgwire
