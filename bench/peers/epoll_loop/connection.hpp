// What is known of a client.
#pragma once

#include "rows.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace epoll_loop {

struct statement {
    std::string name;
    std::string text;
    uint16_t parameters = 0;
    result gives;
};

struct connection {
    int fd = -1;
    bool logged_in = false;
    bool skipping = false;   // after an error, up to Sync
    bool writable = true;    // else the socket's buffer is full, and epoll tells when it no longer is
    bool reading = true;     // else the client must read first

    // The portal, which is the unnamed one.
    bool bound = false;
    bool exhausted = false;
    bool binary[max_columns] = {};
    std::size_t statement_of_portal = 0;
    scan rows;

    // The rows that are being sent; messages behind theirs must wait.
    bool scanning = false;
    bool in_query = false;  // of the simple protocol
    bool limited = false;   // by this Execute
    uint32_t first = 0;     // of this Execute
    uint32_t until = 0;

    std::vector<statement> statements{1};  // the first is the unnamed one
    bool has_unnamed = false;
    std::string input;       // the beginning of a message, and what comes after rows
    std::string unsent;
};

}  // namespace epoll_loop
