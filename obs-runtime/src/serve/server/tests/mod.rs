//! Limits and the end, with real sockets and limits short enough to reach them.

/// How connections end, and that it is counted once.
mod endings;
/// What happens beyond each limit.
mod limits;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use obs::catalogue::{Definition, Kind};
use obs::collector::Reading;
use obs_tests::http;

use super::*;

use crate::model::fixture::{Layout, at, definition, leak, life, sole_collector};
use crate::model::snapshots::Work;
use crate::model::{Snapshot, Snapshots};
use crate::serve::exposition::{Gzip, MAX_COMPRESSORS};
use crate::serve::router;

/// A server on a thread of its own, and a thread that publishes one snapshot again and again.
struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    snapshots: Arc<Snapshots>,
    threads: Vec<JoinHandle<()>>,
    _turn: MutexGuard<'static, ()>,
}

/// Refusals and compressors are counted per process: one server at a time.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the merging thread does.
#[derive(Clone, Copy, PartialEq)]
enum Merging {
    Always,
    Never,
}

impl Running {
    fn start(limits: Limits, snapshot: Snapshot) -> Running {
        let running = Running::start_with(limits, snapshot, Merging::Always);
        wait_until("nothing is ever merged", || {
            running.snapshots.age(Instant::now()).is_some()
        });
        running
    }

    fn start_with(limits: Limits, snapshot: Snapshot, merging: Merging) -> Running {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Running::on(listener, turn(), limits, snapshot, merging)
    }

    fn on(
        listener: std::net::TcpListener,
        turn: MutexGuard<'static, ()>,
        limits: Limits,
        snapshot: Snapshot,
        merging: Merging,
    ) -> Running {
        let snapshots = Arc::new(Snapshots::new(Snapshot::empty(at(0))));
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = router::all(snapshots.clone(), None, Duration::from_secs(1));
        let server = std::thread::spawn(move || {
            let executor = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            executor.unwrap().block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                serve(listener, router, limits, stopped).await;
            });
        });
        let mut threads = vec![server];
        if merging == Merging::Always {
            let (snapshots, snapshot) = (snapshots.clone(), Arc::new(snapshot));
            threads.push(std::thread::spawn(move || {
                while snapshots.begin(Duration::ZERO) == Work::Merge {
                    snapshots.publish(snapshot.clone(), Instant::now());
                    std::thread::yield_now();
                }
                snapshots.close();
            }));
        }
        Running {
            address,
            stop,
            snapshots,
            threads,
            _turn: turn,
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
    of_length(20_000_000)
}

/// An exposition of about that many bytes.
fn of_length(bytes: usize) -> Snapshot {
    let long = leak(&"long ".repeat(bytes / 100));
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
    for path in ["/metrics", "/livez", "/readyz"] {
        assert!(unknown.body.contains(path), "{unknown:?}");
    }
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
    let wanted = "Accept: application/openmetrics-text; version=1.0.0\r\nAccept-Encoding: gzip\r\n";
    for (path, asked) in [
        ("/metrics", ""),
        ("/metrics", wanted),
        ("/", ""),
        ("/livez", ""),
        ("/readyz", ""),
        ("/readyz?verbose", ""),
    ] {
        let head = http::request(running.address, "HEAD", path, asked);
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
        let get = http::get(running.address, path, asked);
        assert!(!get.bytes.is_empty(), "{path}");
        for header in ["content-type", "content-encoding", "content-length", "vary"] {
            assert_eq!(head.header(header), get.header(header), "{path}: {header}");
        }
    }
    let head = http::request(running.address, "HEAD", "/metrics", wanted);
    assert_eq!(head.header("content-encoding"), Some("gzip"));
    assert_eq!(head.header("vary"), Some("Accept, Accept-Encoding"));
    let length = head.header("content-length");
    assert_eq!(length, None, "only GET finds out the length");
}

#[test]
fn every_format_is_compressed_where_that_is_asked_for() {
    let running = Running::start(Limits::default(), of_length(400_000));
    for accept in [
        "text/plain",
        "application/openmetrics-text",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    ] {
        let accept = format!("Accept: {accept}\r\n");
        let plain = http::get(running.address, "/metrics", &accept);
        assert_eq!(plain.header("content-encoding"), None);
        assert!(plain.body.len() > 400_000);
        let gzip = format!("{accept}Accept-Encoding: gzip\r\n");
        let gzip = http::get(running.address, "/metrics", &gzip);
        assert_eq!(gzip.header("content-encoding"), Some("gzip"));
        assert!(gzip.bytes.len() < plain.bytes.len() / 20);
        assert!(gzip.body == plain.body, "it decompresses to the same");
    }
}

