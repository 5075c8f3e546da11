// The answers to the messages of a client that is logged in.
#pragma once

#include "connection.hpp"
#include "fields.hpp"
#include "login.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace epoll_loop {

enum class verdict { go_on, close };

/// Without the spaces around it, and the semicolon behind it.
inline std::string_view trim(std::string_view text) {
    auto const is_space = [](char ch) { return ch == ' ' || (ch >= '\t' && ch <= '\r'); };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && (is_space(text.back()) || text.back() == ';')) text.remove_suffix(1);
    return text;
}

/// Answers one connection's messages into the output of the batch at work.
class messages {
public:
    messages(connection& c, output& out) : c_(c), out_(out) {}

    verdict answer(char tag, fields in);
    /// Writes more of the rows that are being sent, and at their end what follows them.
    void go_on() {
        if (c_.rows.write(out_, c_.until)) end_rows();
    }

private:
    statement* find(std::string_view name);
    void fail(char tag, std::string_view code, std::string_view text, bool fatal = false);
    verdict no_statement(char tag, std::string_view name) {
        return fail(tag, "26000", "prepared statement \"" + std::string(name) + "\" does not exist"), verdict::go_on;
    }
    verdict no_portal(char tag, std::string_view name) {
        return fail(tag, "34000", "portal \"" + std::string(name) + "\" does not exist"), verdict::go_on;
    }

    // Each is called once, by `answer`.
    [[gnu::always_inline]] void on_query(std::string_view text);
    [[gnu::always_inline]] verdict on_parse(fields in);
    [[gnu::always_inline]] verdict on_bind(fields in);
    [[gnu::always_inline]] verdict on_describe(fields in);
    [[gnu::always_inline]] verdict on_execute(fields in);
    [[gnu::always_inline]] verdict on_close(fields in);

    void begin_rows(bool in_query, uint32_t until);
    void end_rows();
    void put_columns(result gives, bool const (&binary)[max_columns]);
    void put_echo(std::string_view text, bool const (&binary)[max_columns]);
    void put_tag(std::string_view command, uint32_t rows);
    void put_ready() { out_.room(ready.size()), out_.bytes(ready); }

    static constexpr bool all_text_[max_columns] = {};

    connection& c_;
    output& out_;
};

/// An error of the extended protocol is followed by silence up to Sync, one of the simple protocol by ReadyForQuery.
inline void messages::fail(char tag, std::string_view code, std::string_view text, bool fatal) {
    auto const severity = fatal ? "FATAL"sv : "ERROR"sv;
    std::size_t const size = 4 + 2 * (severity.size() + 2) + code.size() + 2 + text.size() + 2 + 1;
    out_.room(1 + size);
    out_.byte('E');
    out_.integer(static_cast<uint32_t>(size));
    for (auto const& [key, field] : {std::pair{'S', severity}, {'V', severity}, {'C', code}, {'M', text}}) {
        out_.byte(key);
        out_.bytes(field);
        out_.byte(0);
    }
    out_.byte(0);
    if (tag == 'Q' || tag == 'S') put_ready();
    else c_.skipping = true;
}

inline statement* messages::find(std::string_view name) {
    if (name.empty()) return c_.has_unnamed ? &c_.statements.front() : nullptr;
    for (std::size_t i = 1; i != c_.statements.size(); ++i)
        if (c_.statements[i].name == name) return &c_.statements[i];
    return nullptr;
}

inline void messages::on_query(std::string_view text) {
    c_.bound = c_.has_unnamed = false;
    text = trim(text);
    if (text.empty()) {
        out_.room(5);
        out_.literal("I\0\0\0\4");
        return put_ready();
    }
    auto const gives = result_of(text);
    if (!gives.is_copy()) put_columns(gives, all_text_);
    if (!gives.is_echo()) [[unlikely]] {
        c_.rows = scan(gives, all_text_);
        return begin_rows(true, gives.rows);
    }
    put_echo(text, all_text_);
    out_.room(14);
    out_.literal("C\0\0\0\x0dSELECT 1\0");
    put_ready();
}

inline verdict messages::on_parse(fields in) {
    auto const name = in.string();
    auto const text = in.string();
    auto const parameters = in.integer<uint16_t>();
    in.bytes(std::size_t{parameters} * 4);
    if (!in.done()) return verdict::close;
    statement* s = &c_.statements.front();
    if (name.empty()) {
        c_.has_unnamed = true;
    } else if (find(name) != nullptr) {
        return fail('P', "42P05", "prepared statement \"" + std::string(name) + "\" already exists"), verdict::go_on;
    } else {
        auto const in_use = [this](std::size_t i) {
            return !c_.statements[i].name.empty() || (c_.bound && c_.statement_of_portal == i);
        };
        std::size_t i = 1;
        while (i != c_.statements.size() && in_use(i)) ++i;
        s = i == c_.statements.size() ? &c_.statements.emplace_back() : &c_.statements[i];
        s->name = name;
    }
    s->text = trim(text);
    s->parameters = parameters;
    s->gives = result_of(s->text);
    out_.room(5);
    out_.literal("1\0\0\0\4");
    return verdict::go_on;
}

