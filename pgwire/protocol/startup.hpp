// The first messages of a connection, which have no type byte, and a backend's answers to them.
//
// Floor 1. Source: PostgreSQL documentation, "Start-up", "Canceling Requests in Progress", "SSL Session Encryption",
// "GSSAPI Session Encryption" and "Message Formats".
#pragma once

#include "pgwire/protocol/message.hpp"
#include "pgwire/protocol/zero_terminated.hpp"

#include <compare>
#include <optional>

namespace pgwire {

/// A version of the protocol; on the wire one Int32, of which the high half is the major version.
struct protocol_version {
    std::uint16_t major = 3;
    std::uint16_t minor = 0;

    friend constexpr auto operator<=>(protocol_version const&, protocol_version const&) = default;
};

inline constexpr protocol_version protocol_3_0{3, 0};
/// Has cancellation keys of 4 to 256 bytes instead of exactly 4; nothing else differs from 3.0.
inline constexpr protocol_version protocol_3_2{3, 2};

/// What stands in a version's place in the other messages of the family.
enum class startup_code : std::int32_t {
    cancel_request = 80'877'102,
    ssl_request = 80'877'103,
    gssenc_request = 80'877'104,
};

/// A version; `invalid_value` for one that means another message.
template<>
struct field<protocol_version> {
    static constexpr void put(auto& out, protocol_version v) {
        if (reserved(v)) out.fail(errc::invalid_value);
        out.integer(v.major);
        out.integer(v.minor);
    }
    static constexpr protocol_version get(reader& in) {
        protocol_version v;
        v.major = in.integer<std::uint16_t>();
        v.minor = in.integer<std::uint16_t>();
        if (reserved(v)) in.fail(errc::invalid_value);
        return v;
    }

private:
    static constexpr bool reserved(protocol_version v) noexcept {
        auto const code = static_cast<startup_code>(static_cast<std::uint32_t>(v.major) << 16 | v.minor);
        return code == startup_code::cancel_request || code == startup_code::ssl_request ||
               code == startup_code::gssenc_request;
    }
};

/// A parameter of the session to be: `user`, `database`, `options`, a run-time parameter, or `_pq_.` and an option of
/// the protocol.
struct startup_parameter {
    std::string_view name;
    std::string_view value;

    using layout = fields<&startup_parameter::name, &startup_parameter::value>;
    friend constexpr bool operator==(startup_parameter const&, startup_parameter const&) = default;
};

/// StartupMessage (frontend): begin a session. Any version decodes, so that a server can say which ones it has; but ask
/// for `startup_version` first, because another major version may have another layout.
struct startup_message {
    static constexpr no_tag tag{};

    protocol_version version;
    zero_terminated<startup_parameter> parameters;  ///< the zero byte must end the message; names may repeat

    /// The value of a parameter; where a name repeats, the last one counts.
    [[nodiscard]] constexpr std::optional<std::string_view> find(std::string_view name) const {
        std::optional<std::string_view> found;
        for (auto const parameter : parameters)
            if (parameter.name == name) found = parameter.value;
        return found;
    }

    using layout = fields<&startup_message::version, &startup_message::parameters>;
    friend constexpr bool operator==(startup_message const&, startup_message const&) = default;
};

/// SSLRequest (frontend): answered by one byte, `S` or `N`.
struct ssl_request {
    static constexpr no_tag tag{};
    static constexpr auto code = startup_code::ssl_request;

    using layout = fields<>;
    friend constexpr bool operator==(ssl_request const&, ssl_request const&) = default;
};

/// GSSENCRequest (frontend): answered by one byte, `G` or `N`.
struct gssenc_request {
    static constexpr no_tag tag{};
    static constexpr auto code = startup_code::gssenc_request;

    using layout = fields<>;
    friend constexpr bool operator==(gssenc_request const&, gssenc_request const&) = default;
};

/// A backend's answer to SSLRequest and GSSENCRequest: one byte, and no message. (A server that knows of neither
/// answers with an ErrorResponse.)
enum class encryption_answer : char { tls = 'S', gss = 'G', refused = 'N' };

/// The secret that entitles to cancel a session's query: 4 to 256 bytes, exactly 4 before protocol 3.2. Compare keys in
/// constant time.
struct cancel_key {
    static constexpr std::size_t min_size = 4;
    static constexpr std::size_t max_size = 256;

