// The query protocol of one session, without I/O: messages in, answers out, hooks called in between.
//
// Floor 4. Bytes go into `input()`, `advance()` runs every message that is complete, and answers stand in `output()`.
// What can't be done without waiting is told by the step that `advance` returns: more bytes, a write, or a hook that is a
// coroutine, which `await_hook` runs. Plain hooks are plain calls. What happens to a statement is a chain of stages:
//
//     message ─▶ prepare ─▶ (message)                                          Parse
//     message ─▶ begin ─▶ execute ─▶ pull ─▶ … ─▶ (message)                    Execute
//     message ─▶ { begin ─▶ prepare ─▶ execute ─▶ pull ─▶ … } ─▶ commit        Query, for each statement
//     message ─▶ commit ─▶ (message)                                           Sync
//     any of them, on an error: ─▶ rollback ─▶ (message)
//
// Source: PostgreSQL documentation, "Message Flow"; details as measured on its servers, where versions differ on 18.
#pragma once

#include "pgwire/protocol/frame.hpp"
#include "pgwire/protocol/messages.hpp"
#include "pgwire/protocol/server_rules.hpp"
#include "pgwire/server/failure.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/statements.hpp"
#include "pgwire/server/transaction.hpp"
#include "pgwire/types/row_encoder.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// What a query loop needs next.
enum class step : std::uint8_t {
    go_on,  ///< nothing (only inside)
    read,   ///< bytes in `input()`; first write what must leave, if `must_flush()`
    flush,  ///< `output()` is large: write it, and let others run
    await,  ///< `await_hook()`
    close,  ///< the end: write what is left, then close
    abort,  ///< the end, without a word
};

template<class Handler>
class query_loop {
    static_assert(detail::check_handler<Handler>());

    using statement_type = detail::statement_type<Handler>;
    using outcome_type = detail::outcome_type<Handler>;
    using splitter = typename detail::splitter_of<Handler>::type;
    using statement = detail::prepared_statement<statement_type>;
    using statement_ref = detail::statement_ref<statement_type>;
    using portal = detail::portal<statement_type, outcome_type>;

    static constexpr bool has_transactions = detail::has_begin_implicit<Handler>;

public:
    query_loop(Handler& handler, session_context& context, receive_buffer& in, send_buffer& out,
               message_limits const& limits = {})
        : handler_(handler), context_(context), in_(in), out_(out), framer_(limits) {}
    query_loop(query_loop const&) = delete;
    query_loop& operator=(query_loop const&) = delete;
    ~query_loop() {
        portals_.remove_all([](portal& p) { p.clear(); });
        simple_portal_.clear();
    }

    [[nodiscard]] receive_buffer& input() noexcept { return in_; }
    [[nodiscard]] send_buffer& output() noexcept { return out_; }

    /// Has something been answered that must not wait for more? Asking clears it.
    [[nodiscard]] bool must_flush() noexcept { return std::exchange(must_flush_, false); }

    /// Is the session between two messages, with nothing at work? Then messages from elsewhere may be sent.
    [[nodiscard]] bool is_idle() const noexcept { return stage_ == stage::message && !framer_.inside_message(); }

    /// The first ReadyForQuery of a session.
    void start() { ready(); }

    /// Does all that can be done at once.
    [[nodiscard]] step advance() {
        for (;;) {
            try {
                step const next = run_stage();
                if (next != step::go_on) return next;
            } catch (...) {
                fail(std::current_exception());
            }
        }
    }

