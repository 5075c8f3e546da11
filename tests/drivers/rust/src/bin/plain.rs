//! tokio-postgres: binary values, statements with types, portals, pipelines, COPY as streams, cancel, notifications.

use std::fmt::Debug;
use std::pin::pin;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use checks::{check, equal, fails, from_environment, run, Fault, Outcome, ENDLESS, NUMBERS};
use futures_util::future::{join, join_all, poll_fn};
use futures_util::{SinkExt, StreamExt, TryStreamExt};
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver};
use tokio_postgres::binary_copy::{BinaryCopyInWriter, BinaryCopyOutStream};
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, Config, IsolationLevel, NoTls, SimpleQueryMessage};

/// A connection, and what the server says by itself.
async fn connect_and_hear() -> Result<(Client, UnboundedReceiver<AsyncMessage>), Fault> {
    let mut config = Config::new();
    config.host(from_environment("PGHOST")).port(from_environment("PGPORT").parse()?).user(from_environment("PGUSER"));
    config.dbname(from_environment("PGDATABASE")).application_name("checks").connect_timeout(Duration::from_secs(10));
    let (client, mut connection) = config.connect(NoTls).await?;
    let (heard, hears) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            let _ = heard.send(message);
        }
    });
    Ok((client, hears))
}

async fn connect() -> Result<Client, Fault> {
    Ok(connect_and_hear().await?.0)
}

async fn with_table() -> Result<Client, Fault> {
    let client = connect().await?;
    client
        .batch_execute(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (a integer PRIMARY KEY, b text); \
             INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')",
        )
        .await?;
    Ok(client)
}

async fn count(client: &Client) -> Result<i64, Fault> {
    Ok(client.query_one("SELECT count(*) FROM t", &[]).await?.get(0))
}

// ---- values

async fn there_and_back<T>(client: &Client, kind: &str, of: Type, values: Vec<T>) -> Outcome
where
    T: ToSql + for<'a> FromSql<'a> + PartialEq + Debug + Sync + Clone,
{
    client.batch_execute(&format!("DROP TABLE IF EXISTS v; CREATE TABLE v (k integer PRIMARY KEY, v {kind})")).await?;
    let insert = client.prepare("INSERT INTO v VALUES ($1, $2)").await?;
    equal(insert.params(), &[Type::INT4, of.clone()])?;
    let expected: Vec<Option<T>> = values.iter().cloned().map(Some).chain([None]).collect();
    for (k, value) in expected.iter().enumerate() {
        equal(client.execute(&insert, &[&(k as i32), value]).await?, 1)?;
    }
    let rows = client.query("SELECT v FROM v ORDER BY k", &[]).await?;
    equal(rows[0].columns()[0].type_(), &of)?;
    equal(rows.iter().map(|row| row.get(0)).collect::<Vec<Option<T>>>(), expected)?;
    for value in &values {
        let found: T = client.query_one(&format!("SELECT $1::{kind} AS v"), &[value]).await?.get("v");
        equal(&found, value)?;
    }
    Ok(())
}

async fn values() -> Outcome {
    let client = with_table().await?;
    let strings = |all: &[&str]| all.iter().map(|s| s.to_string()).collect::<Vec<_>>();
    there_and_back(&client, "smallint", Type::INT2, vec![0i16, i16::MIN]).await?;
    there_and_back(&client, "integer", Type::INT4, vec![i32::MAX, i32::MIN]).await?;
    there_and_back(&client, "bigint", Type::INT8, vec![i64::MAX, i64::MIN]).await?;
    there_and_back(&client, "oid", Type::OID, vec![0u32, u32::MAX]).await?;
    there_and_back(&client, "real", Type::FLOAT4, vec![1.5f32, -0.25, f32::INFINITY]).await?;
    there_and_back(&client, "double precision", Type::FLOAT8, vec![0.1f64, -1e308, f64::INFINITY]).await?;
    there_and_back(&client, "boolean", Type::BOOL, vec![true, false]).await?;
    there_and_back(&client, "text", Type::TEXT, strings(&["", "it's \\ ''", "žluťoučký 🐎", "line\nline", "NULL"]))
        .await?;
    there_and_back(&client, "varchar", Type::VARCHAR, vec!["x".repeat(300)]).await?;
    there_and_back(&client, "bytea", Type::BYTEA, vec![vec![], vec![0], (0..=255u8).collect()]).await?;
    let moment = SystemTime::UNIX_EPOCH + Duration::from_micros(1_709_210_096_789_001);
    there_and_back(&client, "timestamp", Type::TIMESTAMP, vec![moment]).await?;
    there_and_back(&client, "timestamptz", Type::TIMESTAMPTZ, vec![moment]).await
}

