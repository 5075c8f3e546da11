// The settings that a client is told of, and what it was told last.
//
// Floor 4, pure. All of them are one text, since every idle session keeps them, in which a name that PostgreSQL reports
// is one byte; only what has changed is held twice, until the client knows. As all texts of the protocol, a name and a
// setting end at a zero byte.
#pragma once

#include "pgwire/core/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::detail {

class reported_parameters {
public:
    /// Sets those that every session begins with. Their names differ from each other.
    void begin(std::span<std::pair<std::string_view, std::string_view> const> settings) {
        bool const are_the_first = text_.empty();  // then there is no need to look for their names
        std::size_t size = text_.size();
        for (auto const& [name, setting] : settings) size += setting.size() + 2;
        text_.reserve(size);
        for (auto const& [name, setting] : settings) {
            if (are_the_first) append(name, until_zero(setting));
            else set(name, setting);
        }
    }

    /// @param name matched without regard to case; a new one is spelt like this
    void set(std::string_view name, std::string_view setting) {
        name = until_zero(name);
        setting = until_zero(setting);
        auto const at = find(name);
        if (at && at->setting == setting) return;
        if (is_told_ && find_change(name) == changes_.end())
            changes_.push_back({std::string(name), std::string(at ? at->setting : not_told)});
        if (at) text_.replace(at->begin, at->setting.size(), std::string(setting));
        else append(name, setting);
    }

    /// The setting of this name, or nothing. Lives until one is set.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept {
        auto const at = find(name);
        return at ? at->setting : std::string_view();
    }

    /// Is there something that `report` may have to tell?
    [[nodiscard]] bool have_changed() const noexcept { return !is_told_ || !changes_.empty(); }

    /// Calls `tell(name, setting)` for each whose setting is not the one that the client was told last.
    template<class Tell>
    void report(Tell&& tell) {
        for (auto at = entry_at(0); at; at = entry_at(at->end())) {
            auto const changed = find_change(at->name);
            bool const is_known = is_told_ && (changed == changes_.end() || changed->told == at->setting);
            if (!is_known) tell(at->name, at->setting);
        }
        is_told_ = true;
        std::vector<change>().swap(changes_);
        text_.shrink_to_fit();
    }

private:
    struct entry {
        std::string_view name;
        std::size_t begin;  // of the setting
        std::string_view setting;

        [[nodiscard]] std::size_t end() const noexcept { return begin + setting.size() + 1; }
    };
    struct change {
        std::string name;
        std::string told;
    };

    [[nodiscard]] static std::string_view until_zero(std::string_view text) noexcept {
        return text.substr(0, text.find('\0'));
    }
    void append(std::string_view name, std::string_view setting) {
        auto const known = std::find(std::begin(usual_names), std::end(usual_names), name);
        std::string added;  // in one piece, whatever fails, and whatever these are views of
        if (known != std::end(usual_names)) added.append(1, static_cast<char>(known - std::begin(usual_names)));
        else added.append(1, spelt_out).append(name).append(1, '\0');
        added.append(setting).append(1, '\0');
        text_.append(added);
    }
    [[nodiscard]] std::optional<entry> entry_at(std::size_t where) const noexcept {
        if (where == text_.size()) return std::nullopt;
        std::string_view const rest(text_.data() + where + 1, text_.size() - where - 1);
        bool const is_spelt_out = text_[where] == spelt_out;
        auto const name = is_spelt_out ? until_zero(rest) : usual_names[static_cast<std::size_t>(text_[where])];
        auto const before = is_spelt_out ? name.size() + 1 : 0;
        return entry{name, where + 1 + before, until_zero(rest.substr(before))};
    }
    [[nodiscard]] std::optional<entry> find(std::string_view name) const noexcept {
        for (auto at = entry_at(0); at; at = entry_at(at->end()))
            if (equals_ignoring_case(at->name, name)) return at;
        return std::nullopt;
    }
    [[nodiscard]] std::vector<change>::iterator find_change(std::string_view name) noexcept {
        return std::find_if(changes_.begin(), changes_.end(),
                            [name](change const& c) { return equals_ignoring_case(c.name, name); });
    }

    static constexpr std::string_view usual_names[] = {
        "application_name", "client_encoding", "DateStyle", "default_transaction_read_only", "in_hot_standby",
        "integer_datetimes", "IntervalStyle", "is_superuser", "scram_iterations", "search_path", "server_encoding",
        "server_version", "session_authorization", "standard_conforming_strings", "TimeZone"};
    static constexpr char spelt_out = '\x7f';
    static constexpr std::string_view not_told{"", 1};  // as no setting is

    // The number of a usual name, or a mark, the name and a zero byte; then the setting and a zero byte. In the order in
    // which they came.
    std::string text_;
    std::vector<change> changes_;  // since the last report
    bool is_told_ = false;         // all of them, once
};

}  // namespace pgwire::detail
