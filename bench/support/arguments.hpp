// The command line of the programs that make load: --name VALUE and --name, each known to the program that reads it.
//
// A wrong option, or a value that is none, is named in a sentence, and the program ends with exit code 2.
#pragma once

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <vector>

namespace bench {

class arguments {
public:
    /// @param usage what the options are, for those who got them wrong
    arguments(int argc, char** argv, char const* usage)
        : program_(argv[0]), usage_(usage), rest_(argv + 1, argv + argc) {}

    /// Whether an option without a value stands there.
    [[nodiscard]] bool flag(std::string_view name) {
        for (auto at = rest_.begin(); at != rest_.end(); ++at) {
            if (*at != name) continue;
            rest_.erase(at);
            return true;
        }
        return false;
    }

    /// A number from `least` to `most`; if the option does not stand there, `otherwise`, which then may lie outside.
    [[nodiscard]] double number(std::string_view name, double otherwise, double least,
                                double most = std::numeric_limits<double>::max()) {
        std::string_view text;
        if (!take(name, text)) return otherwise;
        double value = 0;
        auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (ec != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most))
            refuse(name, "not a number that is possible here", text);
        return value;
    }
    /// The same, of things that are counted.
    [[nodiscard]] unsigned count(std::string_view name, unsigned otherwise, unsigned least = 0,
                                 unsigned most = 1'000'000'000) {
        double const value = number(name, otherwise, least, most);
        auto const whole = static_cast<unsigned>(value);
        if (whole != value) refuse(name, "not a whole number", "");
        return whole;
    }
    /// The port, without which there is nothing to do.
    [[nodiscard]] unsigned short port() {
        unsigned const value = count("--port", 0, 1, 65'535);
        if (value == 0) refuse("--port", "is missing", "");
        return static_cast<unsigned short>(value);
    }
    /// One of the words that are possible.
    [[nodiscard]] std::string_view word(std::string_view name, std::string_view otherwise,
                                        std::initializer_list<std::string_view> possible) {
        std::string_view text;
        if (!take(name, text)) return otherwise;
        for (auto const one : possible)
            if (one == text) return one;
        refuse(name, "no such word", text);
    }

    /// After the last option: what is left is unknown.
    void finish() const {
        if (!rest_.empty()) refuse(rest_.front(), "unknown option", "");
    }

private:
    bool take(std::string_view name, std::string_view& value) {
        for (auto at = rest_.begin(); at != rest_.end(); ++at) {
            if (*at != name) continue;
            if (at + 1 == rest_.end()) refuse(name, "has no value", "");
            value = at[1];
            rest_.erase(at, at + 2);
            return true;
        }
        return false;
    }
    [[noreturn]] void refuse(std::string_view name, char const* why, std::string_view value) const {
        std::fprintf(stderr, "%s: %.*s: %s%s%.*s\nusage: %s %s\n", program_, static_cast<int>(name.size()), name.data(),
                     why, value.empty() ? "" : ": ", static_cast<int>(value.size()), value.data(), program_, usage_);
        std::exit(2);
    }

    char const* program_;
    char const* usage_;
    std::vector<std::string_view> rest_;
};

}  // namespace bench
