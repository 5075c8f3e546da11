// What a COPY adds to the cycle of a statement: the client's data, and data in both directions. And the parts of a
// sequence.
//
// Floor 4. A COPY from the client takes the place of the query loop's messages until its end. One in both directions
// runs beside it: the session goes on pulling, as it does with any outcome, and a second coroutine of the session's
// (taking.hpp) takes the client's data here. Only the first of the two touches what is sent, and the statement's fate:
// what the other one fails with is left for it to find.
// Source: PostgreSQL documentation, "COPY Operations", "Streaming Replication Protocol"; details as measured.
#pragma once

#include "pgwire/protocol/copy.hpp"
#include "pgwire/protocol/frame.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/server/cycle.hpp"
#include "pgwire/server/hooks.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire::detail {

/// How far a COPY in both directions has come.
struct copying_both {
    bool has_begun = false;
    bool gives = false;            ///< the server has more to send
    bool takes = false;            ///< the client may have more to send
    bool has_news = false;         ///< for a `next` that had nothing to send
    hook awaited = hook::none;     ///< of the side that takes: `write` or `finish`
    std::exception_ptr failure{};  ///< why it takes no more
    std::exception_ptr postponed{};  ///< the failure of the whole, while `awaited` is
};

struct nothing {};

template<class Handler>
class copying : protected cycle<Handler> {
    using base = cycle<Handler>;

protected:
    using typename base::outcome_type;
    using typename base::stage;

    using base::awaited_;
    using base::awaited_body_;
    using base::context_;
    using base::execution_;
    using base::in_simple_query_;
    using base::incoming_;
    using base::must_flush_;
    using base::out_;
    using base::preparation_;
    using base::stage_;

    static constexpr bool copies_both = may_copy_both<outcome_type>;
    static constexpr bool has_parts = may_be_sequence<outcome_type>;
    /// Is there one of the hooks that `await_copy_hook` awaits?
    static constexpr bool has_copy_hooks =
        writes_async<outcome_type> || finishes_async<outcome_type> || parts_async<outcome_type>;

    /// May one of the stages come that `run_copy_stage` runs?
    static constexpr bool has_copy_stages = has_copy_hooks || has_parts || copies_both;

    static constexpr bool is_copy_hook(hook which) noexcept {
        return which == hook::copy_write || which == hook::copy_finish || which == hook::part;
    }

    using base::base;
    ~copying() = default;

    /// A statement that is cancelled meanwhile is not begun, and not gone on with.
    step await(hook which) {
        awaited_ = which;
        if (context_.cancelled() && this->is_interruptible()) give_up(context_.why_cancelled());
        return step::await;
    }

    // ---- pulling, which may be one side of two

    pulled pull() {
        if constexpr (copies_both)
            if (execution_.is_copy_both()) return pull_both();
        return execution_.pull();
    }
    pulled after_pull(bool more) {
        check_taking();
        return execution_.after_pull(more);
    }

    /// What is at work has no more to give.
    void complete() {
        if constexpr (copies_both) {
            both_.gives = false;
            if (both_.takes) return void(must_flush_ = true);  // CopyDone is written, the other one is waited for
            both_.has_begun = false;
        }
        if constexpr (copies_both || has_parts) {
            bool const is_whole = !execution_.end_part();
            if (!is_whole) return void(stage_ = stage::part);
            execution_.end();
        }
        base::complete();
    }

    /// It has failed. While the side that takes awaits a hook, its outcome must stay: then the failure waits for it.
    void fail(std::exception_ptr const& thrown) {
        if constexpr (copies_both) {
            auto const cause = both_.failure ? std::exchange(both_.failure, nullptr) : thrown;
            both_.takes = false;
            if (both_.awaited != hook::none) {
                both_.postponed = cause;
                stage_ = stage::stop;
                return;
            }
            base::fail(cause);
            both_ = {};
        } else {
            base::fail(thrown);
        }
    }

    // ---- the stages of a COPY, and of a sequence

