// What becomes of a statement: its answer, or its failure, and the ReadyForQuery that ends the cycle.
//
// Floor 4. What the query loop (query_loop.hpp) has in hand, and the ways out of it that all messages share. What a COPY
// adds stands in copying.hpp.
// Source: PostgreSQL documentation, "Message Flow"; details as measured on its servers, where versions differ on 18.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/protocol/function_call.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/server/execution.hpp"
#include "pgwire/server/failure.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/hooks.hpp"
#include "pgwire/server/incoming.hpp"
#include "pgwire/server/objects.hpp"
#include "pgwire/server/preparation.hpp"
#include "pgwire/server/session_context.hpp"
#include "pgwire/server/session_transaction.hpp"

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// What a query loop needs next.
enum class step : std::uint8_t {
    go_on,  ///< nothing; `advance` never returns this
    read,   ///< bytes; first write what must leave, if `must_flush()`
    flush,  ///< much is written: let it leave, and others run when the turn is over
    await,  ///< `await_hook()`
    take,   ///< from now on `take()` too, beside `advance`, until there is nothing more to take
    wait,   ///< until `may_advance()`; first write what must leave
    close,  ///< the end: write what is left, then close
};

namespace detail {

template<class Handler>
class cycle {
    static_assert(check_handler<Handler>());

protected:
    using statement_type = detail::statement_type<Handler>;
    using outcome_type = detail::outcome_type<Handler>;
    using splitter = typename splitter_of<Handler>::type;
    using portal = detail::portal<statement_type, outcome_type>;

    /// What is called next.
    enum class stage : std::uint8_t {
        message,
        begin,
        prepare,
        describe,
        execute,
        pull,
        call,
        copy_write,
        copy_finish,
        part,
        stop,
        commit,
        rollback,
    };

    cycle(Handler& handler, session_context& context, receive_buffer& in, send_buffer& out, message_limits const& limits)
        : handler_(handler),
          context_(context),
          out_(out),
          incoming_(in, limits),
          transaction_(handler),
          objects_(context),
          execution_(context, out) {
        if constexpr (may_be<outcome_type, fetch_portal>) context.use_portals(this, find_portal_for_handler);
    }
    ~cycle() {
        if constexpr (may_be<outcome_type, fetch_portal>) context_.use_portals(nullptr, nullptr);
    }

    template<class Message>
    void put(Message const& m) {
        detail::put(out_, m);
    }

    // ---- the statements of a simple query, one after the other

    void start_statement() {
        ++statement_number_;
        if (context_.cancelled()) [[unlikely]] give_up(context_.why_cancelled());
        stage_ = transaction_.must_begin(!preparation_.has_several()) ? stage::begin : stage::prepare;
    }
    /// One is done: on to the next one, or to the end.
    void next_of_query() {
        simple_portal_.clear();
        if (preparation_.advance()) start_statement();
        else end_statements();
    }

    // ---- portals beside those that Bind makes

    /// Execute of one that the session does not have: it may be the handler's.
    /// @throws sql_error 34000, 22021
    void execute_unknown(execute const& m) {
        if constexpr (opens_portals<Handler>) {
            check_encoding(m.portal);
            context_.begin_statement();
            simple_portal_.statement.renew();
            simple_portal_.links = 0;
            execution_.attach(simple_portal_, row_limit(m));
            simple_portal_.outcome.emplace(elide{[&] { return handler_.open_portal(m.portal); }});
            execution_.template begin<false>(false);
            stage_ = stage::pull;
        } else {
            objects_.no_portal(m.portal);
        }
    }
    /// The portal at work has an outcome. That may be a FETCH from another portal: then this one is at work.
    /// @return whether there is something to pull now
    bool begin_pulls() {
        if constexpr (may_be<outcome_type, fetch_portal>)
            if (auto const* const what = execution_.what_to_fetch()) return begin_fetch(*what);
        execution_.begin(in_simple_query_);
        stage_ = stage::pull;
        return true;
    }
    /// @throws sql_error 34000, 55000
    bool begin_fetch(fetch_portal const& what) {
        using state = typename portal::state;
        portal& from = objects_.find_portal(what.name);
        auto const before = from.current;
        if (execution_.is_fetching() || &from == execution_.active() || from.statement->is_empty ||
            before == state::failed || before == state::done)
            throw sql_error(sqlstates::object_not_in_prerequisite_state, "portal \"" + from.name + "\" cannot be run");
        execution_.begin_fetch(from);
        stage_ = before == state::ready ? stage::execute : stage::pull;
        if (before == state::ready) return false;
        execution_.begin(in_simple_query_);
        if (before != state::exhausted) return true;
        from.current = before;
        complete();
        return false;
    }