async fn described() -> Outcome {
    let client = with_table().await?;
    let query =
        client.prepare("SELECT a, b AS other, a + 1, count(*) FROM t WHERE b <> $1 GROUP BY a, b LIMIT $2").await?;
    equal(query.params(), &[Type::TEXT, Type::INT8])?;
    let columns: Vec<_> = query.columns().iter().map(|c| (c.name(), c.type_().clone())).collect();
    equal(columns, vec![("a", Type::INT4), ("other", Type::TEXT), ("?column?", Type::INT4), ("count", Type::INT8)])?;
    let declared = client.prepare_typed("SELECT $1, $2", &[Type::INT8, Type::BYTEA]).await?;
    equal(declared.params(), &[Type::INT8, Type::BYTEA])?;
    equal(declared.columns()[0].type_(), &Type::INT8)
}

async fn counted() -> Outcome {
    let client = with_table().await?;
    equal(client.execute("UPDATE t SET b = 'x' WHERE a > $1", &[&1]).await?, 2)?;
    equal(client.execute("DELETE FROM t WHERE a = 1", &[]).await?, 1)?;
    let returned = client.query("INSERT INTO t VALUES ($1, $2), (9, NULL) RETURNING a, b", &[&8, &"x"]).await?;
    equal(
        returned.iter().map(|r| (r.get(0), r.get(1))).collect::<Vec<(i32, Option<String>)>>(),
        vec![(8, Some("x".into())), (9, None)],
    )?;
    equal(client.query_opt("SELECT a FROM t WHERE a = 99", &[]).await?.is_none(), true)?;
    equal(client.execute("", &[]).await?, 0)
}

async fn prepared() -> Outcome {
    let client = with_table().await?;
    let (one, two) =
        (client.prepare("SELECT b FROM t WHERE a = $1").await?, client.prepare("SELECT a FROM t WHERE b = $1").await?);
    for (a, b) in [(1, "one"), (2, "two"), (3, "three")].repeat(10) {
        equal(client.query_one(&one, &[&a]).await?.get::<_, &str>(0), b)?;
        equal(client.query_one(&two, &[&b]).await?.get::<_, i32>(0), a)?;
    }
    drop(two); // closed by and by
    equal(client.query_one(&one, &[&2]).await?.get::<_, &str>(0), "two")?;
    let typed = client.query_typed("SELECT b FROM t WHERE a = $1", &[(&3, Type::INT4)]).await?;
    equal(typed[0].get::<_, &str>(0), "three")
}

async fn pipelined() -> Outcome {
    let client = with_table().await?;
    let query = client.prepare("SELECT b FROM t WHERE a = $1").await?;
    let numbers: Vec<i32> = (0..300).map(|n| n % 3 + 1).collect();
    let parameters: Vec<[&(dyn ToSql + Sync); 1]> = numbers.iter().map(|n| [n as &(dyn ToSql + Sync)]).collect();
    for (result, n) in join_all(parameters.iter().map(|p| client.query_one(&query, p))).await.into_iter().zip(&numbers)
    {
        equal(result?.get::<_, &str>(0), ["one", "two", "three"][*n as usize - 1])?;
    }
    let (bad, good) = join(client.batch_execute("SELECT * FROM nosuch"), client.query_one(&query, &[&1])).await;
    fails(bad, "42P01")?;
    equal(good?.get::<_, &str>(0), "one")
}

