// pgjdbc: statements of the server and binary values from the prepare threshold on, fetch sizes, batches, CopyManager,
// cancel.
//
// It runs its checks one by one and prints `ok NAME`, or `not ok NAME` and what went wrong in lines that begin with
// `# `, and at the end `done`. The server's address is in PGHOST, PGPORT, PGUSER and PGDATABASE. A check has 20
// seconds.

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.PGStatement;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.PGobject;
import org.postgresql.util.PSQLException;

final class Pgjdbc {
    interface Body { void run() throws Exception; }

    static final String ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n";
    static final String NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
            + "SELECT CAST(i AS integer) AS i FROM n";
    static final Map<String, Body> checks = new LinkedHashMap<>();
    static final List<Connection> opened = new ArrayList<>();

    // ---- what the checks are made of

    static Connection connect(String options) throws SQLException {
        Map<String, String> e = System.getenv();
        String url = "jdbc:postgresql://" + e.get("PGHOST") + ":" + e.get("PGPORT") + "/" + e.get("PGDATABASE")
                + "?sslmode=disable&gssEncMode=disable&user=" + e.get("PGUSER") + options;
        Connection made = DriverManager.getConnection(url);
        opened.add(made);
        return made;
    }

    static Connection withTable(String options) throws SQLException {
        Connection c = connect(options);
        execute(c, "DROP TABLE IF EXISTS t", "CREATE TABLE t (a integer PRIMARY KEY, b text)",
                "INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')");
        return c;
    }

    static void execute(Connection c, String... all) throws SQLException {
        try (Statement s = c.createStatement()) {
            for (String sql : all) s.execute(sql);
        }
    }

