// Rows of an engine that calls back: one that runs a whole query, calls a function for each row, and can't be stepped.
//
// Floor 4. The engine runs on a pool of the program's own, and its rows are a cursor like any other:
//
//     using outcome = pgwire::pushed<line>;
//     outcome execute(pgwire::request const& r) {
//         return {pool, [engine = engine_, text = std::string(r.text)](auto& rows) {         // on the pool
//             engine->run(text, [&](int n, char const* s) { return rows({n, s}); });         // false: no more, please
//         }};
//     }
//
// The engine's thread encodes them, in the formats that Bind asked for, into a chunk of 64 KiB, while the session sends
// another one. While both are full the thread stands still: a client that does not read, or a portal that is suspended,
// holds it. Where an engine can be stepped, a cursor of one's own (or `offloaded`) is the better choice.
//
// A chunk leaves when it is full; or, since nobody knows when such an engine has nothing more for now, when a row is
// there a millisecond after the session began to wait for one. The first row leaves at once.
//
// Nobody waits for the engine. When the portal is closed, the statement is cancelled, or the session ends, the next row
// is answered with false, and the engine is expected to come to its end. It may do so long after: so the function owns
// what it works with. Where one engine must not run two statements at a time, a strand of the pool does as `pool`; but
// then a portal that is suspended holds up the statement behind it.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/server/command.hpp"
#include "pgwire/server/cursor.hpp"
#include "pgwire/server/push_channel.hpp"
#include "pgwire/server/row_writer.hpp"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgwire {

namespace detail {

/// What both kinds of sink have in common. Nothing here throws, since what is called by an engine may not unwind it.
class pushing_sink {
public:
    /// @param asked of the session, which may be gone before the sink is: all of it is copied
    pushing_sink(push_channel& to, pull_state const& asked) : to_(to), style_(*asked.style) {
        pull_.out = &row_;
        pull_.style = &style_;
        pull_.columns = asked.columns;
        if (asked.formats.common() != result_formats::mode::mixed) {
            pull_.formats =
                result_formats(asked.formats.common() == result_formats::mode::binary ? format::binary : format::text);
        } else {
            for (std::size_t i = 0; i != asked.columns; ++i) formats_.push_back(asked.formats[i]);
            pull_.formats = result_formats(list<format>(formats_));
        }
    }
    pushing_sink(pushing_sink const&) = delete;
    pushing_sink& operator=(pushing_sink const&) = delete;

    /// Are rows in these formats asked for?
    [[nodiscard]] bool has_formats(result_formats const& asked) const {
        if (asked.common() != pull_.formats.common()) return false;
        for (std::size_t i = 0; i != formats_.size(); ++i)
            if (asked[i] != formats_[i]) return false;
        return true;
    }

    /// Does anybody want rows? For engines that ask before they have one, from whichever thread.
    [[nodiscard]] bool wanted() const noexcept { return to_.wanted(); }

    /// Why a row could not be written, or null.
    [[nodiscard]] std::exception_ptr const& failure() const noexcept { return failure_; }

protected:
    ~pushing_sink() = default;

    /// Does what it takes to write a row; what that throws fails the statement.
    template<class Write>
    void guarded(Write write) noexcept {
        if (failure_) return;
        try {
            write();
        } catch (...) {
            failure_ = std::current_exception();
        }
    }
    /// Hands the row over.
    [[nodiscard]] bool push() noexcept {
        bool welcome = false;
        guarded([&] { welcome = to_.push(row_.pending()); });
        row_.clear();
        return welcome;
    }

    send_buffer row_;
    pull_state pull_;

private:
    push_channel& to_;
    text_style style_;
    std::vector<format> formats_;
    std::exception_ptr failure_;
};

}  // namespace detail

/// What an engine's function is given to push rows with: one thread at a time, until the function returns.
template<class Row>
class row_sink : public detail::pushing_sink {
public:
    using pushing_sink::pushing_sink;

    /// Hands over one row, and waits while the session has no room for it.
    /// @return whether another one is welcome; if not, the engine is to stop. A row that can't be encoded, since it is
    ///     too large, is not welcome either: it fails the statement
    bool operator()(Row const& row) noexcept {
        guarded([&] {
            row_writer<Row> out(pull_);
            out(row);
        });
        return push();
    }
};

/// The same for columns that are known at run time: `rows.begin_row().add(42).add_null().end()`.
template<>
class row_sink<dynamic_row> : public detail::pushing_sink {
public:
    using pushing_sink::pushing_sink;

    /// One row being written. A row that is not ended leaves nothing behind.
    class row {
    public:
        /// As the functions of `row_writer<dynamic_row>::row`.
        template<encodable T>
        row& add(T const& v) noexcept {
            to_.guarded([&] { inner_.add(v); });
            return *this;
        }
        row& add_null() noexcept {
            to_.guarded([&] { inner_.add_null(); });
            return *this;
        }
        [[nodiscard]] format next_format() const { return inner_.next_format(); }
        row& add_bytes(std::string_view bytes) noexcept {
            to_.guarded([&] { inner_.add_bytes(bytes); });
            return *this;
        }
        /// Hands the row over, and waits while the session has no room for it.
        /// @return whether another one is welcome, as for other rows
        bool end() noexcept {
            to_.guarded([&] { inner_.end(); });
            return to_.push();
        }

    private:
        friend class row_sink;
        explicit row(row_sink& to) : to_(to), inner_(row_writer<dynamic_row>(to.pull_).begin_row()) {}

        row_sink& to_;
        row_writer<dynamic_row>::row inner_;
    };

    [[nodiscard]] row begin_row() { return row(*this); }
};