async fn simple() -> Outcome {
    let client = with_table().await?;
    let text = "SELECT a, b FROM t WHERE a = 1; INSERT INTO t VALUES (4, NULL); SELECT b FROM t WHERE a = 4";
    let mut found = vec![];
    for message in client.simple_query(text).await? {
        match message {
            SimpleQueryMessage::Row(row) => {
                found.push((0..row.len()).map(|i| row.get(i).unwrap_or("NULL")).collect::<Vec<_>>().join(","))
            }
            SimpleQueryMessage::CommandComplete(n) => found.push(format!("{n} rows")),
            _ => (),
        }
    }
    equal(found.iter().map(|s| s.as_str()).collect::<Vec<_>>(), vec!["1,one", "1 rows", "1 rows", "NULL", "1 rows"])
}

async fn large() -> Outcome {
    let client = with_table().await?;
    let data: Vec<u8> = (0..1u32 << 20).map(|n| n as u8).collect();
    let found: Vec<u8> = client.query_one("SELECT $1::bytea", &[&data]).await?.get(0);
    equal(found == data, true)?;
    let rows = client.query(&NUMBERS.replace("1000", "10000"), &[]).await?;
    equal(rows.iter().map(|row| row.get::<_, i32>(0) as i64).sum::<i64>(), 50_005_000)
}

async fn unread() -> Outcome {
    let client = with_table().await?;
    let none: [&str; 0] = [];
    {
        let mut rows = pin!(client.query_raw(NUMBERS, none).await?);
        equal(rows.try_next().await?.map(|row| row.get::<_, i32>(0)), Some(1))?;
    }
    equal(count(&client).await?, 3)
}

// ---- errors and transactions

async fn errors() -> Outcome {
    let client = with_table().await?;
    for (text, code) in [
        ("SELECT * FROM nosuch", "42P01"),
        ("SELECT nosuch FROM t", "42703"),
        ("SELEC 1", "42601"),
        ("INSERT INTO t VALUES (1, 'again')", "23505"),
        ("CREATE TABLE t (a integer)", "42P07"),
    ] {
        fails(client.query(text, &[]).await, code)?;
        fails(client.simple_query(text).await, code)?;
        equal(count(&client).await?, 3)?;
    }
    let error = client.query("SELECT * FROM nosuch", &[]).await.err().ok_or("no error")?;
    let details = error.as_db_error().ok_or("no details")?;
    equal(details.position(), Some(&tokio_postgres::error::ErrorPosition::Original(15)))?;
    equal(details.severity(), "ERROR")
}

async fn transactions() -> Outcome {
    let (mut client, other) = (with_table().await?, connect().await?);
    let mut outer = client.transaction().await?;
    outer.execute("INSERT INTO t VALUES (4, 'kept')", &[]).await?;
    equal(count(&other).await?, 3)?;
    let inner = outer.transaction().await?;
    fails(inner.execute("INSERT INTO t VALUES (1, 'again')", &[]).await, "23505")?;
    fails(inner.query("SELECT 1", &[]).await, "25P02")?;
    inner.rollback().await?;
    let inner = outer.savepoint("mine").await?;
    inner.execute("INSERT INTO t VALUES (5, 'kept')", &[]).await?;
    inner.commit().await?;
    outer.commit().await?;
    equal(count(&other).await?, 5)?;
    let dropped = client.transaction().await?;
    dropped.execute("DELETE FROM t", &[]).await?;
    drop(dropped); // it is rolled back
    equal(count(&client).await?, 5)?;
    let reading =
        client.build_transaction().isolation_level(IsolationLevel::Serializable).read_only(true).start().await?;
    equal(reading.query_one("SHOW transaction_isolation", &[]).await?.get::<_, &str>(0), "serializable")?;
    fails(reading.execute("DELETE FROM t", &[]).await, "25006")?;
    reading.rollback().await?;
    equal(count(&other).await?, 5)
}

