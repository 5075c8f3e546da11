//! tokio-postgres over TLS, by rustls: each sslmode, directly, passwords that are bound to the certificate or not, and
//! certificates.

use std::error::Error as _;
use std::time::Duration;

use checks::{check, equal, fails, from_environment, run, Fault, Outcome, ENDLESS, NUMBERS};
use futures_util::future::join;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

// The address is given, so that no other one of localhost is tried, whose error would be told instead.
const PASSWORD: &str = "host=localhost hostaddr=127.0.0.1 dbname=d password=secret";
const CERTIFICATE: &str = "host=localhost hostaddr=127.0.0.1 dbname=certs";

fn file(name: &str) -> String {
    format!("{}/{name}.pem", from_environment("PGWIRE_CERTIFICATES"))
}

/// Who trusts this authority, and has a certificate, if that is named.
fn client_of(authority: &str, certificate: Option<&str>) -> Result<ClientConfig, Fault> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file(authority))?)?;
    let builder = ClientConfig::builder().with_root_certificates(roots);
    Ok(match certificate {
        Some(name) => builder.with_client_auth_cert(
            vec![CertificateDer::from_pem_file(file(name))?],
            PrivateKeyDer::from_pem_file(file(&format!("{name}_key")))?,
        )?,
        None => builder.with_no_client_auth(),
    })
}

fn trusting() -> Result<ClientConfig, Fault> {
    client_of("authority", None)
}

fn certified(name: &str) -> Result<ClientConfig, Fault> {
    client_of("authority", Some(name))
}

async fn connect(settings: &str, tls: ClientConfig) -> Result<Client, Error> {
    let port = from_environment("PGPORT");
    let config: Config = format!("port={port} user=alice connect_timeout=10 {settings}").parse()?;
    let (client, connection) = config.connect(MakeRustlsConnect::new(tls)).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn ask(settings: &str, tls: ClientConfig) -> Outcome {
    let client = connect(settings, tls).await?;
    equal(client.query_one("SELECT CAST(1 AS integer)", &[]).await?.get(0), 1)
}

/// With a password, and these settings too.
async fn with(settings: &str) -> Outcome {
    ask(&format!("{PASSWORD} {settings}"), trusting()?).await
}

/// Checks what rustls says of a connection that fails.
fn breaks(result: Result<Client, Error>, expected: rustls::Error) -> Outcome {
    let Err(error) = result else { return Err(format!("{expected:?} expected, not a success").into()) };
    let cause = error.source().and_then(|e| e.downcast_ref::<std::io::Error>()).and_then(|e| e.get_ref());
    match cause.and_then(|e| e.downcast_ref::<rustls::Error>()) {
        Some(found) => equal(found, &expected),
        None => Err(format!("{expected:?} expected, not {error:?}").into()),
    }
}

async fn without() -> Outcome {
    fails(connect(&format!("{PASSWORD} sslmode=disable"), trusting()?).await, "28000")
}

async fn directly() -> Outcome {
    let mut tls = trusting()?;
    tls.alpn_protocols = vec![b"postgresql".to_vec()];
    ask(&format!("{PASSWORD} sslmode=require sslnegotiation=direct"), tls).await
}

async fn wrong_password() -> Outcome {
    let settings = format!("{PASSWORD} sslmode=require password=Secret");
    for binding in ["disable", "require"] {
        fails(connect(&format!("{settings} channel_binding={binding}"), trusting()?).await, "28P01")?;
    }
    Ok(())
}

async fn other_authority() -> Outcome {
    let result = connect(PASSWORD, client_of("other_authority", None)?).await;
    breaks(result, rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
}

async fn certificate() -> Outcome {
    ask(CERTIFICATE, certified("client")?).await?;
    fails(connect(CERTIFICATE, trusting()?).await, "28000")
}

async fn bad_certificate() -> Outcome {
    use AlertDescription::{CertificateExpired, UnknownCA};
    for (name, alert) in [("stranger", UnknownCA), ("expired", CertificateExpired)] {
        breaks(connect(CERTIFICATE, certified(name)?).await, rustls::Error::AlertReceived(alert))?;
    }
    Ok(())
}

async fn other_certificate() -> Outcome {
    fails(connect(&format!("{CERTIFICATE} user=bob"), certified("client")?).await, "28000")
}

async fn large() -> Outcome {
    let client = connect(PASSWORD, trusting()?).await?;
    let data: Vec<u8> = (0..1u32 << 20).map(|n| n as u8).collect();
    let found: Vec<u8> = client.query_one("SELECT $1::bytea", &[&data]).await?.get(0);
    equal(found == data, true)?;
    let rows = client.query(&NUMBERS.replace("1000", "10000"), &[]).await?;
    equal(rows.iter().map(|row| row.get::<_, i32>(0) as i64).sum::<i64>(), 50_005_000)
}

async fn cancelled() -> Outcome {
    let client = connect(PASSWORD, trusting()?).await?;
    let (token, tls) = (client.cancel_token(), MakeRustlsConnect::new(trusting()?));
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        token.cancel_query(tls).await
    };
    let (result, sent) = join(client.query(ENDLESS, &[]), cancel).await;
    sent?;
    fails(result, "57014")?;
    equal(client.query_one("SELECT CAST(1 AS integer)", &[]).await?.get(0), 1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    run([
        check("sslmode prefer", with("sslmode=prefer")),
        check("sslmode require", with("sslmode=require")),
        check("without TLS there is no entry", without()),
        check("directly", directly()),
        check("the password is bound to the certificate", with("sslmode=require channel_binding=require")),
        check("the password is not bound to the certificate", with("sslmode=require channel_binding=disable")),
        check("a wrong password", wrong_password()),
        check("another authority is not trusted", other_authority()),
        check("a certificate instead of a password", certificate()),
        check("a certificate that is not good", bad_certificate()),
        check("a certificate of somebody else", other_certificate()),
        check("large values and many rows", large()),
        check("a query is cancelled", cancelled()),
    ])
    .await
}
