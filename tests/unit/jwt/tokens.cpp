// JSON Web Tokens: whose they are, and which are not good.
#include "pgwire/auth/jwt_validator.hpp"

#include "tests/support/catch.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace pgwire::test::jwt_tests {

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using time_point = jwt_validator::clock::time_point;

// ---- keys, made for this test by OpenSSL

constexpr std::string_view rsa_private = R"(-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCySOV98pVUZYOI
+Bo7sTjRHHKYCDdsVdEPWsoxdsE+cNYMPf8VXkQhsAKVUxbIbhNQhJ2L4CMW+vIj
4A4MVtKfiaJbHSbVRqN05ODi2rr8Ghy2Sbx3/rcJZBhYpZ/7Vhp/41Mo69SFGN//
nBKA8ddDzPz5FdP2f9oS67225+QDvlDFaZ67/OXEZn2ph+CYqv63Q8LSzRiaCln+
Ov73U/8cbqHI6pF+f/H3TAGpZp5sjbXjMeLEeNgygZNfm+W9EbOj2oaJ/oocjfgh
KexvchFlLoGV/dO8WA0U+ecLVY6L8KcSRHmsqz20ju8TE8vpAShkAj7EpRaGTTCw
+ManKpJjAgMBAAECggEABz1bbFxP4Ox6YMVcs1lEjzy27Eb6SAoTgjzTuWNXkvtl
KleHSzqzKCTC4YW69K83DLb8w/PChrw5uUOCExp8C+/hAKFT/fBK0qjLiZ0L8eyI
Ys4LceyNSfJ6v8I44HakNbIgNRbEO4P4XKOUjDTF4ubNp5YInZnDN2ZV2kxJNoB9
vFrMvivipspQ+5CxCNF5XNWsgIxCvlk7sALRLuPNQ2Hm+DJLZ+RAkbtwCyly+mUm
gzyZRRAoCGawY6i3EaRx+ys0QsTbeYD+WyYn01Yrk4QkCyUZXownl17HEOQkTn1d
Y4SOYjRYZ777cpC6BPogUatumxZxTNNo1iCLTeCSiQKBgQDzqNNEt7X0hwXsOpV7
HDoFdsroKWvrBuDNVW7oAjRkv8Vvo9H9Pj4Q9kR2wXsYUoMuma8UYFi+we/es2RQ
3vKrFas0IMGIGf2G0uTDub8RG7NHF4/q64QJsKCnKf1flLZBoXPtEIfiV3d6ylV5
sEOW2YdkPesn/+cdtTMeZ/eu5wKBgQC7UHQAPi41wttD0O5olX/BorzbxGRIfefY
bE+xKElSn+mEELf7x3hufkmKIjihbA4Koyc1S973fAsDT/F0ZvE2aI4dPu3Uldxv
iHWoM7pHbqAyFXC7Z6a/WJPUvPaODgC0iYq1RKCnJF5YK5f3RytaPDcwXSbscBiL
9TG85tz9JQKBgQDtof1Jy5GdhgH0vb4Dbyf3JEAH5D3n3bFpEKU1iNDoYU+A7dhi
j02g5U0oNNKEihR+YkwqJzzl7eau3246oPUyfdOW50tYHWDxGMUbThBV8xoJf6VQ
i5keijBkV8NQcIy/vWJ+Fd0wlfVkv+hU4d9JQ6WT0f+B50XT52CPiv44iQKBgFs+
UYNcxr3BcXWTbM7dJCJ612xmOkNlsW4nNJqjeTQaWXHPgw/OlsecFM6I5PUc4aok
15CKqM39SpAOfRuqmY1bWP6+DLQlW/+ohUeuCuuI49gBwaxITV2gFELo2WFRSN6o
sTyjdW51tM9WTOxTarbF5kxU1AUQhaSHh/bwrm1RAoGBAOoxm8xjq3kdho2LUcGO
CqEoycjNMl1MUiTGbzKy09CZVv32W3v6In04L6Jgq4JdosQ7IHOY5cRh8UgnwUpU
vAEpAZ/ms0TrO5K3anygNOO4IUIV/D4hudxDcUaRetSKVPG4sGoQmDhkwbLwP00C
vywm4TUK2uQAkXwGL1r7hbmr
-----END PRIVATE KEY-----
)";
constexpr std::string_view p256_private = R"(-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIMlZkYQv0kDKB//idI08b2CZ2bfBJnK8HP+DBoRdPpLyoAoGCCqGSM49
AwEHoUQDQgAEPMBpMMSmSUYrr+JSKvwFByfyA3uaaQaSfzC8N3TjrUe+R8eGgAFN
brjeVYpCMmL9dxiRRfRpE1iiWvUU5L2aCQ==
-----END EC PRIVATE KEY-----
)";
constexpr std::string_view p384_private = R"(-----BEGIN EC PRIVATE KEY-----
MIGkAgEBBDBi0rjTThBZrn2K2+fiFWrsRNFJsiZgIqtWuuukJ+nr1ycSYCZWTcXm
DWJGvXmt07ugBwYFK4EEACKhZANiAAQPuaa1hgqhY8A6BsEyIqend54HjcOSArzo
92O0ZNexhi5IfuqK+GjdMynPjfZDm17tH4rsC81V/flqgQGuZq4ujU9LN2XE9aOG
1PjgOo4inwVWAAiq26jXGo1gKtoUIfM=
-----END EC PRIVATE KEY-----
)";
constexpr std::string_view p521_private = R"(-----BEGIN EC PRIVATE KEY-----
MIHcAgEBBEIBAaj4yvdm38lv3duftY03Ucs0lOtq6yS8MTWWTZZsNuAKhJBA3i4E
Sxl1NuVdNSyo0oq6BI6Yvyen26cw0tDdxmGgBwYFK4EEACOhgYkDgYYABABtsjKm
uzkgoOKDrjnTX9uYcIDv1IvurFd/YN/9CnVmux+rvwRd4uw6/Blo74v++yFNrMZs
uNVeTZ2MyoGh+LVbRgENkzOsW9SkttdChGo6DBLGhaNlyBkChv5OdU7Y2e4R40t1
d9BMLeTkEiD/DI9vwh8BgACGqZh/amaYOPFWTbsOSg==
-----END EC PRIVATE KEY-----
)";