inline verdict messages::on_bind(fields in) {
    auto const portal = in.string();
    auto const name = in.string();
    auto const formats = in.integer<uint16_t>();
    in.bytes(std::size_t{formats} * 2);
    auto const values = in.integer<uint16_t>();
    for (unsigned i = 0; i != values && in.good; ++i) {
        auto const length = static_cast<std::int32_t>(in.integer<uint32_t>());
        if (length < -1) return verdict::close;
        if (length > 0) in.bytes(static_cast<std::size_t>(length));
    }
    auto const results = in.integer<uint16_t>();
    auto const* const codes = in.bytes(std::size_t{results} * 2);
    if (!in.done() || !portal.empty() || (formats > 1 && formats != values)) return verdict::close;
    auto const* const s = find(name);
    if (s == nullptr) return no_statement('B', name);
    auto const columns = s->gives.columns();
    if (values != s->parameters || (results > 1 && columns != 0 && results != columns)) return verdict::close;
    auto const is_binary = [&](unsigned i) { return results > i && load<uint16_t>(codes + 2 * i) == 1; };
    c_.binary[0] = is_binary(0);
    for (unsigned i = 1; i < columns; ++i) c_.binary[i] = results == 1 ? c_.binary[0] : is_binary(i);
    c_.statement_of_portal = static_cast<std::size_t>(s - c_.statements.data());
    c_.bound = true;
    c_.exhausted = false;
    if (!s->gives.is_echo()) [[unlikely]] c_.rows = scan(s->gives, c_.binary);
    out_.room(5);
    out_.literal("2\0\0\0\4");
    return verdict::go_on;
}

inline verdict messages::on_describe(fields in) {
    auto const kind = in.integer<char>();
    auto const name = in.string();
    if (!in.done() || (kind != 'S' && kind != 'P')) return verdict::close;
    if (kind == 'P') {
        if (!c_.bound || !name.empty()) return no_portal('D', name);
        put_columns(c_.statements[c_.statement_of_portal].gives, c_.binary);
        return verdict::go_on;
    }
    auto const* const s = find(name);
    if (s == nullptr) return no_statement('D', name);
    std::size_t const size = 6 + std::size_t{s->parameters} * 4;
    out_.room(1 + size);
    out_.byte('t');
    out_.integer(static_cast<uint32_t>(size));
    out_.integer(s->parameters);
    for (unsigned i = 0; i != s->parameters; ++i) out_.integer(uint32_t{25});
    put_columns(s->gives, all_text_);
    return verdict::go_on;
}

inline verdict messages::on_execute(fields in) {
    auto const name = in.string();
    auto const max_rows = static_cast<std::int32_t>(in.integer<uint32_t>());
    if (!in.done()) return verdict::close;
    if (!c_.bound || !name.empty()) return no_portal('E', name);
    auto const& s = c_.statements[c_.statement_of_portal];
    if (c_.exhausted) {
        if (s.gives.is_copy()) return fail('E', "55000", "portal \"\" cannot be run"), verdict::go_on;
        out_.room(14);
        out_.literal("C\0\0\0\x0dSELECT 0\0");
        return verdict::go_on;
    }
    if (!s.gives.is_echo()) [[unlikely]] {
        auto const left = s.gives.rows - c_.rows.position();
        bool const is_limited = max_rows > 0 && !s.gives.is_copy();
        auto const wanted = is_limited ? std::min(left, static_cast<uint32_t>(max_rows)) : left;
        c_.limited = is_limited && wanted == static_cast<uint32_t>(max_rows);
        return begin_rows(false, c_.rows.position() + wanted), verdict::go_on;
    }
    put_echo(s.text, c_.binary);
    c_.exhausted = true;
    out_.room(14);
    if (max_rows == 1) out_.literal("s\0\0\0\4");
    else out_.literal("C\0\0\0\x0dSELECT 1\0");
    return verdict::go_on;
}

inline verdict messages::on_close(fields in) {
    auto const kind = in.integer<char>();
    auto const name = in.string();
    if (!in.done() || (kind != 'S' && kind != 'P')) return verdict::close;
    if (kind == 'P') c_.bound = c_.bound && !name.empty();
    else if (auto* const s = find(name); s == &c_.statements.front()) c_.has_unnamed = false;
    else if (s != nullptr) s->name.clear();  // a portal may still use its text
    out_.room(5);
    out_.literal("3\0\0\0\4");
    return verdict::go_on;
}

