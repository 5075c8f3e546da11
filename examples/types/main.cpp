// Every type of PostgreSQL, in and out: a server that gives back what it is given, and rows of every type.
//
//     examples/run.sh types
//     psql -h 127.0.0.1 -p 5433 -c "SELECT '1 day 2 hours'::interval, '{1,2,NULL}'::int4[]" -c 'SELECT * FROM deliveries'
//
// `SELECT $1, $2::inet, …` decodes each parameter, text or binary, with the codec of its type into a C++ value, and
// encodes that value in the format that the client asks for. `SELECT * FROM samples` has a column for each type and
// rows of edge values, `SELECT * FROM arrays` the same values as one array for each type, `SELECT * FROM own` values of
// an enum, a domain, composites and a range.
//
// To return a type of your own see own_types.hpp and `SELECT * FROM deliveries`: a struct is a row, its members are the
// columns, and their C++ types say what the columns are.
#include "../options.hpp"
#include "values.hpp"

#include <pgwire/server.hpp>
#include <pgwire/server/sql_layer.hpp>

#include <string>
#include <vector>

int main(int argc, char** argv) {
    types_example::assign_types();  // before sessions run
    std::vector<std::string> oids;
    auto const options = example::parse(argc, argv, "Every type of PostgreSQL, in and out.", [&](CLI::App& app) {
        app.add_option("--oid", oids, "the numbers of one of our own types and of its arrays, such as mood=16390,16389")
            ->check([](std::string const& given) { return types_example::assign(given) ? "" : "no type, or no numbers"; });
    });
    return example::serve(argv[0], options, [] { return pgwire::sql_layer<types_example::values>(); },
                          "-x -c 'SELECT * FROM samples'");
}
