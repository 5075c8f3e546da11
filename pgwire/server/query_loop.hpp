// The query protocol of one session, without I/O: messages in, answers out, hooks called in between.
//
// Floor 4. Bytes go into the receive buffer, `advance()` runs every message that is complete, and answers stand in the
// send buffer. What can't be done without waiting is told by the step that `advance` returns: more bytes, a write, or a
// hook that is a coroutine, which `await_hook` runs. A message is worked on in stages:
//
//     Parse     prepare
//     CopyData  copy_write, CopyDone  copy_finish, FunctionCall  call
//     Execute   begin ─▶ execute ─▶ pull { ─▶ part ─▶ pull }
//     Query     { begin ─▶ prepare ─▶ execute ─▶ pull } for each statement ─▶ commit
//     Sync      commit
//     PREPARE   execute ─▶ prepare, EXECUTE  execute ─▶ execute ─▶ pull, whatever they came in
//     and any of them, if it fails: ─▶ rollback
//
// where begin, commit and rollback are those of an implicit transaction, if the handler has them and one is needed.
// Source: PostgreSQL documentation, "Message Flow"; details as measured on its servers, where versions differ on 18.
#pragma once

#include "pgwire/protocol/function_call.hpp"
#include "pgwire/server/binding.hpp"
#include "pgwire/server/describing.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/hooks.hpp"
#include "pgwire/server/statement_binding.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

template<class Handler>
class query_loop : detail::statement_binding<Handler> {
    using base = detail::statement_binding<Handler>;
    using typename base::outcome_type;
    using typename base::portal;
    using typename base::stage;
    using typename base::statement_type;
    using typename base::statement_ref;
    using hook = detail::hook;

    using base::answering_;
    using base::await;
    using base::awaited_;
    using base::context_;
    using base::execution_;
    using base::handler_;
    using base::in_simple_query_;
    using base::incoming_;
    using base::interrupted_;
    using base::leaves_open_;
    using base::must_flush_;
    using base::objects_;
    using base::out_;
    using base::preparation_;
    using base::put;
    using base::simple_portal_;
    using base::stage_;
    using base::transaction_;

    static constexpr bool has_transactions = detail::has_transactions<Handler>;
    template<hook Which>
    static constexpr bool is_coroutine = detail::is_coroutine<Handler, Which>;

public:
    /// All of them must outlive the loop.
    query_loop(Handler& handler, session_context& context, receive_buffer& in, send_buffer& out,
               message_limits const& limits = {})
        : base(handler, context, in, out, limits) {}

    /// The first ReadyForQuery of a session.
    void start() { this->ready(); }

    /// Does all that can be done at once.
    [[nodiscard]] step advance() {
        for (;;) {
            try {
                step next = step::go_on;
                do next = run_stage();
                while (next == step::go_on);
                return next;
            } catch (...) {
                this->fail(std::current_exception());
            }
        }
    }

    /// Ends the session with an error of severity FATAL; `advance` then returns `step::close`.
    void fatal(sqlstate code, std::string_view text) { this->end_fatally(code, text); }

    /// Has something been answered that must not wait for more? Asking clears it.
    [[nodiscard]] bool must_flush() noexcept { return std::exchange(must_flush_, false); }

    /// Is there a statement at work? Else a cancel comes too late, or too early.
    [[nodiscard]] bool is_at_work() const noexcept { return stage_ != stage::message || incoming_.copying(); }

    /// May the hook that is awaited be interrupted?
    [[nodiscard]] bool is_interruptible() const noexcept { return base::is_interruptible(); }

    /// Changes with each statement.
    [[nodiscard]] std::uint32_t statement_number() const noexcept { return this->statement_number_; }

    /// What ReadyForQuery would say now.
    [[nodiscard]] transaction_status transaction() const { return transaction_.announced(); }

    /// Has everything been answered, up to ReadyForQuery? Then messages from elsewhere may be sent.
    [[nodiscard]] bool is_idle() const noexcept { return answering_ == 0; }

    // Between two cycles a loop may be destroyed, and another one made when a message comes: a session that rests has none.
    using kept_statements = typename detail::session_objects<statement_type, outcome_type>::kept_statements;
    /// Would a new one go on as this one does, once it has the statements?
    [[nodiscard]] bool is_replaceable() const {
        return is_idle() && !is_at_work() && incoming_.is_between_messages() && interrupted_ == step::go_on &&
               !objects_.has_portals() && transaction_.announced() == transaction_status::idle;
    }
    [[nodiscard]] bool has_statements() const noexcept { return objects_.has_statements(); }
    void swap_statements(kept_statements& other) noexcept { objects_.swap_statements(other); }

