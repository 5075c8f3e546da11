// A message of every type with something in each of its fields, for the tests that go through all of them.
#pragma once

#include "pgwire/protocol/messages.hpp"

#include <array>
#include <string_view>

namespace pgwire::test {

using namespace std::string_view_literals;

inline constexpr std::array sample_types{oid{23}, oid{0}, oid{0xffff'ffff}};
inline constexpr std::array sample_formats{format::binary, format::text, format::binary};
inline constexpr std::array sample_values{value{"\0\xff\x01"sv}, value{}, value{""sv}};
inline constexpr std::array sample_names{"SCRAM-SHA-256-PLUS"sv, "SCRAM-SHA-256"sv};
inline constexpr std::array sample_options{"_pq_.a"sv, "_pq_.b"sv};
inline constexpr std::array sample_columns{
    field_description{"id", oid{16'384}, 1, oid{23}, 4, -1, format::binary},
    field_description{"", oid{0}, 0, oid{1043}, -1, 14, format::text},
};
inline constexpr std::array sample_parameters{
    startup_parameter{"user", "alice"},
    startup_parameter{"options", ""},
    startup_parameter{"user", "bob"},
};
inline constexpr diagnostic_fields sample_fields{
    "FEHLER", "ERROR", "42P01",  "relation \"t\" does not exist", "detail", "hint",  "15",      "3",     "SELECT 1",
    "where",  "s",     "t",      "c",                             "d",      "n",     "file.c",  "1234",  "routine",
};

/// For messages without fields this is all there is.
template<class M>
inline constexpr M sample{};

template<>
inline constexpr startup_message sample<startup_message>{protocol_3_2, sample_parameters};
template<>
inline constexpr cancel_request sample<cancel_request>{-2, {"\0key"sv}};
template<>
inline constexpr password_message sample<password_message>{"secret"};
template<>
inline constexpr sasl_initial_response sample<sasl_initial_response>{"SCRAM-SHA-256", "n,,n=,r=x"};
template<>
inline constexpr sasl_response sample<sasl_response>{{"c=biws\0"sv}};
template<>
inline constexpr gss_response sample<gss_response>{{"\x60\x00"sv}};
template<>
inline constexpr query sample<query>{"SELECT 1"};
template<>
inline constexpr parse sample<parse>{"s1", "SELECT $1", sample_types};
template<>
inline constexpr bind sample<bind>{"p1", "s1", sample_formats, sample_values, sample_formats};
template<>
inline constexpr describe sample<describe>{target::portal, "p1"};
template<>
inline constexpr execute sample<execute>{"p1", -1};
template<>
inline constexpr close sample<close>{target::portal, "p1"};
template<>
inline constexpr function_call sample<function_call>{oid{952}, sample_formats, sample_values, format::binary};
template<>
inline constexpr copy_data sample<copy_data>{{"1\t\0\n"sv}};
template<>
inline constexpr copy_fail sample<copy_fail>{"no more"};

template<>
inline constexpr negotiate_protocol_version sample<negotiate_protocol_version>{protocol_3_2, sample_options};
template<>
inline constexpr authentication_md5_password sample<authentication_md5_password>{{'\0', 'a', '\xff', 'b'}};
template<>
inline constexpr authentication_gss_continue sample<authentication_gss_continue>{{"\x60\x00"sv}};
template<>
inline constexpr authentication_sasl sample<authentication_sasl>{sample_names};
template<>
inline constexpr authentication_sasl_continue sample<authentication_sasl_continue>{{"r=xy,s=,i=4096"}};
template<>
inline constexpr authentication_sasl_final sample<authentication_sasl_final>{{"v=abc"}};
template<>
inline constexpr backend_key_data sample<backend_key_data>{77, {"\xff\0\0\1"sv}};
template<>
inline constexpr parameter_status sample<parameter_status>{"TimeZone", "UTC"};
template<>
inline constexpr ready_for_query sample<ready_for_query>{transaction_status::failed_block};
template<>
inline constexpr row_description sample<row_description>{sample_columns};
template<>
inline constexpr data_row sample<data_row>{sample_values};
template<>
inline constexpr command_complete sample<command_complete>{"INSERT 0 1"};
template<>
inline constexpr parameter_description sample<parameter_description>{sample_types};
template<>
inline constexpr copy_in_response sample<copy_in_response>{copy_format::binary, sample_formats};
template<>
inline constexpr copy_out_response sample<copy_out_response>{copy_format::text, sample_formats};
template<>
inline constexpr copy_both_response sample<copy_both_response>{copy_format::binary, sample_formats};
template<>
inline constexpr error_response sample<error_response>{sample_fields};
template<>
inline constexpr notice_response sample<notice_response>{sample_fields};
template<>
inline constexpr notification_response sample<notification_response>{-3, "channel", "payload"};
template<>
inline constexpr function_call_response sample<function_call_response>{"\0\1"sv};

template<class M, auto... Member>
constexpr bool ends_anywhere(fields<Member...>) {
    bool last = false;
    ((last = std::same_as<std::remove_cvref_t<decltype(M{}.*Member)>, rest_of_message> ||
             std::same_as<std::remove_cvref_t<decltype(M{}.*Member)>, cancel_key>),
     ...);
    return last;
}

/// May the body of an `M` end anywhere, or in many places, because its last field takes what there is?
template<message_type M>
inline constexpr bool open_ended = ends_anywhere<M>(typename M::layout());

}  // namespace pgwire::test
