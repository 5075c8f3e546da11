// Why a decoder, an encoder or a codec said no, and which SQLSTATE and message PostgreSQL has for it.
//
// Floor 0, standard library only.
#pragma once

#include "pgwire/core/sqlstate.hpp"

#include <cstdint>
#include <string_view>

namespace pgwire {

enum class errc : std::uint8_t {
    none,
    // decoding a message
    insufficient_data,       ///< a field reaches past the end of its message
    invalid_string,          ///< a String without its NUL inside the message
    trailing_data,           ///< the message is longer than its fields
    invalid_value,           ///< a field holds a value that the protocol does not know
    invalid_length,          ///< a message length below 4, or above the limit of its type
    unknown_message_type,    ///< no message has this type byte
    unexpected_data,         ///< bytes where the protocol has none, such as behind a request that awaits its answer
    // encoding a message
    message_too_large,       ///< a value or a message over 2^31-1 bytes
    too_many_items,          ///< a list of more than 65,535 items
    embedded_nul,            ///< a String that contains a NUL
    // values
    invalid_text,            ///< the text does not spell a value of the type
    invalid_hexadecimal,     ///< what should be pairs of hexadecimal digits is not
    invalid_binary,          ///< the bytes are not a value of the type
    out_of_range,            ///< a number that the type can't hold
    invalid_datetime,        ///< the text does not spell a date or time
    datetime_overflow,       ///< a date or time field out of its range
    interval_overflow,       ///< a field of an interval out of its range
    zone_displacement_overflow,  ///< a time zone too far from UTC
    unknown_time_zone,       ///< no time zone has this name
    invalid_encoding,        ///< not UTF-8, or a zero byte
    syntax_error,            ///< a text search value with a mistake in its grammar
    untranslatable,          ///< an escape for a character that a text can't hold
    too_deep,                ///< values inside values, more than PostgreSQL's stack has room for
    malformed_value,         ///< a binary value that PostgreSQL calls an internal error
    invalid_copy_data,       ///< the data of a COPY is not in its format
    name_too_long,           ///< a binary name of more than 63 bytes
    invalid_name,            ///< the text is not a name
    undefined_object,        ///< no object of that kind has the name
    undefined_function,      ///< nor function or operator
    undefined_table,         ///< nor table
    undefined_schema,        ///< nor schema
    unexpected_null,         ///< NULL where the host type has no place for it
    datatype_mismatch,       ///< an element or attribute of another type than the one declared
    invalid_bounds,          ///< the bounds of an array contradict each other, or the host type's
    array_too_large,         ///< more dimensions or elements than an array has
    range_out_of_order,      ///< the lower bound of a range is above the upper one
    check_violation,         ///< the value is none of its domain
    invalid_data,            ///< a value that breaks a rule of its type, such as a vector with NaN in it
    unsupported,             ///< valid, but this type has no such format
};

/// The SQLSTATE that a PostgreSQL server reports for this failure.
[[nodiscard]] constexpr sqlstate to_sqlstate(errc e) noexcept {
    switch (e) {
    case errc::none: return sqlstates::successful_completion;
    case errc::insufficient_data:
    case errc::invalid_string:
    case errc::trailing_data:
    case errc::invalid_value:
    case errc::invalid_length:
    case errc::unknown_message_type:
    case errc::unexpected_data: return sqlstates::protocol_violation;
    case errc::message_too_large:
    case errc::array_too_large:
    case errc::too_many_items: return sqlstates::program_limit_exceeded;
    case errc::embedded_nul:
    case errc::invalid_encoding: return sqlstates::character_not_in_repertoire;
    case errc::invalid_text: return sqlstates::invalid_text_representation;
    case errc::invalid_binary: return sqlstates::invalid_binary_representation;
    case errc::out_of_range: return sqlstates::numeric_value_out_of_range;
    case errc::invalid_datetime: return sqlstates::invalid_datetime_format;
    case errc::datetime_overflow: return sqlstates::datetime_field_overflow;
    case errc::interval_overflow: return sqlstates::interval_field_overflow;
    case errc::zone_displacement_overflow: return sqlstates::invalid_time_zone_displacement_value;
    case errc::invalid_hexadecimal:
    case errc::unknown_time_zone: return sqlstates::invalid_parameter_value;
    case errc::invalid_copy_data: return sqlstates::bad_copy_file_format;
    case errc::name_too_long: return sqlstates::name_too_long;
    case errc::invalid_name: return sqlstates::invalid_name;
    case errc::undefined_object: return sqlstates::undefined_object;
    case errc::undefined_function: return sqlstates::undefined_function;
    case errc::undefined_table: return sqlstates::undefined_table;
    case errc::undefined_schema: return sqlstates::undefined_schema;
    case errc::syntax_error: return sqlstates::syntax_error;
    case errc::untranslatable: return sqlstates::untranslatable_character;
    case errc::too_deep: return sqlstates::statement_too_complex;
    case errc::malformed_value: return sqlstates::internal_error;
    case errc::unexpected_null: return sqlstates::null_value_not_allowed;
    case errc::datatype_mismatch: return sqlstates::datatype_mismatch;
    case errc::invalid_bounds: return sqlstates::array_subscript_error;
    case errc::range_out_of_order: return sqlstates::data_exception;
    case errc::check_violation: return sqlstates::check_violation;
    case errc::invalid_data: return sqlstates::data_exception;
    case errc::unsupported: return sqlstates::feature_not_supported;
    }
    return sqlstates::internal_error;
}

/// A sentence for people, in PostgreSQL's words where it has some.
[[nodiscard]] constexpr std::string_view message(errc e) noexcept {
    switch (e) {
    case errc::none: return "success";
    case errc::insufficient_data: return "insufficient data left in message";
    case errc::invalid_string: return "invalid string in message";
    case errc::trailing_data: return "invalid message format";
    case errc::invalid_value: return "invalid value in message";
    case errc::invalid_length: return "invalid message length";
    case errc::unknown_message_type: return "invalid message type";
    case errc::unexpected_data: return "received data where none is expected";
    case errc::message_too_large: return "message or value exceeds 2147483647 bytes";
    case errc::too_many_items: return "list exceeds 65535 items";
    case errc::embedded_nul: return "string contains a zero byte";
    case errc::invalid_text: return "invalid input syntax";
    case errc::invalid_hexadecimal: return "invalid hexadecimal data";
    case errc::invalid_binary: return "incorrect binary data format";
    case errc::out_of_range: return "value out of range";
    case errc::invalid_datetime: return "invalid input syntax for a date or time";
    case errc::datetime_overflow: return "date/time field value out of range";
    case errc::interval_overflow: return "interval field value out of range";
    case errc::zone_displacement_overflow: return "time zone displacement out of range";
    case errc::unknown_time_zone: return "time zone not recognized";
    case errc::invalid_encoding: return "invalid byte sequence for encoding \"UTF8\"";
    case errc::invalid_copy_data: return "invalid COPY data";
    case errc::name_too_long: return "identifier too long";
    case errc::invalid_name: return "invalid name syntax";
    case errc::undefined_object: return "object does not exist";
    case errc::undefined_function: return "function or operator does not exist";
    case errc::undefined_table: return "relation does not exist";
    case errc::undefined_schema: return "schema does not exist";
    case errc::syntax_error: return "syntax error";
    case errc::untranslatable: return "unsupported Unicode escape sequence";
    case errc::too_deep: return "stack depth limit exceeded";
    case errc::malformed_value: return "malformed binary value";
    case errc::unexpected_null: return "null value not allowed";
    case errc::datatype_mismatch: return "binary data has another type than expected";
    case errc::invalid_bounds: return "wrong array bounds";
    case errc::array_too_large: return "array size exceeds the maximum allowed";
    case errc::range_out_of_order: return "range lower bound must be less than or equal to range upper bound";
    case errc::check_violation: return "value for domain violates check constraint";
    case errc::invalid_data: return "value not allowed in this type";
    case errc::unsupported: return "format not supported for this type";
    }
    return "unknown error";
}

}  // namespace pgwire