    step run_copy_stage() {
        switch (stage_) {
        case stage::copy_write: return await(hook::copy_write);
        case stage::copy_finish: return await(hook::copy_finish);
        case stage::part:
            if constexpr (has_parts) {
                if (context_.cancelled()) [[unlikely]] give_up(context_.why_cancelled());
                if (out_.size() >= pull_state::flush_threshold) return step::flush;
                if (execution_.must_await_part()) return await(hook::part);
                bool const is_there = execution_.next_part();
                use_part(is_there);
            }
            break;
        case stage::stop:
            if constexpr (copies_both) {
                if (both_.awaited != hook::none) return step::wait;
                both_.failure = nullptr;  // of being stopped
                this->fail(std::exchange(both_.postponed, nullptr));
            }
            break;
        default: break;
        }
        return step::go_on;
    }
    task<> await_copy_hook() {
        if constexpr (writes_async<outcome_type>) {
            if (awaited_ == hook::copy_write) {
                co_await execution_.write_async(awaited_body_);
                stage_ = stage::message;
            }
        }
        if constexpr (finishes_async<outcome_type>) {
            if (awaited_ == hook::copy_finish) {
                auto const done = co_await execution_.finish_async();
                execution_.copied(done);
                copied();
            }
        }
        if constexpr (parts_async<outcome_type>) {
            if (awaited_ == hook::part) {
                bool const is_there = co_await execution_.next_part_async();
                use_part(is_there);
            }
        }
        co_return;
    }

    // ---- a COPY from the client

    /// It is the client's turn to send data: CopyInResponse is written.
    void begin_copy() {
        keep_query();
        incoming_.begin_copy();
        stage_ = stage::message;
        must_flush_ = true;
    }
    /// The sink has all of it.
    void copied() {
        incoming_.end_copy();
        this->complete();
    }

    /// Takes one of the client's data; what may come then stands in server_rules.hpp.
    step on_copy_message(char tag, std::string_view body) {
        if (context_.cancelled()) [[unlikely]] give_up(context_.why_cancelled());
        switch (tag) {
        case copy_data::tag:
            awaited_body_ = body;
            if (execution_.must_await_write()) stage_ = stage::copy_write;
            else execution_.write(body);
            break;
        case copy_done::tag:
            if (!body.empty()) refuse(errc::trailing_data);
            if (execution_.must_await_finish()) {
                stage_ = stage::copy_finish;
            } else {
                execution_.finish();
                copied();
            }
            break;
        case copy_fail::tag:
            throw sql_error(sqlstates::query_canceled,
                            "COPY from stdin failed: " + std::string(decode_or_refuse<copy_fail>(body).reason));
        default: this->lose_synchronization(tag); return step::close;
        }
        return step::go_on;
    }

public:
    // ---- the client's side of a COPY in both directions, driven beside `advance`

    /// Is there something to take, or will there be?
    [[nodiscard]] bool is_taking() const noexcept {
        if constexpr (copies_both) return both_.takes;
        else return false;
    }
    /// Is `await_taking` at work?
    [[nodiscard]] bool is_awaiting_taking() const noexcept {
        if constexpr (copies_both) return both_.awaited != hook::none;
        else return false;
    }
    /// Has it failed, so that `advance` is to find that soon?
    [[nodiscard]] bool has_taking_failed() const noexcept {
        if constexpr (copies_both) return both_.failure != nullptr;
        else return false;
    }
    /// Nothing more is to be taken, whatever comes.
    void stop_taking() noexcept {
        if constexpr (copies_both) both_.takes = false;
    }
    /// Is it over with `step::wait`, so that `advance` gets on?
    [[nodiscard]] bool may_advance() const noexcept {
        if constexpr (!copies_both) return true;
        else if (stage_ == stage::stop) return both_.awaited == hook::none;
        else return both_.has_news || !both_.takes || context_.cancelled();
    }

