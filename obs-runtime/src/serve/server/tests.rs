//! Limits and the end, with real sockets and limits short enough to reach them.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use obs::catalogue::{Definition, Kind};
use obs_tests::http;

use super::*;
use crate::model::fixture::{Layout, at, definition, leak, life};
use crate::model::snapshots::Work;
use crate::model::{Snapshot, Snapshots};
use crate::serve::router;

/// A server on a thread of its own, and a thread that publishes one snapshot again and again.
struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    snapshots: Arc<Snapshots>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    fn start(limits: Limits, snapshot: Snapshot) -> Running {
        let snapshots = Arc::new(Snapshots::new(Snapshot::empty(at(0))));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = router::all(snapshots.clone());
        let server = std::thread::spawn(move || {
            let executor = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            executor.unwrap().block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                serve(listener, router, limits, stopped).await;
            });
        });
        let merging = std::thread::spawn({
            let (snapshots, snapshot) = (snapshots.clone(), Arc::new(snapshot));
            move || {
                while snapshots.begin(Duration::from_secs(60)) == Work::Merge {
                    snapshots.publish(snapshot.clone());
                }
                snapshots.close();
            }
        });
        Running {
            address,
            stop,
            snapshots,
            threads: vec![server, merging],
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        self.snapshots.stop();
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

fn small() -> Snapshot {
    let layout = Layout::new([definition("jobs_total", Kind::Counter)]);
    layout.snapshot(vec![life("server", vec![3])])
}

/// More than the sockets of a connection buffer.
fn large() -> Snapshot {
    let long = leak(&"long ".repeat(200_000));
    let metrics = (0..20).map(|n| Definition {
        literals: vec![("text", long)].leak(),
        ..definition(&format!("metric_{n:02}_total"), Kind::Counter)
    });
    let layout = Layout::new(metrics);
    layout.snapshot(vec![life("server", vec![1; 20])])
}

fn read_all(mut stream: std::net::TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

const REQUEST: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n";

#[test]
fn paths_and_methods_that_are_unknown_are_told_what_there_is() {
    let running = Running::start(Limits::default(), small());
    let unknown = http::get(running.address, "/favicon.ico", "");
    assert_eq!(unknown.status, 404);
    assert!(unknown.body.contains("/metrics"), "{unknown:?}");
    for method in ["POST", "DELETE", "OPTIONS"] {
        let refused = http::request(running.address, method, "/metrics", "");
        assert_eq!(refused.status, 405);
        assert!(
            refused
                .head
                .to_ascii_lowercase()
                .contains("allow: get,head"),
            "{refused:?}"
        );
        assert!(refused.body.contains("GET and HEAD"), "{refused:?}");
    }
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let running = Running::start(Limits::default(), small());
    let accept = "Accept: application/openmetrics-text; version=1.0.0\r\n";
    let head = http::request(running.address, "HEAD", "/metrics", accept);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(
        head.head
            .contains("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    assert!(
        !head.head.to_ascii_lowercase().contains("content-length"),
        "{}: only GET finds out the length",
        head.head
    );
    let get = http::get(running.address, "/metrics", accept);
    assert!(
        get.body
            .contains("jobs_total{component=\"server\"} 3\n# EOF\n"),
        "{get:?}"
    );
}

#[test]
fn a_connection_is_kept_for_the_next_scrape() {
    let running = Running::start(Limits::default(), small());
    let mut stream = http::connect(running.address);
    for _ in 0..3 {
        stream.write_all(REQUEST).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"0\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
    }
}

#[test]
fn connections_over_the_limit_are_told_so() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let running = Running::start(limits, small());
    let mut first = http::connect(running.address);
    first.write_all(b"GET /metrics").unwrap();
    let mut second = http::connect(running.address);
    second.write_all(REQUEST).unwrap();
    let answer = read_all(second);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains(&format!("Content-Length: {}", body.len())),
        "{answer}"
    );
    drop(first);
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let mut third = http::connect(running.address);
        let _ =
            third.write_all(b"GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        if read_all(third).starts_with("HTTP/1.1 200") {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "the place of the first is never free again"
        );
    }
}

#[test]
fn a_header_that_does_not_come_ends_the_connection() {
    let limits = Limits {
        header: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::start(limits, small());
    let mut slow = http::connect(running.address);
    slow.write_all(b"GET /metrics HTTP/1.1\r\nHost:").unwrap();
    // It ends before the client's own patience of 20 s does.
    let begun = Instant::now();
    read_all(slow);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_reader_who_reads_nothing_is_cut_off() {
    let limits = Limits {
        stall: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::start(limits, large());
    let mut stalled = http::connect(running.address);
    stalled.write_all(REQUEST).unwrap();
    // As a watch that the server's own thread holds: when it is dropped, the connection's task is gone.
    let deadline = Instant::now() + Duration::from_secs(20);
    while running.stop.receiver_count() != 1 || running.snapshots.latest().series().count() == 0 {
        assert!(
            Instant::now() < deadline,
            "the stalled connection is never cut"
        );
        std::thread::yield_now();
    }
    let answer = read_all(stalled);
    assert!(!answer.ends_with("0\r\n\r\n"), "it was cut off half way");
}

#[test]
fn answers_under_way_end_when_the_server_stops() {
    let running = Running::start(Limits::default(), large());
    let mut reading = http::connect(running.address);
    reading.write_all(REQUEST).unwrap();
    let mut first = [0; 100];
    reading.read_exact(&mut first).unwrap();
    running.stop.send(true).unwrap();
    assert!(read_all(reading).ends_with("0\r\n\r\n"), "it is whole");
}

#[test]
fn a_reader_who_does_not_go_on_is_cut_off_when_the_server_stops() {
    let limits = Limits {
        grace: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::start(limits, large());
    let mut stalled = http::connect(running.address);
    stalled.write_all(REQUEST).unwrap();
    let mut first = [0; 100];
    stalled.read_exact(&mut first).unwrap();
    let begun = Instant::now();
    drop(running);
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(!read_all(stalled).ends_with("0\r\n\r\n"));
}
