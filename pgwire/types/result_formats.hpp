// In which format each column of a result is wanted, as Bind said it.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Message Formats", Bind: of format codes there are
// none (all columns are text), one (for all of them), or one for each.
#pragma once

#include "pgwire/core/format.hpp"
#include "pgwire/protocol/field.hpp"

#include <cstddef>
#include <cstdint>

namespace pgwire {

/// A view of Bind's result format codes, which it borrows. By default all columns are text, as in a simple query.
class result_formats {
public:
    /// Whether all columns have one format, so that an encoder decides once and not for each value.
    enum class mode : std::uint8_t { text, binary, mixed };

    constexpr result_formats() = default;
    constexpr result_formats(list<format> const& codes) : codes_(codes) {  // NOLINT: codes are formats
        if (codes.size() == 1) look_at_one(codes[0]);
        else if (!codes.empty()) look_at_all();
    }
    constexpr explicit result_formats(format all) : mode_(all == format::binary ? mode::binary : mode::text) {}

    [[nodiscard]] constexpr result_formats::mode common() const noexcept { return mode_; }

    /// As Bind said it; none for all-text and for a format that was given for all.
    [[nodiscard]] constexpr list<format> const& codes() const noexcept { return codes_; }

    /// The format of column `i`.
    [[nodiscard]] constexpr format operator[](std::size_t i) const {
        if (mode_ != mode::mixed) return mode_ == mode::binary ? format::binary : format::text;
        return i < codes_.size() ? codes_[i] : format::text;
    }

    /// Whether so many codes fit a result of `columns` columns; if not, Bind is a violation of the protocol (08P01).
    [[nodiscard]] static constexpr bool fit(list<format> const& codes, std::size_t columns) noexcept {
        return codes.size() <= 1 || codes.size() == columns;
    }

    /// Whether all codes are text or binary; another one is an invalid parameter value (22023).
    [[nodiscard]] constexpr bool known() const noexcept { return known_; }

private:
    constexpr void look_at_one(format code) noexcept {
        mode_ = code == format::binary ? mode::binary : mode::text;
        known_ = code == format::binary || code == format::text;
    }
    [[gnu::noinline]] constexpr void look_at_all() {
        bool text = false;
        bool binary = false;
        for (auto const code : codes_) {
            (code == format::binary ? binary : text) = true;
            known_ = known_ && (code == format::binary || code == format::text);
        }
        mode_ = text && binary ? mode::mixed : binary ? mode::binary : mode::text;
    }

    list<format> codes_;
    mode mode_ = mode::text;
    bool known_ = true;
};

}  // namespace pgwire