constexpr std::string_view issuer_keys = R"({"keys": [
    {"kty": "RSA", "kid": "rsa", "use": "sig", "e": "AQAB", "n": "skjlffKVVGWDiPgaO7E40RxymAg3bFXRD1rKMXbBPnDWDD3_FV5EIbAClVMWyG4TUISdi-AjFvryI-AODFbSn4miWx0m1UajdOTg4tq6_Boctkm8d_63CWQYWKWf-1Yaf-NTKOvUhRjf_5wSgPHXQ8z8-RXT9n_aEuu9tufkA75QxWmeu_zlxGZ9qYfgmKr-t0PC0s0YmgpZ_jr-91P_HG6hyOqRfn_x90wBqWaebI214zHixHjYMoGTX5vlvRGzo9qGif6KHI34ISnsb3IRZS6Blf3TvFgNFPnnC1WOi_CnEkR5rKs9tI7vExPL6QEoZAI-xKUWhk0wsPjGpyqSYw"},
    {"kty": "EC", "kid": "p256", "crv": "P-256", "x": "PMBpMMSmSUYrr-JSKvwFByfyA3uaaQaSfzC8N3TjrUc",
     "y": "vkfHhoABTW643lWKQjJi_XcYkUX0aRNYolr1FOS9mgk"},
    {"kty": "EC", "kid": "p384", "crv": "P-384", "x": "D7mmtYYKoWPAOgbBMiKnp3eeB43DkgK86PdjtGTXsYYuSH7qivho3TMpz432Q5te",
     "y": "7R-K7AvNVf35aoEBrmauLo1PSzdlxPWjhtT44DqOIp8FVgAIqtuo1xqNYCraFCHz"},
    {"kty": "EC", "kid": "p521", "crv": "P-521", "x": "AG2yMqa7OSCg4oOuOdNf25hwgO_Ui-6sV39g3_0KdWa7H6u_BF3i7Dr8GWjvi_77IU2sxmy41V5NnYzKgaH4tVtG",
     "y": "AQ2TM6xb1KS210KEajoMEsaFo2XIGQKG_k51TtjZ7hHjS3V30Ewt5OQSIP8Mj2_CHwGAAIapmH9qZpg48VZNuw5K"}
]})";

