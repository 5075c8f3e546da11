// Runs one portal: from its outcome to the rows and the tag that answer it.
//
// Floor 4. The session pulls: so a row limit, a slow client and a cancel are all a matter of not pulling. A plain
// cursor is pulled in a loop of plain calls, one that awaits is pulled by whoever can await.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/server/binding.hpp"
#include "pgwire/server/outcome.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/session_context.hpp"
#include "pgwire/server/statements.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/row_encoder.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pgwire::detail {

/// How far a pull has come.
enum class pulled : std::uint8_t {
    again,      ///< pull again
    pause,      ///< much has been written: let it leave first
    await,      ///< the cursor is a coroutine: `pull_async`
    suspended,  ///< the row limit is reached
    complete,   ///< there are no more rows, or there were none to be: `tag()`
    copying,    ///< it is the client's turn, to send data
    preparing,  ///< a statement is to be prepared: `asked<prepare_statement>()`
    executing,  ///< another statement is to be executed instead: `asked<execute_statement>()`
    both,       ///< it is everybody's turn
    waiting,    ///< there is nothing to send until the client has sent something
    part,       ///< the next part of a sequence is to be asked for
};

/// Writes a message of the server's own.
template<class Message>
[[gnu::flatten]]  // most are a few bytes that are known when this is compiled
void put(send_buffer& out, Message const& m) {
    if (auto const done = encode(out, m); !done) [[unlikely]] refuse(done.error());
}

/// RowDescription, of rows that may have no columns. What `Outcome` tells at compile time is described then.
template<class Outcome>
[[gnu::always_inline]]  // of static columns it is a copy of some bytes
inline void put_row_description(send_buffer& out, std::span<column const> columns, result_formats const& formats) {
    if constexpr (has_static_columns<Outcome>) {
        if (auto const done = encode_row_description<typename Outcome::row_type>(out, formats); !done) [[unlikely]]
            refuse(done.error());
    } else {
        if (auto const done = encode_row_description(out, columns, formats); !done) [[unlikely]] refuse(done.error());
    }
}
/// RowDescription, or NoData if there are no columns: that is how a statement says that it gives no rows.
template<class Outcome>
[[gnu::always_inline]]
inline void put_columns(send_buffer& out, std::span<column const> columns, result_formats const& formats) {
    if constexpr (has_static_columns<Outcome> && !cursor_type<Outcome>) return put(out, no_data{});
    else if (!has_static_columns<Outcome> && columns.empty()) return put(out, no_data{});
    else put_row_description<Outcome>(out, columns, formats);
}

/// CommandComplete. A tag has no NUL and is short, so there is nothing to measure.
inline void put_tag(send_buffer& out, command const& done) {
    auto const tag = done.tag();
    char* const at = out.reserve(tag.size() + 6);
    at[0] = command_complete::tag;
    store(at + 1, static_cast<std::int32_t>(tag.size() + 5));
    std::copy_n(tag.data(), tag.size(), at + 5)[0] = '\0';
    out.advance(at + tag.size() + 6);
    out.commit();
}

/// The columns of a statement's result, if its handler need not be asked: the statement tells them, or all outcomes of
/// this type have them.
template<class Outcome, class Statement>
[[nodiscard]] std::optional<std::span<column const>> known_columns(
    [[maybe_unused]] prepared_statement<Statement> const& s) {
    if constexpr (tells_columns<Statement>) {
        return s.user ? std::span<column const>(s.user->columns()) : std::span<column const>();
    } else if constexpr (has_static_columns<Outcome>) {
        return static_columns<Outcome>();
    } else {
        return std::nullopt;
    }
}

/// CommandComplete of a SELECT: of most that is ever executed.
inline void put_select_tag(send_buffer& out, std::uint64_t rows) {
    constexpr std::string_view frame("C\0\0\0\0SELECT ", 12);
    constexpr std::size_t longest = frame.size() + max_digits<std::uint64_t> + 1;
    char* const at = out.reserve(longest);
    std::copy_n(frame.data(), frame.size(), at);
    char* end = at + frame.size();
    if (rows < 10) *end++ = static_cast<char>('0' + rows);  // most give one, or none
    else end = put_unsigned(end, rows);
    *end = '\0';
    store(at + 1, static_cast<std::int32_t>(end - at));
    out.advance(end + 1);
    out.commit();
}

