// Rows, COPY, and what comes unasked: exact bytes, and what is refused.
#include "tests/support/check.hpp"

namespace pgwire::test {

static_assert(writes(sample<row_description>, "T\0\0\0\x2e\0\2"
                                              "id\0\0\0\x40\0\0\1\0\0\0\x17\0\4\xff\xff\xff\xff\0\1"
                                              "\0\0\0\0\0\0\0\0\0\4\x13\xff\xff\0\0\0\x0e\0\0"sv),
              "RowDescription: name, table, attribute, type, size, modifier, format");
static_assert(writes(row_description{}, "T\0\0\0\6\0\0"sv), "RowDescription of no columns");
static_assert(writes(sample<data_row>, "D\0\0\0\x15\0\3\0\0\0\3\0\xff\1\xff\xff\xff\xff\0\0\0\0"sv), "DataRow");
static_assert(writes(data_row{}, "D\0\0\0\6\0\0"sv), "DataRow of no values");

static_assert(writes(sample<copy_in_response>, "G\0\0\0\x0d\1\0\3\0\1\0\0\0\1"sv), "CopyInResponse");
static_assert(writes(sample<copy_out_response>, "H\0\0\0\x0d\0\0\3\0\1\0\0\0\1"sv), "CopyOutResponse");
static_assert(writes(sample<copy_both_response>, "W\0\0\0\x0d\1\0\3\0\1\0\0\0\1"sv), "CopyBothResponse");
static_assert(writes(sample<copy_data>, "d\0\0\0\x08" "1\t\0\n"sv), "CopyData");
static_assert(writes(copy_data{}, "d\0\0\0\4"sv), "an empty CopyData");
static_assert(writes(copy_done{}, "c\0\0\0\4"sv), "CopyDone");
static_assert(writes(sample<copy_fail>, "f\0\0\0\x0cno more\0"sv), "CopyFail");

static_assert(writes(sample<parameter_status>, "S\0\0\0\x11TimeZone\0UTC\0"sv), "ParameterStatus");
static_assert(writes(sample<notification_response>, "A\0\0\0\x18\xff\xff\xff\xfd" "channel\0payload\0"sv),
              "NotificationResponse");

static_assert(decode<data_row>("\0\1\0\0\0\1a"sv)->values.size() == 1, "a row of one value");
static_assert(sample<row_description>.columns[1].type == oid{1043}, "columns can be asked for by their number");
static_assert(decode<copy_in_response>("\0\0\1\0\7"sv)->column_formats[0] == format{7},
              "a format that nobody knows is handed on, to be judged by who knows the types");
static_assert(decode<copy_in_response>("\0\0\2\0\0"sv).error() == errc::insufficient_data, "two formats are announced");

}  // namespace pgwire::test
