// COPY in its three formats: how the data are cut changes nothing, what was read is written and read again as the same,
// and bytes that are no format at all, taken for values, come through.
#include "pgwire/types/copy_binary_decoder.hpp"
#include "pgwire/types/copy_binary_encoder.hpp"
#include "pgwire/types/copy_csv_decoder.hpp"
#include "pgwire/types/copy_csv_encoder.hpp"
#include "pgwire/types/copy_row_builder.hpp"
#include "pgwire/types/copy_text_decoder.hpp"
#include "pgwire/types/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using row = std::vector<std::optional<std::string>>;

void require(bool condition) {
    if (!condition) std::abort();
}

struct outcome {
    std::vector<row> rows;
    std::string error;
    std::uint64_t line = 0;
    friend bool operator==(outcome const&, outcome const&) = default;
};

constexpr std::size_t limit = 64;

std::array const names{pgwire::column("a", pgwire::types::text), pgwire::column("b", pgwire::types::text),
                       pgwire::column("", pgwire::types::text)};

// Each chunk stands in memory of its own, which is gone once more is asked for.
template<class Decoder>
outcome read(std::string_view data, std::size_t columns, typename Decoder::options_type const& options,
             std::size_t chunk) {
    outcome all;
    std::unique_ptr<char[]> bytes;
    Decoder in(std::span<pgwire::column const>(names).first(columns), options, limit);
    for (;;) {
        auto const step = in.next();
        all.line = in.line();
        if (!step) {
            auto const d = in.failure("t");
            require(d.code == to_sqlstate(step.error()));
            require(in.next().error() == step.error());
            all.error = d.message + '\n' + d.where;
            return all;
        }
        if (*step == pgwire::copy_step::done) break;
        if (*step == pgwire::copy_step::row) {
            require(in.row().size() == columns);
            std::size_t size = 0;
            for (auto const& v : in.row())
                if (v) size += v->size();
            require(size <= limit);
            all.rows.emplace_back(in.row().begin(), in.row().end());
            static_cast<void>(in.context("t"));
            if (columns != 0) static_cast<void>(in.context("t", columns - 1, "c"));
            continue;
        }
        auto const piece = data.substr(0, chunk);
        data.remove_prefix(piece.size());
        if (piece.empty()) in.finish();
        bytes = std::make_unique<char[]>(piece.size());
        std::copy(piece.begin(), piece.end(), bytes.get());
        in.feed({bytes.get(), piece.size()});
    }
    require(in.next() == pgwire::copy_step::done);
    return all;
}

template<class Encoder>
std::string write(std::vector<row> const& rows, typename Encoder::options_type const& options, std::size_t columns) {
    pgwire::send_buffer out;
    pgwire::copy_row_builder<Encoder> builder(out, options);
    std::string data;
    auto const take = [&] {
        if (!out.empty()) data += out.pending().substr(5);
        out.clear();
    };
    require(builder.header(std::span<pgwire::column const>(names).first(columns)).has_value());
    take();
    for (auto const& r : rows) {
        builder.begin();
        for (auto const& v : r)
            if (v) builder.add_bytes(*v);
            else builder.add_null();
        require(builder.end().has_value());
        take();
    }
    builder.finish();
    take();
    return data;
}

/// @param comes_back whether every row that was read is written so that it is read as the same
template<class Encoder, class Decoder, class Options>
void copy(std::string_view bytes, std::size_t columns, std::size_t chunk, Options const& options, bool comes_back) {
    auto const whole = read<Decoder>(bytes, columns, options, bytes.size() + 1);
    require(whole == read<Decoder>(bytes, columns, options, chunk));
    require(whole == read<Decoder>(bytes, columns, options, 1));
    if (!comes_back) return;

    // A row that is written may be longer than the one that was read, so there is an error that may come.
    auto const again = read<Decoder>(write<Encoder>(whole.rows, options, columns), columns, options, chunk);
    require(again.error.empty() ? again.rows == whole.rows : again.error.find("too long") != again.error.npos);

    std::vector<row> const raw{{std::string(bytes.substr(0, 25)), std::nullopt}};
    bool const is_text = Decoder::value_format == pgwire::format::text;
    if (is_text && !pgwire::valid_utf8(*raw[0][0])) return;
    require(read<Decoder>(write<Encoder>(raw, options, 2), 2, options, chunk).rows == raw);
}

}  // namespace

// The first byte says how many columns there are, which format and which header, the second how the data are cut. The
// third is the delimiter. CSV has its quote and escape in two more, and which columns are forced in another.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size < 6) return 0;
    std::size_t const columns = data[0] % 4;
    std::size_t const chunk = data[1] % 16 + 1U;
    auto const header = static_cast<pgwire::copy_header>(data[0] / 16 % 3);
    auto const delimiter = static_cast<char>(data[2]);
    auto const rest = [&](std::size_t used) {
        return std::string_view(reinterpret_cast<char const*>(data + used), size - used);
    };
    switch (data[0] / 4 % 4) {
    case 0: {
        pgwire::copy_text_options options{.delimiter = delimiter, .header = header};
        if (check(options)) options = {};
        copy<pgwire::copy_text_encoder, pgwire::copy_text_decoder>(rest(3), columns, chunk, options, true);
        break;
    }
    case 1: {
        constexpr pgwire::copy_binary_options options;
        auto const body = std::string(pgwire::detail::copy_binary_header) + std::string(rest(2));
        copy<pgwire::copy_binary_encoder, pgwire::copy_binary_decoder>(body, columns, chunk, options, true);
        copy<pgwire::copy_binary_encoder, pgwire::copy_binary_decoder>(rest(2), columns, chunk, options, false);
        break;
    }
    default: {
        std::array<bool, 3> const forced{(data[5] & 1) != 0, (data[5] & 2) != 0, (data[5] & 4) != 0};
        pgwire::copy_csv_options options{.delimiter = delimiter,
                                         .header = header,
                                         .quote = static_cast<char>(data[3]),
                                         .escape = static_cast<char>(data[4])};
        if (check(options)) options = {.header = header};
        options.force_quote = {false, forced};
        // Quotes and escapes that end lines are possible, and don't come back; nor does a value that is forced.
        auto const ends_lines = [](char c) { return c == '\n' || c == '\r'; };
        bool comes_back = !ends_lines(options.quote) && !ends_lines(options.escape_or_quote());
        if ((data[5] & 8) != 0) options.force_not_null = {true, {}}, comes_back = false;
        if ((data[5] & 16) != 0) options.force_null = {false, forced}, comes_back = false;
        copy<pgwire::copy_csv_encoder, pgwire::copy_csv_decoder>(rest(6), columns, chunk, options, comes_back);
    }
    }
    return 0;
}
