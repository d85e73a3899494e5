//! The HTTP server: connections, their limits and their end.
//!
//! Each connection that is accepted ends in exactly one way, which is counted when it is settled, whatever becomes of the
//! socket afterwards:
//!
//! * *answered*: all requests that came were answered, and the last byte is with the system, which sends it. What the
//!   answer says does not matter here.
//! * *refused*, for a reason: the server turned it away or cut it, with a word or without. The first reason counts.
//! * *gone*, for a reason: the client or the network ended it before there was an answer to all it had asked.
//!
//! So *accepted = open + answered + refused + gone*, exactly, whenever the serving thread rests. Who asks for a last answer
//! (`Connection: close`) and reads to the end has all of it if and only if the connection was answered: a socket is closed
//! after the client's own bytes were taken in, within limits, for otherwise the system would throw the answer away. A
//! connection that is kept has its answers, and may still be refused (`gave_way`): the next request may be under way.
//!
//! What the system does before a connection is accepted is hidden from the server: a queue that is full
//! (`BACKLOG` is its length) drops connections, and those that wait in it when the listener ends are reset.
//! Those are the clients' connections less the accepted ones; on Linux, `ListenOverflows` in `/proc/net/netstat` counts
//! attempts of that kind, those of other listeners included.

/// Connections that are not accepted yet.
mod backlog;
/// One connection and its requests.
mod connection;
/// The last moments of a connection.
mod linger;
/// What a connection is doing, and how it ended.
mod phase;
/// All connections.
mod places;
/// A connection's stream.
mod stream;

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use tokio::io::AsyncWrite;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::connections::{Refusal, count_failed};
pub(crate) use backlog::lengthen;
use linger::drain;
use phase::Progress;
use places::{Places, Room};

/// How many connections are served at once. More means more memory for slow readers, less turns scrapers away earlier.
pub(crate) const MAX_CONNECTIONS: usize = 512;

/// How long a request's header may take, from its first byte or from the beginning of the connection. More is kinder to
/// slow links, less frees connections sooner.
pub(crate) const HEADER_TIMEOUT: Duration = Duration::from_secs(5);

/// How large a request's header may be. More lets a scraper name more families, less takes less memory per connection.
pub(crate) const MAX_HEADER_BYTES: usize = 16 * 1024;

/// How long a connection may be kept between two requests; it gives way sooner where there is no place for others. More
/// spares slow scrapers a new connection, less frees what was forgotten sooner.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(150);

/// How long an answer may take in all. More is kinder to slow links, less keeps fewer old snapshots alive.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a reader may accept nothing before its connection is cut.
pub(crate) const STALL_TIMEOUT: Duration = Duration::from_secs(30);

/// How long answers under way may take when the runtime stops.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// How long a connection that has ended waits for its client to see that. More is kinder to slow links, less frees the
/// place sooner; it gives way to every other.
pub(crate) const LINGER_TIMEOUT: Duration = Duration::from_secs(1);

/// How long to wait after the system could not accept a connection: it is out of something that others must free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections over the limit are told so at once; further ones are closed without a word.
const MAX_REFUSALS: usize = 64;

/// How often the connections get their turn before a new one is turned away: when many come at once, their requests lie in
/// their sockets before anybody has looked for them.
const MAX_LOOKS: usize = 64;

/// The answer to a connection over the limit.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Length: 27\r\n\r\ntoo many open connections.\n";

/// What the server allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) header: Duration,
    pub(crate) header_bytes: usize,
    pub(crate) idle: Duration,
    pub(crate) answer: Duration,
    pub(crate) stall: Duration,
    pub(crate) grace: Duration,
    pub(crate) linger: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: MAX_CONNECTIONS,
            header: HEADER_TIMEOUT,
            header_bytes: MAX_HEADER_BYTES,
            idle: IDLE_TIMEOUT,
            answer: ANSWER_TIMEOUT,
            stall: STALL_TIMEOUT,
            grace: SHUTDOWN_GRACE,
            linger: LINGER_TIMEOUT,
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
    let mut places = Places::default();
    let mut refusals = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => accepted,
        };
        while refusals.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                let progress = Progress::new(Instant::now());
                if has_room(&mut places, limits).await {
                    places.serve(stream, progress, router.clone(), limits, stop.clone());
                } else {
                    progress.refuse(Refusal::Full);
                    if refusals.len() < MAX_REFUSALS {
                        refusals.spawn(refuse(stream, limits.linger));
                    }
                }
            }
            Err(_) => {
                count_failed();
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    // Whoever has not finished by then is cut off when the set is dropped, and counts as stopped.
    let _ = tokio::time::timeout(limits.grace, places.empty()).await;
}

/// Whether there is a place, if need be that of whoever has waited longest without sending a request: clients who send
/// nothing, or half of something, must not keep out those who do.
async fn has_room(places: &mut Places, limits: Limits) -> bool {
    for _ in 0..MAX_LOOKS {
        places.reap();
        if places.taken() < limits.connections {
            return true;
        }
        match places.make_room() {
            Room::Made => return true,
            Room::None => return false,
            Room::Unknown => tokio::task::yield_now().await,
        }
    }
    false
}

/// Says why before closing, and waits until the client can have seen it.
async fn refuse(mut stream: TcpStream, patience: Duration) {
    let _ = stream.try_write(REFUSAL);
    let ended = poll_fn(|context| Pin::new(&mut stream).poll_shutdown(context)).await;
    if ended.is_ok() {
        let _ = tokio::time::timeout(patience, drain(&stream)).await;
    }
}

#[cfg(test)]
mod tests;
