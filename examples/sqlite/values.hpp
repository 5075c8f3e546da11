// Values on their way: what a client binds goes into SQLite by the parameter's type, and what SQLite keeps goes out by
// the column's type. What does not fit is an error that names it.
//
//     boolean                              0 and 1
//     integers, oid                        an integer
//     real, double precision               a float; SQLite has no NaN
//     numeric                              an integer or a float if that is exact, else its digits as text
//     bytea                                a blob
//     date, time, timestamp(tz), uuid      text, as PostgreSQL writes it; timestamptz in UTC
//     text and its like, json              text
#pragma once

#include "constants.hpp"
#include "types.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/server/request.hpp"
#include "pgwire/server/row_writer.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/types.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace example {

/// The beginning of a text, in quotes, for an error.
[[nodiscard]] inline std::string quoted_excerpt(std::string_view text) {
    constexpr std::size_t longest = 64;
    if (!pgwire::valid_utf8(text)) return "that is not UTF-8";
    std::size_t end = std::min(text.size(), longest);
    while (end != text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // inside a character
    return '"' + std::string(text.substr(0, end)) + '"';
}

// ---- in

class binder {
public:
    binder(sqlite3_stmt* statement, pgwire::text_style const& style) : statement_(statement), style_(style) {}
    binder(sqlite3_stmt* statement, pgwire::request const& r) : binder(statement, r.session().style()) {
        r.parameters.for_each([this](pgwire::parameter const& p) { bind(p); });
    }

    /// The next value.
    void bind(pgwire::parameter const& p) {
        ++index_;
        if (index_ > sqlite3_bind_parameter_count(statement_)) return;  // declared, but not used
        if (!p.bytes) return check(sqlite3_bind_null(statement_, index_));
        using namespace pgwire;
        auto const is = [&p](type_info const& t) { return p.type == t.type; };
        if (is(types::int2)) return bind_integer(decode<std::int16_t>(p));
        if (is(types::int4)) return bind_integer(decode<std::int32_t>(p));
        if (is(types::int8)) return bind_integer(decode<std::int64_t>(p));
        if (is(types::oid)) return bind_integer(static_cast<std::uint32_t>(decode<oid>(p)));
        if (is(types::bool_)) return bind_integer(decode<bool>(p) ? 1 : 0);
        if (is(types::float4)) return bind_real(decode<float>(p));
        if (is(types::float8)) return bind_real(decode<double>(p));
        if (is(types::numeric)) return bind_numeric(decode<numeric>(p).text);
        if (is(types::bytea)) {
            auto const bytes = decode<std::vector<std::byte>>(p);
            return check(sqlite3_bind_blob64(statement_, index_,
                                             bytes.empty() ? "" : static_cast<void const*>(bytes.data()), bytes.size(),
                                             SQLITE_TRANSIENT));
        }
        if (is(types::date)) return bind_as_text(decode<date>(p));
        if (is(types::time)) return bind_as_text(decode<time_of_day>(p));
        if (is(types::timestamp)) return bind_as_text(decode<timestamp>(p));
        if (is(types::timestamptz)) return bind_as_text(decode<timestamptz>(p));
        if (is(types::uuid)) return bind_as_text(decode<uuid>(p));
        auto const* const known = find_type(p.type);
        bool const text = known == nullptr || kept_as_text(*known) || *known == types::unknown ||
                          *known == types::jsonb || *known == types::xml || p.format == format::text;
        if (!text)
            throw sql_error(sqlstates::feature_not_supported,
                            "parameters of type " + std::string(known->name) + " are not supported in binary format");
        bind_text(decode<std::string_view>(p));
    }

private:
    template<class T>
    T decode(pgwire::parameter const& p) const {
        auto made = pgwire::decode_value<T>(p.bytes, p.format, style_);
        if (made) return *std::move(made);
        auto const number = std::to_string(index_);
        auto const code = pgwire::to_sqlstate(made.error());
        if (p.format == pgwire::format::binary)
            throw pgwire::sql_error(code, std::string(pgwire::message(made.error())) + " in bind parameter " + number);
        auto said = pgwire::describe_value_error<T>(made.error(), *p.bytes, style_);
        throw pgwire::sql_error(code, std::move(said.message))
            .detail(std::move(said.detail))
            .where("portal parameter $" + number);
    }

    void bind_integer(std::int64_t n) { check(sqlite3_bind_int64(statement_, index_, n)); }
    void bind_real(double n) {
        if (std::isnan(n)) throw pgwire::sql_error(pgwire::sqlstates::feature_not_supported, "SQLite has no NaN");
        check(sqlite3_bind_double(statement_, index_, n));
    }
    void bind_text(std::string_view text) {
        check(sqlite3_bind_text64(statement_, index_, text.data() == nullptr ? "" : text.data(), text.size(),
                                  SQLITE_TRANSIENT, SQLITE_UTF8));
    }
    template<class T>
    void bind_as_text(T const& v) {
        std::array<char, 64> text{};
        char* const end = pgwire::encode_value<pgwire::format::text>(text.data(), v);
        bind_text({text.data(), static_cast<std::size_t>(end - text.data())});
    }
    void bind_numeric(std::string const& digits) {
        auto const kept = kept_numeric(digits);
        if (auto const* const n = std::get_if<std::int64_t>(&kept)) return bind_integer(*n);
        if (auto const* const n = std::get_if<double>(&kept)) return bind_real(*n);
        bind_text(digits);
    }
    void check(int code) const {
        if (code == SQLITE_TOOBIG)
            throw pgwire::sql_error(pgwire::sqlstates::program_limit_exceeded, "value is too large");
        if (code != SQLITE_OK) throw pgwire::sql_error(pgwire::sqlstates::internal_error, sqlite3_errstr(code));
    }

    sqlite3_stmt* statement_;
    pgwire::text_style const& style_;
    int index_ = 0;
};

// ---- out

/// Writes one value as its column has it.
/// @tparam Row takes it: a row of a result, or of a COPY
template<class Row>
class value_writer {
public:
    value_writer(Row& out, pgwire::column const& c, sqlite3_value* v) : out_(out), column_(c), value_(v) {}

    void write() {
        storage_ = sqlite3_value_type(value_);
        if (storage_ == SQLITE_NULL) return static_cast<void>(out_.add_null());
        using namespace pgwire;
        auto const is = [this](type_info const& t) { return column_.type == t.type; };
        if (is(types::int4)) return write_integer<std::int32_t>();
        if (is(types::int8)) return write_integer<std::int64_t>();
        if (is(types::int2)) return write_integer<std::int16_t>();
        if (is(types::text)) return static_cast<void>(out_.add(text()));
        if (is(types::float8)) return write_real<double>();
        if (is(types::float4)) return write_real<float>();
        if (is(types::numeric)) return write_numeric();
        if (is(types::bool_)) return write_boolean();
        if (is(types::bytea)) return write_bytes();
        if (is(types::date)) return write_parsed<date>();
        if (is(types::time)) return write_parsed<time_of_day>();
        if (is(types::timestamp)) return write_parsed<timestamp>();
        if (is(types::timestamptz)) return write_parsed<timestamptz>();
        if (is(types::uuid)) return write_uuid();
        if (is(types::oid)) return write_oid();
        if (is(types::varchar)) return write_varchar();
        if (is(types::bpchar)) return write_bpchar();
        if (is(types::json)) return static_cast<void>(out_.add(json_view{text()}));
        out_.add(text());
    }

private:
    [[noreturn]] void misfit(pgwire::sqlstate code, std::string_view why) const {
        auto const* const type = pgwire::find_type(column_.type);
        auto const shown = storage_ == SQLITE_BLOB ? std::string("a blob") : quoted_excerpt(bytes());
        pgwire::sql_error error(code, "value " + shown + " of column \"" + std::string(column_.name) + "\" " +
                                          std::string(why) + " type " +
                                          std::string(type == nullptr ? "unknown" : type->name));
        error.fields().column = column_.name;
        throw error;
    }
    [[noreturn]] void misfit(pgwire::errc error) const {
        bool const range = error == pgwire::errc::out_of_range || error == pgwire::errc::datetime_overflow;
        if (range) misfit(pgwire::sqlstates::numeric_value_out_of_range, "is out of range for");
        misfit(pgwire::sqlstates::invalid_text_representation, "is not a value of");
    }

    /// The value's text, or a blob's bytes.
    [[nodiscard]] std::string_view bytes() const {
        auto const* const data = storage_ == SQLITE_BLOB ? static_cast<char const*>(sqlite3_value_blob(value_))
                                                         : reinterpret_cast<char const*>(sqlite3_value_text(value_));
        return {data == nullptr ? "" : data, static_cast<std::size_t>(sqlite3_value_bytes(value_))};
    }
    /// SQLite takes any bytes for text, a client takes UTF-8.
    [[nodiscard]] std::string_view text() {
        if (storage_ == SQLITE_FLOAT) return shortest();
        auto const view = bytes();
        if (!pgwire::valid_utf8(view))
            throw pgwire::sql_error(pgwire::sqlstates::character_not_in_repertoire,
                                    "a value of column \"" + std::string(column_.name) + "\" is not UTF-8");
        return view;
    }
    /// A float as PostgreSQL spells it.
    [[nodiscard]] std::string_view shortest() {
        char* const end = pgwire::encode_value<pgwire::format::text>(digits_.data(), sqlite3_value_double(value_));
        return {digits_.data(), static_cast<std::size_t>(end - digits_.data())};
    }

    template<class T>
    [[nodiscard]] T parsed() {
        if (storage_ != SQLITE_TEXT) misfit(pgwire::errc::invalid_text);
        auto made = pgwire::detail::from_text<T>(bytes(), pgwire::default_text_style);
        if (!made) misfit(made.error());
        return *std::move(made);
    }
    template<class T>
    void write_parsed() {
        out_.add(parsed<T>());
    }

    template<class T>
    void write_integer() {
        if (storage_ == SQLITE_TEXT || storage_ == SQLITE_BLOB) return write_parsed<T>();
        if (storage_ == SQLITE_FLOAT) check_whole(sqlite3_value_double(value_));
        std::int64_t const n = sqlite3_value_int64(value_);
        if (n < std::numeric_limits<T>::min() || n > std::numeric_limits<T>::max()) misfit(pgwire::errc::out_of_range);
        out_.add(static_cast<T>(n));
    }
    /// An integer that has overflown is a float to SQLite.
    void check_whole(double n) const {
        if (!(std::abs(n) < 0x1p63)) misfit(pgwire::errc::out_of_range);
        if (n != std::trunc(n)) misfit(pgwire::errc::invalid_text);
    }
    void write_oid() {
        if (storage_ != SQLITE_INTEGER) return write_parsed<pgwire::oid>();
        std::int64_t const n = sqlite3_value_int64(value_);
        if (n < 0 || n > std::numeric_limits<std::uint32_t>::max()) misfit(pgwire::errc::out_of_range);
        out_.add(static_cast<pgwire::oid>(n));
    }
    template<class T>
    void write_real() {
        if (storage_ == SQLITE_TEXT || storage_ == SQLITE_BLOB) return write_parsed<T>();
        double const n = sqlite3_value_double(value_);
        if (std::isfinite(n) && std::abs(n) > static_cast<double>(std::numeric_limits<T>::max()))
            misfit(pgwire::errc::out_of_range);
        out_.add(static_cast<T>(n));
    }
    void write_boolean() {
        if (storage_ == SQLITE_TEXT || storage_ == SQLITE_BLOB) return write_parsed<bool>();
        double const n = sqlite3_value_double(value_);
        if (n != 0 && n != 1) misfit(pgwire::errc::invalid_text);
        out_.add(n == 1);
    }

    /// With as many digits behind the point as `numeric(10,2)` says.
    void write_numeric() {
        if (storage_ == SQLITE_BLOB) misfit(pgwire::errc::invalid_text);
        std::string number(storage_ == SQLITE_FLOAT ? shortest() : bytes());
        auto const plain = pgwire::codec<pgwire::numeric>::from_text(number);
        if (!plain) misfit(plain.error());
        if (column_.modifier >= 4 && plain->text.find_first_not_of("-0123456789.") == std::string::npos) {
            auto const scale = static_cast<std::size_t>((column_.modifier - 4) & 0xffff);
            auto const precision = static_cast<std::size_t>((column_.modifier - 4) >> 16);
            number = rounded(plain->text, scale);
            auto const digits = number.find_first_not_of("-0");
            auto const whole = std::min(number.find('.'), number.size());
            if (digits < whole && whole - digits + scale > precision) misfit(pgwire::errc::out_of_range);
        } else {
            number = plain->text;
        }
        out_.add(pgwire::numeric_view{number});
    }
    /// Plain digits with `scale` of them behind the point, rounded half away from zero.
    static std::string rounded(std::string number, std::size_t scale) {
        auto point = number.find('.');
        if (point == number.npos) {
            point = number.size();
            number += '.';
        }
        bool const up = number.size() > point + 1 + scale && number[point + 1 + scale] >= '5';
        number.resize(point + 1 + scale, '0');
        if (up) {
            auto at = number.size();
            while (at-- != 0) {
                if (number[at] == '.') continue;
                if (number[at] == '-') break;
                if (number[at] != '9') {
                    ++number[at];
                    at = number.size();
                    break;
                }
                number[at] = '0';
            }
            if (at != number.size()) number.insert(number[0] == '-' ? 1 : 0, 1, '1');
        }
        if (scale == 0) number.pop_back();
        return number;
    }

    void write_bytes() {
        if (storage_ != SQLITE_BLOB && storage_ != SQLITE_TEXT) misfit(pgwire::errc::invalid_text);
        out_.add(pgwire::bytea_view{bytes()});
    }
    void write_uuid() {
        if (storage_ != SQLITE_BLOB) return write_parsed<pgwire::uuid>();
        auto const made = pgwire::codec<pgwire::uuid>::from_binary(bytes());
        if (!made) misfit(pgwire::errc::invalid_text);
        out_.add(*made);
    }
    void write_varchar() {
        auto const view = text();
        if (column_.modifier >= 4 && pgwire::count_characters(view) > static_cast<std::uint32_t>(column_.modifier - 4))
            misfit(pgwire::sqlstates::string_data_right_truncation, "is too long for");
        out_.add(pgwire::varchar{view});
    }
    /// Blanks fill it up.
    void write_bpchar() {
        auto const view = text();
        std::size_t const length = column_.modifier >= 4 ? static_cast<std::size_t>(column_.modifier - 4) : 0;
        std::size_t const characters = pgwire::count_characters(view);
        if (length != 0 && characters > length)
            misfit(pgwire::sqlstates::string_data_right_truncation, "is too long for");
        if (characters >= length) return static_cast<void>(out_.add(pgwire::bpchar{view}));
        auto const padded = std::string(view) + std::string(length - characters, ' ');
        out_.add(pgwire::bpchar{padded});
    }

    Row& out_;
    pgwire::column const& column_;
    sqlite3_value* value_;
    int storage_ = SQLITE_NULL;
    std::array<char, 32> digits_{};
};

}  // namespace example
