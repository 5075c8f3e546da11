// pgjdbc: values of every type are the same objects from the example `types` and from PostgreSQL, as text and in binary,
// and go there the same way.
//
// What class a type has pgjdbc asks the catalog, unless it knows the type by itself. The example has no catalog: there
// PostgreSQL answers, in which its own types have the same numbers. It is only the values that come from the example.
//
// It prints `ok NAME`, or `not ok NAME` and what went wrong in lines that begin with `# `, and at the end `done`. Our
// server's address is in PGHOST, PGPORT, PGUSER and PGDATABASE, the port of PostgreSQL in PGWIRE_ORACLE_PORT.

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.jdbc.PgResultSet;
import org.postgresql.util.PGobject;

final class PgjdbcTypes {
    static final String[] TABLES = {"samples", "arrays", "own"};
    static final String TEXT = "&binaryTransfer=false";
    static final String BINARY = "&prepareThreshold=-1"; // from the first execution on, as far as pgjdbc reads it:
    static final Set<String> IN_BINARY = Set.of("int2", "int4", "int8", "float4", "float8", "numeric", "bytea", "uuid",
            "date", "time", "timetz", "timestamp", "timestamptz", "point", "box", "quantity", "_int2", "_int4", "_int8",
            "_float4", "_float8", "_oid", "_text", "_varchar", "_bytea");

    /** What pgjdbc can't read from PostgreSQL either, but as a string. */
    static final Map<String, List<String>> UNREADABLE = Map.of(
            "numeric", List.of("Infinity"), "_numeric", List.of("NaN", "Infinity"), // which its classes have not
            "money", List.of("92,233"), "_money", List.of("$"), // it does not expect commas, nor the sign in arrays
            "refcursor", List.of("")); // it fetches from the cursor instead

    static PgConnection connect(String port, String options) throws SQLException {
        Map<String, String> e = System.getenv();
        return DriverManager.getConnection("jdbc:postgresql://" + e.get("PGHOST") + ":" + e.get(port) + "/"
                + e.get("PGDATABASE") + "?sslmode=disable&gssEncMode=disable&user=" + e.get("PGUSER") + options)
                .unwrap(PgConnection.class);
    }

    /** What one connection would ask its server's catalog of types, it has from another one. */
    static void borrowTypes(PgConnection borrower, PgConnection lender) throws ReflectiveOperationException {
        Field types = PgConnection.class.getDeclaredField("typeCache");
        types.setAccessible(true);
        types.set(borrower, lender.getTypeInfo());
    }

    /** The texts of each type's values; each value of a type that has arrays is in one of its own as well. */
    static Map<String, List<String>> samples() throws SQLException {
        Map<String, List<String>> all = new LinkedHashMap<>();
        try (Connection c = connect("PGPORT", "&preferQueryMode=simple"); Statement s = c.createStatement()) {
            for (String table : TABLES) {
                ResultSet r = s.executeQuery("SELECT * FROM " + table);
                ResultSetMetaData columns = r.getMetaData();
                while (r.next())
                    for (int i = 1; i <= columns.getColumnCount(); ++i)
                        if (r.getString(i) != null)
                            all.computeIfAbsent(columns.getColumnLabel(i), k -> new ArrayList<>()).add(r.getString(i));
            }
        }
        all.forEach((kind, texts) -> {
            if (kind.startsWith("_"))
                for (String text : all.get(kind.substring(1)))
                    texts.add("{\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}");
        });
        return all;
    }

    static String select(String kind, String text) {
        String spelled = kind.equals("char") ? "\"char\"" : kind; // without quotes it is another
        return "SELECT '" + text.replace("'", "''") + "'::" + spelled;
    }

    interface Attempt { Object run() throws Exception; }

    /** What is read of the only column, its format, and all that has to be the same of two. */
    record Read(Object value, String format, String shown) {}