// ---- tokens

time_point const now{1'700'000'000s};
constexpr std::string_view scope = "openid db";

std::string claims(std::string_view more = R"(, "aud": "db.example")") {
    return R"({"iss": "https://issuer.example", "sub": "alice", "exp": 1700000100, "scope": "db extra openid")" +
           std::string(more) + "}";
}
std::string encode_url(std::string_view bytes) {
    auto text = encode_base64(bytes);
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}
/// A number of a signature, as many bytes as the curve has.
std::string fixed(BIGNUM const* number, std::size_t size) {
    std::string bytes(size, '\0');
    REQUIRE(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) > 0);
    return bytes;
}
/// By OpenSSL, from the private key.
std::string signature_of(std::string const& text, std::string_view algorithm, std::string_view pem) {
    using namespace pgwire::detail;
    auto const octets = [](auto& t) { return reinterpret_cast<unsigned char*>(const_cast<char*>(t.data())); };
    auto const* const hash = algorithm.ends_with("256")   ? EVP_sha256()
                             : algorithm.ends_with("384") ? EVP_sha384()
                                                          : EVP_sha512();
    if (algorithm.starts_with("HS")) {
        std::string made(64, '\0');
        unsigned size = 0;
        HMAC(hash, pem.data(), static_cast<int>(pem.size()), octets(text), text.size(), octets(made), &size);
        return made.substr(0, size);
    }
    openssl_pointer<BIO> const source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    openssl_pointer<EVP_PKEY> const key(PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr));
    openssl_pointer<EVP_MD_CTX> const signing(EVP_MD_CTX_new());
    EVP_PKEY_CTX* padding = nullptr;
    REQUIRE(EVP_DigestSignInit(signing.get(), &padding, hash, nullptr, key.get()) == 1);
    if (algorithm.starts_with("PS")) {
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    std::string made(1024, '\0');
    std::size_t size = made.size();
    REQUIRE(EVP_DigestSign(signing.get(), octets(made), &size, octets(text), text.size()) == 1);
    made.resize(size);
    if (!algorithm.starts_with("ES")) return made;
    auto const* at = reinterpret_cast<unsigned char const*>(made.data());
    std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> const both(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(made.size())), &ECDSA_SIG_free);
    std::size_t const half = algorithm == "ES256" ? 32 : algorithm == "ES384" ? 48 : 66;
    return fixed(ECDSA_SIG_get0_r(both.get()), half) + fixed(ECDSA_SIG_get0_s(both.get()), half);
}
/// A token as an issuer makes it. @param head what its head has beside the algorithm
std::string sign_with(std::string_view algorithm, std::string_view key, std::string const& content,
                      std::string const& head) {
    auto const text =
        encode_url(R"({"alg": ")" + std::string(algorithm) + '"' + head + '}') + '.' + encode_url(content);
    return text + '.' + encode_url(signature_of(text, algorithm, key));
}
std::string sign(std::string_view algorithm, std::string_view key, std::string const& content, char const* id) {
    return sign_with(algorithm, key, content, id == nullptr ? std::string() : R"(, "kid": ")" + std::string(id) + '"');
}
std::string sign(std::string const& content) { return sign("ES256", p256_private, content, "p256"); }

jwt_validator::key_source keys(std::string_view text = issuer_keys) {
    return [text] { return std::string(text); };
}
std::string owner(jwt_validator const& v, std::string_view token, std::string_view words = scope,
                  time_point when = now) {
    return v.owner(token, words, when).value_or("nobody");
}
jwt_rules rules(std::string audience = {}, std::string issuer = "https://issuer.example") {
    jwt_rules made{.issuer = std::move(issuer), .audience = std::move(audience)};
    made.for_anybody = made.audience.empty();
    return made;
}

}  // namespace

