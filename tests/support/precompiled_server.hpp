// As precompiled.hpp, with Asio, which takes longer to read than all tests together.

#include "tests/support/precompiled.hpp"

#include "pgwire/net/asio.hpp"