    /// Runs the coroutine hook that `advance` stopped at. Its failure is answered like any other.
    /// @param before_pull called before each pull of a cursor while rows are waiting to leave
    template<class BeforePull>
    [[nodiscard]] task<> await_hook(BeforePull& before_pull) {
        std::exception_ptr failure;
        try {
            if constexpr (is_async<hook::begin>)
                if (awaited_ == hook::begin) {
                    co_await call<hook::begin>();
                    settle<hook::begin>();
                }
            if constexpr (is_async<hook::prepare>)
                if (awaited_ == hook::prepare) {
                    auto made = co_await call<hook::prepare>();
                    settle<hook::prepare>([&made]() -> auto&& { return std::move(made); });
                }
            if constexpr (is_async<hook::describe>)
                if (awaited_ == hook::describe) {
                    auto const told = co_await call<hook::describe>();
                    settle<hook::describe>([&told] { return told; });
                }
            if constexpr (is_async<hook::execute>)
                if (awaited_ == hook::execute) {
                    auto made = co_await call<hook::execute>();
                    settle<hook::execute>([&made]() -> auto&& { return std::move(made); });
                }
            if constexpr (is_async<hook::pull>)
                if (awaited_ == hook::pull) {
                    for (bool again = true; again;) {
                        if (!out_.empty()) before_pull();
                        bool const more = co_await pull_async();
                        again = after_async_pull(more);
                    }
                }
            if constexpr (is_async<hook::commit>)
                if (awaited_ == hook::commit) {
                    co_await call<hook::commit>();
                    settle<hook::commit>();
                }
            if constexpr (is_async<hook::rollback>)
                if (awaited_ == hook::rollback) {
                    co_await call<hook::rollback>();
                    settle<hook::rollback>();
                }
        } catch (...) {
            failure = std::current_exception();
        }
        awaited_ = hook::none;
        if (failure) fail(failure);
    }

    /// Ends the session with an error of severity FATAL; `advance` then returns `step::close`.
    void fatal(sqlstate code, std::string_view text) {
        diagnostic d;
        d.severity = severity::fatal;
        d.code = code;
        d.message = text;
        send_error(d, {});
        closing_ = true;
    }

private:
    enum class stage : std::uint8_t { message, begin, prepare, describe, execute, pull, commit, rollback };
    enum class hook : std::uint8_t { none, begin, prepare, describe, execute, pull, commit, rollback };

    // ---- hooks: called in one place each, and what they return is used in one place each, plain or awaited

    template<hook Which>
    decltype(auto) call() {
        if constexpr (Which == hook::begin) {
            return handler_.begin_implicit();
        } else if constexpr (Which == hook::prepare) {
            return handler_.prepare(std::string_view(preparing_->text), std::span<oid const>(preparing_->types));
        } else if constexpr (Which == hook::describe) {
            return handler_.describe(*describing_->user);
        } else if constexpr (Which == hook::execute) {
            auto const& request = std::as_const(active_->request);
            if constexpr (detail::has_prepare<Handler>) return handler_.execute(request, *active_->statement->user);
            else return handler_.execute(request);
        } else if constexpr (Which == hook::commit) {
            return handler_.commit_implicit();
        } else if constexpr (Which == hook::rollback) {
            return handler_.rollback_implicit();
        }
    }

    template<hook Which>
    static constexpr bool is_async = [] {
        if constexpr (Which == hook::prepare) return detail::statement_of<Handler>::async;
        else if constexpr (Which == hook::execute) return detail::outcome_of<Handler>::async;
        else if constexpr (Which == hook::pull) return detail::pulls_async<outcome_type>;
        else if constexpr (Which == hook::describe) {
            if constexpr (detail::has_describe<Handler>)
                return detail::is_task<decltype(std::declval<Handler&>().describe(std::declval<statement_type&>()))>;
            else return false;
        } else if constexpr (!has_transactions) return false;
        else if constexpr (Which == hook::begin) return detail::is_task<decltype(std::declval<Handler&>().begin_implicit())>;
        else if constexpr (Which == hook::commit)
            return detail::is_task<decltype(std::declval<Handler&>().commit_implicit())>;
        else return detail::is_task<decltype(std::declval<Handler&>().rollback_implicit())>;
    }();