namespace detail {

/// A function of an engine, with the way that its rows take.
template<class Row>
struct push_work : push_channel {
    explicit push_work(void (*r)(push_work&)) noexcept : run(r) {}

    void (*run)(push_work& self);
    std::optional<row_sink<Row>> rows;  // when the formats are known
};

template<class Row, class Job>
struct push_job : push_work<Row> {
    static_assert(std::is_invocable_v<Job&, row_sink<Row>&>,
                  "pgwire: pushed takes a function of the rows' sink:  [](auto& rows) { rows(row); }");

    explicit push_job(Job j) : push_work<Row>(&run_job), job(std::move(j)) {}

    static void run_job(push_work<Row>& work) {
        auto& self = static_cast<push_job&>(work);
        auto& rows = *self.rows;
        std::optional<command> tag;
        std::exception_ptr failure;
        try {
            if constexpr (std::is_void_v<std::invoke_result_t<Job&, row_sink<Row>&>>) (*self.job)(rows);
            else tag.emplace((*self.job)(rows));
        } catch (...) {
            failure = std::current_exception();
        }
        if (rows.failure()) failure = rows.failure();
        self.job.reset();  // what it holds is free before anybody is told that it has come to its end
        self.end(std::move(failure), tag);
    }

    std::optional<Job> job;
};

}  // namespace detail

/// A cursor whose rows are pushed by a function that runs on a pool.
template<class Row = dynamic_row>
class pushed : public cursor<Row> {
public:
    using typename cursor<Row>::writer;
    static constexpr bool writes_whole_pulls = true;  // the session need not look for rows while this waits

    /// @param pool an executor whose threads may block: one of them is held until the function returns. If it is
    ///     stopped before the function has been begun, the statement fails with 57P01
    /// @param job a function of a `row_sink<Row>&`. It begins with the first pull, and owns what it works with. It
    ///     returns nothing, or the `command` whose tag is told; what it throws fails the statement, after the rows
    ///     before it
    template<class Job>
        requires(!std::same_as<Row, dynamic_row>)
    pushed(asio::any_io_executor pool, Job job)
        : pool_(std::move(pool)), work_(std::make_shared<detail::push_job<Row, Job>>(std::move(job))) {}
    /// @param columns live as long as the cursor, as those of its statement do
    template<class Job>
        requires std::same_as<Row, dynamic_row>
    pushed(asio::any_io_executor pool, std::span<column const> columns, Job job)
        : pool_(std::move(pool)),
          columns_(columns),
          work_(std::make_shared<detail::push_job<Row, Job>>(std::move(job))) {}

    pushed(pushed&&) noexcept = default;
    pushed& operator=(pushed&&) = delete;
    ~pushed() {
        if (work_ != nullptr) work_->abandon();
    }

    [[nodiscard]] std::span<column const> columns() const noexcept
        requires std::same_as<Row, dynamic_row>
    {
        return columns_;
    }
    [[nodiscard]] command tag(std::uint64_t rows) const noexcept {
        return work_->tag() ? *work_->tag() : command("SELECT", rows);
    }

    task<bool> next(writer& out) {
        using portion = detail::push_channel::portion;
        auto& outer = detail::writer_access::state(out);
        auto least = portion::chunk;
        if (!woken_) {
            auto const home = co_await asio::this_coro::executor;
            woken_.emplace(home);
            begin(outer);
            least = portion::row;
        } else if (!work_->rows->has_formats(outer.formats)) {  // only a cursor of DECLARE is asked so
            throw sql_error(sqlstates::feature_not_supported, "the rows of this cursor are made in another format");
        }
        while (chunk_.rows == 0 && !has_ended_) {
            auto const got = work_->take(chunk_, least);
            has_ended_ = got == taken::end;
            if (got != taken::nothing) break;
            if (least == portion::chunk) woken_->expires_after(patience);
            else woken_->expires_at(asio::steady_timer::time_point::max());
            least = portion::row;
            error_code ignored;
            co_await woken_->async_wait(detail::await_into(ignored));
            auto const interrupted = co_await asio::this_coro::cancellation_state;
            if (interrupted.cancelled() != asio::cancellation_type::none)
                throw system_error(asio::error::operation_aborted);
        }
        bool const has_rows = chunk_.rows != 0;  // those that came with the end are told first, and counted
        if (has_rows) chunk_.move_to(outer);
        else work_->rethrow_failure();
        co_return has_rows;
    }

private:
    using taken = detail::push_channel::taken;
    using work = detail::push_work<Row>;

    static constexpr std::chrono::milliseconds patience{1};

    /// Runs the function, on the pool.
    class worker {
    public:
        explicit worker(std::shared_ptr<work> what) noexcept : work_(std::move(what)) {}
        worker(worker&&) noexcept = default;
        worker& operator=(worker&&) = delete;
        ~worker() {
            if (work_ == nullptr) return;
            work_->end(std::make_exception_ptr(sql_error(sqlstates::admin_shutdown, "the engine has been stopped")), {});
        }

        void operator()() {
            auto const mine = std::move(work_);
            if (mine->wanted()) mine->run(*mine);
        }

    private:
        std::shared_ptr<work> work_;
    };

    void begin(detail::pull_state const& asked) {
        work_->rows.emplace(*work_, asked);
        work_->open(*woken_);
        asio::post(pool_, worker(work_));
    }

    asio::any_io_executor pool_;
    std::span<column const> columns_;
    std::shared_ptr<work> work_;
    std::optional<asio::steady_timer> woken_;  // made with the first pull
    detail::row_chunk chunk_;                  // the session's
    bool has_ended_ = false;
};

}  // namespace pgwire