TEST_CASE("a token belongs to whom the issuer says, by every kind of key") {
    jwt_validator const v(keys(), rules("db.example"));
    for (auto const& [algorithm, key, id] : std::vector<std::tuple<char const*, std::string_view, char const*>>{
             {"RS256", rsa_private, "rsa"},
             {"RS384", rsa_private, "rsa"},
             {"RS512", rsa_private, "rsa"},
             {"PS256", rsa_private, "rsa"},
             {"PS384", rsa_private, "rsa"},
             {"PS512", rsa_private, "rsa"},
             {"ES256", p256_private, "p256"},
             {"ES384", p384_private, "p384"},
             {"ES512", p521_private, "p521"},
         }) {
        INFO(id);
        CHECK(owner(v, sign(algorithm, key, claims(), id)) == "alice");
        CHECK(owner(v, sign(algorithm, key, claims(), nullptr)) == "alice");  // whichever key fits
        CHECK(owner(v, sign(algorithm, key, claims(), "another")) == "nobody");
    }
    CHECK(owner(v, sign("ES256", p256_private, claims(), "rsa")) == "nobody");
}

// RFC 7515, appendices A.2 and A.3: the keys, the tokens.
TEST_CASE("the tokens of RFC 7515 are good") {
    constexpr std::string_view examples = R"({"keys": [
        {"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},
        {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
    ]})";
    constexpr std::string_view payload =
        ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    auto const by_rsa =
        "eyJhbGciOiJSUzI1NiJ9" + std::string(payload) +
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
        "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07"
        "Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8"
        "np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    auto const by_curve = "eyJhbGciOiJFUzI1NiJ9" + std::string(payload) +
                          "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    auto of_joe = rules({}, "joe");
    of_joe.user_claim = "iss";
    jwt_validator const v(keys(examples), of_joe);
    time_point const before{1'300'819'379s};
    for (auto token : {by_rsa, by_curve}) {
        CHECK(owner(v, token, "", before) == "joe");
        CHECK(owner(v, token, "", before + 31s) == "nobody");
        token[token.size() - 10] ^= 1;
        CHECK(owner(v, token, "", before) == "nobody");
    }
}

