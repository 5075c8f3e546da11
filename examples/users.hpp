// What the examples with passwords have in common: a file of users.
#pragma once

#include "files.hpp"

#include <pgwire/auth.hpp>
#include <pgwire/auth/saslprep.hpp>
#include <pgwire/auth/wolfcrypt.hpp>

#include <stdexcept>
#include <string>

namespace example {

using user_store = pgwire::user_store<pgwire::wolfcrypt, pgwire::saslprep>;

/// The file's users. @throws std::runtime_error with the line that is wrong
inline pgwire::user_list read_users(std::string const& path) {
    pgwire::user_list users;
    if (auto const wrong = users.read(read_text(path)))
        throw std::runtime_error("line " + std::to_string(wrong->line) + ": " + std::string(wrong->reason));
    return users;
}

}  // namespace example