    // The client's side of a COPY in both directions: see copying.hpp.
    using base::await_taking;
    using base::has_taking_failed;
    using base::is_awaiting_taking;
    using base::is_taking;
    using base::may_advance;
    using base::stop_taking;
    using base::take;
    /// Is a cursor to be awaited that has nothing to send before its pull is over? Then what stands before its first
    /// rows is worth no system call of its own, unless they take long.
    [[nodiscard]] bool writes_whole_pulls() const {
        if constexpr (is_coroutine<hook::pull>) return awaited_ == hook::pull && execution_.writes_whole_pulls();
        else return false;
    }

    /// Runs the coroutine hook that `advance` stopped at. Its failure is answered like any other.
    /// @param before_pull called before each pull of a cursor; false ends the session, since nobody is there any more
    template<class BeforePull>
    [[nodiscard]] task<> await_hook(BeforePull& before_pull) {
        std::exception_ptr failure;
        try {
            if constexpr (is_coroutine<hook::begin>) {
                if (awaited_ == hook::begin) {
                    co_await handler_.begin_implicit();
                    begun();
                }
            }
            if constexpr (is_coroutine<hook::prepare>) {
                if (awaited_ == hook::prepare) {
                    auto made = co_await call_prepare();
                    prepared([&made]() -> auto&& { return std::move(made); });
                }
            }
            if constexpr (is_coroutine<hook::describe>) {
                if (awaited_ == hook::describe) {
                    auto const told = co_await call_describe();
                    described(told);
                }
            }
            if constexpr (is_coroutine<hook::execute>) {
                if (awaited_ == hook::execute) {
                    auto made = co_await call_execute();
                    executed([&made]() -> auto&& { return std::move(made); });
                }
            }
            if constexpr (is_coroutine<hook::pull>) {
                if (awaited_ == hook::pull) {
                    detail::pulled progress = detail::pulled::again;
                    bool wanted = before_pull();
                    while (wanted && progress == detail::pulled::again) {
                        bool const more = co_await execution_.pull_async();
                        progress = this->after_pull(more);
                        if (progress == detail::pulled::again) wanted = before_pull();
                    }
                    if (!wanted) interrupted_ = step::close;
                    else if (use_progress(progress) == step::flush) interrupted_ = step::flush;
                }
            }
            if constexpr (is_coroutine<hook::call>) {
                if (awaited_ == hook::call) {
                    auto const made = co_await handler_.call_function(std::as_const(call_));
                    called(made);
                }
            }
            if constexpr (base::has_copy_hooks) {
                if (base::is_copy_hook(awaited_)) co_await this->await_copy_hook();
            }
            if constexpr (is_coroutine<hook::commit>) {
                if (awaited_ == hook::commit) {
                    co_await handler_.commit_implicit();
                    this->committed();
                }
            }
            if constexpr (is_coroutine<hook::rollback>) {
                if (awaited_ == hook::rollback) {
                    co_await handler_.rollback_implicit();
                    this->rolled_back();
                }
            }
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) this->fail(failure);
        awaited_ = hook::none;
    }

    /// The session ends: cursors are dropped, and a transaction that is still open is rolled back.
    [[nodiscard]] task<> leave() {
        execution_.detach();
        objects_.close_portals();
        simple_portal_.clear();
        if constexpr (has_transactions) {
            if (transaction_.announced() == transaction_status::idle) co_return;
            transaction_.ended();
            try {
                if constexpr (is_coroutine<hook::rollback>) co_await handler_.rollback_implicit();
                else handler_.rollback_implicit();
            } catch (...) {  // there is nobody left to be told
            }
        }
        co_return;
    }

private:
    // ---- stages: each calls a hook, or leaves it to `await_hook`; what follows a hook is the same for both

