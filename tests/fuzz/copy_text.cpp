// COPY's text format: how the data are cut changes nothing, what was read is written and read again as the same, and
// bytes that are no format at all, taken for values, come through.
#include "pgwire/types/copy_row_builder.hpp"
#include "pgwire/types/copy_text_decoder.hpp"
#include "pgwire/types/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
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

// Each chunk stands in memory of its own, which is gone once more is asked for.
outcome read(std::string_view data, std::size_t columns, pgwire::copy_text_options const& options, std::size_t chunk) {
    outcome all;
    std::unique_ptr<char[]> bytes;
    pgwire::copy_text_decoder in(columns, options, limit);
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

std::string write(std::vector<row> const& rows, pgwire::copy_text_options const& options) {
    pgwire::send_buffer out;
    pgwire::copy_row_builder<> builder(out, options);
    std::string lines;
    for (auto const& r : rows) {
        builder.begin();
        for (auto const& v : r) builder.add(v);
        require(builder.end().has_value());
        lines += out.pending().substr(5);
        out.clear();
    }
    return lines;
}

}  // namespace

// The first byte says how many columns there are, the second how the data are cut, the third is the delimiter.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size < 3) return 0;
    std::size_t const columns = data[0] % 4;
    std::size_t const chunk = data[1] % 16 + 1U;
    pgwire::copy_text_options options{.delimiter = static_cast<char>(data[2])};
    if (check(options)) options = {};
    std::string_view const bytes(reinterpret_cast<char const*>(data + 3), size - 3);

    auto const whole = read(bytes, columns, options, bytes.size() + 1);
    require(whole == read(bytes, columns, options, chunk));
    require(whole == read(bytes, columns, options, 1));

    // A row that is written may be longer than the one that was read, so there is an error that may come.
    auto const again = read(write(whole.rows, options), columns, options, chunk);
    require(again.error.empty() ? again.rows == whole.rows : again.error.find("too long") != again.error.npos);

    std::vector<row> const raw{{std::string(bytes.substr(0, 30)), std::nullopt}};
    if (!pgwire::valid_utf8(*raw[0][0])) return 0;
    require(read(write(raw, options), 2, options, chunk).rows == raw);
    return 0;
}
