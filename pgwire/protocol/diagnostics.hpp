// Errors and notices: one set of fields, two messages.
//
// Floor 1. Source: PostgreSQL documentation, "Error and Notice Message Fields" and "Message Formats", ErrorResponse and
// NoticeResponse.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgwire {

/// What an error or a notice says, as text. Empty fields are absent: they are not sent, and none has to arrive. The
/// first four are sent by every PostgreSQL server since 9.6, but a client must cope without.
struct diagnostic_fields {
    std::string_view localized_severity{};    ///< S, in the server's language
    std::string_view severity{};              ///< V, never translated: ERROR, FATAL, PANIC, WARNING, NOTICE, …
    std::string_view code{};                  ///< C, the SQLSTATE
    std::string_view message{};               ///< M
    std::string_view detail{};                ///< D
    std::string_view hint{};                  ///< H
    std::string_view position{};              ///< P, a decimal number: characters, the first is 1
    std::string_view internal_position{};     ///< p, likewise, within `internal_query`
    std::string_view internal_query{};        ///< q
    std::string_view where{};                 ///< W
    std::string_view schema{};                ///< s
    std::string_view table{};                 ///< t
    std::string_view column{};                ///< c
    std::string_view data_type{};             ///< d
    std::string_view constraint{};            ///< n
    std::string_view file{};                  ///< F
    std::string_view line{};                  ///< L, a decimal number
    std::string_view routine{};               ///< R

    friend constexpr bool operator==(diagnostic_fields const&, diagnostic_fields const&) = default;
};

/// Pairs of a type byte and a String, then a zero byte. Written in the order in which PostgreSQL's server sends them,
/// read in any; unknown types are skipped, of duplicates the last one counts.
template<>
struct field<diagnostic_fields> {
    static constexpr void put(auto& out, diagnostic_fields const& v) {
        for (auto const& [type, member] : members) {
            if ((v.*member).empty()) continue;
            out.integer(type);
            out.string(v.*member);
        }
        out.integer('\0');
    }
    static constexpr diagnostic_fields get(reader& in) {
        diagnostic_fields v;
        while (char const type = in.integer<char>()) {  // zero, too, after a failure
            auto const text = in.string();
            auto const known = std::find_if(members.begin(), members.end(), [type](auto m) { return m.type == type; });
            if (known != members.end()) v.*known->member = text;
        }
        return v;
    }

private:
    struct entry {
        char type;
        std::string_view diagnostic_fields::*member;
    };
    static constexpr std::array<entry, 18> members{{
        {'S', &diagnostic_fields::localized_severity},
        {'V', &diagnostic_fields::severity},
        {'C', &diagnostic_fields::code},
        {'M', &diagnostic_fields::message},
        {'D', &diagnostic_fields::detail},
        {'H', &diagnostic_fields::hint},
        {'W', &diagnostic_fields::where},
        {'s', &diagnostic_fields::schema},
        {'t', &diagnostic_fields::table},
        {'c', &diagnostic_fields::column},
        {'d', &diagnostic_fields::data_type},
        {'n', &diagnostic_fields::constraint},
        {'P', &diagnostic_fields::position},
        {'p', &diagnostic_fields::internal_position},
        {'q', &diagnostic_fields::internal_query},
        {'F', &diagnostic_fields::file},
        {'L', &diagnostic_fields::line},
        {'R', &diagnostic_fields::routine},
    }};
};

/// ErrorResponse (backend).
struct error_response {
    static constexpr char tag = 'E';

    diagnostic_fields fields;

    using layout = pgwire::fields<&error_response::fields>;
    friend constexpr bool operator==(error_response const&, error_response const&) = default;
};

/// NoticeResponse (backend): at any time, and no answer to anything.
struct notice_response {
    static constexpr char tag = 'N';

    diagnostic_fields fields;

    using layout = pgwire::fields<&notice_response::fields>;
    friend constexpr bool operator==(notice_response const&, notice_response const&) = default;
};

