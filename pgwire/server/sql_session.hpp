// What a session of SQL remembers beside its data: settings and transaction, and what they change in the protocol.
//
// Floor 4. `sql_layer` has one; an engine is told of it by its hook  void on_sql_start(sql_session&),  and may ask it
// about the transaction, read settings, and register the session's functions (sql_functions.hpp).
#pragma once

#include "pgwire/server/session_context.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/server/sql_settings.hpp"
#include "pgwire/server/sql_transaction.hpp"
#include "pgwire/types/calendar.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

class sql_session {
public:
    /// What an engine may ask.

    [[nodiscard]] session_context& context() const noexcept { return *context_; }
    [[nodiscard]] sql_settings& settings() noexcept { return settings_; }
    [[nodiscard]] transaction_book const& transaction() const noexcept { return book_; }
    /// May the statement at work write? `BEGIN READ ONLY`, or `SET default_transaction_read_only`, says no.
    [[nodiscard]] bool read_only() const { return read_only_->value == "on"; }
    /// The zones of regions, which the library does not know by itself: gives a zone, which must outlive the session
    /// and what it has left to a pool, or null. `find_system_zone` of `pgwire/types/system_zones.hpp` is one. Without
    /// it such a name is taken and reported, and timestamps stay in UTC, which their text says. Who has zones says so
    /// in `on_sql_start`: what the startup packet asks for is looked up then.
    /// @throws sql_error 22023 if the source does not know it
    using zone_source = pgwire::zone_source;
    void use_zones(zone_source source) {
        zones_ = source;
        settings_.use_zones(source);
        if (context_ == nullptr) return;
        context_->style().find_zone = source;
        settings_.start_with("TimeZone", settings_.at("TimeZone").value);
        apply_changes();
    }

    /// Sets a setting as SET does, or set_config().
    /// @throws sql_error 42704, 42602, 22023, 55P02
    void set(std::string_view name, std::string_view given, bool local) {
        settings_.set(name, given, local || is_mode(name));
        apply_changes();
    }

    // ---- for the layer

    sql_session() = default;
    sql_session(sql_session&&) = default;

    /// The session has begun: takes over what the startup packet asks for.
    /// @throws sql_error 42704 for an unknown name, 22023, 55P02
    void start(session_context& context) {
        context_ = &context;
        context.style().find_zone = zones_;
        context.style().now = now;
        for (auto const& e : settings_.all())
            if (e.definition->reported && e.definition->kind == setting_kind::read_only)
                settings_.initialize(e.name(), context.parameter(e.name()));
        settings_.initialize("server_version_num", version_number(context.parameter("server_version")));
        settings_.initialize("session_authorization", context.login().user);
        start_with_limits(context.limits());
        for (auto const& [name, given] : context.login().options) {
            if (detail::same_name(name, "options")) start_with_options(given);
            else if (!detail::same_name(name, "replication")) settings_.start_with(name, given);
        }
        apply_changes();
    }

    [[nodiscard]] transaction_book& book() noexcept { return book_; }
    [[nodiscard]] bool is_started() const noexcept { return context_ != nullptr; }

    void carry_out_set(sql_command const& c) {
        if (c.local && book_.idle())
            return warn(sqlstates::no_active_sql_transaction, "SET LOCAL can only be used in transaction blocks");
        auto const& e = settings_.find_or_add(c.name);
        bool const local = c.local || is_mode(e.name());
        if (c.to_default) settings_.reset(e.name(), local);
        else settings_.set(e.name(), join(e, c.values), local);
        settle();
    }
    void carry_out_reset(sql_command const& c) {
        if (c.what == sql_command::kind::reset_all) return reset_all();
        settings_.reset(c.name);
        settle();
    }
    void reset_all() {
        settings_.reset_all();
        settle();
    }
    /// SET TRANSACTION, and what BEGIN says.
    void set_modes(transaction_modes const& m, std::string_view prefix, bool local) {
        auto const put = [&](std::string_view name, std::string_view given) {
            settings_.set(std::string(prefix) + std::string(name), given, local);
        };
        if (!m.isolation.empty()) put("transaction_isolation", m.isolation);
        if (m.read_only) put("transaction_read_only", *m.read_only ? "on" : "off");
        if (m.deferrable) put("transaction_deferrable", *m.deferrable ? "on" : "off");
        settle();
    }
    /// The modes of the transaction at work.
    [[nodiscard]] transaction_modes modes() {
        transaction_modes m;
        for (auto const word : detail::isolation_words)
            if (settings_.at("transaction_isolation").value == word) m.isolation = word;
        m.read_only = settings_.at("transaction_read_only").value == "on";
        m.deferrable = settings_.at("transaction_deferrable").value == "on";
        return m;
    }

