// pgjdbc over TLS: each sslmode, passwords, certificates.
//
// It prints what its checks come to as Pgjdbc.java does. The certificates are in the folder PGWIRE_CERTIFICATES; pgjdbc
// wants keys in DER, which `client_key.pk8` is.

import java.security.cert.CertificateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLHandshakeException;

final class PgjdbcTls {
    interface Body { void run() throws Exception; }

    static final Map<String, Body> checks = new LinkedHashMap<>();

    static String file(String name) { return System.getenv("PGWIRE_CERTIFICATES") + "/" + name; }

    static void ask(String database, String password, String options) throws SQLException {
        String url = "jdbc:postgresql://localhost:" + System.getenv("PGPORT") + "/" + database
                + "?gssEncMode=disable&connectTimeout=10&user=alice&password=" + password + options;
        try (Connection c = DriverManager.getConnection(url); Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT CAST(1 AS integer)")) {
            r.next();
            equal(r.getInt(1), 1);
        }
    }

    static void equal(Object found, Object expected) {
        if (!Objects.equals(found, expected)) throw new AssertionError("found " + found + ", expected " + expected);
    }

    static SQLException fails(String database, String password, String options) {
        try {
            ask(database, password, options);
        } catch (SQLException error) {
            return error;
        }
        throw new AssertionError("it does not fail");
    }

    /**
     * Checks that the server has refused during the handshake. Java goes on writing after its certificate, to a server
     * that has closed by then: mostly it notices that first, and does not read the alert. The reason is in the server's
     * audit, which drivers.py looks at.
     */
    static void refused(SQLException error, String alert) {
        Throwable cause = error.getCause();
        String text = String.valueOf(cause);
        boolean isAlert = cause instanceof SSLHandshakeException && text.endsWith("Received fatal alert: " + alert);
        boolean isClosed = text.matches(".*: (Broken pipe|Connection reset.*)");
        if (!isAlert && !isClosed) throw new AssertionError("found " + error + ", because of " + text);
    }

    static String with(String certificate) {
        return "&sslmode=verify-full&sslrootcert=" + file("authority.pem") + "&sslcert=" + file(certificate + ".pem")
                + "&sslkey=" + file(certificate + "_key.pk8");
    }

    static void add() {
        String trust = "&sslrootcert=" + file("authority.pem");
        for (String mode : new String[] {"allow", "prefer", "require", "verify-ca", "verify-full"})
            checks.put("sslmode " + mode, () -> ask("d", "secret", "&sslmode=" + mode + trust));
        checks.put("without TLS there is no entry",
                () -> equal(fails("d", "secret", "&sslmode=disable").getSQLState(), "28000"));
        checks.put("a wrong password",
                () -> equal(fails("d", "Secret", "&sslmode=require").getSQLState(), "28P01"));
        checks.put("another authority is not trusted",
                () -> equal(fails("d", "secret", "&sslmode=verify-full&sslrootcert=" + file("other_authority.pem"))
                        .getCause().getCause() instanceof CertificateException, true));
        checks.put("a certificate instead of a password", () -> {
            ask("certs", "none", with("client"));
            equal(fails("certs", "none", "&sslmode=require").getSQLState(), "28000");
        });
        checks.put("a certificate that is not good", () -> {
            refused(fails("certs", "none", with("stranger")), "unknown_ca");
            refused(fails("certs", "none", with("expired")), "certificate_expired");
        });
    }

    public static void main(String[] arguments) {
        add();
        checks.forEach((name, body) -> {
            try {
                body.run();
                System.out.println("ok " + name);
            } catch (Throwable fault) {
                System.out.println("not ok " + name);
                System.out.println("# " + fault.toString().replace("\n", "\n# "));
            }
        });
        System.out.println("done");
        System.exit(0);
    }
}
