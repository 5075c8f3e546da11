// What a login reads of a certificate.
#include "pgwire/auth/certificate.hpp"
#include "pgwire/net/tls_context.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

#include <string>
#include <string_view>

namespace pgwire::test::certificate_tests {

namespace {

[[nodiscard]] std::string der(std::string_view pem) {
    detail::use_wolfssl();
    detail::x509_pointer const one(wolfSSL_X509_load_certificate_buffer(
        reinterpret_cast<unsigned char const*>(pem.data()), static_cast<int>(pem.size()), detail::wolfssl::pem));
    return std::string(detail::der_of(one.get()));
}

/// A certificate with such a subject, and nothing else that is looked at.
[[nodiscard]] certificate with_subject(std::string_view subject) {
    auto const sequence = [](std::string const& contents) {
        return "\x30\x81" + std::string(1, static_cast<char>(contents.size())) + contents;
    };
    std::string const empty = sequence("");
    return certificate(sequence(sequence("\2\1\1" + empty + empty + empty + sequence(std::string(subject))) + empty));
}

using namespace std::string_view_literals;

}  // namespace

TEST_CASE("a certificate tells whose it is, as OpenSSL and PostgreSQL write it") {
    certificate const client(der(certificates::client));
    CHECK(client.common_name() == "alice");
    CHECK(client.distinguished_name() == "CN=alice,UID=7,OU=people,O=Example\\, Inc.,C=DE");
    CHECK(client.hash() == certificate_hash::sha256);
    certificate const server(der(certificates::server));
    CHECK(server.distinguished_name() == "CN=localhost,O=Example");
    CHECK(server.hash() == certificate_hash::sha384);
    CHECK(server.key_kind() == "1.2.840.10045.2.1");  // of an elliptic curve
}

TEST_CASE("names with all that is odd about them are written as RFC 2253 wants") {
    // a set of two, then a common name
    auto const odd = with_subject(
        "\x31\x1a\x30\x0a\x06\x03\x55\x04\x0b\x13\x03 a \x30\x0c\x06\x03\x55\x04\x0a\x0c\x05#\xc3\xa4;+"
        "\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x1e\x03\x00\x41\x00"sv);
    CHECK(odd.distinguished_name() == "CN=#1E03004100,O=\\#\\C3\\A4\\;\\++OU=\\ a\\ ");
    CHECK(odd.common_name().empty());
    auto const wide = with_subject("\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x1e\x04\x00\x41\x20\xac"sv);
    CHECK(wide.distinguished_name() == "CN=A\\E2\\82\\AC");
    CHECK(wide.common_name() == "A\xe2\x82\xac");
    auto const unknown = with_subject("\x31\x0b\x30\x09\x06\x03\x55\x04\x63\x0c\x02xy"sv);
    CHECK(unknown.distinguished_name() == "2.5.4.99=#0C027879");
}

TEST_CASE("a common name with a zero byte in it is nobody's") {
    auto const cut = with_subject(
        "\x31\x12\x30\x10\x06\x03\x55\x04\x03\x0c\x09"
        "alice\0xyz"sv);
    CHECK(cut.common_name().empty());
    CHECK(cut.distinguished_name() == "CN=alice\\00xyz");
}

TEST_CASE("what is no certificate has no names, wherever it is cut or changed") {
    auto const whole = der(certificates::client);
    for (std::size_t i = 0; i != whole.size(); ++i) {
        static_cast<void>(certificate(std::string_view(whole).substr(0, i)));
        for (char const c : {'\0', '\x7f', '\x80', '\xff'}) {
            auto changed = whole;
            changed[i] = c;
            static_cast<void>(certificate(changed));
        }
    }
    CHECK(certificate("").common_name().empty());
    CHECK(certificate("nonsense").distinguished_name().empty());
}

}  // namespace pgwire::test::certificate_tests
