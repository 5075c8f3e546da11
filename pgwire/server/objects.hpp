// A session's prepared statements and portals by name, and how long each lives.
//
// Floor 4. Source: PostgreSQL documentation, "Extended Query"; SQLSTATEs and lifetimes as measured on its servers.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/server/by_name.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/session_context.hpp"
#include "pgwire/server/statements.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire::detail {

/// Things by name; the unnamed one is found without a look-up, and so is the one that was asked for last.
template<class T>
class name_space {
public:
    name_space() = default;
    name_space(name_space const&) = delete;
    name_space& operator=(name_space const&) = delete;

    /// The thing of this name, or null.
    [[nodiscard]] T* find(std::string_view name) {
        if (name.empty()) return has_unnamed_ ? &unnamed_ : nullptr;
        if (last_name_ == name) return last_;  // drivers repeat themselves
        return look_up(name);
    }
    /// The unnamed thing, as it was left; or a new one. The name must be free.
    T& add(std::string_view name) {
        if (name.empty()) {
            has_unnamed_ = true;
            return unnamed_;
        }
        return remember(named_.add(name));
    }
    /// @param forget called with what is removed, while it is still there; the unnamed one keeps its memory
    template<class Forget>
    bool remove(std::string_view name, Forget&& forget) {
        if (name.empty()) {
            if (!std::exchange(has_unnamed_, false)) return false;
            forget(unnamed_);
            return true;
        }
        auto const at = named_.find(name);
        if (at == named_.end()) return false;
        forget(named_.thing(at));
        forget_last();
        named_.erase(at);
        return true;
    }
    /// Removes what is `unwanted`.
    template<class Unwanted, class Forget>
    void remove_if(Unwanted&& unwanted, Forget&& forget) {
        if (has_unnamed_ && unwanted(unnamed_)) {
            has_unnamed_ = false;
            forget(unnamed_);
        }
        if (!named_.empty()) remove_named_if(unwanted, forget);
    }
    /// How many have a name.
    [[nodiscard]] std::size_t named() const noexcept { return named_.size(); }
    [[nodiscard]] bool empty() const noexcept { return !has_unnamed_ && named_.empty(); }

    /// For things that may move: portals may not.
    void swap(name_space& other) noexcept {
        std::swap(unnamed_, other.unnamed_);
        std::swap(has_unnamed_, other.has_unnamed_);
        named_.swap(other.named_);
        forget_last();
        other.forget_last();
    }

    template<class F>
    void for_each(F&& f) {
        if (has_unnamed_) f(unnamed_);
        for (auto at = named_.begin(); at != named_.end(); ++at) f(named_.thing(at));
    }

private:
    [[gnu::noinline]] T* look_up(std::string_view name) {
        auto const at = named_.find(name);
        return at == named_.end() ? nullptr : &remember(at);
    }
    T& remember(typename by_name<T>::iterator at) noexcept {
        last_name_ = named_.name(at);
        return *(last_ = &named_.thing(at));
    }
    void forget_last() noexcept {
        last_name_ = {};
        last_ = nullptr;
    }
    template<class Unwanted, class Forget>
    [[gnu::noinline]] void remove_named_if(Unwanted& unwanted, Forget& forget) {
        forget_last();
        for (auto at = named_.begin(); at != named_.end();) {
            if (unwanted(named_.thing(at))) {
                forget(named_.thing(at));
                at = named_.erase(at);
            } else {
                ++at;
            }
        }
    }

    T unnamed_{};
    bool has_unnamed_ = false;
    by_name<T> named_;
    std::string_view last_name_;  // of what was found or added last; a name is not empty
    T* last_ = nullptr;
};

/// The protocol objects of one session.
template<class Statement, class Outcome>
class session_objects {
public:
    using statement_ref = detail::statement_ref<Statement>;
    using portal = detail::portal<Statement, Outcome>;

    /// @param context whose limits are looked at when something gets a name; outlives it
    explicit session_objects(session_context const& context) noexcept : context_(context) {}
    session_objects(session_objects const&) = delete;
    session_objects& operator=(session_objects const&) = delete;

    /// The statements, and what they are charged with: all that stays between two cycles outside a transaction.
    struct kept_statements {
        std::size_t bytes = 0;
        name_space<statement_ref> by_name;
    };
    [[nodiscard]] bool has_portals() const noexcept { return !portals_.empty(); }
    [[nodiscard]] bool has_statements() const noexcept { return !statements_.empty(); }
    /// Where there are no portals.
    void swap_statements(kept_statements& other) noexcept {
        std::swap(kept_, other.bytes);
        statements_.swap(other.by_name);
    }

    // ---- statements: live until they are closed; the unnamed one until the next Parse of it, or Query