    /// Calls a hook and uses its result; a coroutine is left to `await_hook`.
    template<hook Which>
    step run() {
        if constexpr (is_async<Which>) {
            awaited_ = Which;
            return step::await;
        } else if constexpr (Which == hook::prepare || Which == hook::describe || Which == hook::execute) {
            settle<Which>([this]() -> decltype(auto) { return call<Which>(); });
        } else {
            call<Which>();
            settle<Which>();
        }
        return step::go_on;
    }

    template<hook Which>
    void settle() {
        if constexpr (Which == hook::begin) {
            implicit_open_ = true;
            stage_ = in_simple_query_ ? stage::prepare : stage::execute;
        } else if constexpr (Which == hook::commit) {
            implicit_open_ = false;
            end_cycle();
        } else if constexpr (Which == hook::rollback) {
            implicit_open_ = false;
            recover();
        }
    }
    template<hook Which, class Make>
    void settle(Make make) {
        if constexpr (Which == hook::prepare) {
            preparing_->user.emplace(detail::elide{std::move(make)});
            prepared();
        } else if constexpr (Which == hook::describe) {
            description const told = make();
            answer_describe(told.parameters, told.columns);
        } else {
            active_->outcome.emplace(detail::elide{std::move(make)});
            executed();
        }
    }

    // ---- stages

    step run_stage() {
        if (closing_) [[unlikely]] return step::close;
        switch (stage_) {
        case stage::message: return next_message();
        case stage::prepare:
            if constexpr (detail::has_prepare<Handler>) return run<hook::prepare>();
            else return prepared(), step::go_on;
        case stage::describe:
            if constexpr (detail::has_describe<Handler>) return run<hook::describe>();
            else break;
        case stage::execute: return admit(*active_->statement), run<hook::execute>();
        case stage::pull: return pull();
        case stage::begin:
            if constexpr (has_transactions) return run<hook::begin>();
            else break;
        case stage::commit:
            if constexpr (has_transactions) return run<hook::commit>();
            else break;
        case stage::rollback:
            if constexpr (has_transactions) return run<hook::rollback>();
            else break;
        }
        return step::abort;  // not reached: such a stage is never entered
    }

    step next_message() {
        auto const p = framer_.next(in_.unread(), rules_.skipping());
        switch (p.what) {
        case piece::kind::incomplete: return step::read;
        case piece::kind::message: break;
        case piece::kind::chunk:
        case piece::kind::last_chunk:  // of a message that is dropped
            in_.consume(p.consumed);
            return step::go_on;
        case piece::kind::unknown_type:
            fatal(sqlstates::protocol_violation,
                  "invalid frontend message type " + std::to_string(static_cast<unsigned char>(p.tag)));
            return step::close;
        case piece::kind::invalid_length: return step::abort;
        }
        in_.consume(p.consumed);  // its bytes stay until the next read
        if (rules_.on_message(p.tag) == reaction::act) return on_message(p.tag, p.body);
        return step::go_on;
    }

    step on_message(char tag, std::string_view body) {
        answering_ = tag;
        if constexpr (detail::simple_protocol_only<Handler>)
            if (is_extended(tag))
                throw sql_error(sqlstates::feature_not_supported, "the extended query protocol is not supported here");
        switch (tag) {
        case query::tag: on_query(checked<query>(body)); break;
        case parse::tag: on_parse(checked<parse>(body)); break;
        case bind::tag: on_bind(body); break;
        case describe::tag: on_describe(checked<describe>(body)); break;
        case execute::tag: on_execute(checked<execute>(body)); break;
        case close::tag: on_close(checked<close>(body)); break;
        case flush::tag: static_cast<void>(checked<flush>(body)), must_flush_ = true; break;
        case sync::tag: static_cast<void>(checked<sync>(body)), end_statements(); break;
        case function_call::tag:
            static_cast<void>(checked<function_call>(body));
            throw sql_error(sqlstates::feature_not_supported, "function calls are not supported here");
        case terminate::tag: return step::close;
        default: break;
        }
        return step::go_on;
    }

