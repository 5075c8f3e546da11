// A library to be preloaded into any server: counts its allocations, and prints the count on SIGUSR1 and at the end.
//
// Every way to allocate is counted where it ends: operator new calls malloc, and Asio takes the frames of its
// coroutines from aligned_alloc, which a count of operator new alone misses. Linux with glibc.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <unistd.h>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

std::atomic<unsigned long> allocations{0};

void count() noexcept { allocations.fetch_add(1, std::memory_order_relaxed); }

// Called by a signal handler too: no formatting functions.
void print() noexcept {
    char text[48] = "allocations ";
    char digits[24];
    std::size_t size = 12;
    std::size_t n = 0;
    unsigned long left = allocations.load(std::memory_order_relaxed);
    do digits[n++] = static_cast<char>('0' + left % 10);
    while ((left /= 10) != 0);
    while (n != 0) text[size++] = digits[--n];
    text[size++] = '\n';
    static_cast<void>(!write(STDERR_FILENO, text, size));
}

struct at_end {
    at_end() {
        struct sigaction action {};
        action.sa_handler = [](int) {
            auto const error = errno;
            print();
            errno = error;
        };
        action.sa_flags = SA_RESTART;
        sigaction(SIGUSR1, &action, nullptr);
    }
    ~at_end() { print(); }
} const installed;

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
    count();
    return __libc_malloc(size);
}
void* calloc(std::size_t items, std::size_t size) {
    count();
    return __libc_calloc(items, size);
}
void* realloc(void* old, std::size_t size) {
    count();
    return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count();
    return __libc_memalign(alignment, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    count();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** made, std::size_t alignment, std::size_t size) {
    count();
    *made = __libc_memalign(alignment, size);
    return *made != nullptr ? 0 : ENOMEM;
}

}  // extern "C"