/// Does this outcome say itself what its tag is?
template<class Outcome>
inline constexpr bool has_tag = !cursor_type<Outcome> || requires(Outcome& o, std::uint64_t rows) {
    { o.tag(rows) } -> std::convertible_to<command>;
};

/// How many rows an Execute asks for.
[[nodiscard]] constexpr std::uint64_t row_limit(execute const& m) noexcept {
    return m.max_rows <= 0 ? pull_state::no_limit : static_cast<std::uint64_t>(m.max_rows);
}

template<class Statement, class Outcome>
class execution {
public:
    using portal = detail::portal<Statement, Outcome>;

    execution(session_context& context, send_buffer& out) noexcept : context_(context), out_(out) {}

    /// The portal at work, or null.
    [[nodiscard]] portal* active() const noexcept { return active_; }

    /// `p` is at work, and may give this many rows.
    void attach(portal& p, std::uint64_t limit) noexcept {
        active_ = &p;
        p.pull.rows = 0;
        p.pull.limit = limit;
    }
    void detach() noexcept {
        active_ = nullptr;
        if constexpr (may_be<Outcome, fetch_portal>) {
            fetcher_ = nullptr;
            is_skipping_ = false;
        }
    }

    /// There is an outcome in the portal: gets ready to pull it.
    /// @param described whether the client must be told of the columns, as in the simple protocol
    /// @tparam Known whether it knows them, if not, from the portal's statement: then they must be the same
    template<bool Known = true>
    void begin(bool described) {
        portal& p = *active_;
        p.pull.out = &out_;
        p.pull.formats = p.formats;
        portal const* told = &p;
        if constexpr (may_be<Outcome, fetch_portal>) {
            if (fetcher_ != nullptr) {
                if (prepare_fetch(p)) described = false;
                else told = fetcher_;
            }
        }
        p.pull.style = &context_.style();
        p.current = portal::state::suspended;
        visit_outcome(*p.outcome, [&]<class O>(O const& outcome) {
            if constexpr (cursor_type<O>) {
                if (!gives_rows(outcome)) return;
                std::span<column const> const columns = columns_of_cursor(outcome);
                p.pull.columns = columns.size();
                if constexpr (requires { outcome.simple_formats(); })
                    if (described && fetcher_ == nullptr) p.pull.formats = outcome.simple_formats();
                if (described) return put_row_description<O>(out_, columns, p.pull.formats);
                if (!p.pull.formats.known())
                    throw sql_error(sqlstates::invalid_parameter_value, "unsupported format code");
                if constexpr (Known && !has_static_columns<Outcome>) check_unchanged(*told->statement, columns);
            } else if constexpr (copy_out_type<O>) {
                p.pull.limit = pull_state::no_limit;
                p.pull.copy_began = false;
                put_copy_response<copy_out_response>(out_, outcome);
            } else if constexpr (copy_in_type<O>) {
                put_copy_response<copy_in_response>(out_, outcome);
            } else if constexpr (copy_both_type<O>) {
                if (!described) refuse_in_extended_query("a COPY in both directions");
                p.pull.limit = pull_state::no_limit;
                put_copy_response<copy_both_response>(out_, outcome);
            } else if constexpr (sequence_type<O>) {
                if (!described) refuse_in_extended_query("a statement with several results");
            }
        });
    }

    /// Pulls until something else must happen.
    [[nodiscard, gnu::always_inline]] pulled pull() {
        return visit_outcome(*active_->outcome, [this](auto& outcome) { return this->pull(outcome); });
    }

    /// One pull of a cursor that awaits; `after_pull` takes its result.
    [[nodiscard]] task<bool> pull_async() {
        portal& p = *active_;
        return visit_outcome(*p.outcome, [&]<class O>(O& outcome) -> task<bool> {
            if constexpr (source_type<O> && pulls_async<O>)
                return outcome.next(p.writer.template emplace<writer_type<O>>(p.pull));
            else throw std::bad_variant_access();  // not reached: `pull` says `await` of the others only
        });
    }

