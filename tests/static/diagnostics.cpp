// Errors and notices: exact bytes, and what may be absent, repeated or unknown.
#include "tests/support/check.hpp"

namespace pgwire::test {

static_assert(writes(sample<error_response>, "E\0\0\0\x84"
                                             "SFEHLER\0" "VERROR\0" "C42P01\0" "Mrelation \"t\" does not exist\0"
                                             "Ddetail\0" "Hhint\0" "Wwhere\0" "ss\0" "tt\0" "cc\0" "dd\0" "nn\0" "P15\0"
                                             "p3\0" "qSELECT 1\0" "Ffile.c\0" "L1234\0" "Rroutine\0" "\0"sv),
              "ErrorResponse: all 18 fields, in the order of PostgreSQL's server");
static_assert(writes(notice_response{{.severity = "NOTICE", .message = "hello"}}, "N\0\0\0\x14VNOTICE\0Mhello\0\0"sv),
              "NoticeResponse; empty fields are not written");
static_assert(writes(error_response{}, "E\0\0\0\5\0"sv), "an ErrorResponse may have no field at all");

constexpr auto error(std::string_view body) { return decode<error_response>(body); }
static_assert(error("\0"sv)->fields == diagnostic_fields{}, "a peer may send no field at all");
static_assert(error("C42P01\0\0"sv)->fields.code == "42P01"sv, "or the code alone");
static_assert(error("Ma\0!?\0Z\0\0"sv)->fields == diagnostic_fields{.message = "a"}, "unknown fields are skipped");
static_assert(error("Ma\0Mb\0\0"sv)->fields.message == "b"sv, "of repeated fields the last one counts");
static_assert(error("Mb\0Sa\0\0"sv)->fields == diagnostic_fields{.localized_severity = "a", .message = "b"},
              "fields may come in any order");
static_assert(error("Ma\0"sv).error() == errc::insufficient_data, "the end of the fields is missing");
static_assert(error("Ma"sv).error() == errc::invalid_string, "a text without an end");
static_assert(error("\0\0"sv).error() == errc::trailing_data, "something follows the end of the fields");
static_assert(error(""sv).error() == errc::insufficient_data, "nothing");

}  // namespace pgwire::test