    static constexpr bool is_extended(char tag) noexcept {
        return tag == parse::tag || tag == bind::tag || tag == describe::tag || tag == execute::tag || tag == close::tag;
    }

    template<class Message>
    static Message checked(std::string_view body) {
        auto decoded = decode<Message>(body);
        if (!decoded) [[unlikely]] refuse(decoded.error());
        return *decoded;
    }
    [[noreturn]] static void refuse(errc error) { throw sql_error(to_sqlstate(error), std::string(message(error))); }

    static void check_encoding(std::string_view text) {
        if (!valid_utf8(text)) [[unlikely]] refuse(errc::invalid_encoding);
    }

    // ---- the simple protocol

    void on_query(query const& m) {
        statements_.remove({}, [](statement_ref& s) { s.reset(); });
        drop_portal({});
        check_encoding(m.text);
        query_text_ = m.text;
        rest_of_query_.emplace(m.text);
        auto const first = rest_of_query_->next();
        if (!first) {
            put(empty_query_response{});
            return ready();
        }
        next_statement_ = rest_of_query_->next();
        several_statements_ = next_statement_.has_value();
        in_simple_query_ = true;
        start_statement(*first);
    }

    void start_statement(statement_text piece) {
        preparing_.renew();
        preparing_->text.assign(piece.text);
        preparing_->offset = piece.offset;
        stage_ = must_begin() ? stage::begin : stage::prepare;
    }

    /// A statement of a simple query is done: on to the next, or to the end of the cycle.
    void next_of_query() {
        simple_portal_.clear();
        if (next_statement_) {
            auto const piece = *next_statement_;
            next_statement_ = rest_of_query_->next();
            start_statement(piece);
        } else {
            end_statements();
        }
    }

    // ---- the extended protocol

    void on_parse(parse const& m) {
        if (m.statement.empty()) {  // also gone if this fails
            if (auto* const old = statements_.find({})) preparing_ = std::move(*old);
            statements_.remove({}, [](statement_ref& s) { s.reset(); });
        }
        check_encoding(m.text);
        preparing_.renew();
        splitter pieces(m.text);
        auto const first = pieces.next();
        if (first && pieces.next())
            throw sql_error(sqlstates::syntax_error, "cannot insert multiple commands into a prepared statement");
        preparing_->is_empty = !first;
        preparing_->text.assign(first ? first->text : std::string_view());
        preparing_->offset = first ? first->offset : 0;
        for (oid const type : m.parameter_types) preparing_->types.push_back(type);
        query_text_ = m.text;
        preparing_name_.assign(m.statement);
        stage_ = stage::prepare;
        if (preparing_->is_empty) store_statement();
    }

    /// There is a statement in `preparing_`: a simple query executes it, Parse gives it its name.
    void prepared() {
        if (!in_simple_query_) return store_statement();
        portal& p = simple_portal_;
        p.statement = preparing_;
        p.request = {p.statement->text, {}, &context_};
        run_portal(p, detail::pull_state::no_limit);
    }

    void store_statement() {
        statement& s = *preparing_;
        if constexpr (detail::tells_parameters<statement_type>) {
            if (s.user) {
                std::span<oid const> const types = s.user->parameters();
                s.types.assign(types.begin(), types.end());
            }
        } else {
            if constexpr (std::same_as<splitter, sql_splitter>)
                if (auto const used = count_parameters(s.text); used > s.types.size()) s.types.resize(used);
            std::replace(s.types.begin(), s.types.end(), oid{}, types::text.type);
        }
        if (!preparing_name_.empty() && statements_.find(preparing_name_) != nullptr)
            throw sql_error(sqlstates::duplicate_pstatement,
                            "prepared statement \"" + preparing_name_ + "\" already exists");
        statements_.add(preparing_name_) = std::move(preparing_);
        put(parse_complete{});
        stage_ = stage::message;
    }