/// The fields of an owned diagnostic, without a copy of its texts; it holds only the digits of the numbers.
///
///     encode(out, error_response{diagnostic_view(error).fields()});
///
/// Texts end at their first NUL, so that whatever a handler says can be sent. The diagnostic must outlive this object,
/// and this object the fields.
class diagnostic_view {
public:
    constexpr explicit diagnostic_view(diagnostic const& d) noexcept
        : diagnostic_(d), position_(d.position), internal_position_(d.internal_position), line_(d.line) {}
    diagnostic_view(diagnostic_view const&) = delete;
    diagnostic_view& operator=(diagnostic_view const&) = delete;

    [[nodiscard]] constexpr diagnostic_fields fields() const noexcept {
        auto const& d = diagnostic_;
        return {
            .localized_severity = to_string(d.severity),
            .severity = to_string(d.severity),
            .code = d.code.view(),
            .message = to_nul(d.message),
            .detail = to_nul(d.detail),
            .hint = to_nul(d.hint),
            .position = position_.view(),
            .internal_position = internal_position_.view(),
            .internal_query = to_nul(d.internal_query),
            .where = to_nul(d.where),
            .schema = to_nul(d.schema),
            .table = to_nul(d.table),
            .column = to_nul(d.column),
            .data_type = to_nul(d.data_type),
            .constraint = to_nul(d.constraint),
            .file = to_nul(d.file),
            .line = line_.view(),
            .routine = to_nul(d.routine),
        };
    }

private:
    // A number's decimal digits; none for 0, which means absent.
    class digits {
    public:
        constexpr explicit digits(std::uint32_t number) noexcept {
            for (; number != 0; number /= 10) chars_[--begin_] = static_cast<char>('0' + number % 10);
        }
        [[nodiscard]] constexpr std::string_view view() const noexcept {
            return {chars_.data() + begin_, chars_.size() - begin_};
        }

    private:
        std::array<char, 10> chars_{};
        std::size_t begin_ = 10;
    };

    static constexpr std::string_view to_nul(std::string_view text) noexcept { return text.substr(0, text.find('\0')); }

    diagnostic const& diagnostic_;
    digits position_;
    digits internal_position_;
    digits line_;
};

namespace detail {

// 0 for what is not a number that fits.
[[nodiscard]] constexpr std::uint32_t parse_digits(std::string_view text) noexcept {
    std::uint64_t number = 0;
    for (char const c : text) {
        if (c < '0' || c > '9') return 0;
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
        if (number > UINT32_MAX) return 0;
    }
    return static_cast<std::uint32_t>(number);
}

[[nodiscard]] constexpr severity parse_severity(std::string_view text) noexcept {
    for (auto const s : {severity::error, severity::fatal, severity::panic, severity::warning, severity::notice,
                         severity::debug, severity::info, severity::log})
        if (to_string(s) == text) return s;
    return severity::error;
}

}  // namespace detail

/// An owned copy of fields that were received. A code that is absent or none becomes `XX000`; a severity that is absent
/// or unknown, ERROR; a number that is none, 0.
[[nodiscard]] inline diagnostic to_diagnostic(diagnostic_fields const& f) {
    diagnostic d;
    d.severity = detail::parse_severity(f.severity.empty() ? f.localized_severity : f.severity);
    d.code = sqlstate::parse(f.code);
    d.message = f.message;
    d.detail = f.detail;
    d.hint = f.hint;
    d.position = detail::parse_digits(f.position);
    d.internal_position = detail::parse_digits(f.internal_position);
    d.internal_query = f.internal_query;
    d.where = f.where;
    d.schema = f.schema;
    d.table = f.table;
    d.column = f.column;
    d.data_type = f.data_type;
    d.constraint = f.constraint;
    d.file = f.file;
    d.line = detail::parse_digits(f.line);
    d.routine = f.routine;
    return d;
}

}  // namespace pgwire