    static Read read(PgConnection c, String sql, Object... parameters) throws Exception {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (Object parameter : parameters) s.setObject(1, parameter);
            ResultSet r = s.executeQuery();
            r.next();
            Object value = attempt(() -> r.getObject(1));
            Object text = value instanceof byte[] ? null : attempt(() -> r.getString(1));
            String format = format(r);
            return new Read(value, format, format + ", " + attempt(() -> shown(value)) + ", " + attempt(() -> shown(text)));
        } catch (SQLException refusal) {
            return new Read(null, "none", refusal.toString());
        }
    }

    /** What is read; or the class of what pgjdbc throws, where it can't read it. */
    static Object attempt(Attempt attempt) throws Exception {
        try {
            return attempt.run();
        } catch (SQLException | IllegalArgumentException refusal) {
            return refusal.getClass();
        }
    }

    static String format(ResultSet r) throws ReflectiveOperationException {
        Method isBinary = PgResultSet.class.getDeclaredMethod("isBinary", int.class);
        isBinary.setAccessible(true);
        return (boolean) isBinary.invoke(r, 1) ? "binary" : "text";
    }

    /** The class of a value and what it looks like, and the same of what it is made of. */
    static String shown(Object value) throws SQLException {
        if (value == null) return "null";
        String looks = value instanceof Array array ? array.getBaseTypeName() + " " + shown(array.getArray())
                : value instanceof Object[] several ? shown(several)
                : value instanceof Map<?, ?> map ? new TreeMap<>(map).toString()
                : value instanceof byte[] bytes ? Arrays.toString(bytes)
                : value instanceof SQLXML xml ? xml.getString()
                : value instanceof PGobject object ? object.getType() + " " + object : value.toString();
        return value.getClass().getName() + " " + looks;
    }

    static String shown(Object[] several) throws SQLException {
        List<String> all = new ArrayList<>();
        for (Object one : several) all.add(shown(one));
        return all.toString();
    }

    /** Compares what both servers answer, and adds to `wrong` how they differ, or what can't be read against expectation. */
    static Read compare(PgConnection ours, PgConnection right, boolean isReadable, List<String> wrong, String sql,
            Object... parameters) throws Exception {
        Read found = read(ours, sql, parameters), expected = read(right, sql, parameters);
        String what = sql + (parameters.length == 0 ? "" : " of " + shown(parameters)) + ": " + expected.shown;
        if (!found.shown.equals(expected.shown)) wrong.add(what + ", not " + found.shown);
        if (expected.shown.contains("Exception") == isReadable) wrong.add(what);
        return expected;
    }

    static void report(String name, List<String> wrong) {
        System.out.println((wrong.isEmpty() ? "ok " : "not ok ") + name);
        for (String line : wrong) System.out.println("# " + line.replace("\n", "\n# "));
    }

    static PGobject object(String kind, String text) throws SQLException {
        PGobject made = new PGobject();
        made.setType(kind);
        made.setValue(text);
        return made;
    }

    /** Each value is read, and sent as what it was read as, and as an object that only says its type. */
    static void check(PgConnection ours, PgConnection right, String format, String kind, List<String> texts)
            throws Exception {
        List<String> misread = new ArrayList<>(), missent = new ArrayList<>();
        for (String text : texts) {
            String sql = select(kind, text);
            boolean isReadable = UNREADABLE.getOrDefault(kind, List.of()).stream().noneMatch(text::contains);
            Read expected = compare(ours, right, isReadable, misread, sql);
            if (!expected.format.equals(IN_BINARY.contains(kind) ? format : "text"))
                misread.add(sql + ": it is in " + expected.format);
            if (isReadable) compare(ours, right, true, missent, "SELECT ?", expected.value);
            compare(ours, right, isReadable, missent, "SELECT ?", object(kind, text));
        }
        report(kind + " is read as from PostgreSQL, as " + format, misread);
        report(kind + " is sent as to PostgreSQL, as " + format, missent);
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, List<String>> samples = samples();
        for (String format : new String[] {"text", "binary"}) {
            String options = format.equals("binary") ? BINARY : TEXT;
            try (PgConnection ours = connect("PGPORT", options);
                    PgConnection right = connect("PGWIRE_ORACLE_PORT", options)) {
                borrowTypes(ours, right);
                for (var type : samples.entrySet()) check(ours, right, format, type.getKey(), type.getValue());
            }
        }
        System.out.println("done");
    }
}