    /// What follows a pull that said whether there may be more.
    [[nodiscard]] pulled after_pull(bool more) {
        portal& p = *active_;
        if constexpr (may_be<Outcome, fetch_portal>) {
            p.pull.unseen += unseen_.size();
            unseen_.clear();
        }
        if (p.pull.rows >= p.pull.limit) {  // also if that was the last row: nobody knows yet
            if (!more) p.current = portal::state::exhausted;
            if constexpr (may_be<Outcome, fetch_portal>)
                if (more && is_skipping_) return begin_wanted(), pulled::again;
            return pulled::suspended;
        }
        if (!more) return end_of_rows();
        if (context_.cancelled()) [[unlikely]] give_up(context_.why_cancelled());
        if (out_.size() + p.pull.unseen < pull_state::flush_threshold) [[likely]] return pulled::again;
        p.pull.unseen = 0;
        return pulled::pause;  // at the end of a turn others have theirs, and a cancel is heard
    }

    // ---- FETCH and MOVE from another portal, which is at work for them meanwhile

    /// The FETCH that is the portal's outcome, or null.
    [[nodiscard]] fetch_portal const* what_to_fetch() const { return fetch_of(*active_); }
    /// Is `from` the portal at work for a FETCH?
    [[nodiscard]] bool is_fetching() const noexcept { return fetcher_ != nullptr; }
    /// `from` is at work for the portal that was. What has been executed before is gone on with, by `begin`.
    void begin_fetch(portal& from) noexcept {
        fetcher_ = active_;
        fetcher_->current = portal::state::failed;  // unless it comes to its end
        auto const& f = *fetch_of(*fetcher_);
        is_skipping_ = f.skipped != 0;
        attach(from, is_skipping_ ? f.skipped : f.wanted);
    }
    /// The portal that asked for rows is at work again, with the number of those that it got.
    void end_fetch() noexcept {
        portal& from = *active_;
        from.pull.out = &out_;
        from.pull.formats = from.formats;
        active_ = std::exchange(fetcher_, nullptr);
        active_->pull.rows = std::exchange(is_skipping_, false) ? 0 : from.pull.rows;
        active_->current = what_to_fetch()->moves ? portal::state::done : portal::state::exhausted;
    }

    // ---- the client's data; plain calls, or to be awaited

    /// A piece of it has come.
    void write(std::string_view piece) {
        visit_outcome(*active_->outcome, [&]<class O>(O& outcome) {
            if constexpr (takes_copy<O> && !writes_async<O>) outcome.write(piece);
        });
    }
    [[nodiscard]] task<> write_async(std::string_view piece) {
        return visit_outcome(*active_->outcome, [&]<class O>(O& outcome) -> task<> {
            if constexpr (takes_copy<O> && writes_async<O>) return outcome.write(piece);
            else throw std::bad_variant_access();  // not reached: `writes_async` says so of the outcome at work
        });
    }
    /// All of it has come.
    void finish() {
        visit_outcome(*active_->outcome, [&]<class O>(O& outcome) {
            if constexpr (copy_in_type<O> && !finishes_async<O>) copied(outcome.finish());
            if constexpr (copy_both_type<O> && !finishes_async<O>) outcome.finish();
        });
    }
    [[nodiscard]] task<command> finish_async() {
        return visit_outcome(*active_->outcome, [&]<class O>(O& outcome) -> task<command> {
            if constexpr (copy_in_type<O> && finishes_async<O>) return outcome.finish();
            else throw std::bad_variant_access();
        });
    }
    /// The same of a COPY in both directions.
    [[nodiscard]] task<> finish_both_async() {
        return visit_outcome(*active_->outcome, [&]<class O>(O& outcome) -> task<> {
            if constexpr (copy_both_type<O> && finishes_async<O>) return outcome.finish();
            else throw std::bad_variant_access();
        });
    }
    void copied(command const& done) {
        copied_ = done;
        active_->current = portal::state::done;
    }
    /// Must the outcome at work be awaited for this?
    [[nodiscard]] bool must_await_write() const {
        return visit_outcome(*active_->outcome, []<class O>(O const&) { return writes_async<O>; });
    }
    [[nodiscard]] bool must_await_finish() const {
        return visit_outcome(*active_->outcome, []<class O>(O const&) { return finishes_async<O>; });
    }

