// COPY: bulk data in, out, or both ways, as a stream of pieces.
//
// Floor 1. Source: PostgreSQL documentation, "COPY Operations" and "Message Formats".
#pragma once

#include "pgwire/protocol/message.hpp"

namespace pgwire {

/// How a COPY is written as a whole. Text has rows of lines (CSV too); binary has a format of its own.
enum class copy_format : std::int8_t { text = 0, binary = 1 };

/// CopyInResponse (backend): send your data. If the whole is text, so must all columns be.
struct copy_in_response {
    static constexpr char tag = 'G';

    copy_format overall = copy_format::text;
    list<format> column_formats;

    using layout = fields<&copy_in_response::overall, &copy_in_response::column_formats>;
    friend constexpr bool operator==(copy_in_response const&, copy_in_response const&) = default;
};

/// CopyOutResponse (backend): data will follow.
struct copy_out_response {
    static constexpr char tag = 'H';

    copy_format overall = copy_format::text;
    list<format> column_formats;

    using layout = fields<&copy_out_response::overall, &copy_out_response::column_formats>;
    friend constexpr bool operator==(copy_out_response const&, copy_out_response const&) = default;
};

/// CopyBothResponse (backend): data will follow in both directions. Used by streaming replication.
struct copy_both_response {
    static constexpr char tag = 'W';

    copy_format overall = copy_format::text;
    list<format> column_formats;

    using layout = fields<&copy_both_response::overall, &copy_both_response::column_formats>;
    friend constexpr bool operator==(copy_both_response const&, copy_both_response const&) = default;
};

/// CopyData (both): a piece of the stream. From a frontend its bounds mean nothing; a backend sends a row in each.
struct copy_data {
    static constexpr char tag = 'd';

    rest_of_message data;

    using layout = fields<&copy_data::data>;
    friend constexpr bool operator==(copy_data const&, copy_data const&) = default;
};

/// CopyDone (both): the stream is complete.
struct copy_done {
    static constexpr char tag = 'c';

    using layout = fields<>;
    friend constexpr bool operator==(copy_done const&, copy_done const&) = default;
};

/// CopyFail (frontend): the stream is not complete and won't be.
struct copy_fail {
    static constexpr char tag = 'f';

    std::string_view reason;

    using layout = fields<&copy_fail::reason>;
    friend constexpr bool operator==(copy_fail const&, copy_fail const&) = default;
};

}  // namespace pgwire
