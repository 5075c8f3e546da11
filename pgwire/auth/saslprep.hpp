// Passwords as SCRAM wants them: letters that look the same are the same, by GNU Libidn.
//
// Floor 2, a binding to a library. What is no valid text for this, a password may be all the same: then it is taken as
// it is, as PostgreSQL does. Source: RFC 4013; PostgreSQL documentation, "SASL Authentication".
#pragma once

#include <stringprep.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace pgwire {

/// A password prepared with SASLprep. From any thread.
struct saslprep {
    [[nodiscard]] std::string operator()(std::string_view password) const {
        std::string as_it_is(password);
        bool const is_ascii =
            std::all_of(password.begin(), password.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (is_ascii || password.find('\0') != password.npos) return as_it_is;
        char* made = nullptr;
        if (stringprep_profile(as_it_is.c_str(), &made, "SASLprep", STRINGPREP_NO_UNASSIGNED) != STRINGPREP_OK)
            return as_it_is;
        struct disposer {
            void operator()(char* text) const noexcept { std::free(text); }
        };
        std::unique_ptr<char, disposer> const prepared(made);
        return *prepared == '\0' ? as_it_is : std::string(prepared.get());
    }
};

}  // namespace pgwire
