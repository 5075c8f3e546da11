// The echo server for whom a password is asked: what that, and limits, cost a query.
#include "bench/load/echo_handler.hpp"
#include "pgwire/auth.hpp"
#include "pgwire/auth/wolfcrypt.hpp"

#include <memory>
#include <utility>

namespace {

using users = pgwire::user_store<pgwire::wolfcrypt>;

struct guarded : bench::echo {
    std::shared_ptr<users const> known;

    explicit guarded(std::shared_ptr<users const> all) : known(std::move(all)) {}
    auto authenticate(pgwire::login_info const& who) { return known->scram(who.user); }
};

}  // namespace

int main(int argc, char** argv) {
    pgwire::user_list list;
    static_cast<void>(list.read("\"bench\" \"secret\""));
    auto const known = std::make_shared<users const>(list);
    auto options = bench::options(argc, argv);
    constexpr unsigned many = 1'000'000;
    options.admission = {.connections = many, .per_address = many, .per_user = many, .entering = many,
                         .entering_per_address = many, .arrivals = {many}, .user_arrivals = {many},
                         .failures = {many}, .user_failures = {many}, .wrong_cancels = {many}};
    pgwire::serve(
        options, [known] { return guarded(known); }, bench::announce);
}