    void commit() {
        settings_.commit();
        apply_changes();
    }
    void rollback() {
        settings_.rollback();
        apply_changes();
    }
    void rollback_to(sql_settings::mark m) {
        settings_.rollback_to(m);
        apply_changes();
    }
    /// Outside of a transaction a change is there to stay.
    void settle() {
        if (book_.idle()) settings_.commit();
        apply_changes();
    }

    void warn(sqlstate code, std::string_view text) {
        diagnostic d;
        d.severity = severity::warning;
        d.code = code;
        d.message = text;
        context_->notice(d);
    }

private:
    /// What a transaction is like, and what the next ones will be like.
    static constexpr std::pair<std::string_view, std::string_view> mode_settings[] = {
        {"transaction_isolation", "default_transaction_isolation"},
        {"transaction_read_only", "default_transaction_read_only"},
        {"transaction_deferrable", "default_transaction_deferrable"},
    };
    [[nodiscard]] static bool is_mode(std::string_view name) noexcept {
        return std::any_of(std::begin(mode_settings), std::end(mode_settings),
                           [name](auto const& m) { return detail::same_name(m.first, name); });
    }

    /// Tells the protocol of what has changed.
    void apply_changes() {
        settings_.take_changes([this](sql_settings::entry const& e) {
            if (e.definition->reported) context_->set_parameter(e.name(), e.value);
            apply_style(e);
            apply_limit(e);
            new_defaults_ = new_defaults_ || e.name().starts_with("default_transaction_");
        });
        if (new_defaults_ && book_.idle()) follow_defaults();
    }
    /// The modes with which the next transaction begins, and those of a statement outside of one. The one at work keeps
    /// its own.
    void follow_defaults() {
        new_defaults_ = false;
        for (auto const& [mode, initial] : mode_settings) settings_.initialize(mode, settings_.at(initial).value);
    }
    void apply_style(sql_settings::entry const& e) {
        auto& style = context_->style();
        if (e.name() == "DateStyle") {
            auto const words = *detail::parse_date_style(e.value, {date_style::iso, date_order::mdy});
            style.dates = words.style;
            style.order = words.order;
        } else if (e.name() == "IntervalStyle") {
            auto const at = std::find(std::begin(detail::interval_words), std::end(detail::interval_words), e.value);
            style.intervals = static_cast<interval_style>(at - std::begin(detail::interval_words));
        } else if (e.name() == "bytea_output") {
            style.bytes = e.value == "hex" ? bytea_output::hex : bytea_output::escape;
        } else if (e.name() == "extra_float_digits") {
            int digits = 1;
            std::from_chars(e.value.data(), e.value.data() + e.value.size(), digits);
            style.extra_float_digits = static_cast<std::int8_t>(digits);
        } else if (e.name() == "TimeZone") {
            auto const known = detail::parse_zone(e.value, zones_);
            style.zone = known ? known->region : nullptr;
            style.utc_offset = known ? known->offset.value_or(0) : 0;
            style.utc_offset_label = zone_label(known ? known->label : std::string());
        }
    }
    /// What `now` and `today` mean in a text: when it is read, and not, as in PostgreSQL, when the transaction began.
    static std::int64_t now() noexcept {
        auto const since_1970 = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count() -
               detail::microseconds_to_unix;
    }
    void start_with_limits(time_limits const& limits) {
        auto const start = [this](std::string_view name, std::chrono::milliseconds limit) {
            settings_.start_with(name, std::to_string(limit.count()));
        };
        start("statement_timeout", limits.statement);
        start("idle_session_timeout", limits.idle);
        start("idle_in_transaction_session_timeout", limits.idle_in_transaction);
    }
    void apply_limit(sql_settings::entry const& e) {
        auto limits = context_->limits();
        auto const most = [&e] { return std::chrono::milliseconds(detail::integer_of(*e.definition, e.value)); };
        if (e.name() == "statement_timeout") limits.statement = most();
        else if (e.name() == "idle_session_timeout") limits.idle = most();
        else if (e.name() == "idle_in_transaction_session_timeout") limits.idle_in_transaction = most();
        else return;
        context_->set_limits(limits);
    }