    [[gnu::always_inline]]  // in the loop of `advance`, which is all that calls it
    step run_stage() {
        if (interrupted_ != step::go_on) [[unlikely]] return interruption();
        switch (stage_) {
        case stage::message:
            do {
                if (step const next = next_message(); next != step::go_on) return next;
                if (out_.size() >= detail::pull_state::flush_threshold) return step::flush;
            } while (stage_ == stage::message);
            if (stage_ != stage::execute) break;
            [[fallthrough]];
        case stage::execute:
            if (in_simple_query_) this->admit(*execution_.active()->statement);
            if constexpr (is_coroutine<hook::execute>) return await(hook::execute);
            else if (!executed([this]() -> decltype(auto) { return call_execute(); })) break;
            [[fallthrough]];
        case stage::pull: return use_progress(this->pull());
        case stage::begin:
            if constexpr (is_coroutine<hook::begin>) return await(hook::begin);
            else if constexpr (has_transactions) handler_.begin_implicit();
            begun();
            break;
        case stage::prepare:
            if constexpr (is_coroutine<hook::prepare>) return await(hook::prepare);
            else if constexpr (detail::has_prepare<Handler>)
                prepared([this]() -> decltype(auto) { return call_prepare(); });
            else prepared();
            break;
        case stage::describe:
            if constexpr (is_coroutine<hook::describe>) return await(hook::describe);
            else if constexpr (detail::has_describe<Handler>) described(call_describe());
            break;
        case stage::call:
            if constexpr (is_coroutine<hook::call>) return await(hook::call);
            else if constexpr (detail::has_call_function<Handler>) called(handler_.call_function(std::as_const(call_)));
            break;
        case stage::copy_write:
        case stage::copy_finish:
        case stage::part:
        case stage::stop:
            if constexpr (base::has_copy_stages) return this->run_copy_stage();
            break;
        case stage::commit:
            if constexpr (is_coroutine<hook::commit>) return await(hook::commit);
            else if constexpr (has_transactions) handler_.commit_implicit();
            this->committed();
            break;
        case stage::rollback:
            if constexpr (is_coroutine<hook::rollback>) return await(hook::rollback);
            else if constexpr (has_transactions) handler_.rollback_implicit();
            this->rolled_back();
            break;
        }
        return step::go_on;
    }

    /// The session is to end; or a cursor that is awaited has written much.
    step interruption() noexcept {
        return interrupted_ == step::flush ? std::exchange(interrupted_, step::go_on) : interrupted_;
    }

    decltype(auto) call_prepare() {
        auto const& s = *preparation_.current();
        return handler_.prepare(std::string_view(s.text), std::span<oid const>(s.types));
    }
    decltype(auto) call_describe() { return handler_.describe(*describing_.statement().user); }
    decltype(auto) call_execute() {
        portal& p = *execution_.active();
        if constexpr (detail::has_prepare<Handler>) return handler_.execute(std::as_const(p.request), *p.statement->user);
        else return handler_.execute(std::as_const(p.request));
    }

    void begun() {
        transaction_.begun();
        stage_ = in_simple_query_ ? stage::prepare : stage::execute;
    }
    template<class Make>
    void prepared(Make make) {
        preparation_.current()->user.emplace(detail::elide{std::move(make)});
        prepared();
    }
    /// @return whether there is something to pull now
    template<class Make>
    [[gnu::always_inline]] bool executed(Make make) {
        execution_.active()->outcome.emplace(detail::elide{std::move(make)});
        return this->begin_pulls();
    }

    // ---- messages

    [[gnu::always_inline]]  // with what it calls: the loop over all messages that are there
    step next_message() {
        auto [tag, body] = incoming_.next_whole();
        if (body.data() == nullptr) {
            if (incoming_.is_empty()) return step::read;
            piece const p = incoming_.next();
            if (p.what != piece::kind::message) return this->on_no_message(p);
            tag = p.tag;
            body = p.body;
        }
        return on_message(tag, body);
    }

    [[gnu::always_inline]] step on_message(char tag, std::string_view body) {
        if constexpr (detail::may_copy_in<outcome_type>)
            if (incoming_.copying()) [[unlikely]] return this->on_copy_message(tag, body);
        answering_ = tag;
        ++this->statement_number_;
        if constexpr (detail::has_on_message<Handler>)
            if (handler_.on_message(frontend_message{tag, body}) == message_verdict::answered)
                return this->end_answered_message(), step::go_on;
        if constexpr (detail::simple_protocol_only<Handler>)
            if (tag != query::tag && tag != sync::tag && tag != terminate::tag)
                throw sql_error(sqlstates::feature_not_supported, "only the simple query protocol is supported here");
        switch (tag) {
        case query::tag: on_query(body); break;
        case parse::tag: on_parse(body); break;
        case bind::tag: on_bind(body); break;
        case describe::tag: on_describe(body); break;
        case execute::tag: on_execute(body); break;
        case close::tag: on_close(body); break;
        case flush::tag:
            if (!body.empty()) detail::refuse(errc::trailing_data);
            must_flush_ = true;
            break;
        case sync::tag:
            if (!body.empty()) detail::refuse(errc::trailing_data);
            this->end_statements();
            break;
        case function_call::tag: on_function_call(body); break;
        case terminate::tag: return step::close;
        default: break;
        }
        return step::go_on;
    }

    // ---- the simple protocol

    void on_query(std::string_view body) {
        auto const m = detail::decode_or_refuse<query>(body);
        objects_.close_statement({});
        objects_.close_portal({});
        if (!preparation_.begin(m.text)) {
            put(empty_query_response{});
            return this->end_cycle();
        }
        leaves_open_ = transaction_.is_implicit() && !preparation_.has_several();
        in_simple_query_ = true;
        context_.begin_statement();
        if constexpr (detail::has_check_syntax<Handler>)
            if (preparation_.has_several())
                preparation_.check_all([this](std::string_view piece) { handler_.check_syntax(piece); });
        this->start_statement();
    }

