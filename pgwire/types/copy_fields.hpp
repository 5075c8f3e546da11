// The values of one line of COPY's data while it is taken apart.
//
// Floor 2, standard library only. A value that stands in the line as it is stays there; one with escapes is made in a
// buffer that is as large as a line and serves them all.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/protocol/field.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace pgwire::detail {

/// As many values as there are columns, and what was found beyond them is counted.
class copy_fields {
public:
    explicit copy_fields(std::size_t columns) : values_(columns) {}

    /// A new line.
    void clear() noexcept {
        found_ = 0;
        free_ = nullptr;
        invalid_ = {};
        if (!defaults_.empty()) defaults_.assign(defaults_.size(), false);
    }

    /// The next value.
    void add(value v) noexcept {
        if (found_ < values_.size()) values_[found_] = v;
        ++found_;
    }
    /// The next value if `plain`, which has no escapes, stands for NULL or for a default.
    template<class Options>
    [[nodiscard]] bool add_if_marker(Options const& options, std::string_view plain) {
        if (plain == options.null) {
            add({});
            return true;
        }
        if (!options.default_marker || plain != *options.default_marker) return false;
        if (found_ < values_.size()) {
            defaults_.resize(values_.size());
            defaults_[found_] = true;
        }
        add(plain);
        return true;
    }
    /// The next value, which has no escapes: it stays where it is.
    template<class Options>
    void add_plain(Options const& options, std::string_view plain) {
        if (!add_if_marker(options, plain)) add(plain);
    }

    /// Where the next value may be made, of at most `size` bytes; nor may those behind it need more.
    [[nodiscard]] char* room(std::size_t size) {
        if (free_ != nullptr) return free_;
        if (made_.size() < size) made_.resize(std::max(size, made_.size() * 2));
        return free_ = made_.data();
    }
    /// It is made, up to `end`.
    [[nodiscard]] std::string_view keep(char* end) noexcept {
        std::string_view const text(free_, static_cast<std::size_t>(end - free_));
        free_ = end;
        return text;
    }

    /// Escapes spell something that is not UTF-8: it, and what follows.
    void set_invalid(std::string_view from_there) noexcept { invalid_ = from_there; }
    [[nodiscard]] std::string_view invalid() const noexcept { return invalid_; }

    /// How many values the line has.
    [[nodiscard]] std::size_t found() const noexcept { return found_; }
    [[nodiscard]] bool is_default(std::size_t i) const noexcept { return i < defaults_.size() && defaults_[i]; }
    [[nodiscard]] std::span<value> values() noexcept { return values_; }
    [[nodiscard]] std::span<value const> values() const noexcept { return values_; }

private:
    std::vector<value> values_;
    std::vector<bool> defaults_;  // empty if there have been none
    raw_bytes made_;              // the values of this line that had escapes
    char* free_ = nullptr;        // in there, behind the last of them; null before the first
    std::string_view invalid_;
    std::size_t found_ = 0;
};

}  // namespace pgwire::detail
