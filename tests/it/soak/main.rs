//! A server under everything that clients can do to it, in a process of its own: `cargo xtask soak scrapes` for ten minutes, and
//! for seconds with every other test.
//!
//! Each connection that a client opens ends in exactly one of the client's classes ([`Seen`](client::Seen)) and, once it is
//! accepted, in exactly one of the server's (answered, refused or gone, the latter two by reason). Between them hold, to the
//! last connection and however long it goes on:
//!
//! * opened = accepted + *never accepted*; the latter only where the system's queue has overflowed meanwhile, by its own count;
//! * answered, as clients saw it = answered, as the server counts it;
//! * told + cut + left + unheard, as clients saw it = refused + gone, as the server counts it, + never accepted;
//! * of these, those that were told a reason or cut while they waited are refused: gone are only those that left.
#![cfg(target_os = "linux")]

/// What is known at the end, and must match.
mod account;
/// What clients do.
mod attacks;
/// One connection, as its client sees it.
mod client;
/// All clients.
mod load;
/// What clients do at once.
mod plan;
/// Figures over time.
mod series;
/// The process that is attacked.
mod server;

use std::time::{Duration, Instant};

use account::{Account, Before};
use load::Load;
use plan::{LONG, Plan, SHORT};
use series::{Recording, Series};
use server::Server;

/// By how many times an increment beside its floor may be slower under load than at rest. Other threads share caches with it,
/// and this is not the place to measure by how much: what it must not do is wait for anybody, which takes thousands of
/// times as long.
const MOST_SLOWER: f64 = 2.0;

/// By how much more memory may be in use in the last quarter than in the second: slow readers hold snapshots, and how many
/// different ones depends on what else the machine does.
const MOST_GROWTH: f64 = 0.25;

/// How much more memory may be in use when all connections have ended than before there was any. Hundreds of thousands that leave
/// a few bytes each would be more.
const MOST_LEFT_MIB: f64 = 2.0;

/// `SOAK_SECONDS`, or what the plan says.
fn duration(plan: &Plan) -> Duration {
    let seconds = std::env::var("SOAK_SECONDS").ok();
    let seconds = seconds.map(|text| text.parse().expect("SOAK_SECONDS is a whole number"));
    Duration::from_secs(seconds.unwrap_or(plan.seconds))
}

#[test]
#[ignore = "it takes ten minutes; `cargo xtask soak scrapes --seconds N` takes N seconds"]
fn a_server_holds_out() {
    let mut server = Server::start(&LONG);
    let before = Before::look(&server);
    let quiet = Recording::middle((0..9).map(|_| server.measure()).collect());
    let heap = server.quiet_heap_mib();
    let load = Load::start(server.address, &LONG);
    let series = Series::watch(&mut server, duration(&LONG));
    let tally = load.stop();
    let account = Account::close(&server, before, tally);
    let left = server.quiet_heap_mib();
    server.stop();

    println!("{account}");
    println!("at rest    {quiet}");
    println!("under load {}", series.recording());
    println!("resident   {}", series.resident);
    println!(
        "heap       {}; {heap:.1} before, {left:.1} after",
        series.heap
    );
    account.check();
    account.check_reasons();
    account.check_steady();
    assert!(
        series.recording().ratio() <= quiet.ratio() * MOST_SLOWER,
        "recording waits for nobody"
    );
    series.resident.check(LONG.stall_seconds);
    series.heap.check(LONG.stall_seconds);
    assert!(
        left <= heap + MOST_LEFT_MIB,
        "what connections took is given back"
    );
}

/// The same in small, without what depends on how fast the machine is.
#[test]
fn every_connection_is_accounted_for() {
    let server = Server::start(&SHORT);
    let before = Before::look(&server);
    let load = Load::start(server.address, &SHORT);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(SHORT.seconds) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let account = Account::close(&server, before, load.stop());
    server.stop();
    println!("{account}");
    account.check();
}
