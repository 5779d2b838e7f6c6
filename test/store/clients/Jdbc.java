import java.sql.*;
import java.util.*;

/** The JDBC driver that DBeaver uses, with its defaults (compressed answers), against the store at args[0]. */
public class Jdbc {
  public static void main(String[] args) throws Exception {
    Class.forName("com.clickhouse.jdbc.Driver");
    try (Connection connection = DriverManager.getConnection(args[0])) {
      statements(connection);
      metadata(connection);
    }
  }

  static void statements(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE java (a UInt32, b String, d DateTime, n Nullable(Int64)) ENGINE = MergeTree ORDER BY a");
    }
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO java (a, b, d, n) VALUES (?, ?, ?, ?)")) {
      for (int i = 0; i < 1000; i++) {
        insert.setInt(1, i);
        insert.setString(2, "o'clock \\ é " + i);
        insert.setTimestamp(3, new Timestamp(1767323045000L));
        if (i % 2 == 0) insert.setNull(4, Types.BIGINT); else insert.setLong(4, i);
        insert.addBatch();
      }
      check(1000, insert.executeBatch().length);
    }
    check("1000 o'clock \\ é 999 500", row(connection, "SELECT count(), argMax(b, a), count(n) FROM java"));
    System.out.println("insert: ok");

    try (PreparedStatement select = connection.prepareStatement("SELECT a, b FROM java WHERE a = ? AND b LIKE ?")) {
      select.setInt(1, 7);
      select.setString(2, "o'clock%");
      try (ResultSet rows = select.executeQuery()) {
        check(true, rows.next());
        check("7 o'clock \\ é 7", rows.getInt("a") + " " + rows.getString("b"));
        check(false, rows.next());
      }
    }
    System.out.println("parameters: ok");

    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT number, toString(number) FROM numbers(1000000)")) {
      long next = 0;
      while (rows.next()) if (rows.getLong(1) == next && rows.getString(2).equals(Long.toString(next))) next++;
      check(1000000L, next);
    }
    System.out.println("million rows: ok");

    try (Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT * FROM absent");
      throw new IllegalStateException("no error");
    } catch (SQLException error) {
      check(true, error.getMessage().contains("Code: 60.") && error.getMessage().contains("UNKNOWN_TABLE"));
    }
    System.out.println("errors: ok");
  }

  /** What DBeaver asks when it connects and opens its tree. */
  static void metadata(Connection connection) throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    check("ClickHouse " + row(connection, "SELECT version()"), metadata.getDatabaseProductName() + " " + metadata.getDatabaseProductVersion());
    check(true, row(connection, "SELECT timezone(), currentUser()").endsWith(" default"));
    check(true, column(metadata.getSchemas(), 1).containsAll(List.of("default", "system", "information_schema")));
    check(List.of("java"), column(metadata.getTables(null, "default", "java", null), 3));
    check(List.of("a", "b", "d", "n"), column(metadata.getColumns(null, "default", "java", null), 4));
    check(List.of("a"), column(metadata.getPrimaryKeys(null, "default", "java"), 4));
    check(true, column(metadata.getTypeInfo(), 1).contains("UInt32"));
    check(true, column(metadata.getTableTypes(), 1).size() > 0);
    check(true, column(metadata.getFunctions(null, null, "abs%"), 3).contains("abs"));
    check("MergeTree 1000", row(connection, "SELECT engine, total_rows FROM system.tables WHERE database = 'default' AND name = 'java'"));
    check(true, row(connection, "SHOW CREATE TABLE java").startsWith("CREATE TABLE default.java"));
    System.out.println("metadata: ok");
  }

  static String row(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      StringJoiner text = new StringJoiner(" ");
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) text.add(rows.getString(i));
      return text.toString();
    }
  }

  static List<String> column(ResultSet rows, int index) throws SQLException {
    try (rows) {
      List<String> values = new ArrayList<>();
      while (rows.next()) values.add(rows.getString(index));
      return values;
    }
  }

  static void check(Object expected, Object actual) {
    if (!expected.equals(actual)) throw new IllegalStateException("expected " + expected + ", got " + actual);
  }
}