inline verdict messages::answer(char tag, fields in) {
    if (c_.skipping) [[unlikely]] {
        if (tag == 'X') return verdict::close;
        if (tag != 'S') return verdict::go_on;
        c_.skipping = false;
    }
    verdict v = verdict::go_on;
    switch (tag) {
    case 'B': v = on_bind(in); break;
    case 'D': v = on_describe(in); break;
    case 'E': v = on_execute(in); break;
    case 'S':
        c_.bound = false;
        if (in.at == in.end) return put_ready(), verdict::go_on;
        v = verdict::close;
        break;
    case 'Q': {
        auto const text = in.string();
        if (in.done()) return on_query(text), verdict::go_on;
        v = verdict::close;
        break;
    }
    case 'P': v = on_parse(in); break;
    case 'C': v = on_close(in); break;
    case 'H':
        if (in.at != in.end) v = verdict::close;
        break;  // the batch leaves anyway
    case 'X': return verdict::close;
    case 'd':
    case 'c':
    case 'f': break;  // what is left of a COPY
    default:
        fail(tag, "08P01", "invalid frontend message type " + std::to_string(static_cast<unsigned char>(tag)), true);
        return verdict::close;
    }
    if (v == verdict::close) {
        fail(tag, "08P01", "invalid message format");
        v = verdict::go_on;
    }
    return v;
}

// ---- many rows

inline void messages::begin_rows(bool in_query, uint32_t until) {
    c_.scanning = true;
    c_.in_query = in_query;
    c_.first = c_.rows.position();
    c_.until = until;
    auto const from = c_.rows.what().from;
    out_.room(16);
    if (from == table::copy_text) out_.literal("H\0\0\0\x0f\0\0\4\0\0\0\0\0\0\0\0");
    if (from == table::copy_binary) out_.literal("H\0\0\0\x0f\1\0\4\0\1\0\1\0\1\0\1");
}

inline void messages::end_rows() {
    c_.scanning = false;
    auto const rows = c_.rows.position() - c_.first;
    if (c_.rows.what().from == table::copy_binary) {
        out_.room(7);
        out_.literal("d\0\0\0\6\xff\xff");
    }
    if (c_.rows.what().is_copy()) {
        out_.room(5);
        out_.literal("c\0\0\0\4");
        put_tag("COPY ", rows);
    } else if (!c_.in_query && c_.limited) {
        out_.room(5);
        out_.literal("s\0\0\0\4");
    } else {
        put_tag("SELECT ", rows);
    }
    c_.exhausted = c_.rows.position() == c_.rows.rows();
    if (c_.in_query) put_ready();
}

inline void messages::put_tag(std::string_view command, uint32_t rows) {
    out_.room(32);
    char* const frame = out_.position();
    *frame = 'C';
    char* end = copy(frame + 5, command);
    end = std::to_chars(end, end + 10, rows).ptr;
    *end++ = '\0';
    store(frame + 1, static_cast<uint32_t>(end - frame - 1));
    out_.advance(end);
}

inline void messages::put_columns(result gives, bool const (&binary)[max_columns]) {
    if (gives.is_echo()) [[likely]] {
        out_.room(50);
        out_.literal("T\0\0\0\x31\0\2"
                     "n\0\0\0\0\0\0\0\0\0\0\x17\0\4\xff\xff\xff\xff\0");
        out_.byte(binary[0] ? 1 : 0);
        out_.literal("text\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0");
        out_.byte(binary[1] ? 1 : 0);
        return;
    }
    out_.room(256);
    if (gives.is_copy()) return out_.literal("n\0\0\0\4");
    auto const columns = columns_of(gives);
    char* const frame = out_.position();
    *frame = 'T';
    char* end = store(frame + 5, static_cast<uint16_t>(columns.size()));
    for (std::size_t i = 0; i != columns.size(); ++i) {
        end = copy(end, columns[i].name);
        end = copy(end, "\0\0\0\0\0\0\0"sv);  // no table
        end = store(end, columns[i].type);
        end = store(end, columns[i].size);
        end = copy(end, "\xff\xff\xff\xff\0"sv);
        *end++ = binary[i] ? 1 : 0;
    }
    store(frame + 1, static_cast<uint32_t>(end - frame - 1));
    out_.advance(end);
}

/// The row of everything else: n int4 = 1, text = the statement.
inline void messages::put_echo(std::string_view text, bool const (&binary)[max_columns]) {
    std::size_t const number = binary[0] ? 4 : 1;
    std::size_t const size = 4 + 2 + 4 + number + 4 + text.size();
    out_.room(1 + size);
    out_.byte('D');
    out_.integer(static_cast<uint32_t>(size));
    if (binary[0]) out_.literal("\0\2\0\0\0\4\0\0\0\1");
    else out_.literal("\0\2\0\0\0\1" "1");
    out_.integer(static_cast<uint32_t>(text.size()));
    out_.bytes(text);
}

}  // namespace epoll_loop
