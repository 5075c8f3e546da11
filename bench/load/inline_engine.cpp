// One row, made where the session is.
#include "bench/load/offload_handler.hpp"

int main(int argc, char** argv) { bench::serve<bench::inline_engine>(argc, argv); }
