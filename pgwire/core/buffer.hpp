// The two buffers of a connection: bytes received and not yet consumed, bytes to send and not yet sent.
//
// Floor 0, standard library only. Both are one contiguous piece of memory that grows with what is really in it, never
// with what a peer announces, and neither moves bytes unless it must. Not thread-safe: a buffer belongs to a session.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

[[noreturn]] inline void out_of_memory() {
#if defined(__cpp_exceptions)
    throw std::bad_alloc();
#else
    std::abort();
#endif
}

/// Owns `malloc`ed bytes, so that growing them may extend in place.
class raw_bytes {
public:
    raw_bytes() noexcept = default;
    raw_bytes(raw_bytes&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    raw_bytes& operator=(raw_bytes&& other) noexcept {
        swap(other);
        return *this;
    }
    void swap(raw_bytes& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
    }
    ~raw_bytes() { std::free(data_); }

    [[nodiscard]] char* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    void resize(std::size_t size) {
        auto* const moved = static_cast<char*>(std::realloc(data_, size));
        if (moved == nullptr) out_of_memory();
        data_ = moved;
        size_ = size;
    }
    void release() noexcept {
        std::free(std::exchange(data_, nullptr));
        size_ = 0;
    }

private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace detail

/// Bytes that arrived. The unread part is contiguous; views into it live until the next `prepare` or `release`.
class receive_buffer {
public:
    /// The bytes received and not yet consumed.
    [[nodiscard]] std::string_view unread() const noexcept { return {bytes_.data() + read_, end_ - read_}; }

    /// Marks the first `n` unread bytes as done with. Views of them stay valid until the next `prepare`.
    void consume(std::size_t n) noexcept { read_ += n; }

    /// Room for a read, after the unread bytes: little at first, and more when the read before has filled it.
    [[nodiscard]] std::span<char> prepare() {
        bool const was_filled = end_ != 0 && end_ == bytes_.size();
        std::size_t const at_least = was_filled ? 4096 : 512;
        return room(at_least, 2 * at_least);
    }

    /// Room for at least `at_least` further bytes, after the unread ones. Doubles when it must grow, so that a message
    /// of n bytes costs O(n), and memory is at most twice what has arrived.
    [[nodiscard]] std::span<char> prepare(std::size_t at_least) { return room(at_least, at_least); }

    /// `n` bytes were written into what `prepare` gave.
    void commit(std::size_t n) noexcept { end_ += n; }

    /// Gives the memory back. There must be nothing unread.
    void release() noexcept {
        read_ = end_ = 0;
        bytes_.release();
    }

    [[nodiscard]] std::size_t capacity() const noexcept { return bytes_.size(); }

private:
    std::span<char> room(std::size_t at_least, std::size_t if_it_grows) {
        if (read_ == end_) read_ = end_ = 0;
        if (bytes_.size() - end_ < at_least) make_room(at_least, if_it_grows);
        return {bytes_.data() + end_, bytes_.size() - end_};
    }
    void make_room(std::size_t at_least, std::size_t if_it_grows) {
        std::size_t const unread = end_ - read_;
        if (read_ != 0) {
            std::memmove(bytes_.data(), bytes_.data() + read_, unread);
            read_ = 0;
            end_ = unread;
        }
        if (bytes_.size() - end_ < at_least) bytes_.resize(std::max(bytes_.size() * 2, end_ + if_it_grows));
    }

    detail::raw_bytes bytes_;
    std::size_t read_ = 0;  // [0, read_) is consumed
    std::size_t end_ = 0;   // [read_, end_) is unread
};

/// Bytes to send. What is being written stays invisible to the socket until it is committed, so that a frame which is
/// still open, or which turns out to be impossible, never leaves.
///
///     [0, sent) gone | [sent, committed) may leave | [committed, end) being written
class send_buffer {
public:
    /// `n` free bytes at the end of what is written. Invalidates pointers into the buffer.
    [[nodiscard]] char* reserve(std::size_t n) {
        if (bytes_.size() - end_ < n) [[unlikely]] grow(n);
        return bytes_.data() + end_;
    }

    /// The bytes up to `end`, which lies within the last `reserve`, are written, and the frame stays open.
    void advance(char const* end) noexcept { end_ = static_cast<std::size_t>(end - bytes_.data()); }

    /// Everything written so far may leave.
    void commit() noexcept { committed_ = end_; }

    /// So do `n` more bytes, which are written where the last `reserve` has room. Counted and not told by their end,
    /// they need not wait for what is before them.
    void commit(std::size_t n) noexcept {
        end_ += n;
        committed_ = end_;
    }

    /// Forgets what was written since the last `commit`.
    void rollback() noexcept { end_ = committed_; }

    /// Writes and commits `bytes` as they are.
    void append(std::string_view bytes) {
        char* const at = reserve(bytes.size());
        std::copy_n(bytes.data(), bytes.size(), at);
        advance(at + bytes.size());
        commit();
    }

    /// Where the open frame begins, and how many bytes of it are written. Valid until the next `reserve`.
    [[nodiscard]] std::span<char> open() noexcept { return {bytes_.data() + committed_, end_ - committed_}; }

    /// What may leave now. Valid until the next `reserve`.
    [[nodiscard]] std::string_view pending() const noexcept { return {bytes_.data() + sent_, committed_ - sent_}; }
    [[nodiscard]] bool empty() const noexcept { return sent_ == committed_; }
    [[nodiscard]] std::size_t size() const noexcept { return committed_ - sent_; }

    /// The first `n` pending bytes have left.
    void consume(std::size_t n) noexcept {
        sent_ += n;
        if (sent_ == end_) sent_ = committed_ = end_ = 0;
    }

    /// Drops everything.
    void clear() noexcept { sent_ = committed_ = end_ = 0; }

    /// Gives the memory back, and with it all that was written.
    void release() noexcept {
        clear();
        bytes_.release();
    }

    [[nodiscard]] std::size_t capacity() const noexcept { return bytes_.size(); }

private:
#if defined(__GNUC__)
    __attribute__((noinline))
#endif
    void grow(std::size_t n) {
        if (sent_ != 0) {  // what has left makes room first
            std::memmove(bytes_.data(), bytes_.data() + sent_, end_ - sent_);
            end_ -= sent_;
            committed_ -= sent_;
            sent_ = 0;
        }
        if (bytes_.size() - end_ < n) bytes_.resize(std::max({bytes_.size() * 2, end_ + n, std::size_t{1024}}));
    }

    // `committed_` and `end_` change together: as neighbours they would be stored as one vector, which is slow to make
    // of two words and slow to read one from, and each frame would wait for the one before it.
    std::size_t committed_ = 0;
    detail::raw_bytes bytes_;
    std::size_t sent_ = 0;
    std::size_t end_ = 0;
};

}  // namespace pgwire
