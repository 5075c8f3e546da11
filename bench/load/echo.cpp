// The echo example, on a port that can be chosen.
#include "bench/load/echo_handler.hpp"

int main(int argc, char** argv) { bench::serve<bench::echo>(argc, argv); }