    void on_bind(std::string_view body) {
        auto const m = checked<bind>(bound_values_.assign(body));  // the copy that the portal's views will point into
        statement_ref const s = find_statement(m.statement);
        check_formats(m, *s);
        admit(*s);
        if (m.portal.empty()) drop_portal({});
        else if (portals_.find(m.portal) != nullptr)
            throw sql_error(sqlstates::duplicate_cursor, "cursor \"" + std::string(m.portal) + "\" already exists");
        portal& p = portals_.add(m.portal);
        p.name.assign(m.portal);
        p.statement = s;
        std::swap(p.values, bound_values_);
        p.formats = m.result_formats;
        p.request = {s->text, {m.parameter_formats, m.parameters, s->types, context_.style()}, &context_};
        put(bind_complete{});
    }

    void check_formats(bind const& m, statement const& s) {
        auto const formats = m.parameter_formats.size();
        auto const values = m.parameters.size();
        if (formats > 1 && formats != values)
            throw sql_error(sqlstates::protocol_violation, "bind message has " + std::to_string(formats) +
                                                               " parameter formats but " + std::to_string(values) +
                                                               " parameters");
        if (values != s.types.size())
            throw sql_error(sqlstates::protocol_violation,
                            "bind message supplies " + std::to_string(values) + " parameters, but prepared statement \"" +
                                std::string(m.statement) + "\" requires " + std::to_string(s.types.size()));
        if (auto const columns = known_columns(s); columns && !columns->empty())
            if (auto const n = m.result_formats.size(); n > 1 && n != columns->size())
                throw sql_error(sqlstates::protocol_violation, "bind message has " + std::to_string(n) +
                                                                   " result formats but query has " +
                                                                   std::to_string(columns->size()) + " columns");
        if (values == 0) return;
        for (format const f : m.parameter_formats) check_format(f);
        bool const one = formats < 2;
        format const first = formats == 0 ? format::text : m.parameter_formats[0];
        if (one && first == format::binary) return;
        std::size_t i = 0;
        for (auto const& v : m.parameters) {
            if (v && (one || m.parameter_formats[i] == format::text)) check_encoding(*v);
            ++i;
        }
    }
    static void check_format(format f) {
        if (f != format::text && f != format::binary)
            throw sql_error(sqlstates::invalid_parameter_value,
                            "unsupported format code: " + std::to_string(static_cast<int>(f)));
    }

    void on_describe(describe const& m) {
        if (m.target == target::statement) {
            describing_ = find_statement(m.name);
            describing_portal_ = nullptr;
        } else if (m.target == target::portal) {
            describing_portal_ = &find_portal(m.name);
            describing_ = describing_portal_->statement;
        } else {
            throw sql_error(sqlstates::protocol_violation, "invalid DESCRIBE message subtype " +
                                                               std::to_string(static_cast<unsigned char>(m.target)));
        }
        admit(*describing_);
        if (describing_->is_empty) answer_describe({}, {});
        else if (auto const columns = known_columns(*describing_)) answer_describe(describing_->types, *columns);
        else stage_ = stage::describe;
    }

    void answer_describe(std::span<oid const> types, std::span<column const> columns) {
        if (describing_portal_ == nullptr) put(parameter_description{types});
        if (columns.empty()) put(no_data{});
        else put_row_description(columns, describing_portal_ == nullptr ? result_formats() : describing_portal_->formats);
        describing_.reset();
        stage_ = stage::message;
    }