    /// Does the cursor at work write rows only when it suspends no more in that pull?
    [[nodiscard]] bool writes_whole_pulls() const {
        return visit_outcome(*active_->outcome, []<class O>(O const&) { return requires { O::writes_whole_pulls; }; });
    }

    // ---- a COPY in both directions, and the parts of a sequence

    [[nodiscard]] bool is_copy_both() const {
        return visit_outcome(*active_->outcome, []<class O>(O const&) { return copy_both_type<O>; });
    }
    /// There are no more parts, or both sides of a COPY have ended: asks for the tag.
    void end() {
        visit_outcome(*active_->outcome, [&]<class O>(O& outcome) {
            if constexpr (copy_both_type<O> || sequence_type<O>) copied(outcome.done());
        });
    }
    /// Asks the sequence for its next part, and gets ready to pull it.
    /// @return whether there is one
    [[nodiscard]] bool next_part() {
        return visit_whole(*active_->outcome, [&]<class O>(O& outcome) -> bool {
            if constexpr (gives_parts<O> && !parts_async<O>) return begin_part(outcome, outcome.next_part());
            else throw std::bad_variant_access();
        });
    }
    [[nodiscard]] task<bool> next_part_async() {
        return visit_whole(*active_->outcome, [&]<class O>(O& outcome) -> task<bool> {
            if constexpr (gives_parts<O> && parts_async<O>) return await_part(outcome);
            else throw std::bad_variant_access();
        });
    }
    [[nodiscard]] bool must_await_part() const {
        return visit_whole(*active_->outcome, []<class O>(O const&) { return parts_async<O>; });
    }
    /// What is complete is a part of a sequence: its tag is written, if it has one, and it is dropped.
    /// @return false if it is none
    [[nodiscard]] bool end_part() {
        return visit_whole(*active_->outcome, [&]<class O>(O& outcome) {
            if constexpr (sequence_type<O>) {
                auto& current = sequence_access::current(outcome);
                if (!current) return false;
                bool const has_tag_sent = visit_whole(
                    *current, []<class P>(P const&) { return cursor_type<P> || std::same_as<P, command>; });
                if (has_tag_sent) put_tag();
                current.reset();
                return true;
            } else {
                return false;
            }
        });
    }

    /// Calls `seen` with the tag of what is complete, unless it is that of a SELECT.
    template<class Seen>
    void show_tag(Seen&& seen) const {
        portal& p = *active_;
        visit_outcome(*p.outcome, [&]<class O>(O& outcome) {
            if constexpr (has_tag<O>) seen(tag_of(outcome, p.pull.rows).tag());
        });
    }
    /// Writes the tag of what is complete.
    void put_tag() {
        portal& p = *active_;
        visit_outcome(*p.outcome, [&]<class O>(O& outcome) {
            if constexpr (has_tag<O>) detail::put_tag(out_, tag_of(outcome, p.pull.rows));
            else put_select_tag(out_, p.pull.rows);
        });
    }

    /// The `Task` that is the portal's outcome, or null.
    template<statement_task Task>
    [[nodiscard]] Task const* asked() const {
        return visit_outcome(*active_->outcome, []<class O>(O const& outcome) -> Task const* {
            if constexpr (std::same_as<O, Task>) return &outcome;
            else return nullptr;
        });
    }

private:
    template<class O>
    [[nodiscard, gnu::always_inline]] pulled pull(O& outcome) {  // in the loop of those who pull
        portal& p = *active_;
        if constexpr (source_type<O> && pulls_async<O>) {
            return pulled::await;
        } else if constexpr (source_type<O>) {
            auto& rows = p.writer.template emplace<writer_type<O>>(p.pull);
            pulled progress = pulled::again;
            while (progress == pulled::again) {
                [[maybe_unused]] auto const before = p.pull.rows;
                bool const more = outcome.next(rows);
                progress = after_pull(more);
                if constexpr (copy_both_type<O>)
                    if (progress == pulled::again && p.pull.rows == before) return pulled::waiting;
            }
            return progress;
        } else if constexpr (copy_in_type<O>) {
            return pulled::copying;
        } else if constexpr (sequence_type<O>) {
            return pulled::part;
        } else if constexpr (std::same_as<O, execute_statement>) {
            return pulled::executing;
        } else {
            p.current = portal::state::done;
            return std::same_as<O, prepare_statement> ? pulled::preparing : pulled::complete;
        }
    }

