// Every type of PostgreSQL, in and out: a server that gives back what it is given, and rows of every type.
//
//     examples/run.sh types
//     psql -h 127.0.0.1 -p 5433 -c "SELECT '1 day 2 hours'::interval, '{1,2,NULL}'::int4[]" -c 'SELECT * FROM deliveries'
//
// `SELECT $1, $2::inet, …` decodes each parameter, text or binary, with the codec of its type into a C++ value, and
// encodes that value in the format that the client asks for. `SELECT * FROM samples` has a column for each type and
// rows of edge values, `SELECT * FROM arrays` the same values as one array for each type.
//
// To return a type of your own see own_types.hpp and `SELECT * FROM deliveries`: a struct is a row, its members are the
// columns, and their C++ types say what the columns are.
#include "../options.hpp"
#include "values.hpp"

#include <pgwire/server.hpp>
#include <pgwire/server/sql_layer.hpp>

int main(int argc, char** argv) {
    auto const options = example::parse(argc, argv, "Every type of PostgreSQL, in and out.");
    types_example::assign_types();  // before sessions run
    return example::serve(
        argv[0], options, [] { return pgwire::sql_layer<types_example::values>(); }, "-x -c 'SELECT * FROM samples'");
}