    void on_execute(execute const& m) {
        portal& p = find_portal(m.portal);
        if (p.statement->is_empty) return put(empty_query_response{});
        auto const limit = m.max_rows <= 0 ? detail::pull_state::no_limit : static_cast<std::uint64_t>(m.max_rows);
        switch (p.current) {
        case portal::state::ready: return run_portal(p, limit);
        case portal::state::suspended:
        case portal::state::exhausted:
            active_ = &p;
            p.pull.rows = 0;
            p.pull.limit = limit;
            if (p.current == portal::state::exhausted) return complete(tag_of_rows(p));
            stage_ = stage::pull;
            return;
        case portal::state::failed:
            if (status() == transaction_status::failed_block)
                throw sql_error(sqlstates::in_failed_sql_transaction,
                                "current transaction is aborted, commands ignored until end of transaction block");
            [[fallthrough]];
        case portal::state::done:
            throw sql_error(sqlstates::object_not_in_prerequisite_state, "portal \"" + p.name + "\" cannot be run");
        }
    }

    void on_close(close const& m) {
        if (m.target == target::statement) statements_.remove(m.name, [](statement_ref& s) { s.reset(); });
        else if (m.target == target::portal) drop_portal(m.name);
        else
            throw sql_error(sqlstates::protocol_violation,
                            "invalid CLOSE message subtype " + std::to_string(static_cast<unsigned char>(m.target)));
        put(close_complete{});
    }

    // ---- executing a portal

    void run_portal(portal& p, std::uint64_t limit) {
        active_ = &p;
        p.pull.rows = 0;
        p.pull.limit = limit;
        stage_ = must_begin() ? stage::begin : stage::execute;
    }

    /// There is an outcome in the active portal.
    void executed() {
        portal& p = *active_;
        p.pull.out = &out_;
        p.pull.formats = p.formats;
        p.pull.style = &context_.style();
        p.current = portal::state::suspended;
        stage_ = stage::pull;
        detail::visit_outcome(*p.outcome, [&]<class O>(O& outcome) {
            if constexpr (detail::cursor_type<O>) {
                std::span<column const> const columns = detail::columns_of_cursor(outcome);
                p.pull.columns = columns.size();
                if (in_simple_query_) return put_row_description(columns, p.formats);
                if (!p.formats.known()) throw sql_error(sqlstates::invalid_parameter_value, "unsupported format code");
                if constexpr (!detail::has_static_columns<outcome_type>) check_unchanged(*p.statement, columns);
            }
        });
    }

    /// A client was, or may have been, told of other columns when the statement was prepared.
    static void check_unchanged(statement const& s, std::span<column const> now) {
        auto const then = known_columns(s);
        if (then && !std::equal(then->begin(), then->end(), now.begin(), now.end(), [](column const& a, column const& b) {
                return a.type == b.type;
            }))
            throw sql_error(sqlstates::feature_not_supported, "cached plan must not change result type");
    }

    step pull() {
        portal& p = *active_;
        return detail::visit_outcome(*p.outcome, [&]<class O>(O& outcome) {
            if constexpr (detail::pulls_async<O>) {
                awaited_ = hook::pull;
                return step::await;
            } else if constexpr (detail::cursor_type<O>) {
                auto& out = p.writer.template emplace<typename O::row>(p.pull);
                for (;;) {
                    bool const more = outcome.next(out);
                    if (!after_pull(p, more)) return stage_ == stage::pull ? step::flush : step::go_on;
                }
            } else {
                if constexpr (std::same_as<O, forget>) forget_objects(outcome);
                p.current = portal::state::done;
                if constexpr (std::same_as<O, forget>) complete(command(outcome.done));
                else complete(command(outcome));
                return step::go_on;
            }
        });
    }

    task<bool> pull_async() {
        portal& p = *active_;
        return detail::visit_outcome(*p.outcome, [&]<class O>(O& outcome) -> task<bool> {
            if constexpr (detail::pulls_async<O>) return outcome.next(p.writer.template emplace<typename O::row>(p.pull));
            else throw std::bad_variant_access();  // only a cursor that awaits is awaited
        });
    }
    bool after_async_pull(bool more) { return after_pull(*active_, more); }