    /// @throws sql_error 26000, 22021
    [[nodiscard]] statement_ref const& statement(std::string_view name) {
        if (auto* const found = statements_.find(name)) [[likely]] return *found;
        no_statement(name);
    }
    /// The statement whose columns this one has: itself, or the one that it stands for, if that exists.
    /// @throws sql_error 54001 if that goes on and on
    [[nodiscard]] prepared_statement<Statement>& followed(prepared_statement<Statement>& s) {
        auto* at = &s;
        if constexpr (stands_for_another<Statement>) {
            for (int links = 0; at->user && !std::string_view(at->user->stands_for()).empty(); ++links) {
                auto* const next = statements_.find(at->user->stands_for());
                if (next == nullptr) break;
                if (links == max_statement_links) refuse_deeper_statements();
                at = next->get();
            }
        }
        return *at;
    }
    /// @throws sql_error 42P05 if a named one exists, 22021, 53400
    void add_statement(std::string_view name, statement_ref made) {
        check_encoding(name);
        if (name.empty()) statements_.add(name) = std::move(made);
        else add_named_statement(name, std::move(made));
    }
    /// Takes the unnamed statement away, so that another can be made in its memory; it is gone whatever comes of that.
    [[nodiscard]] statement_ref take_unnamed_statement() {
        statement_ref taken;
        statements_.remove({}, [&taken](statement_ref& s) { taken = std::move(s); });
        return taken;
    }
    bool close_statement(std::string_view name) {
        return statements_.remove(name, [this](statement_ref& s) { drop(s); });
    }
    void close_statements() {
        statements_.remove_if([](statement_ref const&) { return true; }, [this](statement_ref& s) { drop(s); });
    }

    // ---- portals: live until they are closed, or their transaction ends; the unnamed one until the next Bind of it,
    // or Query

    /// The portal of this name, or null.
    [[nodiscard]] portal* look_up_portal(std::string_view name) { return portals_.find(name); }
    /// @throws sql_error 34000, 22021
    [[nodiscard]] portal& find_portal(std::string_view name) {
        if (auto* const found = portals_.find(name)) [[likely]] return *found;
        no_portal(name);
    }
    /// @param s what it will execute, and hold: maybe as the last, so it is counted here, too
    /// @param bytes that its values take
    /// @throws sql_error 42P03 if a named one exists, 22021, 53400
    [[nodiscard]] portal& add_portal(std::string_view name, prepared_statement<Statement> const& s, std::size_t bytes) {
        if (name.empty()) {
            close_portal({});
            return portals_.add({});
        }
        return add_named_portal(name, s.held() + bytes);
    }
    /// A portal with a name becomes one of another statement. What both hold is counted, until it is closed.
    /// @throws sql_error 53400
    void recharge(portal& p, prepared_statement<Statement> const& s, std::size_t bytes) {
        if (p.charged == 0) return;
        bytes += s.held();
        check_memory(bytes);
        p.charged += bytes;
        kept_ += bytes;
    }
    void close_portal(std::string_view name) {
        portals_.remove(name, [this](portal& p) { drop(p); });
    }
    /// All but `keep`, which may be null.
    void close_portals(portal const* keep = nullptr) {
        portals_.remove_if([keep](portal const& p) { return &p != keep; }, [this](portal& p) { drop(p); });
    }
    /// All that were made after so many, but `keep`.
    void close_portals_after(std::uint64_t made, portal const* keep) {
        portals_.remove_if([made, keep](portal const& p) { return &p != keep && p.number > made; },
                           [this](portal& p) { drop(p); });
    }
    /// Their transaction has failed: they hold nothing any more and can't be executed, but exist until it ends. Those
    /// that are older than a savepoint, since so many were made before it, live on.
    void fail_portals(std::uint64_t older) {
        portals_.for_each([older](portal& p) {
            if (p.number <= older) return;
            p.fail();
        });
    }

    [[noreturn]] static void no_portal(std::string_view name) {
        check_encoding(name);
        throw sql_error(sqlstates::undefined_cursor, "portal \"" + std::string(name) + "\" does not exist");
    }

private:
    [[noreturn]] static void no_statement(std::string_view name) {
        check_encoding(name);
        refuse_unknown_statement(name);
    }
    [[gnu::noinline]]  // most have no name
    portal& add_named_portal(std::string_view name, std::size_t bytes) {
        if (portals_.find(name) != nullptr) refuse_second_cursor(name);
        check_encoding(name);
        auto const& most = context_.most_kept();
        if (most.portals != 0 && portals_.named() >= most.portals) refuse_one_too_many(most.portals, "portals");
        bytes += 2 * name.size() + sizeof(portal) + sizeof(kept_bind);
        check_memory(bytes);
        portal& made = portals_.add(name);
        made.name.assign(name);
        made.charged = bytes;
        kept_ += bytes;
        return made;
    }
    [[gnu::noinline]] void add_named_statement(std::string_view name, statement_ref made) {
        if (statements_.find(name) != nullptr)
            throw sql_error(sqlstates::duplicate_pstatement,
                            "prepared statement \"" + std::string(name) + "\" already exists");
        auto const& most = context_.most_kept();
        if (most.statements != 0 && statements_.named() >= most.statements)
            refuse_one_too_many(most.statements, "prepared statements");
        auto const bytes = name.size() + made->held();
        check_memory(bytes);
        auto& added = statements_.add(name);
        added = std::move(made);
        added->charged = bytes;
        kept_ += bytes;
    }
    void check_memory(std::size_t bytes) const {
        auto const most = context_.most_kept().memory;
        if (most != 0 && (bytes > most || kept_ > most - bytes)) refuse_too_large(most, "prepared statements and portals");
    }
    void drop(statement_ref& s) noexcept {
        kept_ -= std::exchange(s->charged, 0);
        s.reset();
    }
    void drop(portal& p) {
        kept_ -= std::exchange(p.charged, 0);
        p.clear();
    }

    session_context const& context_;
    std::size_t kept_ = 0;  // bytes, by what has a name
    name_space<statement_ref> statements_;
    name_space<portal> portals_;  // before the statements that they share
};

}  // namespace pgwire::detail