    template<sequence_type S>
    bool begin_part(S& whole, std::optional<typename S::part> made) {
        if (!made) return false;
        sequence_access::current(whole).emplace(*std::move(made));
        active_->pull.rows = 0;
        active_->pull.limit = pull_state::no_limit;
        begin(true);
        return true;
    }
    template<sequence_type S>
    task<bool> await_part(S& whole) {
        auto made = co_await whole.next_part();
        bool const is_there = begin_part(whole, std::move(made));
        co_return is_there;
    }

    /// A cursor can be executed again and gives no more; a COPY can't.
    [[nodiscard]] pulled end_of_rows() {
        bool const stays = visit_outcome(*active_->outcome, [&]<class O>(O const& outcome) {
            if constexpr (copy_out_type<O> || copy_both_type<O>) put(out_, copy_done{});
            return gives_rows(outcome);
        });
        active_->current = stays ? portal::state::exhausted : portal::state::done;
        return pulled::complete;
    }

    static command tag_of(command const& outcome, std::uint64_t) { return outcome; }
    static command tag_of(fetch_portal const& outcome, std::uint64_t rows) {
        return {outcome.moves ? "MOVE" : "FETCH", rows};
    }
    template<statement_task Task>
    static command tag_of(Task const& outcome, std::uint64_t) {
        return outcome.done;
    }
    command tag_of(copy_in const&, std::uint64_t) const { return copied_; }
    command tag_of(copy_both const&, std::uint64_t) const { return copied_; }
    command tag_of(any_sequence const&, std::uint64_t) const { return copied_; }
    static command tag_of(copy_out const&, std::uint64_t rows) { return {"COPY", rows}; }
    template<cursor_type C>
    static command tag_of(C& outcome, std::uint64_t rows) {
        return outcome.tag(rows);
    }

    [[nodiscard]] static fetch_portal const* fetch_of(portal const& p) {
        return visit_outcome(*p.outcome, []<class O>(O const& outcome) -> fetch_portal const* {
            if constexpr (std::same_as<O, fetch_portal>) return &outcome;
            else return nullptr;
        });
    }
    /// The rows of `from` go where the FETCH wants them, if it is rows.
    /// @return whether nobody is to see them
    bool prepare_fetch(portal& from) {
        bool const has_rows = visit_outcome(*from.outcome, [](auto const& outcome) { return gives_rows(outcome); });
        if (!has_rows)
            throw sql_error(sqlstates::object_not_in_prerequisite_state, "portal \"" + from.name + "\" gives no rows");
        auto const& f = *fetch_of(*fetcher_);
        from.pull.formats = fetcher_->formats;
        if (f.moves || is_skipping_) from.pull.out = &unseen_;
        return f.moves;
    }
    /// The rows before those that are wanted are passed over.
    void begin_wanted() {
        auto const& f = *fetch_of(*fetcher_);
        is_skipping_ = false;
        active_->pull.rows = 0;
        active_->pull.limit = f.wanted;
        if (!f.moves) active_->pull.out = &out_;
    }

    /// A client has been told, or might have, of other columns when the statement was prepared.
    static void check_unchanged(prepared_statement<Statement> const& s, std::span<column const> now) {
        auto const then = known_columns<Outcome>(s);
        if (then && !std::equal(then->begin(), then->end(), now.begin(), now.end(),
                                [](column const& a, column const& b) { return a.type == b.type; }))
            refuse_changed_columns();
    }

    session_context& context_;
    send_buffer& out_;
    portal* active_ = nullptr;
    portal* fetcher_ = nullptr;  // what `active_` gives rows for
    bool is_skipping_ = false;   // as yet these are rows before those that it wants
    send_buffer unseen_;         // what nobody is to see
    command copied_{""};         // what the sink of a COPY, or a sequence, has said at its end
};

}  // namespace pgwire::detail