    /// @return whether to pull again at once
    bool after_pull(portal& p, bool more) {
        if (p.pull.rows == p.pull.limit) {
            if (!more) p.current = portal::state::exhausted;
            put(portal_suspended{});
            active_ = nullptr;
            stage_ = stage::message;
            return false;
        }
        if (!more) {
            p.current = portal::state::exhausted;
            complete(tag_of_rows(p));
            return false;
        }
        if (context_.cancelled()) [[unlikely]] throw canceled();
        return out_.size() < detail::pull_state::flush_threshold;
    }

    static command tag_of_rows(portal& p) {
        return detail::visit_outcome(*p.outcome, [&]<class O>(O& outcome) -> command {
            if constexpr (requires { { outcome.tag(p.pull.rows) } -> std::convertible_to<command>; })
                return outcome.tag(p.pull.rows);
            else return {"SELECT", p.pull.rows};
        });
    }

    static sql_error canceled() {
        return {sqlstates::query_canceled, "canceling statement due to user request"};
    }

    /// The active portal's statement is done.
    void complete(command const& done) {
        put(command_complete{done.tag()});
        auto const before = status();
        if constexpr (!detail::has_transaction<Handler>) tracker_.on_complete(done.tag(), active_->statement->text);
        auto const after = status();
        if (after == transaction_status::in_block) implicit_open_ = false;  // the block has adopted it
        if (before != transaction_status::idle && after == transaction_status::idle) drop_portals(active_);
        active_ = nullptr;
        stage_ = stage::message;
        if (in_simple_query_) next_of_query();
    }

    void forget_objects(forget const& what) {
        if (what.statement &&
            !statements_.remove(*what.statement, [](statement_ref& s) { s.reset(); }))
            throw sql_error(sqlstates::undefined_pstatement,
                            "prepared statement \"" + *what.statement + "\" does not exist");
        if (what.all_statements) statements_.remove_all([](statement_ref& s) { s.reset(); });
        if (what.portals) drop_portals(active_);
    }

    // ---- transactions and the end of a cycle

    [[nodiscard]] transaction_status status() const {
        if constexpr (detail::has_transaction<Handler>) return std::as_const(handler_).transaction();
        else return tracker_.status();
    }

    /// Must a transaction of its own be opened around what comes?
    [[nodiscard]] bool must_begin() const {
        if constexpr (has_transactions)
            return !implicit_open_ && (!in_simple_query_ || several_statements_) && status() == transaction_status::idle;
        else return false;
    }

    /// Sync, and the end of a simple query.
    void end_statements() {
        if (has_transactions && implicit_open_) stage_ = stage::commit;
        else end_cycle();
    }
    void end_cycle() {
        in_simple_query_ = false;
        stage_ = stage::message;
        if (status() == transaction_status::idle) drop_portals(nullptr);
        ready();
    }

    void ready() {
        if (auto const& mailbox = context_.mailbox()) {
            mailbox->collect(out_);
            mailbox->reset_cancel();
        }
        context_.report_parameters();
        put(ready_for_query{status()});
        must_flush_ = true;
    }

    // ---- errors

    void fail(std::exception_ptr const& thrown) {
        auto [d, cause] = detail::diagnose(thrown);
        if (context_.cancelled() && d.code == sqlstates::internal_error) d = canceled().fields();  // an await was aborted
        if (stage_ == stage::rollback) {  // the client has its error already
            implicit_open_ = false;
            return recover();
        }
        if (in_simple_query_ || stage_ == stage::prepare) move_position(d);
        send_error(d, cause);
        abandon();
        if (has_transactions && implicit_open_) stage_ = stage::rollback;
        else recover();
    }

