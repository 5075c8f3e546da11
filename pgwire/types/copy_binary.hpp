// The binary format of COPY: what stands before its rows and after them.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Binary Format". A row is
// the number of its values, and each value its length and its binary form. The two directions are
// `copy_binary_encoder` and `copy_binary_decoder`.
#pragma once

#include "pgwire/protocol/copy.hpp"

#include <string_view>

namespace pgwire {

/// COPY has no options for the binary format.
struct copy_binary_options {
    /// What CopyInResponse and CopyOutResponse say of this format.
    static constexpr copy_format overall = copy_format::binary;
};

namespace detail {

using namespace std::string_view_literals;

/// With bytes that transports of text would change.
inline constexpr std::string_view copy_binary_signature = "PGCOPY\n\xff\r\n\0"sv;
/// The signature, no flags, and no extension of the header.
inline constexpr std::string_view copy_binary_header = "PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0"sv;
/// Stands where a row's number of values would.
inline constexpr std::string_view copy_binary_trailer = "\xff\xff"sv;

}  // namespace detail

}  // namespace pgwire