    /// Several values make one where the setting is a list.
    static std::string join(sql_settings::entry const& e, std::vector<std::string> const& values) {
        auto const kind = e.definition->kind;
        if (kind != setting_kind::names && kind != setting_kind::date_style && values.size() != 1)
            throw sql_error(sqlstates::invalid_parameter_value,
                            "SET " + std::string(e.name()) + " takes only one argument");
        std::string all;
        for (auto const& v : values) {
            if (&v != &values.front()) all += ", ";
            all += kind == setting_kind::names ? quoted_name(v) : v;
        }
        return all;
    }
    static std::string quoted_name(std::string const& name) {
        bool const plain =
            !name.empty() && !detail::is_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
                return (c >= 'a' && c <= 'z') || detail::is_digit(c) || c == '_';
            });
        if (plain) return name;
        std::string quoted = "\"";
        for (char const c : name) quoted.append(c == '"' ? 2 : 1, c);
        return quoted + '"';
    }

    /// `-c name=value --name=value` as the startup packet's `options` has it; a backslash keeps a space.
    void start_with_options(std::string_view text) {
        std::vector<std::string> words;
        bool inside = false;
        for (std::size_t i = 0; i != text.size(); ++i) {
            if (detail::is_space(text[i])) {
                inside = false;
                continue;
            }
            if (text[i] == '\\' && i + 1 != text.size()) ++i;
            if (!std::exchange(inside, true)) words.emplace_back();
            words.back() += text[i];
        }
        for (std::size_t i = 0; i != words.size(); ++i) {
            std::string_view word = words[i];
            if (word == "-c" && i + 1 != words.size()) word = words[++i];
            else if (word.starts_with("-c") || word.starts_with("--")) word.remove_prefix(2);
            else word = {};
            auto const equals = word.find('=');
            if (equals == word.npos || equals == 0)
                throw sql_error(sqlstates::syntax_error,
                                "invalid command-line argument for server process: " + words[i]);
            std::string name(word.substr(0, equals));
            std::replace(name.begin(), name.end(), '-', '_');
            settings_.start_with(name, word.substr(equals + 1));
        }
    }

    /// `15.4 (pgwire)` is 150004.
    static std::string version_number(std::string_view version) {
        int major = 0;
        int minor = 0;
        char const* const end = version.data() + version.size();
        auto const [rest, error] = std::from_chars(version.data(), end, major);
        if (error == std::errc{} && rest != end && *rest == '.') std::from_chars(rest + 1, end, minor);
        return std::to_string(major * 10'000 + minor);
    }

    session_context* context_ = nullptr;
    sql_settings settings_;
    // It stays where it is when the settings are moved.
    sql_settings::entry const* read_only_ = &settings_.at("transaction_read_only");
    transaction_book book_;
    bool new_defaults_ = false;  // for transactions, which the one at work does not follow
    zone_source zones_ = nullptr;
};

}  // namespace pgwire
