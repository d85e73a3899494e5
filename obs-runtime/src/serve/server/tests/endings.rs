//! Each connection ends in one way, which is counted once, and is seen by its client.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};

use super::*;
use crate::serve::server::linger::MAX_LINGER_BYTES;

/// What is counted of connections: how many were accepted and are open, and how many ended in each way.
type Counts = BTreeMap<String, u64>;

fn counts() -> Counts {
    let (_turn, mut collector) = sole_collector();
    let merge = collector.merge();
    let mut counts = Counts::new();
    for metric in merge.metrics.iter() {
        let name = metric.definition.name;
        let Some(name) = name.strip_prefix("obs_connections_") else {
            continue;
        };
        for series in 0..metric.series_count() {
            let count = match metric.read(&merge.process, series) {
                Reading::Counter(count) => count,
                Reading::Gauge(level) => level as u64,
                _ => 0,
            };
            let reason = metric.labels(series).map(|(_, value)| format!(" {value}"));
            counts.insert(format!("{name}{}", reason.collect::<String>()), count);
        }
    }
    counts
}

/// What has been counted since `before`; what is open, as it is.
fn since(before: &Counts) -> Vec<(String, u64)> {
    let now = counts().into_iter();
    let changed = now.map(|(name, count)| {
        let before = if name == "open" { 0 } else { before[&name] };
        (name, count - before)
    });
    changed.filter(|(_, count)| *count > 0).collect()
}

/// One connection, and that it ended so and in no other way. What the client returns is kept until then.
#[track_caller]
fn ends<T>(running: &Running, ending: &str, client: impl FnOnce(TcpStream) -> T) {
    let before = counts();
    let _kept = client(http::connect(running.address));
    let expected = [("accepted_total".to_owned(), 1), (ending.to_owned(), 1)];
    let mut last = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(20);
    while last != expected {
        assert!(Instant::now() < deadline, "{ending}: {last:?}");
        last = since(&before);
    }
}

/// Asks so, and reads all of what is answered.
fn say(request: &'static str) -> impl FnOnce(TcpStream) {
    move |mut stream| {
        stream.write_all(request.as_bytes()).unwrap();
        assert_ne!(read_all(stream), "");
    }
}

#[test]
fn whatever_is_answered_ends_as_answered() {
    let running = Running::start(Limits::default(), small());
    for request in [
        "GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
        "HEAD /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
        "GET /nowhere HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
        "DELETE /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
        "GET /livez HTTP/1.0\r\n\r\n",
        // Two at once.
        "GET /livez HTTP/1.1\r\nHost: test\r\n\r\nGET /livez HTTP/1.0\r\n\r\n",
    ] {
        ends(&running, "answered_total", say(request));
    }
    ends(&running, "answered_total", |mut kept| {
        for _ in 0..3 {
            kept.write_all(REQUEST).unwrap();
            read_answer(&mut kept);
        }
    });
}

#[test]
fn whoever_goes_by_himself_is_gone() {
    let running = Running::start(Limits::default(), large());
    ends(&running, "gone_total silent", drop);
    ends(&running, "gone_total silent", |stream| {
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_all(stream), "");
    });
    ends(&running, "gone_total half_asked", |mut stream| {
        stream.write_all(b"GET /metrics HTTP/1.1\r\n").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_all(stream), "");
    });
    ends(&running, "gone_total half_asked", |mut stream| {
        stream
            .write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n")
            .unwrap();
        stream.read_exact(&mut [0; 12]).unwrap();
        stream.write_all(b"GET /li").unwrap();
    });
    ends(&running, "gone_total half_answered", |mut stream| {
        stream.write_all(REQUEST).unwrap();
        stream.read_exact(&mut [0; 100]).unwrap();
    });
}