async fn notices() -> Outcome {
    let (client, mut hears) = connect_and_hear().await?;
    equal(client.query_one("SHOW application_name", &[]).await?.get::<_, &str>(0), "checks")?;
    client.batch_execute("COMMIT").await?;
    match tokio::time::timeout(Duration::from_secs(5), hears.recv()).await? {
        Some(AsyncMessage::Notice(notice)) => equal((notice.severity(), notice.code().code()), ("WARNING", "25P01")),
        other => Err(format!("no notice: {other:?}").into()),
    }
}

// ---- cursors

async fn portals() -> Outcome {
    let mut client = with_table().await?;
    let transaction = client.transaction().await?;
    let (one, two) =
        (transaction.bind(NUMBERS, &[]).await?, transaction.bind("SELECT b FROM t ORDER BY a", &[]).await?);
    let mut all = vec![];
    loop {
        let rows = transaction.query_portal(&one, 300).await?;
        if all.is_empty() {
            equal(transaction.query_portal(&two, 2).await?[1].get::<_, &str>(0), "two")?;
        }
        if rows.is_empty() {
            break;
        }
        all.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
    }
    equal(all, (1..=1000).collect())?;
    equal(transaction.query_portal(&two, 0).await?[0].get::<_, &str>(0), "three")?;
    transaction.commit().await?;
    equal(count(&client).await?, 3)
}

async fn sql_cursor() -> Outcome {
    let mut client = with_table().await?;
    let transaction = client.transaction().await?;
    transaction.execute(&format!("DECLARE mine CURSOR FOR {NUMBERS}"), &[]).await?;
    let fetch = transaction.prepare("FETCH 2 FROM mine").await?;
    equal(fetch.columns()[0].type_(), &Type::INT4)?;
    for first in [1, 3, 5] {
        let rows = transaction.query(&fetch, &[]).await?;
        equal(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), vec![first, first + 1])?;
    }
    transaction.execute("CLOSE mine", &[]).await?;
    fails(transaction.batch_execute("FETCH mine").await, "34000")
}

async fn sql_prepare() -> Outcome {
    let client = with_table().await?;
    client.batch_execute("PREPARE mine (integer) AS SELECT b FROM t WHERE a = $1").await?;
    equal(client.query_one("EXECUTE mine (2)", &[]).await?.get::<_, &str>(0), "two")?;
    client.batch_execute("DEALLOCATE mine").await?;
    fails(client.batch_execute("EXECUTE mine (2)").await, "26000")
}

// ---- COPY

async fn copied() -> Outcome {
    let client = with_table().await?;
    let sink = client.copy_in("COPY t FROM STDIN").await?;
    let mut sink = pin!(sink);
    for part in ["4\tfo", "ur\n5\t\\N\n", "6\ttab\\tž\n"] {
        sink.send(Bytes::from(part)).await?;
    }
    equal(sink.finish().await?, 3)?;
    let parts = client.copy_out("COPY (SELECT a, b FROM t WHERE a > 2 ORDER BY a) TO STDOUT").await?;
    let all: BytesMut = parts
        .try_fold(BytesMut::new(), |mut all, part| async move {
            all.extend_from_slice(&part);
            Ok(all)
        })
        .await?;
    equal(std::str::from_utf8(&all)?, "3\tthree\n4\tfour\n5\t\\N\n6\ttab\\tž\n")
}

async fn copied_large() -> Outcome {
    let client = with_table().await?;
    let mut sink = pin!(client.copy_in("COPY t FROM STDIN").await?);
    let mut size = 0;
    for first in (0..50_000).step_by(1000) {
        let lines: String = (first..first + 1000).map(|n| format!("{}\trow {n}\n", n + 10)).collect();
        size += lines.len();
        sink.send(Bytes::from(lines)).await?;
    }
    equal(sink.finish().await?, 50_000)?;
    let mut parts = pin!(client.copy_out("COPY (SELECT a, b FROM t WHERE a >= 10 ORDER BY a) TO STDOUT").await?);
    let mut found = 0;
    while let Some(part) = parts.next().await {
        found += part?.len();
    }
    equal(found, size)
}

