// pg_snapshot and txid_snapshot: which transactions were running at a moment.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Transaction ID and Snapshot Information
// Functions"; the binary form is that of the server's pg_snapshot_send: Int32 count, Int64 xmin, Int64 xmax, and that
// many Int64.
#pragma once

#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/array_limits.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/system_types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pgwire {

/// Transactions below `xmin` had ended, those from `xmax` on had not begun, and `running` are those between that had
/// not ended, in ascending order. `xmin` and `xmax` are no multiples of 2^32, and `xmin` is not above `xmax`.
/// `Type` is pg_snapshot, or txid_snapshot, its name before PostgreSQL 13.
template<type_info const& Type>
struct basic_snapshot {
    xid8 xmin{};
    xid8 xmax{};
    std::vector<xid8> running;
    friend bool operator==(basic_snapshot const&, basic_snapshot const&) = default;
};

using pg_snapshot = basic_snapshot<types::pg_snapshot>;
using txid_snapshot = basic_snapshot<types::txid_snapshot>;

template<type_info const& Type>
struct codec<basic_snapshot<Type>> {
    using host = basic_snapshot<Type>;
    static constexpr type_info type = Type;
    /// The most that PostgreSQL takes: what fits into a gigabyte of its memory.
    static constexpr std::size_t most_running = (detail::max_allocation - 24) / 8;

    /// `10:20:10,14,15`
    static std::size_t text_size(host const& v) noexcept {
        return is_valid(v) ? (v.running.size() + 2) * (detail::max_digits<std::uint64_t> + 1) : unencodable;
    }
    static char* to_text(char* p, host const& v) noexcept {
        p = codec<xid8>::to_text(p, v.xmin);
        *p++ = ':';
        p = codec<xid8>::to_text(p, v.xmax);
        *p++ = ':';
        for (std::size_t i = 0; i != v.running.size(); ++i) {
            if (i != 0) *p++ = ',';
            p = codec<xid8>::to_text(p, v.running[i]);
        }
        return p;
    }
    /// Numbers as C reads them, so no digits are 0 and too large a number is the largest. Repeated ones are dropped.
    static result<host> from_text(std::string_view text) {
        auto const take = [&] {
            auto const n = detail::scan_integer(text);
            text = n.rest;
            return static_cast<xid8>(n.wrapped());
        };
        host v;
        for (xid8 host::*const limit : {&host::xmin, &host::xmax}) {
            v.*limit = take();
            if (!text.starts_with(':')) return errc::invalid_text;
            text.remove_prefix(1);
        }
        if (!are_limits(v)) return errc::invalid_text;
        while (!text.empty()) {
            auto const x = take();
            if (x == v.xmax || !add(v, x)) return errc::invalid_text;
            if (text.starts_with(',')) text.remove_prefix(1);
            else if (!text.empty()) return errc::invalid_text;
        }
        return v;
    }

    static std::size_t binary_size(host const& v) noexcept {
        return is_valid(v) ? 20 + v.running.size() * 8 : unencodable;
    }
    static char* to_binary(char* p, host const& v) noexcept {
        p = store(p, static_cast<std::uint32_t>(v.running.size()));
        p = store(p, static_cast<std::uint64_t>(v.xmin));
        p = store(p, static_cast<std::uint64_t>(v.xmax));
        for (auto const x : v.running) p = store(p, static_cast<std::uint64_t>(x));
        return p;
    }
    /// Repeated transactions are dropped. In this form, but not as text, PostgreSQL lets the last one be `xmax`.
    static result<host> from_binary(std::string_view bytes) {
        if (bytes.size() < 4) return errc::insufficient_data;
        auto const count = load<std::uint32_t>(bytes.data());
        if (count > most_running) return errc::invalid_binary;
        if (bytes.size() < 20) return errc::insufficient_data;
        auto const at = [&](std::size_t i) { return static_cast<xid8>(load<std::uint64_t>(bytes.data() + i)); };
        host v{at(4), at(12), {}};
        if (!are_limits(v)) return errc::invalid_binary;
        std::size_t end = 20;
        for (std::uint32_t i = 0; i != count; ++i, end += 8) {
            if (bytes.size() - end < 8) return errc::insufficient_data;
            if (!add(v, at(end))) return errc::invalid_binary;
        }
        if (end != bytes.size()) return errc::invalid_binary;
        return v;
    }

    static errc refusal(host const&) noexcept { return errc::invalid_binary; }

private:
    [[nodiscard]] static bool are_limits(host const& v) noexcept {
        auto const is_transaction = [](xid8 x) { return static_cast<std::uint32_t>(x) != 0; };
        return is_transaction(v.xmin) && is_transaction(v.xmax) && v.xmin <= v.xmax;
    }
    /// @return false if it is beyond the limits, or below the one before
    [[nodiscard]] static bool add(host& v, xid8 x) {
        if (x < v.xmin || x > v.xmax) return false;
        if (v.running.empty() || v.running.back() < x) v.running.push_back(x);
        return v.running.back() == x;
    }
    [[nodiscard]] static bool is_valid(host const& v) noexcept {
        if (!are_limits(v) || v.running.size() > most_running) return false;
        for (std::size_t i = 0; i != v.running.size(); ++i) {
            if (v.running[i] < v.xmin || v.running[i] > v.xmax) return false;
            if (i != 0 && v.running[i] <= v.running[i - 1]) return false;
        }
        return true;
    }
};

}  // namespace pgwire