TEST_CASE("a token that is not for us, not from there, or not of this time is not good") {
    jwt_validator const v(keys(), rules("db.example"));
    auto const token = sign(claims());
    REQUIRE(owner(v, token) == "alice");
    CHECK(owner(v, token, "openid admin") == "nobody");
    CHECK(owner(v, token, "ope") == "nobody");
    CHECK(owner(jwt_validator(keys(), rules("db.example", "https://another.example")), token) == "nobody");
    CHECK(owner(jwt_validator(keys(), rules()), token) == "alice");
    CHECK(owner(v, token, scope, now + 129s) == "alice");  // 100 seconds, and what clocks may differ by
    CHECK(owner(v, token, scope, now + 130s) == "nobody");
    for (auto const& [more, is_good] : std::vector<std::pair<std::string, bool>>{
             {R"(, "aud": ["other", "db.example"])", true},
             {R"(, "aud": ["other", 7])", false},
             {R"(, "aud": "DB.example")", false},
             {"", false},
             {R"(, "aud": "db.example", "nbf": 1700000020)", true},
             {R"(, "aud": "db.example", "nbf": 1700000031)", false},
             {R"(, "aud": "db.example", "nbf": "soon")", false},
         }) {
        INFO(more);
        CHECK(owner(v, sign(claims(more))) == (is_good ? "alice" : "nobody"));
    }
    for (
        std::string const content : {
            R"({"iss": "https://issuer.example", "sub": "alice", "aud": "db.example", "scope": "openid db"})",
            R"({"iss": "https://issuer.example", "sub": "alice", "aud": "db.example", "scope": "openid db", "exp": "later"})",
            R"({"iss": "https://issuer.example", "aud": "db.example", "scope": "openid db", "exp": 1700000100})",
            R"({"iss": "https://issuer.example", "sub": "", "aud": "db.example", "scope": "openid db", "exp": 1700000100})",
            R"({"iss": "https://issuer.example", "sub": 7, "aud": "db.example", "scope": "openid db", "exp": 1700000100})",
            R"({"iss": ["https://issuer.example"], "sub": "alice", "aud": "db.example", "scope": "openid db", "exp": 1700000100})",
            R"({"iss": "https://issuer.example", "sub": "alice", "aud": "db.example", "exp": 1700000100})",
            R"({"iss": "https://issuer.example", "sub": "alice", "aud": "db.example", "scope": "openid db", "exp": -1e300})",
        }) {
        INFO(content);
        CHECK(owner(v, sign(content)) == "nobody");
    }
    CHECK(
        owner(
            v,
            sign(
                R"({"iss": "https://issuer.example", "sub": "alice", "aud": "db.example", "scp": ["db", "openid"], "exp": 1e300})")) ==
        "alice");
}

TEST_CASE("nobody but the issuer can make a token") {
    jwt_validator const v(keys(), rules());
    // a public key, which everybody has, as the secret of a signature of another kind
    auto const pem = json_web_keys(issuer_keys).all().front().pem;
    for (char const* id : {"rsa", static_cast<char const*>(nullptr)}) {
        CHECK(owner(v, sign("HS256", pem, claims(), id)) == "nobody");
        CHECK(owner(v, sign("HS512", pem, claims(), id)) == "nobody");
    }
    CHECK(owner(v, encode_url(R"({"alg": "none"})") + '.' + encode_url(claims()) + '.') == "nobody");
    auto const good = sign(claims());
    auto const end = good.rfind('.');
    CHECK(owner(v, good.substr(0, end + 1)) == "nobody");
    CHECK(owner(v, good.substr(0, end)) == "nobody");
    for (std::size_t cut = 0; cut < good.size(); cut += 7) CHECK(owner(v, good.substr(0, cut)) == "nobody");
    for (std::size_t at = 0; at < good.size() - 1; at += 3) {
        auto bad = good;
        bad[at] = bad[at] == 'A' ? 'B' : 'A';
        CHECK(owner(v, bad) == "nobody");
    }
    // what is good, but for its head
    for (auto const& [head, is_good] : std::vector<std::pair<std::string, bool>>{
             {R"(, "typ": "JWT")", true},
             {R"(, "typ": "at+jwt")", true},
             {R"(, "typ": "application/AT+JWT")", true},
             {R"(, "typ": "logout+jwt")", false},
             {R"(, "typ": 7)", false},
             {R"(, "crit": ["exp"])", false},
             {R"(, "kid": 7)", true},
             {R"(, "kid": "p384")", false},
             {R"(, "alg": "none")", false},
             {R"(, "alg": "ES384")", false},
         }) {
        INFO(head);
        CHECK(owner(v, sign_with("ES256", p256_private, claims(), head)) == (is_good ? "alice" : "nobody"));
    }
    for (std::string const bad :
         {"", ".", "..", "...", "a.b.c", "e30.e30.", "W10.W10.W10", "eyJhbGciOiJFUzI1NiJ9.W10.AAAA"})
        CHECK(owner(v, bad) == "nobody");
    CHECK(owner(v, std::string(20'000, 'a')) == "nobody");
    CHECK(owner(v, good + std::string("\0x", 2)) == "nobody");
}

TEST_CASE("a set of keys is taken as far as it is of use") {
    auto const with = [](std::string_view key) { return R"({"keys": [)" + std::string(key) + "]}"; };
    for (auto const& [text, said] : std::vector<std::pair<std::string, std::string>>{
             {"", "this is no JSON"},
             {"{\"keys\": [", "this is no JSON"},
             {"[]", "this is no set of JSON Web Keys: there is no list \"keys\""},
             {"{\"keys\": {}}", "this is no set of JSON Web Keys: there is no list \"keys\""},
             {with(""), "there is no key in it that could have signed a token"},
             {with("7, null, {}"), "there is no key in it that could have signed a token"},
             {with(R"({"kty": "oct", "k": "AAAA"})"), "there is no key in it that could have signed a token"},
             {with(R"({"kty": "RSA", "e": "AQAB", "n": "AQAB"})"),
              "there is no key in it that could have signed a token"},
             {with(R"({"kty": "RSA", "kid": "e is 1", "e": "AAE", "n": ")" + std::string(344, 'q') + R"("})"),
              "there is no key in it that could have signed a token"},
             {with(R"({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"})"),
              "there is no key in it that could have signed a token"},
         }) {
        INFO(text);
        try {
            json_web_keys const read(text);
            FAIL("it was taken");
        } catch (std::runtime_error const& e) {
            CHECK(e.what() == said);
        }
    }
    std::string text(issuer_keys);
    auto const use = text.find("\"use\": \"sig\"");
    CHECK(json_web_keys(std::string(text).replace(use, 12, "\"use\": \"enc\"")).all().size() == 3);
    CHECK(json_web_keys(std::string(text).replace(use, 12, "\"alg\": \"RS1\"")).all().size() == 3);
    auto const only = std::string(text).replace(use, 12, "\"alg\": \"RS512\"");
    jwt_validator const v(keys(only), rules());
    CHECK(owner(v, sign("RS512", rsa_private, claims(), "rsa")) == "alice");
    CHECK(owner(v, sign("RS256", rsa_private, claims(), "rsa")) == "nobody");
    CHECK_THROWS_AS(jwt_validator(keys(), {.issuer = "https://issuer.example", .audience = {}}), std::invalid_argument);
    CHECK_THROWS_AS(jwt_validator(keys(), rules("db.example", "")), std::invalid_argument);
    CHECK_THROWS_WITH(jwt_validator(jwt_validator::from_file("/nowhere/keys.json"), rules()), "can't be read");
}

TEST_CASE("keys are asked for again when one is not known, and not too often") {
    int asked = 0;
    auto const from = issuer_keys.find(R"({"kty": "EC", "kid": "p384")");
    auto const one = issuer_keys.substr(from, issuer_keys.find('}', from) + 1 - from);
    std::string given = R"({"keys": [)" + std::string(one) + "]}";
    std::string failure;
    auto heard = rules();
    heard.on_failure = [&failure](std::string_view why) { failure = why; };
    auto const source = [&] {
        ++asked;
        if (given.empty()) throw std::runtime_error("the issuer can't be reached");
        return given;
    };
    jwt_validator const v(source, heard, now);
    auto const token = sign(claims());
    auto const old = sign("ES384", p384_private, claims(), "p384");
    CHECK(owner(v, old) == "alice");
    CHECK(asked == 1);
    CHECK(owner(v, token) == "nobody");
    CHECK(asked == 2);
    given = issuer_keys;
    CHECK(owner(v, token, scope, now + 59s) == "nobody");
    CHECK(asked == 2);
    CHECK(owner(v, token, scope, now + 60s) == "alice");
    CHECK(asked == 3);
    given.clear();
    auto const stranger = sign("ES256", p256_private, claims(), "stranger");
    CHECK(owner(v, stranger, scope, now + 120s) == "nobody");
    CHECK(asked == 4);
    CHECK(owner(v, token, scope, now + 121s) == "alice");
    CHECK(owner(v, old, scope, now + 121s) == "alice");
    CHECK(failure == "the issuer can't be reached");
}

TEST_CASE("keys that have become old are asked for again, and those that are withdrawn are no longer good") {
    std::string given(issuer_keys);
    auto const longer =
        sign(R"({"iss": "https://issuer.example", "sub": "alice", "exp": 1800000000, "scope": "openid db"})");
    jwt_validator const v([&given] { return given; }, rules(), now);
    CHECK(owner(v, longer) == "alice");
    given.replace(given.find("p256"), 4, "next");
    CHECK(owner(v, longer, scope, now + 599s) == "alice");
    CHECK(owner(v, longer, scope, now + 600s) == "nobody");
}

TEST_CASE("many threads may ask at once") {
    jwt_validator const v(keys(), rules());
    auto const token = sign(claims());
    auto const stranger = sign("ES256", p256_private, claims(), "stranger");
    std::vector<std::thread> threads;
    std::vector<int> good(4, 0);
    for (auto& count : good)
        threads.emplace_back([&, mine = &count] {
            for (int i = 0; i != 20; ++i) {
                *mine += v.owner(token, scope, now) == "alice";
                *mine += v.owner(stranger, scope, now + i * 61s) == std::nullopt;
            }
        });
    for (auto& t : threads) t.join();
    CHECK(good == std::vector<int>(4, 40));
}

}  // namespace pgwire::test::jwt_tests
