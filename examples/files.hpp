// Reading the files that a command line names.
#pragma once

#include <fstream>
#include <ios>
#include <iterator>
#include <stdexcept>
#include <string>

namespace example {

/// All that stands in a file. @throws std::runtime_error
inline std::string read_text(std::string const& path) {
    try {
        std::ifstream file(path, std::ios::binary);
        if (file) return std::string(std::istreambuf_iterator<char>(file), {});
    } catch (std::ios_base::failure const&) {  // it is a directory
    }
    throw std::runtime_error("can't be read");
}

}  // namespace example