#[test]
fn compressors_are_limited_and_others_get_plain_bytes() {
    let running = Running::start(Limits::default(), small());
    let coding = || {
        let answer = http::get(running.address, "/metrics", "Accept-Encoding: gzip\r\n");
        assert!(answer.body.contains("jobs_total"), "{answer:?}");
        answer.header("content-encoding").map(str::to_owned)
    };
    assert_eq!(coding().as_deref(), Some("gzip"));
    let taken: Vec<_> = std::iter::from_fn(Gzip::new).collect();
    assert_eq!(taken.len(), MAX_COMPRESSORS);
    assert_eq!(coding(), None);
    drop(taken);
    assert_eq!(coding().as_deref(), Some("gzip"));
}

#[test]
fn names_pick_families() {
    let running = Running::start(Limits::default(), small());
    let get = |query: &str| http::get(running.address, &format!("/metrics{query}"), "");
    let jobs = "jobs_total{component=\"server\"} 3\n";
    assert!(get("").body.ends_with(jobs));
    for query in ["?name[]=jobs_total", "?name%5B%5D=jobs&name[]=other"] {
        assert!(get(query).body.ends_with(jobs), "{query}");
    }
    let none = get("?name[]=other");
    assert_eq!((none.status, none.body.as_str()), (200, ""));
    let open = "Accept: application/openmetrics-text\r\n";
    let none = http::get(running.address, "/metrics?name[]=other", open);
    assert_eq!(none.body, "# EOF\n");
}

#[test]
fn a_scrape_waits_no_longer_than_its_client() {
    let running = Running::start_with(Limits::default(), small(), Merging::Never);
    let late = |timeout: &str| {
        let header = format!("X-Prometheus-Scrape-Timeout-Seconds: {timeout}\r\n");
        http::get(running.address, "/metrics", &header)
    };
    let answer = late("0.05");
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(answer.body.contains("no merge"), "{answer:?}");
    let ready = http::get(running.address, "/readyz", "");
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("merge: nothing has been merged"));
    assert_eq!(http::get(running.address, "/livez", "").status, 200);
}

#[test]
fn a_deadline_that_is_none_is_ignored() {
    let running = Running::start(Limits::default(), small());
    for timeout in ["soon", "-1", "0", "10"] {
        let header = format!("X-Prometheus-Scrape-Timeout-Seconds: {timeout}\r\n");
        let answer = http::get(running.address, "/metrics", &header);
        assert_eq!(answer.status, 200, "{timeout}");
    }
}

#[test]
fn a_connection_is_kept_for_the_next_scrape() {
    let running = Running::start(Limits::default(), small());
    let mut stream = http::connect(running.address);
    for _ in 0..3 {
        stream.write_all(REQUEST).unwrap();
        read_answer(&mut stream);
    }
}

/// Reads one answer in chunks, to its end.
fn read_answer(stream: &mut std::net::TcpStream) {
    let mut answer = Vec::new();
    while !answer.ends_with(b"0\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
}

/// Refusals counted so far, for this reason.
fn refusals(reason: &str) -> u64 {
    let (_turn, mut collector) = sole_collector();
    let merge = collector.merge();
    let mut known = merge.metrics.iter();
    let metric = known
        .find(|metric| metric.definition.name == "obs_connections_refused_total")
        .unwrap();
    let mut series = 0..metric.series_count();
    let series = series.find(|series| {
        metric
            .labels(*series)
            .any(|label| label == ("reason", reason))
    });
    match metric.read(&merge.process, series.unwrap()) {
        Reading::Counter(count) => count,
        _ => 0,
    }
}

/// Asks until it is so.
fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}

/// Begins a scrape and reads no more of its answer than the beginning.
fn read_slowly(address: SocketAddr) -> std::net::TcpStream {
    let mut stream = http::connect(address);
    stream.write_all(REQUEST).unwrap();
    stream.read_exact(&mut [0; 100]).unwrap();
    stream
}