    // ---- what becomes of a portal

    /// The statement at work has no more rows to give. The last one of a simple query is not done until its implicit
    /// transaction is committed: if that fails, the error takes the place of the tag.
    void complete() {
        if constexpr (may_be<outcome_type, fetch_portal>)
            if (execution_.is_fetching()) execution_.end_fetch();
        if (auto const* const what = execution_.template asked<forget>()) forget_objects(*what);
        before_ = transaction_.status();
        execution_.show_tag([&](std::string_view tag) {
            transaction_.on_tag(tag, execution_.active()->statement->text);
        });
        transaction_.on_complete();
        if (in_simple_query_ && !preparation_.has_next() && must_commit()) stage_ = stage::commit;
        else answer_complete();
    }

    void answer_complete() {
        execution_.put_tag();
        if (before_ != transaction_status::idle && transaction_.status() == transaction_status::idle)
            objects_.close_portals(execution_.active());
        execution_.detach();
        stage_ = stage::message;
        if (in_simple_query_) next_of_query();
    }

    void suspend_portal() {
        if constexpr (may_be<outcome_type, fetch_portal>)
            if (execution_.is_fetching()) return complete();
        put(portal_suspended{});
        execution_.detach();
        stage_ = stage::message;
    }

    // ---- the end of a cycle

    /// A handler has answered the message itself. One that ends a cycle still does.
    void end_answered_message() {
        bool const ends = answering_ == query::tag || answering_ == function_call::tag || answering_ == sync::tag;
        if (ends) end_statements();
    }

    /// Sync, and the end of a simple query. One statement amid a pipeline leaves the implicit transaction to the Sync.
    void end_statements() {
        if (!must_commit()) return end_cycle();
        objects_.close_portals();  // an engine may not commit with cursors open
        stage_ = stage::commit;
    }

    void end_cycle() {
        in_simple_query_ = false;
        leaves_open_ = false;
        stage_ = stage::message;
        if (transaction_.announced() == transaction_status::idle) objects_.close_portals();
        ready();
    }

    void ready() {
        context_.before_ready();
        put(ready_for_query{transaction_.announced()});
        answering_ = 0;
        must_flush_ = true;
        if constexpr (has_on_ready<Handler>) handler_.on_ready();
    }

    /// What has come is no message that can be acted on, or not yet.
    step on_no_message(piece const& p) {
        if (p.what == piece::kind::incomplete) return step::read;
        if (p.what == piece::kind::unknown_type && incoming_.copying())
            lose_synchronization(p.tag);
        else if (p.what == piece::kind::unknown_type)  // of an impossible length not a word is said
            end_fatally(sqlstates::protocol_violation,
                        "invalid frontend message type " + std::to_string(static_cast<unsigned char>(p.tag)));
        return step::close;
    }

    // ---- hooks of transactions

    void committed() {
        transaction_.ended();
        if (execution_.active() != nullptr) answer_complete();
        else end_cycle();
    }
    void rolled_back() {
        transaction_.ended();
        recover();
    }

    // ---- errors

    /// May what is awaited be interrupted? Not what begins and ends transactions.
    [[nodiscard]] bool is_interruptible() const noexcept {
        return awaited_ != hook::begin && awaited_ != hook::commit && awaited_ != hook::rollback &&
               context_.is_interruptible();
    }

