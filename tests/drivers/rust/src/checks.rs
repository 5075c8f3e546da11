//! What every test program here does: it runs its checks one by one and says how each came out.
//!
//! It prints `ok NAME`, or `not ok NAME` and what went wrong in lines that begin with `# `, and at the end `done`. The
//! server's address is in PGHOST, PGPORT, PGUSER and PGDATABASE. A check has 20 seconds.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub type Fault = Box<dyn std::error::Error + Send + Sync>;
pub type Outcome = Result<(), Fault>;

pub const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n";
pub const NUMBERS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
                           SELECT CAST(i AS integer) AS i FROM n";

const LIMIT: Duration = Duration::from_secs(20);

pub fn from_environment(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

pub fn equal<T: PartialEq + Debug>(found: T, expected: T) -> Outcome {
    if found == expected {
        Ok(())
    } else {
        Err(format!("found {found:?}, expected {expected:?}").into())
    }
}

/// Checks the SQLSTATE of an error.
pub fn fails<T>(result: Result<T, tokio_postgres::Error>, code: &str) -> Outcome {
    match result {
        Ok(_) => Err(format!("{code} expected, not a success").into()),
        Err(error) if error.code().map(|c| c.code()) == Some(code) => Ok(()),
        Err(error) => Err(format!("{code} expected, not {error:?}").into()),
    }
}

/// A check that has not yet begun.
pub struct Check {
    name: String,
    body: Pin<Box<dyn Future<Output = Outcome>>>,
}

pub fn check(name: impl Into<String>, body: impl Future<Output = Outcome> + 'static) -> Check {
    Check { name: name.into(), body: Box::pin(body) }
}

pub async fn run(all: impl IntoIterator<Item = Check>) {
    for Check { name, body } in all {
        let outcome = tokio::time::timeout(LIMIT, body).await;
        match outcome.unwrap_or_else(|_| Err(format!("not done after {} s", LIMIT.as_secs()).into())) {
            Ok(()) => println!("ok {name}"),
            Err(fault) => println!("not ok {name}\n# {}", format!("{fault}: {fault:?}").replace('\n', "\n# ")),
        }
    }
    println!("done");
}
