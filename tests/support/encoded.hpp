// A value as it goes over the wire, for tests of codecs.
#pragma once

#include "pgwire/types/codec.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace pgwire::test {

/// @throws std::logic_error if the codec writes more than it has announced
template<class T>
[[nodiscard]] std::string encoded(T const& v, format f, text_style const& style = default_text_style) {
    std::vector<char> bytes(value_size(v, f, style));
    char* const end = encode_value(bytes.data(), v, f, style);
    auto const size = static_cast<std::size_t>(end - bytes.data());
    if (size > bytes.size()) throw std::logic_error("a codec has written more than it announced");
    return {bytes.data(), size};
}

}  // namespace pgwire::test