async fn copied_binary() -> Outcome {
    let client = with_table().await?;
    let sink = client.copy_in("COPY t FROM STDIN (FORMAT binary)").await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &[Type::INT4, Type::TEXT]));
    for n in 10..1010 {
        writer.as_mut().write(&[&n, &format!("row {n}")]).await?;
    }
    equal(writer.finish().await?, 1000)?;
    let stream = client.copy_out("COPY (SELECT a, b FROM t WHERE a = 77) TO STDOUT (FORMAT binary)").await?;
    let rows: Vec<_> = BinaryCopyOutStream::new(stream, &[Type::INT4, Type::TEXT]).try_collect().await?;
    equal(rows.iter().map(|r| (r.get(0), r.get(1))).collect::<Vec<(i32, &str)>>(), vec![(77, "row 77")])
}

async fn copied_wrong() -> Outcome {
    let client = with_table().await?;
    for (lines, code) in
        [("4\tfour\nx\tfive\n", "22P02"), ("4\n", "22P04"), ("4\tx\ty\n", "22P04"), ("4\tx\n1\tone\n", "23505")]
    {
        let mut sink = pin!(client.copy_in("COPY t FROM STDIN").await?);
        sink.send(Bytes::from(lines)).await?;
        fails(sink.finish().await, code)?;
        equal(count(&client).await?, 3)?;
    }
    {
        let mut sink = pin!(client.copy_in("COPY t FROM STDIN").await?);
        sink.send(Bytes::from("4\tfour\n")).await?; // and then it is given up
    }
    equal(count(&client).await?, 3)?;
    fails(client.copy_in::<_, Bytes>("COPY nosuch FROM STDIN").await, "42P01")
}

// ---- cancel, notifications

async fn cancelled() -> Outcome {
    let client = with_table().await?;
    let token = client.cancel_token();
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        token.cancel_query(NoTls).await
    };
    let (result, sent) = join(client.query(ENDLESS, &[]), cancel).await;
    sent?;
    fails(result, "57014")?;
    equal(count(&client).await?, 3)
}

async fn notified() -> Outcome {
    let ((client, mut hears), other) = (connect_and_hear().await?, connect().await?);
    client.batch_execute("LISTEN mine").await?;
    other.batch_execute("NOTIFY yours, 'nobody'; NOTIFY mine, 'hello ž'").await?;
    match tokio::time::timeout(Duration::from_secs(5), hears.recv()).await? {
        Some(AsyncMessage::Notification(n)) => equal((n.channel(), n.payload()), ("mine", "hello ž")),
        other => Err(format!("no notification: {other:?}").into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    run([
        check("values of every type come back as they went", values()),
        check("parameters and columns are described", described()),
        check("rows are counted", counted()),
        check("statements are prepared and used again", prepared()),
        check("many queries at once on one connection", pipelined()),
        check("several statements, by the simple protocol", simple()),
        check("large values and many rows", large()),
        check("rows that are left unread", unread()),
        check("errors have their codes", errors()),
        check("transactions commit, fail, roll back and nest", transactions()),
        check("parameters of the connection, and notices", notices()),
        check("portals are read in portions", portals()),
        check("a cursor is declared and fetched from in SQL", sql_cursor()),
        check("statements are prepared and executed in SQL", sql_prepare()),
        check("rows are copied in and out as text", copied()),
        check("fifty thousand rows are copied in and out", copied_large()),
        check("rows are copied in and out in binary", copied_binary()),
        check("a copy that fails copies nothing", copied_wrong()),
        check("a query is cancelled", cancelled()),
        check("notifications arrive", notified()),
    ])
    .await
}
