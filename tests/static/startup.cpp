// The startup family: exact bytes, and what is refused.
#include "tests/support/check.hpp"

namespace pgwire::test {

static_assert(writes(sample<startup_message>, "\0\0\0\x26\0\3\0\2user\0alice\0options\0\0user\0bob\0\0"sv),
              "StartupMessage: length, version, pairs, a zero byte");
static_assert(writes(startup_message{}, "\0\0\0\x09\0\3\0\0\0"sv), "a StartupMessage without parameters asks for 3.0");
static_assert(writes(ssl_request{}, "\0\0\0\x08\x04\xd2\x16\x2f"sv), "SSLRequest");
static_assert(writes(gssenc_request{}, "\0\0\0\x08\x04\xd2\x16\x30"sv), "GSSENCRequest");
static_assert(writes(sample<cancel_request>, "\0\0\0\x10\x04\xd2\x16\x2e\xff\xff\xff\xfe\0key"sv), "CancelRequest");
static_assert(writes(sample<backend_key_data>, "K\0\0\0\x0c\0\0\0\x4d\xff\0\0\1"sv), "BackendKeyData");
static_assert(writes(sample<negotiate_protocol_version>, "v\0\0\0\x1a\0\3\0\2\0\0\0\2_pq_.a\0_pq_.b\0"sv),
              "NegotiateProtocolVersion says the whole version word");

static_assert(sample<startup_message>.find("user") == "bob"sv, "of a repeated name the last value counts");
static_assert(sample<startup_message>.find("options") == ""sv, "an empty value is one");
static_assert(!sample<startup_message>.find("database"), "an absent name has no value");

constexpr auto startup(std::string_view body) { return decode<startup_message>(body); }
static_assert(startup("\0\3\0\0user\0a\0\0"sv)->parameters.size() == 1, "the terminator is the last byte");
static_assert(startup("\0\3\0\0user\0a\0"sv).error() == errc::insufficient_data, "the terminator is missing");
static_assert(startup("\0\3\0\0user\0a\0\0\0"sv).error() == errc::trailing_data, "a byte follows the terminator");
static_assert(startup("\0\3\0\0user\0\0"sv).error() == errc::insufficient_data, "that was an empty value");
static_assert(startup("\0\3\0\0user"sv).error() == errc::invalid_string, "a name without an end");
static_assert(startup("\0\3\0\0user\0a"sv).error() == errc::invalid_string, "a value without an end");
static_assert(startup("\0\3\0\0user\0"sv).error() == errc::invalid_string, "a name without a value");
static_assert(startup("\x04\xd2\x16\x2f\0"sv).error() == errc::invalid_value, "an SSLRequest is no StartupMessage");
static_assert(startup("\0\4\0\1\0"sv)->version == protocol_version{4, 1}, "a server may read any version");
static_assert(startup("\0\3\x27\x0f\0"sv)->version == protocol_version{3, 9999}, "a minor version of the future");

inline constexpr std::array unnamed{startup_parameter{"", "x"}};
static_assert(encoded_size(startup_message{protocol_3_0, unnamed}).error() == errc::invalid_value,
              "a parameter without a name would end the list");
inline constexpr std::array injected{startup_parameter{"user", "x\0user\0admin"sv}};
static_assert(encoded_size(startup_message{protocol_3_0, injected}).error() == errc::embedded_nul,
              "a value can't smuggle in another parameter");
static_assert(encoded_size(startup_message{{1234, 5679}, {}}).error() == errc::invalid_value,
              "a version can't be another message's code");

static_assert(classify_startup("\0\3\0\0\0"sv) == startup_kind::startup, "3.0 is a StartupMessage");
static_assert(classify_startup("\0\2\0\0"sv) == startup_kind::startup, "and so is 2.0, to be refused by its version");
static_assert(classify_startup("\x04\xd2\x16\x2e"sv) == startup_kind::cancel, "1234.5678");
static_assert(classify_startup("\x04\xd2\x16\x2f"sv) == startup_kind::ssl, "1234.5679");
static_assert(classify_startup("\x04\xd2\x16\x30"sv) == startup_kind::gssenc, "1234.5680");
static_assert(classify_startup("\0\3\0"sv).error() == errc::insufficient_data, "no code");
static_assert(startup_version("\0\2\0\1junk"sv) == protocol_version{2, 1}, "the version alone, whatever follows");
static_assert(startup_version("\x04\xd2\x16\x30"sv).error() == errc::invalid_value, "a request has no version");
static_assert(startup_version(""sv).error() == errc::insufficient_data, "no version");
static_assert(protocol_3_0 < protocol_3_2 && protocol_3_2 < protocol_version{4, 0}, "versions have an order");

inline constexpr auto key_bytes = [] {
    std::array<char, 257> key{};
    for (auto& c : key) c = 'k';
    return key;
}();
constexpr cancel_key key_of(std::size_t size) { return {{key_bytes.data(), size}}; }
static_assert(encoded_size(backend_key_data{1, key_of(3)}).error() == errc::invalid_value, "a key of 3 bytes");
static_assert(sound(backend_key_data{1, key_of(4)}), "a key of 4 bytes");
static_assert(sound(backend_key_data{1, key_of(32)}), "a key of 32 bytes");
static_assert(round_trips(backend_key_data{1, key_of(256)}), "a key of 256 bytes");
static_assert(encoded_size(backend_key_data{1, key_of(257)}).error() == errc::invalid_value, "a key of 257 bytes");
static_assert(round_trips(cancel_request{1, key_of(256)}), "a request with a key of 256 bytes");
static_assert(encoded_size(cancel_request{1, {}}).error() == errc::invalid_value, "a request without a key");
static_assert(decode<cancel_request>("\x04\xd2\x16\x2e\0\0\0\1abc"sv).error() == errc::invalid_value, "a short key");
static_assert(decode<cancel_request>("\x04\xd2\x16\x2f\0\0\0\1abcd"sv).error() == errc::invalid_value, "a wrong code");

constexpr auto negotiate(std::string_view body) { return decode<negotiate_protocol_version>(body); }
static_assert(negotiate("\0\3\0\2\0\0\0\0"sv)->unknown_options.empty(), "no option is unknown");
static_assert(negotiate("\0\3\0\2\xff\xff\xff\xff"sv).error() == errc::invalid_value, "a negative count");
static_assert(negotiate("\0\3\0\2\x7f\xff\xff\xff_pq_.a\0"sv).error() == errc::invalid_string, "a count without names");
static_assert(negotiate("\0\3\0\2\0\0\0\1_pq_.a\0_pq_.b\0"sv).error() == errc::trailing_data, "a name too many");

inline constexpr startup_parameter parameter{"a", "b"};
static_assert(encoded_size(startup_message{protocol_3_0, pretended_items(parameter, 1ULL << 31)}).error() ==
                  errc::message_too_large, "2^31 parameters are not looked at");
inline constexpr std::string_view option = "_pq_.a";
static_assert(encoded_size(negotiate_protocol_version{protocol_3_0, pretended_items(option, 1ULL << 32)}).error() ==
                  errc::message_too_large, "2^32 options are not looked at");

}  // namespace pgwire::test
