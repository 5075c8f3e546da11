// Certificates change while clients shake hands, on several threads.
#include "tests/support/tls_client.hpp"

#include <atomic>
#include <thread>
#include <vector>

// wolfSSL keeps tables of curves for each thread, if it was built so; a thread that ends has to give them back.
extern "C" void wc_ecc_fp_free() __attribute__((weak));

namespace pgwire::test::tls_reload_tests {

namespace {

struct thread_tables {
    thread_tables() = default;
    thread_tables(thread_tables const&) = delete;
    thread_tables& operator=(thread_tables const&) = delete;
    ~thread_tables() {
        if (wc_ecc_fp_free != nullptr) wc_ecc_fp_free();
    }
};

struct quiet {
    command execute(request const&) { return {"OK"}; }
};

}  // namespace

TEST_CASE("handshakes that are under way come to their end when the certificate changes") {
    tls_server tls(server_settings());
    auto const elsewhere = [] {
        auto made = server_settings();
        made.certificate.text = certificates::elsewhere;
        made.key.text = certificates::elsewhere_key;
        return made;
    }();
    std::atomic<bool> done{false};
    std::thread changes([&] {
        thread_tables const mine;
        for (int i = 0; !done; ++i) tls.reload(i % 2 == 0 ? elsewhere : server_settings());
    });
    std::vector<int> good(3, 0);
    std::vector<std::thread> clients;
    for (auto& count : good)
        clients.emplace_back([&tls, &count] {
            thread_tables const mine;
            tls_settings anybody;
            anybody.verify_server = false;
            for (int i = 0; i != 20; ++i) {
                tls_dialogue<quiet> d(tls, anybody);
                if (d.ask() != "S" || !d.shake_hands()) continue;
                static_cast<void>(d.engine().write(startup()));  // not by what asserts: several threads must not
                d.carry(false);
                count += shape(d.hear()).ends_with("Z(I)") ? 1 : 0;
            }
        });
    for (auto& one : clients) one.join();
    done = true;
    changes.join();
    CHECK(good == std::vector<int>(3, 20));
}

}  // namespace pgwire::test::tls_reload_tests
