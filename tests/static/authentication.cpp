// Authentication: exact bytes, and what is refused.
#include "tests/support/check.hpp"

namespace pgwire::test {

static_assert(writes(authentication_ok{}, "R\0\0\0\x08\0\0\0\0"sv), "AuthenticationOk");
static_assert(writes(authentication_kerberos_v5{}, "R\0\0\0\x08\0\0\0\2"sv), "AuthenticationKerberosV5");
static_assert(writes(authentication_cleartext_password{}, "R\0\0\0\x08\0\0\0\3"sv), "AuthenticationCleartextPassword");
static_assert(writes(sample<authentication_md5_password>, "R\0\0\0\x0c\0\0\0\5\0a\xff" "b"sv),
              "AuthenticationMD5Password");
static_assert(writes(authentication_gss{}, "R\0\0\0\x08\0\0\0\7"sv), "AuthenticationGSS");
static_assert(writes(sample<authentication_gss_continue>, "R\0\0\0\x0a\0\0\0\x08\x60\0"sv),
              "AuthenticationGSSContinue");
static_assert(writes(authentication_sspi{}, "R\0\0\0\x08\0\0\0\x09"sv), "AuthenticationSSPI");
static_assert(writes(sample<authentication_sasl>, "R\0\0\0\x2a\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"sv),
              "AuthenticationSASL: mechanisms, then an empty one");
static_assert(writes(sample<authentication_sasl_continue>, "R\0\0\0\x16\0\0\0\x0br=xy,s=,i=4096"sv),
              "AuthenticationSASLContinue");
static_assert(writes(sample<authentication_sasl_final>, "R\0\0\0\x0d\0\0\0\x0cv=abc"sv), "AuthenticationSASLFinal");

static_assert(writes(sample<password_message>, "p\0\0\0\x0bsecret\0"sv), "PasswordMessage");
static_assert(writes(sample<sasl_initial_response>, "p\0\0\0\x1fSCRAM-SHA-256\0\0\0\0\x09n,,n=,r=x"sv),
              "SASLInitialResponse");
static_assert(writes(sasl_initial_response{"X", {}}, "p\0\0\0\x0aX\0\xff\xff\xff\xff"sv),
              "SASLInitialResponse without data");
static_assert(writes(sample<sasl_response>, "p\0\0\0\x0b" "c=biws\0"sv), "SASLResponse");
static_assert(writes(sample<gss_response>, "p\0\0\0\x06\x60\0"sv), "GSSResponse");

static_assert(sound(sasl_initial_response{"X", {}}) && sound(sasl_initial_response{"X", ""}),
              "no data and empty data are two things");
static_assert(sound(authentication_sasl{}), "a list of no mechanisms");
static_assert(decode<authentication_ok>("\0\0\0\3"sv).error() == errc::invalid_value, "the code must be the message's");
static_assert(decode<authentication_sasl>("\0\0\0\x0aSCRAM\0"sv).error() == errc::insufficient_data,
              "the end of the list is missing");
static_assert(decode<password_message>("a\0b\0"sv).error() == errc::trailing_data, "a password is exactly one string");
static_assert(decode<sasl_initial_response>("X\0\xff\xff\xff\xfe"sv).error() == errc::insufficient_data,
              "no negative length but -1");
inline constexpr std::array unnamed{"SCRAM-SHA-256"sv, ""sv};
static_assert(encoded_size(authentication_sasl{unnamed}).error() == errc::invalid_value,
              "a mechanism without a name would end the list");
inline constexpr auto mechanism = "X"sv;
static_assert(encoded_size(authentication_sasl{pretended_items(mechanism, 1ULL << 31)}).error() ==
                  errc::message_too_large, "2^31 mechanisms are not looked at");

static_assert(classify_authentication("\0\0\0\x0aX\0\0"sv) == authentication_kind::sasl, "told by its code");
static_assert(classify_authentication("\0\0\0\x63"sv) == authentication_kind{99}, "an unknown code is returned");
static_assert(classify_authentication("\0\0\0"sv).error() == errc::insufficient_data, "no code");

}  // namespace pgwire::test