    /** The rows, each as a list of objects. */
    static List<List<Object>> rows(ResultSet r) throws SQLException {
        List<List<Object>> all = new ArrayList<>();
        while (r.next()) {
            List<Object> row = new ArrayList<>();
            for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) row.add(r.getObject(i));
            all.add(row);
        }
        return all;
    }

    static List<List<Object>> ask(Connection c, String sql, Object... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) s.setObject(i + 1, values[i]);
            return rows(s.executeQuery());
        }
    }

    static long count(Connection c) throws SQLException {
        try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("SELECT count(*) FROM t")) {
            r.next();
            return r.getLong(1);
        }
    }

    static void equal(Object found, Object expected) {
        if (!Objects.deepEquals(found, expected))
            throw new AssertionError("found " + shown(found) + ", expected " + shown(expected));
    }

    static String shown(Object value) {
        if (value instanceof byte[]) return Arrays.toString((byte[]) value);
        return value + (value == null ? "" : " (" + value.getClass().getSimpleName() + ")");
    }

    static SQLException fails(String state, Body body) throws Exception {
        try {
            body.run();
        } catch (SQLException e) {
            if (state.equals(e.getSQLState())) return e;
            throw new AssertionError(state + " expected, not " + e.getSQLState() + ": " + e.getMessage(), e);
        }
        throw new AssertionError(state + " expected, not a success");
    }

    static byte[] everyByte() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) all[i] = (byte) i;
        return all;
    }

    // ---- values

    static final OffsetDateTime MOMENT = OffsetDateTime.of(2024, 2, 29, 12, 34, 56, 789_000, ZoneOffset.UTC);

    static PGobject json(String text) {
        try {
            PGobject made = new PGobject();
            made.setType("json");
            made.setValue(text);
            return made;
        } catch (SQLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static final Object[][] KINDS = {  // column type, JDBC's, the class that it is read as, values
        {"smallint", Types.SMALLINT, Short.class, (short) 0, Short.MIN_VALUE},
                {"integer", Types.INTEGER, Integer.class, Integer.MAX_VALUE, Integer.MIN_VALUE},
        {"bigint", Types.BIGINT, Long.class, Long.MAX_VALUE, Long.MIN_VALUE},
                {"real", Types.REAL, Float.class, 1.5f, -0.25f},
        {"double precision", Types.DOUBLE, Double.class, 0.1, -1e308, Double.POSITIVE_INFINITY},
                {"boolean", Types.BIT, Boolean.class, true, false},
        {"numeric", Types.NUMERIC, BigDecimal.class, new BigDecimal("12.5"), new BigDecimal("-0.001")},
        {"text", Types.VARCHAR, String.class, "", "it's \\ ''", "žluťoučký 🐎", "line\nline", "NULL"},
        {"varchar(20)", Types.VARCHAR, String.class, "xxxxxxxxxxxxxxxxxxxx"},
        {"bytea", Types.BINARY, byte[].class, new byte[] {0}, everyByte()},
        {"date", Types.DATE, LocalDate.class, LocalDate.of(2024, 2, 29), LocalDate.of(1, 1, 1)},
        {"time", Types.TIME, LocalTime.class, LocalTime.of(12, 34, 56, 789_000)},
        {"timestamp", Types.TIMESTAMP, LocalDateTime.class, MOMENT.toLocalDateTime()},
        {"timestamptz", Types.TIMESTAMP, OffsetDateTime.class, MOMENT},
        {"uuid", Types.OTHER, UUID.class, UUID.fromString("00112233-4455-6677-8899-aabbccddeeff")},
        {"character(3)", Types.CHAR, String.class, "abc"},
                {"name", Types.VARCHAR, String.class, "pg_class"},
        {"oid", Types.BIGINT, Long.class, 0L, 4294967295L},
                {"json", Types.OTHER, PGobject.class, json("{\"a\": [1, \"ž\"]}"), json("null")},
    };

    static void values(String options) throws Exception {
        Connection c = withTable(options);
        int number = 0;
        for (Object[] kind : KINDS) {
            // This version of the client does not put bytes into a text that PostgreSQL could read.
            if (kind[2] == byte[].class && options.endsWith("simple")) continue;
            try {
                values(c, kind, "v" + ++number);  // of its own: the client keeps statements that it has prepared
            } catch (SQLException | AssertionError e) {
                throw new AssertionError(kind[0] + ": " + e, e);
            }
        }
    }

    static void values(Connection c, Object[] kind, String table) throws Exception {
        execute(c, "DROP TABLE IF EXISTS " + table,
                "CREATE TABLE " + table + " (k integer PRIMARY KEY, v " + kind[0] + ")");
        List<Object> expected = new ArrayList<>(Arrays.asList(kind).subList(3, kind.length));
        try (PreparedStatement s = c.prepareStatement("INSERT INTO " + table + " VALUES (?, ?)")) {
            for (int i = 0; i < expected.size(); i++) {
                s.setInt(1, i);
                if (expected.get(i) instanceof byte[]) s.setBytes(2, (byte[]) expected.get(i));
                else s.setObject(2, expected.get(i));
                equal(s.executeUpdate(), 1);
            }
            s.setInt(1, expected.size());
            s.setNull(2, (Integer) kind[1]);
            equal(s.executeUpdate(), 1);
        }
        expected.add(null);
        try (PreparedStatement s = c.prepareStatement("SELECT v FROM " + table + " ORDER BY k")) {
            for (int time = 0; time < 7; time++) {  // later ones are of a statement of the server, and in binary
                ResultSet r = s.executeQuery();
                equal(r.getMetaData().getColumnType(1), kind[1]);
                for (Object value : expected) {
                    equal(r.next(), true);
                    equal(kind[2] == byte[].class ? r.getBytes(1)
                            : kind[2] == PGobject.class ? r.getObject(1) : r.getObject(1, (Class<?>) kind[2]), value);
                    equal(r.wasNull(), value == null);
                }
                equal(r.next(), false);
            }
        }
    }

    static {
        checks.put("values come back as they went, in text and then in binary", () -> values(""));
        checks.put("values come back as they went, by the simple protocol", () -> values("&preferQueryMode=simple"));
        checks.put("values come back as they went, always in binary", () -> values("&prepareThreshold=-1"));
        checks.put("values come back as they went, never prepared",
                () -> values("&prepareThreshold=0&binaryTransfer=false"));

        checks.put("columns are described", () -> {
            Connection c = withTable("");
            String sql = "SELECT a, b AS other, a + 1, count(*) AS n FROM t WHERE a < ? GROUP BY a, b";
            try (PreparedStatement s = c.prepareStatement(sql)) {
                equal(s.getMetaData().getColumnCount(), 4);
                equal(s.getMetaData().getColumnLabel(2), "other");
                equal(s.getMetaData().getColumnType(4), Types.BIGINT);
                equal(s.getParameterMetaData().getParameterTypeName(1), "int4");
                s.setInt(1, 2);
                equal(rows(s.executeQuery()), List.of(List.of(1, "one", 2, 1L)));
            }
        });

        checks.put("rows are counted", () -> {
            Connection c = withTable("");
            try (Statement s = c.createStatement()) {
                equal(s.executeUpdate("UPDATE t SET b = 'x' WHERE a > 1"), 2);
                equal(s.executeLargeUpdate("DELETE FROM t WHERE a = 1"), 1L);
                equal(s.execute("INSERT INTO t VALUES (7, NULL); SELECT a FROM t WHERE b IS NULL; DELETE FROM t"),
                        false);
                equal(s.getUpdateCount(), 1);
                equal(s.getMoreResults(), true);
                equal(rows(s.getResultSet()), List.of(List.of(7)));
                equal(s.getMoreResults(), false);
                equal(s.getUpdateCount(), 3);
            }
        });

        checks.put("keys that were made are returned", () -> {
            Connection c = withTable("");
            try (PreparedStatement s = c.prepareStatement("INSERT INTO t VALUES (?, ?)", new String[] {"a", "b"})) {
                s.setInt(1, 9);
                s.setString(2, "ž");
                equal(s.executeUpdate(), 1);
                equal(rows(s.getGeneratedKeys()), List.of(List.of(9, "ž")));
            }
        });

        checks.put("a statement is the server's from its fifth use", () -> {
            Connection c = withTable("");
            try (PreparedStatement s = c.prepareStatement("SELECT b FROM t WHERE a = ?")) {
                PGStatement own = s.unwrap(PGStatement.class);
                equal(own.getPrepareThreshold(), 5);
                for (int n = 0; n < 12; n++) {
                    s.setInt(1, n % 3 + 1);
                    equal(rows(s.executeQuery()), List.of(List.of(new String[] {"one", "two", "three"}[n % 3])));
                    equal(own.isUseServerPrepare(), n >= 3);  // of the next use
                }
            }
            for (int n = 0; n < 600; n++)  // more statements than the client keeps
                equal(ask(c, "SELECT a + " + n + " FROM t WHERE a = ?", 1), List.of(List.of(1 + n)));
        });

        checks.put("a statement of the server whose columns have changed", () -> {
            Connection c = withTable("&prepareThreshold=1");
            try (PreparedStatement s = c.prepareStatement("SELECT * FROM t WHERE a = 1")) {
                for (int n = 0; n < 3; n++) equal(rows(s.executeQuery()).get(0).size(), 2);
                execute(c, "ALTER TABLE t ADD COLUMN c integer");
                equal(rows(s.executeQuery()).get(0).size(), 3);  // the client prepares it again
            }
        });

        for (String options : new String[] {"", "&reWriteBatchedInserts=true"}) {
            checks.put("a batch of inserts" + (options.isEmpty() ? "" : ", rewritten"), () -> {
                Connection c = withTable(options);
                c.setAutoCommit(false);
                try (PreparedStatement s = c.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                    for (int n = 10; n < 1010; n++) {
                        s.setInt(1, n);
                        s.setString(2, "row " + n);
                        s.addBatch();
                    }
                    int[] counts = s.executeBatch();
                    equal(counts.length, 1000);
                    equal(counts[999], options.isEmpty() ? 1 : Statement.SUCCESS_NO_INFO);
                }
                c.commit();
                equal(count(c), 1003L);
            });
        }

        checks.put("a batch that fails tells which", () -> {
            Connection c = withTable("");
            c.setAutoCommit(false);
            try (PreparedStatement s = c.prepareStatement("INSERT INTO t VALUES (?, 'x')")) {
                for (int n : new int[] {10, 11, 1, 12}) {
                    s.setInt(1, n);
                    s.addBatch();
                }
                BatchUpdateException e = (BatchUpdateException) fails("23505", s::executeBatch);
                equal(e.getUpdateCounts().length, 4);
            }
            c.rollback();
            equal(count(c), 3L);
        });

        checks.put("a batch of statements", () -> {
            Connection c = withTable("");
            try (Statement s = c.createStatement()) {
                s.addBatch("INSERT INTO t VALUES (4, 'x')");
                s.addBatch("UPDATE t SET b = 'y'");
                s.addBatch("DELETE FROM t WHERE a < 3");
                equal(s.executeBatch(), new int[] {1, 4, 2});
            }
        });

        checks.put("large values and many rows", () -> {
            Connection c = withTable("");
            String text = "ž🐎x".repeat(130_000);
            execute(c, "DROP TABLE IF EXISTS v", "CREATE TABLE v (v text)");
            try (PreparedStatement s = c.prepareStatement("INSERT INTO v VALUES (?)")) {
                s.setString(1, text);
                s.executeUpdate();
            }
            equal(ask(c, "SELECT v FROM v"), List.of(List.of(text)));
            equal(ask(c, NUMBERS.replace("1000", "10000")).size(), 10_000);
        });

        // ---- errors and transactions

        checks.put("errors have their states", () -> {
            for (String options : new String[] {"", "&preferQueryMode=simple", "&prepareThreshold=1"}) {
                Connection c = withTable(options);
                String[][] wrong = {{"SELECT * FROM nosuch", "42P01"}, {"SELECT nosuch FROM t", "42703"},
                        {"SELEC 1", "42601"},
                    {"INSERT INTO t VALUES (1, 'again')", "23505"}, {"CREATE TABLE t (a integer)", "42P07"}};
                for (String[] one : wrong) {
                    PSQLException e = (PSQLException) fails(one[1], () -> execute(c, one[0]));
                    equal(e.getServerErrorMessage().getSeverity(), "ERROR");
                    equal(count(c), 3L);
                }
                PSQLException e = (PSQLException) fails("42P01", () -> execute(c, wrong[0][0]));
                equal(e.getServerErrorMessage().getPosition(), 15);
            }
        });

        checks.put("transactions commit, fail, roll back and have savepoints", () -> {
            Connection c = withTable(""), other = connect("");
            c.setAutoCommit(false);
            execute(c, "INSERT INTO t VALUES (4, 'kept')");
            equal(count(other), 3L);
            java.sql.Savepoint s = c.setSavepoint("mine");
            fails("23505", () -> execute(c, "INSERT INTO t VALUES (1, 'again')"));
            fails("25P02", () -> execute(c, "SELECT 1"));
            c.rollback(s);
            c.releaseSavepoint(s);
            c.commit();
            equal(count(other), 4L);
            execute(c, "DELETE FROM t");
            c.rollback();
            equal(count(c), 4L);
        });

        checks.put("transactions are read only", () -> {
            Connection c = withTable("");
            c.setAutoCommit(false);
            c.setReadOnly(true);
            equal(count(c), 3L);
            fails("25006", () -> execute(c, "DELETE FROM t"));
            c.rollback();
        });

        checks.put("transactions have an isolation level", () -> {
            Connection c = withTable("");
            c.setAutoCommit(false);
            c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            equal(c.getTransactionIsolation(), Connection.TRANSACTION_SERIALIZABLE);
            equal(ask(c, "SHOW transaction_isolation"), List.of(List.of("serializable")));
            c.commit();
        });

        checks.put("an error is undone alone where the client is told so", () -> {
            Connection c = withTable("&autosave=always");
            c.setAutoCommit(false);
            execute(c, "INSERT INTO t VALUES (4, 'kept')");
            fails("23505", () -> execute(c, "INSERT INTO t VALUES (4, 'again')"));
            execute(c, "INSERT INTO t VALUES (5, 'kept')");
            c.commit();
            equal(count(c), 5L);
        });

        checks.put("a connection knows its server", () -> {
            Connection c = connect("&ApplicationName=checks");
            equal(c.getMetaData().getDatabaseProductName(), "PostgreSQL");
            equal(c.getMetaData().getDatabaseMajorVersion() >= 10, true);
            equal(ask(c, "SHOW application_name"), List.of(List.of("checks")));
            equal(c.unwrap(PGConnection.class).getParameterStatus("application_name"), "checks");
            c.setClientInfo("ApplicationName", "other");
            equal(c.unwrap(PGConnection.class).getParameterStatus("application_name"), "other");
            equal(c.isValid(5), true);
            equal(c.getCatalog(), "postgres");
        });

        checks.put("a schema has a name", () -> equal(connect("").getSchema(), "public"));

        checks.put("a warning is heard", () -> {
            Connection c = connect("");
            try (Statement s = c.createStatement()) {
                s.execute("COMMIT");
                equal(s.getWarnings().getSQLState(), "25P01");
            }
        });

        checks.put("tables are looked up", () -> {
            Connection c = withTable("");
            try (ResultSet r = c.getMetaData().getColumns(null, null, "t", null)) {
                r.next();
                equal(r.getString("COLUMN_NAME"), "a");
            }
        });

        // ---- cursors

        checks.put("rows are fetched in portions", () -> {
            Connection c = withTable("");
            c.setAutoCommit(false);
            try (PreparedStatement s = c.prepareStatement(NUMBERS); Statement t = c.createStatement()) {
                s.setFetchSize(70);
                for (int time = 0; time < 7; time++) {
                    ResultSet r = s.executeQuery();
                    for (int n = 1; n <= 1000; n++) {
                        equal(r.next(), true);
                        equal(r.getInt(1), n);
                        if (n % 300 == 0) equal(rows(t.executeQuery("SELECT b FROM t WHERE a = 2")),
                                List.of(List.of("two")));
                    }
                    equal(r.next(), false);
                }
                ResultSet early = s.executeQuery();
                equal(early.next(), true);
                early.close();
            }
            c.commit();
            equal(count(c), 3L);
        });

        checks.put("a limit of rows", () -> {
            Connection c = withTable("");
            try (Statement s = c.createStatement()) {
                s.setMaxRows(10);
                equal(rows(s.executeQuery(NUMBERS)).size(), 10);
            }
            equal(count(c), 3L);
        });

        checks.put("a portal outlives its time", () -> {
            Connection c = withTable("");
            c.setAutoCommit(false);
            try (PreparedStatement s = c.prepareStatement(NUMBERS)) {
                s.setFetchSize(10);
                ResultSet r = s.executeQuery();
                equal(r.next(), true);
                c.commit();
                fails("34000", () -> { for (int n = 0; n < 20; n++) r.next(); });
            }
            c.rollback();
        });

        checks.put("a cursor is declared and fetched from in SQL", () -> {
            Connection c = withTable("");
            c.setAutoCommit(false);
            execute(c, "DECLARE mine CURSOR FOR " + NUMBERS);
            for (int first : new int[] {1, 3, 5, 7, 9, 11, 13})
                equal(ask(c, "FETCH 2 FROM mine"), List.of(List.of(first), List.of(first + 1)));
            execute(c, "CLOSE mine");
            fails("34000", () -> ask(c, "FETCH 2 FROM mine"));
        });

        checks.put("statements are prepared and executed in SQL", () -> {
            Connection c = withTable("");
            execute(c, "PREPARE mine (integer) AS SELECT b FROM t WHERE a = $1");
            equal(ask(c, "EXECUTE mine (2)"), List.of(List.of("two")));
            execute(c, "DEALLOCATE mine");
            fails("26000", () -> ask(c, "EXECUTE mine (2)"));
        });

        // ---- COPY

        checks.put("rows are copied in and out", () -> {
            Connection c = withTable("");
            var copies = c.unwrap(PGConnection.class).getCopyAPI();
            equal(copies.copyIn("COPY t FROM STDIN", new StringReader("4\tfour\n5\t\\N\n6\ttab\\tž\n")), 3L);
            StringWriter out = new StringWriter();
            equal(copies.copyOut("COPY (SELECT a, b FROM t WHERE a > 2 ORDER BY a) TO STDOUT", out), 4L);
            equal(out.toString(), "3\tthree\n4\tfour\n5\t\\N\n6\ttab\\tž\n");
        });

        checks.put("fifty thousand rows are copied in and out", () -> {
            Connection c = withTable("");
            var copies = c.unwrap(PGConnection.class).getCopyAPI();
            StringBuilder lines = new StringBuilder();
            for (int n = 10; n < 50_010; n++) lines.append(n).append("\trow ").append(n).append('\n');
            byte[] all = lines.toString().getBytes(StandardCharsets.UTF_8);
            equal(copies.copyIn("COPY t FROM STDIN", new ByteArrayInputStream(all)), 50_000L);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            equal(copies.copyOut("COPY (SELECT a, b FROM t WHERE a >= 10 ORDER BY a) TO STDOUT", out), 50_000L);
            equal(Arrays.equals(out.toByteArray(), all), true);
        });

        checks.put("a copy by hand, in a transaction that is rolled back", () -> {
            Connection c = withTable("");
            c.setAutoCommit(false);
            CopyIn in = c.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY t (b, a) FROM STDIN");
            equal(in.getFieldCount(), 2);
            equal(in.getFormat(), 0);
            byte[] line = "four\t4\n".getBytes(StandardCharsets.UTF_8);
            in.writeToCopy(line, 0, 3);
            in.flushCopy();
            in.writeToCopy(line, 3, line.length - 3);
            equal(in.endCopy(), 1L);
            equal(count(c), 4L);
            c.rollback();
            equal(count(c), 3L);
        });

        checks.put("a copy that fails copies nothing", () -> {
            Connection c = withTable("");
            var copies = c.unwrap(PGConnection.class).getCopyAPI();
            String[][] wrong = {{"4\tfour\nx\tfive\n", "22P02"}, {"4\n", "22P04"}, {"4\tx\ty\n", "22P04"},
                    {"4\tx\n1\tone\n", "23505"}};
            for (String[] one : wrong) {
                fails(one[1], () -> copies.copyIn("COPY t FROM STDIN", new StringReader(one[0])));
                equal(count(c), 3L);
            }
            fails("42P01", () -> copies.copyIn("COPY nosuch FROM STDIN", new StringReader("")));
            CopyIn in = copies.copyIn("COPY t FROM STDIN");
            in.writeToCopy("4\tfour\n".getBytes(StandardCharsets.UTF_8), 0, 7);
            in.cancelCopy();
            equal(count(c), 3L);
        });

        // ---- cancel, notifications

        checks.put("a query is cancelled", () -> {
            Connection c = withTable("");
            try (Statement s = c.createStatement()) {
                Thread cancels = new Thread(() -> {
                    try {
                        Thread.sleep(300);
                        s.cancel();
                    } catch (Exception e) {
                        System.err.println(e);
                    }
                });
                cancels.start();
                fails("57014", () -> s.executeQuery(ENDLESS));
                cancels.join();
            }
            equal(count(c), 3L);
        });

        checks.put("a query that takes too long is cancelled by the client", () -> {
            Connection c = withTable("");
            try (Statement s = c.createStatement()) {
                s.setQueryTimeout(1);
                fails("57014", () -> s.executeQuery(ENDLESS));
            }
            equal(count(c), 3L);
        });

        checks.put("notifications arrive", () -> {
            Connection c = withTable(""), other = connect("");
            execute(c, "LISTEN mine");
            execute(other, "NOTIFY yours, 'nobody'", "NOTIFY mine, 'hello ž'");
            PGNotification[] heard = c.unwrap(PGConnection.class).getNotifications(5000);
            equal(heard.length, 1);
            equal(heard[0].getName(), "mine");
            equal(heard[0].getParameter(), "hello ž");
            equal(heard[0].getPID(), other.unwrap(PGConnection.class).getBackendPID());
        });
    }

    public static void main(String[] arguments) throws Exception {
        var out = new java.io.PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true,
                StandardCharsets.UTF_8);
        var threads = Executors.newCachedThreadPool();
        for (var check : checks.entrySet()) {
            var running = threads.submit(() -> { check.getValue().run(); return null; });
            Throwable fault = null;
            try {
                running.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                fault = e.getCause();
            } catch (Exception e) {
                fault = e;
            }
            out.println((fault == null ? "ok " : "not ok ") + check.getKey());
            if (fault != null) {
                out.println("# " + fault.toString().replace("\n", "\n# "));
                for (var frame : fault.getStackTrace())
                    if (frame.getClassName().startsWith("Pgjdbc"))
                        out.println("#     at line " + frame.getLineNumber());
            }
            for (Connection c : opened) c.close();
            opened.clear();
        }
        out.println("done");
        out.flush();
        System.exit(0);  // whatever threads a failed check has left
    }
}