#[test]
fn whoever_is_refused_is_counted_once_whatever_follows() {
    let limits = Limits {
        header: Duration::from_millis(50),
        answer: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::start(limits, large());
    ends(&running, "refused_total malformed", say("nonsense\r\n\r\n"));
    // It goes without a look at the answer.
    ends(&running, "refused_total malformed", |mut stream| {
        stream.write_all(b"nonsense\r\n\r\n").unwrap();
    });
    let with_body = "GET /livez HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
    ends(&running, "refused_total body", say(with_body));
    ends(&running, "refused_total header_late", |stream| {
        assert_eq!(read_all(stream), "");
    });
    ends(&running, "refused_total slow", |mut stream| {
        stream.write_all(REQUEST).unwrap();
        stream.read_exact(&mut [0; 100]).unwrap();
        stream
    });
    let large = format!(
        "GET / HTTP/1.1\r\nX-Long: {}\r\n\r\n",
        "x".repeat(MAX_HEADER_BYTES)
    );
    ends(&running, "refused_total header_large", |mut stream| {
        stream.write_all(large.as_bytes()).unwrap();
    });
}

#[test]
fn an_idle_connection_that_is_closed_was_answered() {
    let limits = Limits {
        idle: Duration::from_millis(20),
        ..Limits::default()
    };
    let running = Running::start(limits, small());
    ends(&running, "answered_total", |mut idle| {
        idle.write_all(REQUEST).unwrap();
        read_answer(&mut idle);
        assert_eq!(read_all(idle), "");
    });
}

#[test]
fn what_is_not_answered_when_the_server_stops_was_stopped() {
    let limits = Limits {
        grace: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::start(limits, large());
    let before = counts();
    let silent = http::connect(running.address);
    let mut half = http::connect(running.address);
    half.write_all(b"GET ").unwrap();
    let reading = read_slowly(running.address);
    let mut kept = http::connect(running.address);
    kept.write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n")
        .unwrap();
    kept.read_exact(&mut [0; 12]).unwrap();
    running.stop.send(true).unwrap();
    let expected = [
        ("accepted_total".to_owned(), 4),
        ("answered_total".to_owned(), 1),
        ("refused_total stopped".to_owned(), 3),
    ];
    wait_until("they end otherwise", || since(&before) == expected);
    drop((silent, half, reading, kept));
}

#[test]
fn one_that_gives_way_ends_once_and_one_that_lingers_gives_way_first() {
    let limits = Limits {
        connections: 2,
        header: Duration::from_secs(3600),
        linger: Duration::from_secs(3600),
        ..Limits::default()
    };
    let running = Running::start(limits, small());
    let before = counts();
    let half = http::connect(running.address);
    let whole: Vec<_> = (0..3)
        .map(|_| {
            let mut stream = http::connect(running.address);
            stream.write_all(b"GET /livez HTTP/1.0\r\n\r\n").unwrap();
            // All of the answer, and the end; the client's own end does not come.
            assert!(stream.read_to_end(&mut Vec::new()).unwrap() > 0);
            stream
        })
        .collect();
    let expected = [
        ("accepted_total".to_owned(), 4),
        ("answered_total".to_owned(), 3),
        ("open".to_owned(), 1),
    ];
    wait_until("they end otherwise", || since(&before) == expected);
    drop((half, whole));
}

/// More than a client's socket takes in by itself, and what it says beyond its request.
fn reads_late(running: &Running, surplus: usize) -> String {
    let mut stream = http::connect(running.address);
    let asked = b"GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    stream.write_all(asked).unwrap();
    stream.read_exact(&mut [0; 12]).unwrap();
    // What the server makes of it shows in the answer alone.
    let _ = stream.write_all(&vec![b'x'; surplus]);
    read_all(stream)
}

#[test]
fn an_answer_is_whole_though_its_client_has_said_more_than_was_read() {
    let running = Running::start(Limits::default(), of_length(2_000_000));
    for _ in 0..5 {
        let answer = reads_late(&running, MAX_LINGER_BYTES / 2);
        assert!(answer.ends_with("0\r\n\r\n"), "{} bytes", answer.len());
    }
}

#[test]
fn a_flood_sees_why_it_is_refused() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let flood = format!(
        "GET / HTTP/1.1\r\n{}",
        "X-Flood: water\r\n".repeat(MAX_LINGER_BYTES / 32)
    );
    let answer = |running: &Running| {
        let mut stream = http::connect(running.address);
        stream.write_all(flood.as_bytes()).unwrap();
        read_all(stream)
    };
    let running = Running::start(limits, large());
    assert!(answer(&running).starts_with("HTTP/1.1 431"));
    let taken = read_slowly(running.address);
    assert!(answer(&running).starts_with("HTTP/1.1 503"));
    drop(taken);
}

#[test]
fn readers_who_are_cut_leave_nothing_with_the_system() {
    let limits = Limits {
        stall: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::start(limits, large());
    ends(&running, "refused_total stalled", |mut stream| {
        stream.write_all(REQUEST).unwrap();
        wait_until("it is not cut", || stream.take_error().unwrap().is_some());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn more_connections_wait_than_the_standard_library_lets() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    crate::serve::server::lengthen(&listener).unwrap();
    let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
    // Nobody accepts: what the queue has no room for is never connected.
    let crowd = most.trim().parse::<usize>().unwrap().min(300);
    let waiting: Vec<_> = (0..crowd)
        .map(|_| {
            TcpStream::connect_timeout(&listener.local_addr().unwrap(), Duration::from_secs(20))
                .unwrap()
        })
        .collect();
    drop(waiting);
}
