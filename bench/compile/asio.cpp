// Asio itself, compiled once for a program whose units define ASIO_SEPARATE_COMPILATION.
#include <asio/impl/src.hpp>
