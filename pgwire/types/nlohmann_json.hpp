// nlohmann::json as a jsonb column: a binding to JSON for Modern C++, which its users include by name.
//
// Floor 2. Source: https://json.nlohmann.me; PostgreSQL documentation, "JSON Types". Unlike jsonb it keeps integers of
// 64 bits and doubles: other numbers lose digits when they are received, and those beyond a double are out of range.
// NaN and the infinities are sent as null. What is nested deeper than 1,000 arrays and objects is refused in both
// directions: the library writes, and destroys, level by level on the stack.
#pragma once

#include "pgwire/types/json_traits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire {

template<>
struct json_traits<nlohmann::json> {
    static constexpr type_info type = types::jsonb;
    static constexpr std::size_t max_depth = 1'000;

    /// @return or `invalid_encoding` if a string in it is not UTF-8, `too_deep`
    static result<std::string> dump(nlohmann::json const& v) {
        if (!is_shallow(v, max_depth)) return errc::too_deep;
        // The library must not throw, so it puts U+FFFD for wrong bytes. Where one stands, was it there before?
        auto text = v.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        if (text.find("\xef\xbf\xbd") != text.npos &&
            text.size() != v.dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore).size())
            return errc::invalid_encoding;
        return text;
    }
    /// @return or `too_deep`, or `out_of_range`: the codec has checked the syntax, so all else that can fail is a number
    static result<nlohmann::json> parse(std::string_view text) {
        if (!is_shallow(text)) return errc::too_deep;
        auto v = nlohmann::json::parse(text, nullptr, false);
        if (v.is_discarded()) return errc::out_of_range;
        return v;
    }

private:
    static bool is_shallow(nlohmann::json const& v, std::size_t levels) {
        if (!v.is_structured()) return true;
        if (levels == 0) return false;
        return std::all_of(v.begin(), v.end(), [levels](auto const& inner) { return is_shallow(inner, levels - 1); });
    }
    /// The text is JSON: brackets in strings are all that could be mistaken.
    static bool is_shallow(std::string_view text) noexcept {
        std::size_t depth = 0;
        bool in_string = false;
        for (std::size_t i = 0; i != text.size(); ++i) {
            char const c = text[i];
            if (in_string && c == '\\') ++i;
            else if (c == '"') in_string = !in_string;
            else if (!in_string && (c == '[' || c == '{') && ++depth > max_depth) return false;
            else if (!in_string && (c == ']' || c == '}')) --depth;
        }
        return true;
    }
};

}  // namespace pgwire
