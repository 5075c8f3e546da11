// A prepared statement and a portal: what the extended protocol makes of a text, and of values bound to it.
//
// Floor 4. A portal shares its statement, since the statement's name may be given away while the portal is still
// executed (Parse "", Bind p, Parse "", Execute p). Portals never move: cursors and requests point into them.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/request.hpp"
#include "pgwire/server/row_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgwire::detail {

/// What `prepare` made, or nothing.
template<class Statement>
struct prepared_statement {
    std::string text;
    std::vector<oid> types;        ///< of the parameters, as declared, and text for those that were not
    std::optional<Statement> user;
    std::uint32_t before = 0;      ///< characters before it in the text that the client sent
    bool is_empty = false;         ///< nothing but white space and comments
    std::size_t charged = 0;       ///< bytes that its session counts, if it has a name
    std::uint32_t owners = 0;

    /// What it holds of what a client has sent, in bytes.
    [[nodiscard]] std::size_t held() const noexcept {
        return text.capacity() + types.capacity() * sizeof(oid) + sizeof(*this);
    }
    /// Gives back the memory of its text and its types.
    [[gnu::noinline, gnu::cold]] void release() noexcept {
        std::string().swap(text);
        std::vector<oid>().swap(types);
    }
};

/// Shares a statement within one session: the count is not atomic.
template<class Statement>
class statement_ref {
public:
    using type = prepared_statement<Statement>;

    statement_ref() noexcept = default;
    statement_ref(statement_ref const& other) noexcept : pointer_(other.pointer_) { retain(); }
    statement_ref(statement_ref&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
    statement_ref& operator=(statement_ref const& other) noexcept {
        other.retain();  // first, since both may be one
        reset();
        pointer_ = other.pointer_;
        return *this;
    }
    statement_ref& operator=(statement_ref&& other) noexcept {
        statement_ref(std::move(other)).swap(*this);
        return *this;
    }
    ~statement_ref() { reset(); }

    /// An empty statement: this one anew if nobody else holds it, so that Parse "" allocates nothing, else another.
    void renew() {
        if (pointer_ == nullptr || pointer_->owners != 1) {
            reset();
            pointer_ = new type;
            pointer_->owners = 1;
        } else {
            pointer_->user.reset();
            pointer_->types.clear();
            if (pointer_->text.capacity() + pointer_->types.capacity() * sizeof(oid) > largest_kept) [[unlikely]]
                pointer_->release();
            pointer_->is_empty = false;
        }
    }
    [[gnu::always_inline]] void reset() noexcept {
        auto* const held = std::exchange(pointer_, nullptr);
        if (held != nullptr && --held->owners == 0) [[unlikely]] destroy(held);
    }
    void swap(statement_ref& other) noexcept { std::swap(pointer_, other.pointer_); }

    [[nodiscard]] type* get() const noexcept { return pointer_; }
    [[nodiscard]] type* operator->() const noexcept { return pointer_; }
    [[nodiscard]] type& operator*() const noexcept { return *pointer_; }
    [[nodiscard]] explicit operator bool() const noexcept { return pointer_ != nullptr; }

private:
    static constexpr std::size_t largest_kept = 16'384;  // bytes, of a statement that is made anew

    void retain() const noexcept {
        if (pointer_ != nullptr) ++pointer_->owners;
    }
    [[gnu::noinline]]  // so that `reset` is short
    static void destroy(type* p) noexcept { delete p; }

    type* pointer_ = nullptr;
};

/// Bytes that are replaced as a whole and keep their memory.
class arena {
public:
    std::string_view assign(std::string_view bytes) {
        if (bytes_.size() > largest_kept && bytes.size() <= largest_kept) bytes_.release();
        if (bytes_.size() < bytes.size()) bytes_.resize(std::max(bytes.size(), std::size_t{256}));
        std::copy_n(bytes.data(), bytes.size(), bytes_.data());
        return {bytes_.data(), bytes.size()};
    }

private:
    static constexpr std::size_t largest_kept = 65'536;

    raw_bytes bytes_;
};

/// A Bind message that is kept: its body, and what that says.
struct kept_bind {
    arena bytes;
    bind message;  ///< its views point into `bytes`
};

/// Holds the writer that an asynchronous `next` keeps a reference to while it is suspended. All writers are one
/// pointer; which of them it is is known where it is used.
class writer_slot {
public:
    template<class Writer>
    Writer& emplace(pull_state& state) noexcept {
        static_assert(sizeof(Writer) <= sizeof(storage_) && std::is_trivially_destructible_v<Writer>);
        return *::new (static_cast<void*>(storage_)) Writer(state);
    }

private:
    alignas(void*) unsigned char storage_[sizeof(void*)];
};

/// Emplaces what a call returns without moving it.
template<class Make>
struct elide {
    Make make;
    operator decltype(std::declval<Make&>()())() { return make(); }  // NOLINT: conversion is its purpose
};
template<class Make>
elide(Make) -> elide<Make>;

/// Statements that may stand for each other in a row. PostgreSQL has no number: its limit is the stack's size.
inline constexpr int max_statement_links = 100;

/// A statement bound to values, and how far its execution has come.
template<class Statement, class Outcome>
struct portal {
    enum class state : std::uint8_t {
        ready,      ///< bound, not yet executed
        suspended,  ///< has an outcome that may be pulled further
        exhausted,  ///< its cursor has no more rows: executing it again gives none
        done,       ///< ran a command: can't be executed again
        failed,     ///< an error stopped it
    };

    std::string name;
    std::uint64_t number = 0;  ///< portals are numbered as they are made
    std::size_t charged = 0;   ///< bytes that its session counts, if it has a name
    statement_ref<Statement> statement;
    std::unique_ptr<kept_bind> bound;  ///< what `request` and `formats` point into, once there was a Bind
    pgwire::request request;
    result_formats formats;
    std::optional<Outcome> outcome;
    pull_state pull;
    writer_slot writer;
    state current = state::ready;
    std::uint8_t links = 0;  ///< statements that each had the next one executed, before this one

    /// Holds nothing any more and can't be executed.
    void fail() {
        outcome.reset();
        current = state::failed;
    }
    /// Lets go of the outcome first, which may point into everything else. What only borrows stays as it is.
    void clear() {
        outcome.reset();
        statement.reset();
        current = state::ready;
        links = 0;
    }
};

}  // namespace pgwire::detail
