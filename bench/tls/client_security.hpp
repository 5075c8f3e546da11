// How the clients that make load encrypt, and how they prove who they are: TLS and SCRAM-SHA-256 of pgwire's own.
#pragma once

#include "bench/support/messages.hpp"
#include "pgwire/auth.hpp"
#include "pgwire/auth/wolfcrypt.hpp"
#include "pgwire/tls.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace bench {

/// wolfSSL's hashes, but a password is salted once, as a client with many connections does it: the 4096 rounds take
/// milliseconds, and it is the server that is measured.
struct salting_once : pgwire::wolfcrypt {
    [[nodiscard]] static pgwire::sha256_digest pbkdf2_sha256(std::string_view password, std::string_view salt,
                                                             std::uint32_t iterations) {
        static std::map<std::tuple<std::string, std::string, std::uint32_t>, pgwire::sha256_digest> known;
        auto const [at, is_new] = known.try_emplace({std::string(password), std::string(salt), iterations});
        if (is_new) at->second = wolfcrypt::pbkdf2_sha256(password, salt, iterations);
        return at->second;
    }
};

/// TLS, whoever the server is, and a password, if it asks for one.
class client_security {
public:
    explicit client_security(bool over_tls, std::string password)
        : password_(std::move(password)) {
        if (!over_tls) return;
        pgwire::tls_settings settings;
        settings.verify_server = false;
        context_.emplace(pgwire::tls_context::role::client, settings);
    }

    class line {
    public:
        explicit line(client_security const& how) : password_(how.password_) {
            if (how.context_) engine_ = std::make_unique<pgwire::tls_engine>(*how.context_);
        }

        [[nodiscard]] bool asks_for_tls() const { return engine_ != nullptr; }
        [[nodiscard]] bool is_secure() const { return engine_ == nullptr || is_secure_; }
        [[nodiscard]] bool shake_hands(std::string_view bytes, std::string& out) {
            feed(bytes);
            auto const now = engine_->handshake();
            collect(out);
            is_secure_ = now == pgwire::tls_engine::status::done;
            return is_secure_ || now == pgwire::tls_engine::status::starved;
        }
        [[nodiscard]] bool decrypt(std::string_view bytes, std::string& plain) {
            if (engine_ == nullptr) {
                plain.append(bytes);
                return true;
            }
            feed(bytes);
            for (;;) {
                std::array<char, 4096> room;
                std::size_t n = 0;
                auto const now = engine_->read(room, n);
                if (now != pgwire::tls_engine::status::done) return now == pgwire::tls_engine::status::starved;
                plain.append(room.data(), n);
            }
        }
        void encrypt(std::string_view plain, std::string& out) {
            if (engine_ == nullptr) {
                out.append(plain);
                return;
            }
            static_cast<void>(engine_->write(plain));  // in memory: it goes on until all is written
            collect(out);
        }

        [[nodiscard]] std::optional<std::string> authenticate(std::uint32_t kind, std::string_view data) {
            constexpr std::uint32_t sasl = 10, sasl_continue = 11, sasl_final = 12;
            if (kind == sasl) {
                scram_.emplace(password_);
                auto const first = scram_->start();
                if (!first) return std::nullopt;
                return std::string(scram_->mechanism()) + '\0' +
                       int32_bytes(static_cast<std::uint32_t>(first->size())) + *first;
            }
            if (!scram_) return std::nullopt;
            if (kind == sasl_continue) return scram_->answer(data);
            if (kind == sasl_final && scram_->finish(data)) return std::string();
            return std::nullopt;
        }

    private:
        void feed(std::string_view bytes) {
            auto const room = engine_->input().prepare(bytes.size());
            bytes.copy(room.data(), bytes.size());
            engine_->input().commit(bytes.size());
        }
        void collect(std::string& out) {
            out.append(engine_->output().pending());
            engine_->output().clear();
        }

        std::string const& password_;
        std::unique_ptr<pgwire::tls_engine> engine_;
        bool is_secure_ = false;
        std::optional<pgwire::scram_client<salting_once>> scram_;
    };

private:
    std::string password_;
    std::optional<pgwire::tls_context> context_;
};

}  // namespace bench
