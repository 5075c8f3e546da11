// Asio itself, compiled once for a program whose sources are compiled with ASIO_SEPARATE_COMPILATION: meson's option
// asio_separate and CMake's PGWIRE_ASIO_SEPARATE build it.
#include <pgwire/net/asio.hpp>

#include PGWIRE_ASIO_HEADER(impl/src.hpp)
