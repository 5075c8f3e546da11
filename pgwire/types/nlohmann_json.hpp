// nlohmann::json as a jsonb column: a binding to JSON for Modern C++, which its users include by name.
//
// Floor 2. Source: https://json.nlohmann.me; PostgreSQL documentation, "JSON Types". Unlike jsonb it keeps integers of
// 64 bits and doubles: other numbers lose digits when they are received, and those beyond a double are out of range.
// NaN and the infinities are sent as null.
#pragma once

#include "pgwire/types/json_traits.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace pgwire {

template<>
struct json_traits<nlohmann::json> {
    static constexpr type_info type = types::jsonb;

    /// @return or `invalid_encoding` if a string in it is not UTF-8
    static result<std::string> dump(nlohmann::json const& v) {
        // The library must not throw, so it puts U+FFFD for wrong bytes. Where one stands, was it there before?
        auto text = v.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        if (text.find("\xef\xbf\xbd") != text.npos &&
            text.size() != v.dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore).size())
            return errc::invalid_encoding;
        return text;
    }
    /// @return or `out_of_range`: the codec has checked the syntax, so all that can fail is a number
    static result<nlohmann::json> parse(std::string_view text) {
        auto v = nlohmann::json::parse(text, nullptr, false);
        if (v.is_discarded()) return errc::out_of_range;
        return v;
    }
};

}  // namespace pgwire
