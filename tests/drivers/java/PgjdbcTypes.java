// pgjdbc: values of every type are the same objects from the example `types` and from PostgreSQL, in text and in binary.
//
// It prints `ok NAME`, or `not ok NAME` and what went wrong in lines that begin with `# `, and at the end `done`. Our
// server's address is in PGHOST, PGPORT, PGUSER and PGDATABASE, the port of PostgreSQL in PGWIRE_ORACLE_PORT.

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class PgjdbcTypes {
    static final String[] TABLES = {"samples", "arrays"};
    static final String BINARY = "&binaryTransfer=true&prepareThreshold=-1"; // from the first execution on

    static Connection connect(String port, String options) throws SQLException {
        Map<String, String> e = System.getenv();
        return DriverManager.getConnection("jdbc:postgresql://" + e.get("PGHOST") + ":" + e.get(port) + "/"
                + e.get("PGDATABASE") + "?sslmode=disable&gssEncMode=disable&user=" + e.get("PGUSER") + options);
    }

    /** The texts of each type's values. */
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
        return all;
    }

    /** The value as an object, its class and what it looks like; only the latter if pgjdbc asks the catalog for its class. */
    static String read(Connection c, String sql, boolean asObject) {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            ResultSet r = s.executeQuery();
            r.next();
            if (!asObject) return r.getString(1);
            Object value = r.getObject(1);
            String shown = value instanceof byte[] bytes ? Arrays.toString(bytes)
                    : value instanceof Array array ? array.getBaseTypeName() + " " + shown(array)
                    : value instanceof java.sql.SQLXML xml ? xml.getString() : String.valueOf(value);
            return value.getClass().getName() + " " + shown + (value instanceof byte[] ? "" : " " + r.getString(1));
        } catch (SQLException | RuntimeException refused) { // a value that Java has not
            return refused.toString();
        }
    }

    static String shown(Array array) {
        try {
            return Arrays.deepToString((Object[]) array.getArray());
        } catch (SQLException | RuntimeException refused) {
            return refused.toString();
        }
    }

    public static void main(String[] arguments) throws SQLException {
        Map<String, List<String>> samples = samples();
        int objects = 0;
        for (String options : new String[] {"&binaryTransfer=false", BINARY}) {
            String format = options.equals(BINARY) ? "binary" : "text";
            try (Connection ours = connect("PGPORT", options); Connection right = connect("PGWIRE_ORACLE_PORT", options)) {
                for (Map.Entry<String, List<String>> type : samples.entrySet()) {
                    List<String> wrong = new ArrayList<>();
                    for (String text : type.getValue()) {
                        String sql = "SELECT '" + text.replace("'", "''") + "'::" + type.getKey();
                        String got = read(ours, sql, true);
                        boolean hasClass = !got.contains("pg_catalog"); // which the example has not
                        if (!hasClass) got = read(ours, sql, false);
                        else ++objects;
                        String expected = read(right, sql, hasClass);
                        if (!expected.equals(got)) wrong.add("# " + sql + ": " + expected + ", not " + got);
                    }
                    System.out.println((wrong.isEmpty() ? "ok " : "not ok ") + type.getKey() + " is read as from PostgreSQL, as "
                            + format);
                    wrong.forEach(line -> System.out.println(line.replace("\n", "\n# ")));
                }
            }
        }
        System.out.println((objects >= 150 ? "ok " : "not ok ") + "most values need no catalog\n# " + objects + " objects");
        System.out.println("done");
    }
}
