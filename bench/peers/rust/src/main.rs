//! The peer in Rust: a server on the crate `pgwire`, which does what every measured server does. One thread.
//!
//! It is written as the crate's documentation and examples would have it: a parser that keeps the parsed statement, row
//! descriptions that are made once, one encoder for all rows of a result, and rows as a stream.

mod handler;
mod statement;
mod tables;
mod timestamp;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use pgwire::tokio::process_socket;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// The value of --port; 0, which is the default, takes a free one. And --chrono, see timestamp.rs.
fn parse_arguments() -> Result<u16, String> {
    let mut port = 0;
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        if option == "--chrono" {
            timestamp::BY_CHRONO.store(true, std::sync::atomic::Ordering::Relaxed);
            continue;
        }
        if option != "--port" {
            return Err(format!("unknown option: {option}"));
        }
        let value = arguments.next().unwrap_or_default();
        port = value.parse().map_err(|_| format!("--port: not a port: '{value}'"))?;
    }
    Ok(port)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let port = match parse_arguments() {
        Ok(port) => port,
        Err(what) => {
            eprintln!("rust_pgwire: {what}\nusage: rust_pgwire [--port N] [--chrono]");
            return ExitCode::from(2);
        }
    };
    match serve(port).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("rust_pgwire: {what}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(port: u16) -> std::io::Result<()> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on {}", listener.local_addr()?);
    std::io::stdout().flush()?;

    let handlers = Arc::new(handler::Handlers::default());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (socket, _) = accepted?;
                tokio::spawn(process_socket(socket, None, handlers.clone()));
            }
            _ = interrupted.recv() => return Ok(()),
            _ = terminated.recv() => return Ok(()),
        }
    }
}
