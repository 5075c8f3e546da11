// The statements that give many rows, and the rows, made as they are sent.
#pragma once

#include "values.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>

namespace epoll_loop {

constexpr std::size_t flush_size = 63 * 1024;  // bytes; so much is written at once: one piece for TCP on the loopback
constexpr std::size_t max_columns = 6;

enum class table : unsigned char { echo, sales, six, copy_text, copy_binary };

/// What a statement gives.
struct result {
    table from = table::echo;
    uint32_t rows = 1;

    bool is_echo() const { return from == table::echo; }
    bool is_copy() const { return from == table::copy_text || from == table::copy_binary; }
    unsigned columns() const { return is_echo() ? 2 : from == table::sales ? 4 : from == table::six ? 6 : 0; }
};

/// @param text without spaces around it
inline result result_of(std::string_view text) {
    constexpr auto select = "SELECT * FROM s"sv;
    constexpr auto copy = "COPY sales TO STDOUT"sv;
    constexpr uint32_t all = 1'000'000;
    if (text.starts_with(select)) {
        text.remove_prefix(select.size());
        if (text == "ix") return {table::six, 5'000};
        if (text == "ales") return {table::sales, all};
        constexpr auto limited = "ales LIMIT "sv;
        if (!text.starts_with(limited)) return {};
        uint32_t rows = 0;
        auto const* const end = text.data() + text.size();
        auto const read = std::from_chars(text.data() + limited.size(), end, rows);
        if (read.ec == std::errc() && read.ptr == end) return {table::sales, std::min(rows, all)};
    } else if (text.starts_with(copy)) {
        text.remove_prefix(copy.size());
        if (text.empty()) return {table::copy_text, all};
        if (text == " (FORMAT binary)") return {table::copy_binary, all};
    }
    return {};
}

struct column {
    std::string_view name;
    uint32_t type;
    uint16_t size;
};
inline constexpr column sales_columns[] = {{"id", 20, 8}, {"price", 701, 8}, {"name", 25, 0xffff}, {"at", 1114, 8}};
inline constexpr column six_columns[] = {{"a", 23, 4}, {"b", 23, 4}, {"c", 23, 4}, {"d", 1114, 8}, {"e", 701, 8}, {"f", 25, 0xffff}};

inline std::span<column const> columns_of(result r) {
    if (r.from == table::sales) return sales_columns;
    return six_columns;
}

/// Calls `use` with the values of row i, beginning with 0.
template<class Use>
char* with_sale(uint32_t i, Use use) {
    constexpr std::int64_t first_second = 820'540'800;  // 2026-01-01, since 2000
    std::int64_t const id = i + std::int64_t{1};
    return use(id, static_cast<double>(id) / 100.0, "sixteen bytes ok"sv, timestamp{(first_second + id) * 1'000'000});
}
template<class Use>
char* with_six(uint32_t i, Use use) {
    static constexpr auto long_text = [] {
        std::array<char, 512> text{};
        for (std::size_t n = 0; n != text.size(); ++n) text[n] = "sixteen bytes ok"[n % 16];
        return text;
    }();
    constexpr timestamp at{151'496'634'000'000};  // 2004-10-19 10:23:54
    auto const n = static_cast<std::int32_t>(i);
    return use(n, n, n, at, 42.0, std::string_view(long_text.data(), long_text.size()));
}

/// A DataRow whose columns all have one format.
template<bool Binary>
struct data_row {
    char* p;

    template<class... T>
    char* operator()(T... v) const {
        char* end = store(p + 5, static_cast<uint16_t>(sizeof...(T)));
        ((end = put_field<Binary>(end, v)), ...);
        *p = 'D';
        store(p + 1, static_cast<uint32_t>(end - p - 1));
        return end;
    }
};
/// A DataRow whose columns have a format each.
struct mixed_row {
    char* p;
    bool const* is_binary;

    template<class... T>
    char* operator()(T... v) const {
        char* end = store(p + 5, static_cast<uint16_t>(sizeof...(T)));
        unsigned i = 0;
        ((end = is_binary[i++] ? put_field<true>(end, v) : put_field<false>(end, v)), ...);
        *p = 'D';
        store(p + 1, static_cast<uint32_t>(end - p - 1));
        return end;
    }
};

inline char* end_copy_data(char* p, char* end) {
    *p = 'd';
    store(p + 1, static_cast<uint32_t>(end - p - 1));
    return end;
}
struct copy_text_row {
    char* p;

    char* operator()(std::int64_t id, double price, std::string_view name, timestamp at) const {
        char* end = put_text(p + 5, id);
        *end++ = '\t';
        end = put_text(end, price);
        *end++ = '\t';
        end = put_escaped(end, name);
        *end++ = '\t';
        end = put_text(end, at);
        *end++ = '\n';
        return end_copy_data(p, end);
    }
};
struct copy_binary_row {
    char* p;
    bool is_first;

    template<class... T>
    char* operator()(T... v) const {
        char* end = p + 5;
        if (is_first) [[unlikely]] end = copy(end, "PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0"sv);
        end = store(end, static_cast<uint16_t>(sizeof...(T)));
        ((end = put_field<true>(end, v)), ...);
        return end_copy_data(p, end);
    }
};

/// Where the rows of a result have got to.
class scan {
public:
    scan() = default;
    scan(result what, bool const (&is_binary)[max_columns]) : what_(what) {
        std::copy_n(is_binary, max_columns, is_binary_);
        auto const count = static_cast<std::size_t>(std::count(is_binary_, is_binary_ + what.columns(), true));
        is_mixed_ = count != 0 && count != what.columns();
    }

    result what() const { return what_; }
    uint32_t position() const { return next_; }
    uint32_t rows() const { return what_.rows; }

    /// Writes rows up to number `until`, or until there is enough to send.
    /// @return whether these are all
    bool write(output& out, uint32_t until) {
        switch (what_.from) {
        case table::echo: break;
        case table::sales: put_rows(out, until, [](uint32_t i, auto row) { return with_sale(i, row); }); break;
        case table::six: put_rows(out, until, [](uint32_t i, auto row) { return with_six(i, row); }); break;
        case table::copy_text: put_all(out, until, [](char* p, uint32_t i) { return with_sale(i, copy_text_row{p}); }); break;
        case table::copy_binary:
            put_all(out, until, [](char* p, uint32_t i) { return with_sale(i, copy_binary_row{p, i == 0}); });
            break;
        }
        return next_ == until;
    }

private:
    template<class With>
    void put_rows(output& out, uint32_t until, With with) {
        if (is_mixed_) put_all(out, until, [&](char* p, uint32_t i) { return with(i, mixed_row{p, is_binary_}); });
        else if (is_binary_[0]) put_all(out, until, [&](char* p, uint32_t i) { return with(i, data_row<true>{p}); });
        else put_all(out, until, [&](char* p, uint32_t i) { return with(i, data_row<false>{p}); });
    }
    template<class Put>
    void put_all(output& out, uint32_t until, Put put) {
        constexpr std::size_t longest = 1024;  // bytes of a row
        auto const before = out.written().size();
        if (before >= flush_size) return;
        out.room(flush_size - before + longest);
        char* p = out.position();
        char const* const enough = p + (flush_size - before);
        uint32_t i = next_;
        for (; i != until && p < enough; ++i) p = put(p, i);
        out.advance(p);
        next_ = i;
    }

    result what_;
    uint32_t next_ = 0;
    bool is_mixed_ = false;
    bool is_binary_[max_columns] = {};
};

}  // namespace epoll_loop