    /// Takes what has come of the client's data.
    /// @return `read` for more bytes, `await` for `await_taking()`, `close` if the client has left; `go_on` if all is
    ///     taken, or it has failed
    [[nodiscard]] step take() {
        try {
            while (is_taking()) {
                piece const p = incoming_.next();
                step const next = p.what == piece::kind::message ? take_message(p.tag, p.body) : take_nothing(p);
                if (next != step::go_on) return next;
            }
        } catch (...) {
            fail_taking(std::current_exception());
        }
        return step::go_on;
    }
    /// Runs the hook that `take` stopped at.
    [[nodiscard]] task<> await_taking() {
        std::exception_ptr failure;
        try {
            if constexpr (copies_both && writes_async<outcome_type>)
                if (both_.awaited == hook::copy_write) co_await execution_.write_async(awaited_body_);
            if constexpr (copies_both && finishes_async<outcome_type>) {
                if (both_.awaited == hook::copy_finish) {
                    co_await execution_.finish_both_async();
                    end_taking();
                }
            }
        } catch (...) {
            failure = std::current_exception();
        }
        both_.awaited = hook::none;
        both_.has_news = true;
        if (failure) fail_taking(failure);
        co_return;
    }

private:
    /// What is left of a simple query's text is gone on with after other messages.
    void keep_query() {
        if (in_simple_query_) preparation_.keep_text();
    }

    void use_part(bool is_there) {
        stage_ = stage::pull;
        if (is_there) return;
        execution_.end();
        base::complete();
    }

    pulled pull_both() {
        if (!both_.has_begun) return begin_both();
        check_taking();
        if (context_.cancelled()) [[unlikely]] give_up(context_.why_cancelled());
        both_.has_news = false;
        if (!both_.gives) return both_.takes ? pulled::waiting : pulled::complete;
        auto const progress = execution_.pull();
        bool const is_last = progress == pulled::waiting && !both_.takes;  // whose news could it wait for?
        return is_last ? execution_.after_pull(false) : progress;
    }
    /// CopyBothResponse is written.
    pulled begin_both() {
        keep_query();
        incoming_.begin_copy_both();
        both_.has_begun = both_.gives = both_.takes = true;
        awaited_ = hook::none;
        must_flush_ = true;
        return pulled::both;
    }

    /// @throws what the side that takes has failed with
    void check_taking() const {
        if constexpr (copies_both)
            if (both_.failure) [[unlikely]] std::rethrow_exception(both_.failure);
    }

    step take_message(char tag, std::string_view body) {
        if (context_.cancelled()) [[unlikely]] give_up(context_.why_cancelled());
        both_.has_news = true;
        switch (tag) {
        case copy_data::tag:
            awaited_body_ = body;
            if (execution_.must_await_write()) return await_taking_of(hook::copy_write);
            execution_.write(body);
            break;
        case copy_done::tag:
            if (!body.empty()) refuse(errc::trailing_data);
            if (execution_.must_await_finish()) return await_taking_of(hook::copy_finish);
            execution_.finish();
            end_taking();
            break;
        case terminate::tag: return step::close;
        default: refuse_amid_copy_both(tag);
        }
        return step::go_on;
    }
    static step take_nothing(piece const& p) {
        if (p.what == piece::kind::incomplete) return step::read;
        if (p.what == piece::kind::unknown_type) refuse_amid_copy_both(p.tag);
        return step::close;  // of an impossible length not a word is said
    }
    step await_taking_of(hook which) noexcept {
        both_.awaited = which;
        return step::await;
    }
    void end_taking() noexcept {
        incoming_.end_copy();
        both_.takes = false;
    }
    void fail_taking(std::exception_ptr const& thrown) noexcept {
        both_.failure = thrown;
        both_.takes = false;
    }
    [[noreturn]] static void refuse_amid_copy_both(char tag) {
        throw sql_error(sqlstates::protocol_violation, std::string("invalid standby message type \"") + tag + '"').fatal();
    }

    [[no_unique_address]] std::conditional_t<copies_both, copying_both, nothing> both_;
};

}  // namespace pgwire::detail
