//! What clients do to a server, each until it is told to stop.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{Answer, Client, Seen};
use crate::load::Shared;

const EVERYTHING: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n";
const LIVE: &[u8] = b"GET /livez HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n";
const HALF: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: soak";
const GARBAGE: &[u8] = b"\x16\x03\x01 hello\r\n\r\n";
const BODY: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: soak\r\nContent-Length: 5\r\n\r\nhello";
const KEPT: &[u8] = b"GET /metrics?name[]=obs_merges_total HTTP/1.1\r\nHost: soak\r\n\r\n";

/// Between two of the same.
const PAUSE: Duration = Duration::from_millis(20);

/// Between two looks at a connection that is slow on purpose.
const LOOK: Duration = Duration::from_millis(100);

/// A crowd in which everybody asks at once, again and again; most ask for a few series, some for all of them.
pub(crate) fn crowd(shared: &Shared, address: SocketAddr, at: usize, everybody: &Barrier) {
    let (path, headers) = match at % 100 {
        0 => ("/metrics", "Accept-Encoding: gzip\r\n"),
        1 => ("/metrics", "Accept: application/openmetrics-text\r\n"),
        _ => ("/metrics?name[]=obs_merges_total", ""),
    };
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n{headers}\r\n");
    loop {
        // Whoever leads decides for all, so that nobody waits for those who have stopped.
        if everybody.wait().is_leader() {
            sleep(Duration::from_millis(500));
            shared.decide();
        }
        everybody.wait();
        if !shared.decided() {
            return;
        }
        shared.count("crowd", ask(address, request.as_bytes()));
    }
}

/// One connection, one request, and all of the answer.
fn ask(address: SocketAddr, request: &[u8]) -> Option<Seen> {
    let mut client = Client::connect(address)?;
    client.say(request);
    Some(client.see())
}

/// Nothing or a half of a request on each of many connections, all of which wait to be cut off.
pub(crate) fn halves(shared: &Shared, address: SocketAddr, connections: usize) {
    while shared.goes_on() {
        let open = (0..connections).map(|at| {
            let mut client = Client::connect(address)?;
            client.say(&HALF[..at % HALF.len()]);
            Some(client)
        });
        for client in open.collect::<Vec<_>>() {
            shared.count("halves", client.map(Client::see));
        }
        sleep(PAUSE);
    }
}

/// Headers that do not end.
pub(crate) fn flood(shared: &Shared, address: SocketAddr) {
    let header = format!("X-Flood: {}\r\n", "x".repeat(1_000)).repeat(64);
    let request = format!("GET /metrics HTTP/1.1\r\n{header}\r\n");
    shared.repeat(PAUSE, || {
        shared.count("flood", ask(address, request.as_bytes()));
    });
}

/// What is no HTTP.
pub(crate) fn malformed(shared: &Shared, address: SocketAddr) {
    shared.repeat(PAUSE, || shared.count("malformed", ask(address, GARBAGE)));
}

/// Requests that bring something.
pub(crate) fn body(shared: &Shared, address: SocketAddr) {
    shared.repeat(PAUSE, || shared.count("body", ask(address, BODY)));
}

/// Says that nothing more will come, in half a request and behind a whole one.
pub(crate) fn half_closed(shared: &Shared, address: SocketAddr) {
    shared.repeat(PAUSE, || {
        for request in [HALF, LIVE, b""] {
            let seen = Client::connect(address).map(|mut client| {
                client.say(request);
                client.half_close();
                client.see()
            });
            shared.count("half_closed", seen);
        }
    });
}

/// Asks for everything, and goes when it comes.
pub(crate) fn leaving(shared: &Shared, address: SocketAddr) {
    shared.repeat(PAUSE, || {
        let seen = Client::connect_small(address).map(|mut client| {
            client.say(EVERYTHING);
            client.sip(&mut [0; 100]);
            client.leave()
        });
        shared.count("leaving", seen);
    });
}

/// Asks for a little several times on one connection, and says at the last that it is.
pub(crate) fn kept(shared: &Shared, address: SocketAddr) {
    shared.repeat(PAUSE, || {
        let seen = Client::connect(address).map(|mut client| {
            for _ in 0..5 {
                client.say(KEPT);
                if !client.next() {
                    // It was cut between two answers, or told why before the first; what was told has been read.
                    return Seen::Cut;
                }
                sleep(PAUSE);
            }
            client.say(LIVE);
            client.see()
        });
        shared.count("kept", seen);
    });
}

/// Asks for everything and reads nothing of it, for longer than the server waits, even if it is over meanwhile.
pub(crate) fn stalled(shared: &Shared, address: SocketAddr, delay: Duration, stall: Duration) {
    sleep(delay);
    while shared.goes_on() {
        let seen = Client::connect_small(address).map(|mut client| {
            client.say(EVERYTHING);
            sleep(stall);
            client.see()
        });
        shared.count("stalled", seen);
    }
}

/// Asks for everything and reads it by drops.
pub(crate) fn dripping(shared: &Shared, address: SocketAddr) {
    while shared.goes_on() {
        let seen = Client::connect_small(address).map(|mut client| {
            client.say(EVERYTHING);
            let (mut answer, mut drop) = (Answer::default(), [0; 6 * 1024]);
            while shared.goes_on() {
                let read = client.sip(&mut drop);
                if read == 0 {
                    break;
                }
                answer.add(&drop[..read]);
                sleep(LOOK);
            }
            client.see_after(answer)
        });
        shared.count("dripping", seen);
    }
}

/// What all of this must not disturb: everything, once a second.
pub(crate) fn steady(shared: &Shared, address: SocketAddr) {
    let timeout = "X-Prometheus-Scrape-Timeout-Seconds: 10";
    let request =
        format!("GET /metrics HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n{timeout}\r\n\r\n");
    while shared.goes_on() {
        let begun = Instant::now();
        shared.count("steady", ask(address, request.as_bytes()));
        sleep(Duration::from_secs(1).saturating_sub(begun.elapsed()));
    }
}