    /// A position counts from the beginning of what the client sent.
    void move_position(diagnostic& d) const {
        if (d.position == 0 || !preparing_or_active()) return;
        auto const before = query_text_.substr(0, preparing_or_active()->offset);
        d.position += static_cast<std::uint32_t>(
            std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    }
    [[nodiscard]] statement const* preparing_or_active() const {
        return active_ != nullptr ? active_->statement.get() : preparing_.get();
    }

    void send_error(diagnostic& d, std::string_view cause) {
        out_.rollback();  // a row that was being written
        if constexpr (detail::has_on_error<Handler>) handler_.on_error(d, cause);
        else static_cast<void>(cause);
        put(error_response{diagnostic_view(d).fields()});
        must_flush_ = true;
        if (d.severity == severity::fatal || d.severity == severity::panic) closing_ = true;
    }

    /// The transaction has failed, and with it every portal in it.
    void abandon() {
        tracker_.on_error();
        portals_.for_each([](portal& p) {
            p.outcome.reset();
            p.current = portal::state::failed;
        });
        simple_portal_.clear();
        active_ = nullptr;
        describing_.reset();
    }

    void recover() {
        in_simple_query_ = false;
        stage_ = stage::message;
        if (rules_.on_error(answering_) == recovery::ready) end_cycle();
    }

    // ---- small things

    template<class Message>
    void put(Message const& m) {
        if (auto const done = encode(out_, m); !done) [[unlikely]] refuse(done.error());
    }
    void put_row_description(std::span<column const> columns, result_formats const& formats) {
        if (auto const done = encode_row_description(out_, columns, formats); !done) [[unlikely]] refuse(done.error());
    }

    void admit([[maybe_unused]] statement const& s) {
        if constexpr (detail::has_admit<Handler>)
            if (s.user) handler_.admit(*s.user);
    }

    /// The columns of a statement's result, if they are known without asking the handler.
    static std::optional<std::span<column const>> known_columns([[maybe_unused]] statement const& s) {
        if constexpr (detail::tells_columns<statement_type>) {
            if (s.user) return std::span<column const>(s.user->columns());
            return std::span<column const>();
        } else if constexpr (detail::has_static_columns<outcome_type>) {
            return detail::static_columns<outcome_type>();
        } else {
            return std::nullopt;
        }
    }

    statement_ref find_statement(std::string_view name) {
        if (auto* const found = statements_.find(name)) [[likely]] return *found;
        throw sql_error(sqlstates::undefined_pstatement,
                        name.empty() ? std::string("unnamed prepared statement does not exist")
                                     : "prepared statement \"" + std::string(name) + "\" does not exist");
    }
    portal& find_portal(std::string_view name) {
        if (auto* const found = portals_.find(name)) [[likely]] return *found;
        throw sql_error(sqlstates::undefined_cursor, "portal \"" + std::string(name) + "\" does not exist");
    }
    void drop_portal(std::string_view name) {
        portals_.remove(name, [](portal& p) { p.clear(); });
    }
    void drop_portals(portal const* keep) {
        portals_.remove_all([](portal& p) { p.clear(); }, keep);
    }

    Handler& handler_;
    session_context& context_;
    receive_buffer& in_;
    send_buffer& out_;
    framer<sender::frontend> framer_;
    server_rules rules_;
    transaction_tracker tracker_;

    stage stage_ = stage::message;
    hook awaited_ = hook::none;
    char answering_ = 0;            // the message at work
    bool in_simple_query_ = false;
    bool several_statements_ = false;
    bool implicit_open_ = false;    // begin_implicit was called, and neither commit_ nor rollback_implicit
    bool must_flush_ = false;
    bool closing_ = false;

    detail::name_space<statement_ref> statements_;
    detail::name_space<portal> portals_;
    portal simple_portal_;
    portal* active_ = nullptr;
    statement_ref preparing_;
    std::string preparing_name_;
    detail::arena bound_values_;
    statement_ref describing_;
    portal* describing_portal_ = nullptr;

    std::string_view query_text_;   // of the simple query at work; stays in the receive buffer until it is done
    std::optional<splitter> rest_of_query_;
    std::optional<statement_text> next_statement_;
};

}  // namespace pgwire
