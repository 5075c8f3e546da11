// The same row, made on a pool: what that costs is the difference.
#include "bench/load/offload_handler.hpp"

int main(int argc, char** argv) {
    pgwire::asio::thread_pool pool(2);
    pgwire::serve({.port = bench::parse_port(argc, argv)}, [&pool] { return bench::pooled_engine{&pool}; },
                  bench::announce);
}
