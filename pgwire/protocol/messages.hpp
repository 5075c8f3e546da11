// Every message of the protocol, listed once for each direction, for whatever has to go through all of them.
//
// Floor 1. Source: PostgreSQL documentation, "Message Formats".
#pragma once

#include "pgwire/core/type_list.hpp"
#include "pgwire/protocol/asynchronous.hpp"
#include "pgwire/protocol/authentication.hpp"
#include "pgwire/protocol/copy.hpp"
#include "pgwire/protocol/diagnostics.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/protocol/function_call.hpp"
#include "pgwire/protocol/result_set.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/protocol/startup.hpp"

#include <array>
#include <cstdint>

namespace pgwire {

/// What a frontend sends.
using frontend_messages =
    type_list<startup_message, ssl_request, gssenc_request, cancel_request, password_message, sasl_initial_response,
              sasl_response, gss_response, query, parse, bind, describe, execute, close, flush, sync, function_call,
              copy_data, copy_done, copy_fail, terminate>;

/// What a backend sends.
using backend_messages =
    type_list<negotiate_protocol_version, authentication_ok, authentication_kerberos_v5,
              authentication_cleartext_password, authentication_md5_password, authentication_gss,
              authentication_gss_continue, authentication_sspi, authentication_sasl, authentication_sasl_continue,
              authentication_sasl_final, backend_key_data, parameter_status, ready_for_query, row_description, data_row,
              command_complete, empty_query_response, parse_complete, bind_complete, close_complete, portal_suspended,
              no_data, parameter_description, copy_in_response, copy_out_response, copy_both_response, copy_data,
              copy_done, error_response, notice_response, notification_response, function_call_response>;

namespace detail {

// The tag and, where there is one, the code, as one number.
template<message_type M>
inline constexpr std::uint64_t identity = [] {
    std::uint64_t id = 0;
    if constexpr (tagged_message<M>) id = static_cast<std::uint64_t>(static_cast<unsigned char>(M::tag)) << 40;
    if constexpr (requires { M::code; }) id |= 1ULL << 32 | static_cast<std::uint32_t>(M::code);
    return id;
}();

template<class... M>
[[nodiscard]] consteval bool told_apart(type_list<M...>) {
    std::array<std::uint64_t, sizeof...(M)> const ids{identity<M>...};
    for (std::size_t i = 0; i != ids.size(); ++i)
        for (std::size_t j = 0; j != i; ++j)
            if (ids[i] == ids[j]) return false;
    return true;
}

static_assert(told_apart(backend_messages{}), "two backend messages have the same tag and code");

}  // namespace detail

}  // namespace pgwire
