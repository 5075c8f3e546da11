// boolean.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Boolean Type".
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace pgwire {

template<>
struct codec<bool> {
    static constexpr type_info type = types::bool_;

    static constexpr std::size_t text_size(bool) noexcept { return 1; }
    static constexpr char* to_text(char* p, bool v) noexcept {
        *p = v ? 't' : 'f';
        return p + 1;
    }

    /// Any beginning of `true`, `false`, `yes`, `no`; `on`, `off` and `of`; `1`, `0`; in any case, with blanks around.
    static constexpr result<bool> from_text(std::string_view text) noexcept {
        struct word {
            std::string_view spelling;
            std::size_t shortest;
            bool value;
        };
        constexpr std::array words{word{"true", 1, true}, word{"false", 1, false}, word{"yes", 1, true},
                                   word{"no", 1, false},  word{"on", 2, true},     word{"off", 2, false},
                                   word{"1", 1, true},    word{"0", 1, false}};
        text = detail::trim(text);
        for (auto const& w : words)
            if (text.size() >= w.shortest && detail::equals_ignoring_case(text, w.spelling.substr(0, text.size())))
                return w.value;
        return errc::invalid_text;
    }

    static constexpr std::size_t binary_width = 1;
    static constexpr std::size_t binary_size(bool) noexcept { return 1; }
    static constexpr char* to_binary(char* p, bool v) noexcept {
        *p = v ? '\1' : '\0';
        return p + 1;
    }
    static constexpr result<bool> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 1); e != errc::none) return e;
        return bytes[0] != '\0';
    }
};

}  // namespace pgwire