    void fail(std::exception_ptr const& thrown) {
        auto [d, cause] = diagnose(thrown);
        if (stage_ == stage::rollback) return rolled_back();  // as well as it could; the client has its error already
        bool const given_up = d.code == sqlstates::internal_error || d.code == sqlstates::query_canceled;
        if (given_up && context_.cancelled() && is_interruptible())  // for what reason, an engine does not know
            d = canceled(context_.why_cancelled()).fields();
        if (d.position != 0) d.position += before_statement();
        send_error(d, cause);
        transaction_.on_error();
        if (portal* const failed = execution_.active()) failed->fail();
        objects_.fail_portals(context_.portals_kept());
        simple_portal_.clear();
        execution_.detach();
        if (transaction_.is_implicit()) stage_ = stage::rollback;
        else recover();
    }

    /// What may not come during a COPY has come. Nobody knows what the client would take for an answer to what.
    void lose_synchronization(char tag) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        auto const byte = static_cast<unsigned char>(tag);
        diagnostic d;
        d.code = sqlstates::protocol_violation;
        d.message = std::string("unexpected message type 0x") + digits[byte >> 4] + digits[byte & 15] +
                    " during COPY from stdin";
        send_error(d, {});
        end_fatally(sqlstates::protocol_violation, "terminating connection because protocol synchronization was lost");
    }

    /// Ends the session with an error of severity FATAL.
    void end_fatally(sqlstate code, std::string_view text) {
        diagnostic d;
        d.severity = severity::fatal;
        d.code = code;
        d.message = text;
        send_error(d, {});
    }

    Handler& handler_;
    session_context& context_;
    send_buffer& out_;
    incoming incoming_;
    session_transaction<Handler> transaction_;

    stage stage_ = stage::message;
    char answering_ = 0;             // the type of the last message, until ReadyForQuery
    hook awaited_ = hook::none;
    std::uint32_t statement_number_ = 0;  // of the session: whose turn it is
    bool in_simple_query_ = false;
    bool leaves_open_ = false;       // the query at work stands within a pipeline
    bool must_flush_ = false;
    step interrupted_ = step::go_on;
    transaction_status before_ = transaction_status::idle;  // the statement at work was done

    session_objects<statement_type, outcome_type> objects_;
    portal simple_portal_;
    std::string_view awaited_body_;  // the piece of a COPY that is awaited; stays in the receive buffer meanwhile
    execution<statement_type, outcome_type> execution_;
    preparation<statement_type, outcome_type, splitter> preparation_;

private:
    [[nodiscard]] bool must_commit() const { return transaction_.is_implicit() && !leaves_open_; }

    void forget_objects(forget const& what) {
        if (what.statement && !objects_.close_statement(*what.statement)) refuse_unknown_statement(*what.statement);
        if (what.all_statements) objects_.close_statements();
        if (what.portals_after) objects_.close_portals_after(*what.portals_after, execution_.active());
        if (what.portal) close_portal_of_sql(*what.portal);
    }
    void close_portal_of_sql(std::string_view name) {
        if (execution_.active()->name == name)
            throw sql_error(sqlstates::invalid_cursor_state,
                            "cannot drop active portal \"" + std::string(name) + '"');
        objects_.close_portal(name);
    }
    static std::optional<portal_info> find_portal_for_handler(void* self, std::string_view name) {
        auto const* const found = static_cast<cycle*>(self)->objects_.look_up_portal(name);
        if (found == nullptr) return std::nullopt;
        if (auto const columns = known_columns<outcome_type>(*found->statement)) return portal_info{true, *columns};
        return portal_info{};
    }

    /// A position counts from the beginning of the text that the client sent.
    [[nodiscard]] std::uint32_t before_statement() const noexcept {
        if (execution_.active() != nullptr)
            return (stage_ == stage::prepare ? preparation_.current() : execution_.active()->statement)->before;
        return in_simple_query_ || stage_ == stage::prepare ? preparation_.before() : 0;
    }

    void send_error(diagnostic& d, std::string_view cause) {
        out_.rollback();  // a row that was being written
        tell(handler_, d, cause);
        put(error_response{diagnostic_view(d).fields()});
        must_flush_ = true;
        if (d.severity == severity::fatal || d.severity == severity::panic) interrupted_ = step::close;
    }

    /// Skips to the Sync, or is ready at once.
    void recover() {
        in_simple_query_ = false;
        stage_ = stage::message;
        if (incoming_.on_error(answering_) == recovery::ready && interrupted_ != step::close) end_cycle();
    }
};

}  // namespace detail

}  // namespace pgwire
