// A session's prepared statements and portals by name, and how long each lives.
//
// Floor 4. Source: PostgreSQL documentation, "Extended Query"; SQLSTATEs and lifetimes as measured on its servers.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/statements.hpp"

#include <cstdint>
#include <functional>
#include <map>
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
        if (last_ != named_.end() && last_->first == name) return &last_->second;  // drivers repeat themselves
        last_ = named_.find(name);
        return last_ == named_.end() ? nullptr : &last_->second;
    }
    /// The unnamed thing, as it was left; or a new one. The name must be free.
    T& add(std::string_view name) {
        if (name.empty()) {
            has_unnamed_ = true;
            return unnamed_;
        }
        last_ = named_.try_emplace(std::string(name)).first;
        return last_->second;
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
        forget(at->second);
        last_ = named_.end();
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
        if (named_.empty()) return;
        last_ = named_.end();
        for (auto at = named_.begin(); at != named_.end();) {
            if (unwanted(at->second)) {
                forget(at->second);
                at = named_.erase(at);
            } else {
                ++at;
            }
        }
    }
    template<class F>
    void for_each(F&& f) {
        if (has_unnamed_) f(unnamed_);
        for (auto& [name, thing] : named_) f(thing);
    }

private:
    T unnamed_{};
    bool has_unnamed_ = false;
    std::map<std::string, T, std::less<>> named_;
    typename std::map<std::string, T, std::less<>>::iterator last_ = named_.end();  // found or added
};

/// The protocol objects of one session.
template<class Statement, class Outcome>
class session_objects {
public:
    using statement_ref = detail::statement_ref<Statement>;
    using portal = detail::portal<Statement, Outcome>;

    session_objects() = default;
    session_objects(session_objects const&) = delete;
    session_objects& operator=(session_objects const&) = delete;

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
                if (links == 100) throw sql_error(sqlstates::statement_too_complex, "stack depth limit exceeded");
                at = next->get();
            }
        }
        return *at;
    }
    /// @throws sql_error 42P05 if a named one exists, 22021
    void add_statement(std::string_view name, statement_ref made) {
        if (!name.empty() && statements_.find(name) != nullptr)
            throw sql_error(sqlstates::duplicate_pstatement,
                            "prepared statement \"" + std::string(name) + "\" already exists");
        check_encoding(name);
        statements_.add(name) = std::move(made);
    }
    /// Takes the unnamed statement away, so that another can be made in its memory; it is gone whatever comes of that.
    [[nodiscard]] statement_ref take_unnamed_statement() {
        statement_ref taken;
        statements_.remove({}, [&taken](statement_ref& s) { taken = std::move(s); });
        return taken;
    }
    bool close_statement(std::string_view name) { return statements_.remove(name, drop_statement); }
    void close_statements() {
        statements_.remove_if([](statement_ref const&) { return true; }, drop_statement);
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
    /// @throws sql_error 42P03 if a named one exists, 22021
    [[nodiscard]] portal& add_portal(std::string_view name) {
        if (name.empty()) {
            close_portal({});
            return portals_.add({});
        }
        return add_named_portal(name);
    }
    void close_portal(std::string_view name) { portals_.remove(name, drop_portal); }
    /// All but `keep`, which may be null.
    void close_portals(portal const* keep = nullptr) {
        portals_.remove_if([keep](portal const& p) { return &p != keep; }, drop_portal);
    }
    /// All that were made after so many, but `keep`.
    void close_portals_after(std::uint64_t made, portal const* keep) {
        portals_.remove_if([made, keep](portal const& p) { return &p != keep && p.number > made; }, drop_portal);
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
    portal& add_named_portal(std::string_view name) {
        if (portals_.find(name) != nullptr) refuse_second_cursor(name);
        check_encoding(name);
        portal& made = portals_.add(name);
        made.name.assign(name);
        return made;
    }
    static void drop_statement(statement_ref& s) noexcept { s.reset(); }
    static void drop_portal(portal& p) { p.clear(); }

    name_space<statement_ref> statements_;
    name_space<portal> portals_;  // before the statements that they share
};

}  // namespace pgwire::detail
