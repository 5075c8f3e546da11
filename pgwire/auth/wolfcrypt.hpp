// Hashes and random bytes of wolfSSL's cryptographic library, for the conversations of this folder.
//
// Floor 2, a binding to a library: link with wolfssl. Nothing else on this floor needs it. Its functions fail only if
// they are used wrongly, or if the library was built without them: then the program ends, since there is nothing that
// would be right to go on with.
#pragma once

#include "pgwire/auth/crypto.hpp"

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/md5.h>
#include <wolfssl/wolfcrypt/pwdbased.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include <cstdint>
#include <exception>
#include <span>
#include <string_view>

namespace pgwire {

/// See the concept `crypto`. From any thread.
struct wolfcrypt {
    [[nodiscard]] static sha256_digest sha256(std::string_view bytes) noexcept {
        sha256_digest out{};
        check(wc_Sha256Hash(in(bytes), size(bytes), as_bytes(out.data())));
        return out;
    }
    [[nodiscard]] static sha256_digest hmac_sha256(std::string_view key, std::string_view bytes) noexcept {
        sha256_digest out{};
        Hmac state;
        check(wc_HmacInit(&state, nullptr, INVALID_DEVID));
        check(wc_HmacSetKey(&state, WC_SHA256, in(key), size(key)));
        check(wc_HmacUpdate(&state, in(bytes), size(bytes)));
        check(wc_HmacFinal(&state, as_bytes(out.data())));
        wc_HmacFree(&state);
        return out;
    }
    [[nodiscard]] static sha256_digest pbkdf2_sha256(std::string_view password, std::string_view salt,
                                                     std::uint32_t iterations) noexcept {
        sha256_digest out{};
        check(wc_PBKDF2(as_bytes(out.data()), in(password), static_cast<int>(password.size()), in(salt),
                        static_cast<int>(salt.size()), static_cast<int>(iterations), static_cast<int>(out.size()),
                        WC_SHA256));
        return out;
    }
    [[nodiscard]] static md5_digest md5(std::string_view bytes) noexcept {
        md5_digest out{};
        check(wc_Md5Hash(in(bytes), size(bytes), as_bytes(out.data())));
        return out;
    }
    [[nodiscard]] static bool fill_random(std::span<char> room) noexcept {
        thread_local generator const source;
        return source.is_ready &&
               wc_RNG_GenerateBlock(&source.state, as_bytes(room.data()), static_cast<word32>(room.size())) == 0;
    }

private:
    struct generator {
        mutable WC_RNG state{};
        bool is_ready;

        generator() noexcept : is_ready(wc_InitRng(&state) == 0) {}
        generator(generator const&) = delete;
        generator& operator=(generator const&) = delete;
        ~generator() {
            if (is_ready) wc_FreeRng(&state);
        }
    };

    static byte const* in(std::string_view bytes) noexcept { return reinterpret_cast<byte const*>(bytes.data()); }
    static word32 size(std::string_view bytes) noexcept { return static_cast<word32>(bytes.size()); }
    static byte* as_bytes(char* bytes) noexcept { return reinterpret_cast<byte*>(bytes); }
    static void check(int result) noexcept {
        if (result != 0) std::terminate();
    }
};

static_assert(crypto<wolfcrypt>);

}  // namespace pgwire
