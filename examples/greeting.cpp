// A query language that is not SQL, a notice at login, and a result without end.
//
// What a service needs that has PostgreSQL's clients but no database:
//
//     examples/run.sh greeting
//     psql -h 127.0.0.1 -p 5433 -c 'greet Ada' -c 'greet Ada and Grace' -c 'count to 5'
#include "options.hpp"

#include <pgwire/server.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct greeting {
    std::string_view name;
    std::string text;
};
struct number {
    int n;
};

/// The numbers from 1, as many as the client reads: a cursor is pulled, so `count to 2000000000` needs no memory.
struct counting : pgwire::cursor<number> {
    int next_number = 1;
    int last;

    explicit counting(int to) : last(to) {}

    bool next(writer& out) {
        while (next_number <= last)
            if (!out({next_number++})) break;
        return next_number <= last;
    }
    pgwire::command tag(std::uint64_t rows) const { return {"COUNT", rows}; }
};

/// A statement knows its columns before it runs, so that drivers can ask for them.
struct sentence {
    enum { greet, count } what;
    std::vector<std::string_view> names;
    int to = 0;

    std::span<pgwire::column const> columns() const {
        if (what == greet) return pgwire::columns_of<greeting>;
        return pgwire::columns_of<number>;
    }
};

struct receptionist {
    using splitter = pgwire::whole_text;  // `;` means nothing here
    using outcome = std::variant<pgwire::rows<std::vector<greeting>>, counting>;

    void on_start(pgwire::session_context& session) {
        pgwire::diagnostic welcome;
        welcome.severity = pgwire::severity::notice;
        welcome.code = pgwire::sqlstates::successful_completion;
        welcome.message = "welcome, " + session.login().user;
        welcome.hint = "Say \"greet NAME and NAME\" or \"count to N\".";
        session.notice(welcome);
    }

    sentence prepare(std::string_view text, std::span<pgwire::oid const>) {
        auto const words = split(text);
        if (words.size() >= 2 && words[0] == "greet") {
            sentence s{sentence::greet, {}, 0};
            for (std::size_t i = 1; i < words.size(); ++i)
                if (words[i] != "and") s.names.push_back(words[i]);
            return s;
        }
        if (words.size() == 3 && words[0] == "count" && words[1] == "to") {
            sentence s{sentence::count, {}, 0};
            auto const [end, error] = std::from_chars(words[2].data(), words[2].data() + words[2].size(), s.to);
            if (error != std::errc{} || end != words[2].data() + words[2].size())
                throw pgwire::sql_error(pgwire::sqlstates::invalid_text_representation,
                                        "\"" + std::string(words[2]) + "\" is not a number to count to")
                    .position(position_of(text, words[2]));
            return s;
        }
        throw pgwire::sql_error(pgwire::sqlstates::syntax_error, "I beg your pardon?")
            .position(1)
            .hint("Say \"greet NAME and NAME\" or \"count to N\".");
    }

    outcome execute(pgwire::request const&, sentence& s) {
        if (s.what == sentence::count) return counting(s.to);
        std::vector<greeting> lines;
        for (auto const name : s.names) lines.push_back({name, "Hello, " + std::string(name) + "!"});
        return pgwire::rows(std::move(lines));
    }

private:
    static std::vector<std::string_view> split(std::string_view text) {
        constexpr std::string_view blanks = " \t\r\n;";
        std::vector<std::string_view> words;
        for (auto begin = text.find_first_not_of(blanks); begin != text.npos;) {
            auto const end = std::min(text.find_first_of(blanks, begin), text.size());
            words.push_back(text.substr(begin, end - begin));
            begin = text.find_first_not_of(blanks, end);
        }
        return words;
    }
    /// In characters; the first is 1.
    static std::uint32_t position_of(std::string_view text, std::string_view word) {
        auto const before = std::string_view(text.data(), static_cast<std::size_t>(word.data() - text.data()));
        return 1 + pgwire::count_characters(before);
    }
};

int main(int argc, char** argv) {
    auto const options = example::parse(argc, argv, "A server whose language is not SQL.");
    return example::serve(argv[0], options, [] { return receptionist{}; },
                          "-c 'greet Ada' -c 'count to 5'");
}