    // ---- the extended protocol; what each query does stands in the loop itself

    void on_parse(std::string_view body) {
        auto const m = detail::decode_or_refuse<parse>(body);
        if (preparation_.begin(m, objects_)) stage_ = stage::prepare;
        else prepared();
    }

    /// There is a statement: a simple query executes it, Parse and PREPARE give it its name.
    void prepared() {
        if (this->end_prepare()) return;
        if (in_simple_query_) {
            simple_portal_.statement = preparation_.current();
            simple_portal_.request = {simple_portal_.statement->text, {}, &context_};
            execution_.attach(simple_portal_, detail::pull_state::no_limit);
            stage_ = stage::execute;  // the implicit transaction, if there must be one, is open already
        } else {
            preparation_.store(objects_);
            put(parse_complete{});
            stage_ = stage::message;
        }
    }

    [[gnu::always_inline]] void on_bind(std::string_view body) {
        auto const& m = this->keep_bind(body);
        statement_ref const& s = objects_.statement(m.statement);
        detail::check_parameters(m, s->types);
        this->check_results(m, objects_.followed(*s));
        this->admit(*s);
        portal& p = objects_.add_portal(m.portal, *s, body.size());
        p.number = context_.count_portal();
        this->bind_portal(p, s);
        this->show_values(p);
        put(bind_complete{});
    }

    [[gnu::always_inline]] void on_describe(std::string_view body) {
        this->admit(describing_.begin(detail::decode_or_refuse<describe>(body), objects_));
        if constexpr (detail::stands_for_another<statement_type>) this->admit(describing_.statement());
        if (auto const columns = describing_.known()) described(*columns);
        else stage_ = stage::describe;
    }

    void described(std::span<column const> columns) {
        describing_.answer(out_, columns);
        stage_ = stage::message;
    }

    [[gnu::always_inline]] void on_execute(std::string_view body) {
        auto const m = detail::decode_or_refuse<execute>(body);
        portal* const found = objects_.look_up_portal(m.portal);
        if (found == nullptr) [[unlikely]] return this->execute_unknown(m);
        portal& p = *found;
        if (p.statement->is_empty) return put(empty_query_response{});
        if (p.current != portal::state::failed) this->admit(*p.statement);
        context_.begin_statement();
        execution_.attach(p, detail::row_limit(m));
        switch (p.current) {
        case portal::state::ready: stage_ = transaction_.must_begin(false) ? stage::begin : stage::execute; return;
        case portal::state::suspended: stage_ = stage::pull; return;
        case portal::state::exhausted: return this->complete();
        case portal::state::failed:
            if (transaction_.status() == transaction_status::failed_block) detail::refuse_in_failed_block();
            [[fallthrough]];
        case portal::state::done:
            throw sql_error(sqlstates::object_not_in_prerequisite_state, "portal \"" + p.name + "\" cannot be run");
        }
    }

    void on_close(std::string_view body) {
        auto const m = detail::decode_or_refuse<close>(body);
        switch (m.target) {
        case target::statement: objects_.close_statement(m.name); break;
        case target::portal: objects_.close_portal(m.name); break;
        default: detail::unknown_target("CLOSE", m.target);
        }
        put(close_complete{});
    }

    void on_function_call(std::string_view body) {
        call_ = detail::decode_or_refuse<function_call>(body);
        if constexpr (!detail::has_call_function<Handler>)
            throw sql_error(sqlstates::feature_not_supported, "function calls are not supported here");
        if (transaction_.status() == transaction_status::failed_block) detail::refuse_in_failed_block();
        context_.begin_statement();
        stage_ = stage::call;
    }
    void called(function_result const& made) {
        put(function_call_response{made ? value(*made) : value()});
        this->end_statements();
    }

    step use_progress(detail::pulled progress) {
        switch (progress) {
        case detail::pulled::await: return await(hook::pull);
        case detail::pulled::again:
        case detail::pulled::pause: return step::flush;
        case detail::pulled::suspended: this->suspend_portal(); break;
        case detail::pulled::complete: this->complete(); break;
        case detail::pulled::copying: this->begin_copy(); break;
        case detail::pulled::preparing: this->begin_prepare(); break;
        case detail::pulled::executing: this->execute_named(); break;
        case detail::pulled::both: return step::take;
        case detail::pulled::waiting: return step::wait;
        case detail::pulled::part: stage_ = stage::part; break;
        }
        return step::go_on;
    }

    function_call call_;  // at work
    detail::describing<statement_type, outcome_type> describing_;
};

}  // namespace pgwire
