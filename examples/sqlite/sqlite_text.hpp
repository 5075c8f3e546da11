// A statement as SQLite reads it, and where in the client's text each part of it stands.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// A text with some of it written in another way; the rest is the client's.
class sqlite_text {
public:
    /// @param client lives longer than this
    explicit sqlite_text(std::string_view client) : client_(client), text_(client) {}

    [[nodiscard]] std::string const& text() const noexcept { return text_; }
    [[nodiscard]] std::string_view client() const noexcept { return client_; }

    /// Where the client wrote what is here in SQLite's text. Both are counted in bytes.
    [[nodiscard]] std::size_t in_client(std::size_t offset) const {
        auto const behind = std::upper_bound(parts_.begin(), parts_.end(), offset,
                                             [](std::size_t at, part const& p) { return at < p.begin; });
        if (behind == parts_.begin()) return offset;
        auto const& p = *std::prev(behind);
        return p.is_clients ? p.client + (offset - p.begin) : p.client;
    }

    /// What is written in place of `length` bytes of the client's text; of none, before them.
    struct edit {
        std::size_t offset;
        std::size_t length;
        std::string with;
    };
    /// Makes these changes, in any order; they do not overlap. Of several before the same place the last one comes
    /// first: it is about more of the text.
    void apply(std::vector<edit> edits) {
        std::reverse(edits.begin(), edits.end());
        auto const in_order = [](edit const& a, edit const& b) {
            return a.offset != b.offset ? a.offset < b.offset : a.length == 0 && b.length != 0;
        };
        std::stable_sort(edits.begin(), edits.end(), in_order);
        text_.clear();
        parts_.clear();
        std::size_t at = 0;
        auto const add = [this](std::size_t client, std::string_view piece, bool is_clients) {
            parts_.push_back({text_.size(), client, is_clients});
            text_ += piece;
        };
        for (auto const& e : edits) {
            if (e.offset != at) add(at, client_.substr(at, e.offset - at), true);
            add(e.offset, e.with, false);
            at = e.offset + e.length;
        }
        add(at, client_.substr(at), true);
    }

private:
    struct part {
        std::size_t begin;   // in SQLite's text
        std::size_t client;  // in the client's
        bool is_clients;
    };

    std::string_view client_;
    std::string text_;
    std::vector<part> parts_;
};

}  // namespace example
