// The echo example behind a layer that changes nothing, which must cost nothing.
#include "bench/load/echo_handler.hpp"
#include "pgwire/server/layer.hpp"

int main(int argc, char** argv) { bench::serve<pgwire::layer<bench::echo>>(argc, argv); }
