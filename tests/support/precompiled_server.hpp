// As precompiled.hpp, with Asio, which takes longer to read than all tests together.
#pragma once

#include "tests/support/precompiled.hpp"

#include "pgwire/net/asio.hpp"
