// expect: a member is an unsigned integer, and PostgreSQL has none
// only-error
#include "pgwire/types.hpp"

struct item {
    std::string name;
    std::uint64_t count;
};
template<>
struct pgwire::codec<item> : pgwire::composite<item, "item"> {};

char* send(char* p, item const& v) { return pgwire::encode_value<pgwire::format::binary>(p, v); }
