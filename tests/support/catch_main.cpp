// Catch2 2.13's main, compiled once for all test programs. 3.x brings its own.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
