// Rows without a server: a struct becomes a DataRow in either format, and the DataRow a struct again. It includes only
// what it uses; pgwire/types.hpp has all types, and takes two seconds more.
#include <pgwire/core/buffer.hpp>
#include <pgwire/types/floating.hpp>
#include <pgwire/types/integer.hpp>
#include <pgwire/types/row_decoder.hpp>
#include <pgwire/types/row_encoder.hpp>
#include <pgwire/types/text.hpp>

struct item {
    int id;
    std::string_view name;
    std::optional<double> price;

    friend bool operator==(item const&, item const&) = default;
};

int main() {
    item const sent{1, "tea", 2.5};
    for (auto const format : {pgwire::format::text, pgwire::format::binary}) {
        pgwire::send_buffer frame;
        if (!pgwire::encode_row(frame, sent, pgwire::result_formats(format))) return 1;
        pgwire::row_decoder<item> decode(format);
        auto const received = decode(frame.pending().substr(5));  // behind the tag and the length
        if (!received || *received != sent) return 1;
    }
}
