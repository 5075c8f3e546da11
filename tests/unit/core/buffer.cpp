#include "pgwire/core/buffer.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace {

using pgwire::receive_buffer;
using pgwire::send_buffer;

/// As a socket does: room, bytes into it, commit.
void arrive(receive_buffer& buffer, std::string_view bytes) {
    auto const room = buffer.prepare(bytes.size());
    REQUIRE(room.size() >= bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    buffer.commit(bytes.size());
}

/// Writes without committing, as an encoder does.
void write(send_buffer& buffer, std::string_view bytes) {
    char* const at = buffer.reserve(bytes.size());
    std::copy(bytes.begin(), bytes.end(), at);
    buffer.advance(at + bytes.size());
}

TEST_CASE("a new receive buffer has nothing to read and owns no memory", "[core][buffer]") {
    receive_buffer const buffer;
    CHECK(buffer.unread().empty());
    CHECK(buffer.capacity() == 0);
}

TEST_CASE("received bytes are read in order, however they arrive", "[core][buffer]") {
    receive_buffer buffer;
    std::string sent;
    std::string read;
    for (int i = 0; i != 1000; ++i) {
        auto const piece = std::string(static_cast<std::size_t>(i % 37), static_cast<char>('a' + i % 26));
        sent += piece;
        arrive(buffer, piece);
        auto const taken = buffer.unread().substr(0, static_cast<std::size_t>(i % 41));
        read += taken;
        buffer.consume(taken.size());
    }
    read += buffer.unread();
    CHECK(read == sent);
}

TEST_CASE("unread bytes survive the growth of the receive buffer", "[core][buffer]") {
    receive_buffer buffer;
    arrive(buffer, "consumed and kept");
    buffer.consume(13);
    static_cast<void>(buffer.prepare(1'000'000));
    CHECK(buffer.unread() == "kept");
}

TEST_CASE("the receive buffer's memory follows what has arrived, at most twice of it", "[core][buffer]") {
    receive_buffer buffer;
    std::string const piece(1000, 'x');
    std::size_t arrived = 0;
    while (arrived < 1'000'000) {
        arrive(buffer, piece);
        arrived += piece.size();
        if (arrived > 8192) CHECK(buffer.capacity() <= 2 * arrived);
    }
    CHECK(buffer.unread().size() == arrived);
}

TEST_CASE("a receive buffer that is read as fast as it fills does not grow", "[core][buffer]") {
    receive_buffer buffer;
    arrive(buffer, "the first one is longer than the others");
    auto const capacity = buffer.capacity();
    for (int i = 0; i != 10'000; ++i) {
        buffer.consume(buffer.unread().size());
        arrive(buffer, "a message of some length");
    }
    CHECK(buffer.capacity() == capacity);
}

TEST_CASE("room for a read is small until a read has filled it", "[core][buffer]") {
    receive_buffer buffer;
    auto const small = buffer.prepare().size();
    CHECK(small <= 1024);
    buffer.commit(small - 1);
    buffer.consume(small - 1);
    CHECK(buffer.prepare().size() == small);
    buffer.commit(small);
    buffer.consume(small);
    CHECK(buffer.prepare().size() == 8192);
    buffer.commit(8192);
    buffer.consume(8192);
    CHECK(buffer.prepare().size() == 8192);
    buffer.commit(8192);
    buffer.consume(8000);
    CHECK(buffer.prepare().size() == 8000);
    CHECK(buffer.capacity() == 8192);
}

TEST_CASE("views of consumed bytes stay valid until the next prepare", "[core][buffer]") {
    receive_buffer buffer;
    arrive(buffer, "a statement's text");
    auto const view = buffer.unread();
    buffer.consume(view.size());
    CHECK(view == "a statement's text");
}

TEST_CASE("a released receive buffer has given its memory back and can be used again", "[core][buffer]") {
    receive_buffer buffer;
    arrive(buffer, "x");
    buffer.consume(1);
    buffer.release();
    CHECK(buffer.capacity() == 0);
    arrive(buffer, "again");
    CHECK(buffer.unread() == "again");
}

TEST_CASE("what is written and not committed does not leave", "[core][buffer]") {
    send_buffer buffer;
    write(buffer, "open frame");
    CHECK(buffer.pending().empty());
    CHECK(buffer.empty());
    buffer.commit();
    CHECK(buffer.pending() == "open frame");
    CHECK_FALSE(buffer.empty());
    CHECK(buffer.size() == 10);
}

TEST_CASE("a frame whose size is known is committed by it", "[core][buffer]") {
    send_buffer buffer;
    buffer.append("first ");
    std::copy_n("second", 6, buffer.reserve(100));
    buffer.commit(6);
    CHECK(buffer.pending() == "first second");
    buffer.rollback();
    CHECK(buffer.size() == 12);
}

TEST_CASE("a rollback forgets what was written since the last commit, and nothing else", "[core][buffer]") {
    send_buffer buffer;
    buffer.append("kept,");
    write(buffer, "forgotten");
    buffer.rollback();
    buffer.append("kept too");
    CHECK(buffer.pending() == "kept,kept too");
}

TEST_CASE("an open frame can be patched before it is committed, also after the buffer has grown", "[core][buffer]") {
    send_buffer buffer;
    buffer.append("before");
    write(buffer, "????");
    write(buffer, std::string(100'000, 'b'));
    REQUIRE(buffer.open().size() == 100'004);
    std::copy_n("head", 4, buffer.open().data());
    buffer.commit();
    CHECK(buffer.pending() == "beforehead" + std::string(100'000, 'b'));
}

TEST_CASE("bytes leave in order, however few the socket takes at a time", "[core][buffer]") {
    send_buffer buffer;
    std::string sent;
    std::string left;
    for (int i = 0; i != 2000; ++i) {
        auto const piece = std::string(static_cast<std::size_t>(i % 53), static_cast<char>('a' + i % 26));
        sent += piece;
        buffer.append(piece);
        auto const taken = buffer.pending().substr(0, static_cast<std::size_t>(i % 29));
        left += taken;
        buffer.consume(taken.size());
    }
    left += buffer.pending();
    CHECK(left == sent);
}

TEST_CASE("an open frame stays whole while earlier bytes leave", "[core][buffer]") {
    send_buffer buffer;
    buffer.append("leaves");
    write(buffer, "stays ");
    buffer.consume(6);
    CHECK(buffer.empty());
    write(buffer, "open");
    buffer.commit();
    CHECK(buffer.pending() == "stays open");
}

TEST_CASE("a send buffer that is drained as fast as it fills does not grow", "[core][buffer]") {
    send_buffer buffer;
    buffer.append("first");
    buffer.consume(5);
    auto const capacity = buffer.capacity();
    for (int i = 0; i != 10'000; ++i) {
        buffer.append("a message of some length");
        buffer.consume(buffer.size());
    }
    CHECK(buffer.capacity() == capacity);
}

TEST_CASE("a cleared send buffer keeps its memory, a released one gives it back", "[core][buffer]") {
    send_buffer buffer;
    buffer.append("something");
    buffer.clear();
    CHECK(buffer.empty());
    CHECK(buffer.capacity() != 0);
    buffer.append("other");
    CHECK(buffer.pending() == "other");
    buffer.release();
    CHECK(buffer.empty());
    CHECK(buffer.capacity() == 0);
}

TEST_CASE("a buffer that was moved from another has its bytes", "[core][buffer]") {
    send_buffer first;
    first.append("pending");
    send_buffer const second = std::move(first);
    CHECK(second.pending() == "pending");
}

}  // namespace
