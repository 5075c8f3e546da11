// The values of a session's settings, and how transactions undo what was set in them.
//
// Floor 4, pure. Source: PostgreSQL documentation, "SET": a SET is undone by ROLLBACK, and by ROLLBACK TO a savepoint
// before it; a SET LOCAL ends with its transaction; RESET returns to what the session began with.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/server/sql_setting.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

class sql_settings {
public:
    /// One setting of the session. It stays where it is.
    struct entry {
        setting_definition const* definition;
        std::string value;        ///< in force
        std::string kept;         // what remains after the transaction, if that is committed
        std::string reset_value;  ///< what RESET returns to
        bool changed = false;     // since the last `take_changes`

        [[nodiscard]] std::string_view name() const noexcept { return definition->name; }
    };

    sql_settings() {
        for (auto const& d : standard_settings) define(d);
    }
    sql_settings(sql_settings&&) = default;
    sql_settings& operator=(sql_settings&&) = delete;
    ~sql_settings() = default;

    /// One more setting. The definition must live as long as this object.
    void define(setting_definition const& d) {
        std::string const initial(d.initial);
        entries_.push_back({&d, initial, initial, initial});
    }

    /// From now on TimeZone may be a region that the source knows, and no other.
    void use_zones(zone_source source) noexcept { zones_ = source; }

    /// The setting of this name, in whatever case, or null.
    [[nodiscard]] entry* find(std::string_view name) noexcept {
        for (auto& e : entries_)
            if (detail::same_name(e.name(), name)) return &e;
        return nullptr;
    }
    /// @throws sql_error 42704 if there is none
    [[nodiscard]] entry& at(std::string_view name) {
        if (auto* const found = find(name)) return *found;
        throw sql_error(sqlstates::undefined_object,
                        "unrecognized configuration parameter \"" + std::string(name) + '"');
    }
    /// The same; an unknown name with a dot in it becomes a custom setting.
    /// @throws sql_error 42704, 42602
    entry& find_or_add(std::string_view name) {
        if (name.find('.') == name.npos) return at(name);
        if (auto* const found = find(name)) return *found;
        check_custom_name(name);
        auto& c = custom_.emplace_back();
        c.name = name;
        c.definition.name = c.name;
        define(c.definition);
        return entries_.back();
    }
    [[nodiscard]] std::deque<entry> const& all() const noexcept { return entries_; }

    /// Sets a value.
    /// @param local until the end of the transaction
    /// @throws sql_error 42704, 42602, 22023, 55P02
    void set(std::string_view name, std::string_view given, bool local = false) {
        auto& e = find_or_add(name);
        put(e, canonical_setting(*e.definition, given, e.value, e.reset_value, zones_), local);
    }
    void reset(std::string_view name, bool local = false) {
        auto& e = at(name);
        if (e.definition->kind == setting_kind::read_only)
            static_cast<void>(canonical_setting(*e.definition, {}, {}, {}));  // says why not
        put(e, e.reset_value, local);
    }
    void reset_all() {
        for (auto& e : entries_)
            if (e.value != e.reset_value || e.kept != e.reset_value) put(e, e.reset_value, false);
    }

    /// Sets what the session begins with: from the startup packet, or what the server knows.
    /// @throws as `set`
    void start_with(std::string_view name, std::string_view given) {
        auto& e = find_or_add(name);
        begin_value(e, canonical_setting(*e.definition, given, e.value, e.reset_value, zones_));
    }
    /// The same for a value that is known to be right, also of a setting that can't be set.
    void initialize(std::string_view name, std::string_view given) { begin_value(at(name), std::string(given)); }

    // ---- transactions

    /// A point to which one may roll back.
    using mark = std::size_t;
    [[nodiscard]] mark now() const noexcept { return journal_.size(); }

    void rollback_to(mark m) {
        for (; journal_.size() > m; journal_.pop_back()) {
            auto& before = journal_.back();
            change(*before.setting, std::move(before.value));
            before.setting->kept = std::move(before.kept);
        }
    }
    void rollback() { rollback_to(0); }
    void commit() {
        for (auto& done : journal_)
            if (done.setting->value != done.setting->kept) change(*done.setting, done.setting->kept);
        journal_.clear();
    }

    /// Calls `f(entry const&)` for each setting that has changed since the last call.
    template<class F>
    void take_changes(F&& f) {
        if (!std::exchange(changed_, false)) return;
        for (auto& e : entries_)
            if (std::exchange(e.changed, false)) f(std::as_const(e));
    }

private:
    struct undone {
        entry* setting;
        std::string value;
        std::string kept;
    };

    /// Identifiers with dots between them.
    static void check_custom_name(std::string_view name) {
        bool at_start = true;
        bool valid = true;
        for (char const c : name) {
            bool const letter = c == '_' || (detail::to_lower(c) >= 'a' && detail::to_lower(c) <= 'z') ||
                                static_cast<unsigned char>(c) >= 0x80;
            valid = valid && (letter || (!at_start && (detail::is_digit(c) || c == '$' || c == '.')));
            at_start = c == '.';
        }
        if (!valid || at_start)
            throw sql_error(sqlstates::invalid_name,
                            "invalid configuration parameter name \"" + std::string(name) + '"')
                .detail("Custom parameter names must be two or more simple identifiers separated by dots.");
    }

    void put(entry& e, std::string text, bool local) {
        journal_.push_back({&e, e.value, e.kept});
        if (!local) e.kept = text;
        change(e, std::move(text));
    }
    void begin_value(entry& e, std::string text) {
        e.kept = e.reset_value = text;
        change(e, std::move(text));
    }
    void change(entry& e, std::string text) {
        e.value = std::move(text);
        e.changed = changed_ = true;
    }

    struct custom_setting {
        std::string name;
        setting_definition definition{};
    };

    // Deques: what is in them stays where it is, also when they are moved.
    zone_source zones_ = nullptr;
    std::deque<entry> entries_;
    std::deque<custom_setting> custom_;
    std::vector<undone> journal_;
    bool changed_ = false;
};

}  // namespace pgwire