    std::string_view bytes;

    friend constexpr bool operator==(cancel_key const&, cancel_key const&) = default;
};

/// The bytes up to the end of the message; `invalid_value` if they are too few or too many.
template<>
struct field<cancel_key> {
    static constexpr void put(auto& out, cancel_key v) {
        if (!allowed(v)) return out.fail(errc::invalid_value);
        out.bytes(v.bytes);
    }
    static constexpr cancel_key get(reader& in) {
        cancel_key const v{in.rest()};
        if (!allowed(v)) in.fail(errc::invalid_value);
        return v;
    }

private:
    static constexpr bool allowed(cancel_key v) noexcept {
        return v.bytes.size() >= cancel_key::min_size && v.bytes.size() <= cancel_key::max_size;
    }
};

/// CancelRequest (frontend), on a connection of its own: cancel what that session is doing. Never answered.
struct cancel_request {
    static constexpr no_tag tag{};
    static constexpr auto code = startup_code::cancel_request;

    std::int32_t process_id = 0;
    cancel_key key;

    using layout = fields<&cancel_request::process_id, &cancel_request::key>;
    friend constexpr bool operator==(cancel_request const&, cancel_request const&) = default;
};

/// BackendKeyData (backend): what a CancelRequest for this session must say.
struct backend_key_data {
    static constexpr char tag = 'K';

    std::int32_t process_id = 0;
    cancel_key key;

    using layout = fields<&backend_key_data::process_id, &backend_key_data::key>;
    friend constexpr bool operator==(backend_key_data const&, backend_key_data const&) = default;
};

/// Names of protocol options, `_pq_.` included, that a backend does not know.
class option_names : public list<std::string_view> {
public:
    using list::list;
    constexpr option_names() = default;
    constexpr explicit option_names(list const& names) : list(names) {}
};

/// Int32 count, then the names.
template<>
struct field<option_names> {
    static constexpr void put(auto& out, option_names const& v) {
        if (v.size() > max_int32_length) out.fail(errc::message_too_large);  // a name takes a byte or more
        if (out.failed()) return;
        out.integer(static_cast<std::int32_t>(v.size()));
        for (auto const name : v) out.string(name);
    }
    static constexpr option_names get(reader& in) {
        auto const count = in.integer<std::int32_t>();
        if (count < 0) in.fail(errc::invalid_value);
        if (in.failed()) return {};
        return option_names(field<list<std::string_view>>::get_items(in, static_cast<std::size_t>(count)));
    }
};

/// NegotiateProtocolVersion (backend): go on, but with this version and without those options. Its Int32 is the whole
/// version word, as servers send it and clients expect it, although the documentation says "minor".
struct negotiate_protocol_version {
    static constexpr char tag = 'v';

    protocol_version newest;
    option_names unknown_options;

    using layout = fields<&negotiate_protocol_version::newest, &negotiate_protocol_version::unknown_options>;
    friend constexpr bool operator==(negotiate_protocol_version const&, negotiate_protocol_version const&) = default;
};

/// The messages of the startup family.
enum class startup_kind : std::uint8_t { startup, cancel, ssl, gssenc };

/// Which of the four is this? What is none of the other three is a StartupMessage, of whatever version.
/// @param body what follows the length
/// @return or `insufficient_data` if there is no Int32 in it
[[nodiscard]] constexpr result<startup_kind> classify_startup(std::string_view body) {
    reader in(body);
    auto const code = field<startup_code>::get(in);
    if (in.failed()) return errc::insufficient_data;
    switch (code) {
    case startup_code::cancel_request: return startup_kind::cancel;
    case startup_code::ssl_request: return startup_kind::ssl;
    case startup_code::gssenc_request: return startup_kind::gssenc;
    }
    return startup_kind::startup;
}

/// The version that a StartupMessage asks for, without a look at the rest, which it may define.
/// @param body what follows the length
/// @return or `insufficient_data`, or `invalid_value` if it is one of the other three messages
[[nodiscard]] constexpr result<protocol_version> startup_version(std::string_view body) {
    reader in(body);
    auto const version = field<protocol_version>::get(in);
    if (in.failed()) return in.finish().error();
    return version;
}

}  // namespace pgwire
