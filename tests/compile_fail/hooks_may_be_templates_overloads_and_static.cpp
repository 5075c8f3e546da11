// compiles
#include "pgwire/server.hpp"

struct statement {
    std::span<pgwire::oid const> parameters() const { return {}; }
};

struct line {
    int n;
};

struct handler {
    template<class Text>
    statement prepare(Text, std::span<pgwire::oid const>) {
        return {};
    }
    pgwire::rows<line> execute(pgwire::request const&, statement&) { return pgwire::rows{line{1}}; }
    pgwire::command execute(int) { return {"OK"}; }
    static void begin_implicit() {}
    void commit_implicit() {}
    pgwire::task<> rollback_implicit() { co_return; }
    void on_start(auto const&) {}
    template<class... Any>
    void on_error(Any&&...) {}
    static pgwire::authentication authenticate(pgwire::login_info const&) { return pgwire::authentication::trust; }
};

static_assert(pgwire::handler<handler>);
static_assert(pgwire::handler<pgwire::layer<pgwire::layer<handler>>>);
static_assert(pgwire::has_hooks<handler, "prepare", "execute", "begin_implicit", "on_start", "on_error", "authenticate">);
static_assert(pgwire::has_hooks<pgwire::layer<handler>, "prepare", "execute", "begin_implicit", "on_start", "on_error">);
static_assert(!pgwire::has_hooks<pgwire::layer<handler>, "describe">);

template class pgwire::session<handler>;
template class pgwire::session<pgwire::layer<handler>>;
