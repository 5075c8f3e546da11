// compiles
#include "pgwire/server.hpp"

template<class H>
struct unchanged : pgwire::layer<H> {
    using pgwire::layer<H>::layer;
};

struct line {
    int n;
    std::string_view text;
};

struct echo {  // the smallest
    auto execute(pgwire::request const& r) { return pgwire::rows{line{1, r.text}}; }
};

struct greeting {  // a language of its own, and a word at login
    using splitter = pgwire::whole_text;
    static constexpr bool simple_protocol_only = true;
    void on_start(pgwire::session_context& session) { session.notice({}); }
    std::variant<pgwire::rows<line>, pgwire::command> execute(pgwire::request const&) { return pgwire::command{"OK"}; }
};

struct engine {  // an engine with statements and transactions
    struct statement {
        std::span<pgwire::oid const> parameters() const { return {}; }
        std::span<pgwire::column const> columns() const { return {}; }
    };
    struct lines : pgwire::cursor<> {
        std::span<pgwire::column const> columns() const { return {}; }
        bool next(writer&) { return false; }
    };
    explicit engine(int) {}
    engine() = default;
    statement prepare(std::string_view, std::span<pgwire::oid const>) { return {}; }
    std::variant<lines, pgwire::command> execute(pgwire::request const&, statement&) { return lines{}; }
    void begin_implicit() {}
    void commit_implicit() {}
    void rollback_implicit() {}
    pgwire::transaction_status transaction() const { return pgwire::transaction_status::idle; }
};

struct asynchronous {  // every hook a coroutine
    struct statement {};
    struct lines : pgwire::cursor<> {
        std::span<pgwire::column const> columns() const { return {}; }
        pgwire::task<bool> next(writer&) { co_return false; }
    };
    pgwire::task<statement> prepare(std::string_view, std::span<pgwire::oid const>) { co_return statement{}; }
    pgwire::task<std::span<pgwire::column const>> describe(statement&) { co_return std::span<pgwire::column const>{}; }
    void admit(statement const&) {}
    void on_bind(pgwire::request const&, statement const&) {}
    void check_syntax(std::string_view) {}
    pgwire::task<lines> execute(pgwire::request const&, statement&) { co_return lines{}; }
    pgwire::task<pgwire::authentication> authenticate(pgwire::login_info const&) {
        co_return pgwire::authentication::trust;
    }
    pgwire::task<> on_start(pgwire::session_handle const&) { co_return; }
    void on_stop() noexcept {}
    void on_cancel() noexcept {}
    void on_error(pgwire::diagnostic&, std::string_view) {}
};

template<class H>
constexpr bool accepted = pgwire::handler<H> && pgwire::handler<unchanged<H>> && pgwire::handler<unchanged<unchanged<H>>>;
static_assert(accepted<echo> && accepted<greeting> && accepted<engine> && accepted<asynchronous>);

static_assert(unchanged<greeting>::simple_protocol_only);
static_assert(pgwire::has_hooks<unchanged<asynchronous>, "prepare", "describe", "admit", "on_bind", "check_syntax", "execute", "authenticate",
                                "on_start", "on_stop", "on_cancel", "on_error">);

template class pgwire::session<unchanged<echo>>;
template class pgwire::session<unchanged<greeting>>;
template class pgwire::session<unchanged<engine>>;
template class pgwire::session<unchanged<asynchronous>>;
