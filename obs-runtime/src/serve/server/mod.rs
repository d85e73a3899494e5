//! The HTTP server: connections, their limits and their end.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::scrape::{count_failed_connection, count_refused_connection};
use super::stall::StallLimit;

/// How many connections are served at once. More means more memory for slow readers, less turns scrapers away earlier.
pub(crate) const MAX_CONNECTIONS: usize = 512;

/// How long a request's header may take, and a kept connection may idle. More is kinder to slow links, less frees
/// connections sooner.
pub(crate) const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a reader may accept nothing before its connection is cut.
pub(crate) const STALL_TIMEOUT: Duration = Duration::from_secs(30);

/// How long answers under way may take when the runtime stops.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// How long to wait after the system could not accept a connection: it is out of something that others must free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections over the limit are told so at once; further ones are closed without a word.
const MAX_REFUSALS: usize = 64;

/// How long a connection over the limit may take to send its request.
const REFUSAL_PATIENCE: Duration = Duration::from_secs(1);

/// The answer to a connection over the limit.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Length: 27\r\n\r\ntoo many open connections.\n";

/// What the server allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) header: Duration,
    pub(crate) stall: Duration,
    pub(crate) grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: MAX_CONNECTIONS,
            header: HEADER_TIMEOUT,
            stall: STALL_TIMEOUT,
            grace: SHUTDOWN_GRACE,
        }
    }
}

/// Serves until `stop` becomes true or its sender is gone, then lets answers under way end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let mut refusals = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        while refusals.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) if connections.len() >= limits.connections => {
                count_refused_connection();
                if refusals.len() < MAX_REFUSALS {
                    refusals.spawn(refuse(stream));
                }
            }
            Ok((stream, _)) => {
                connections.spawn(connection(stream, router.clone(), limits, stop.clone()));
            }
            Err(_) => {
                count_failed_connection();
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let end = async { while connections.join_next().await.is_some() {} };
    // Whoever has not finished by then is cut off when the set is dropped, and counts as aborted.
    let _ = tokio::time::timeout(limits.grace, end).await;
}

async fn connection(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    // A delayed last packet costs a scraper 40 ms; a connection that refuses the option works all the same.
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(StallLimit::new(stream, limits.stall));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .serve_connection(stream, TowerToHyperService::new(router));
    let mut served = pin!(served);
    // A connection that fails has told its client, and an unfinished scrape counts itself.
    let _ = tokio::select! {
        ended = served.as_mut() => ended,
        () = stopped(&mut stop) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
}

/// Ready when `stop` becomes true or its sender is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // What it borrows of the channel must not be held while the connection ends.
    drop(stop.wait_for(|stop| *stop).await);
}

/// Says why before closing. It waits for the request: closing on unread bytes would reset the connection, and the
/// client would never see the answer.
async fn refuse(stream: TcpStream) {
    let _ = stream.try_write(REFUSAL);
    let mut request = [0; 4096];
    if let Ok(Ok(())) = tokio::time::timeout(REFUSAL_PATIENCE, stream.readable()).await {
        let _ = stream.try_read(&mut request);
    }
}

#[cfg(test)]
mod tests;
