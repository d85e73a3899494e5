//! Each limit is reached, counted and survived.

use super::*;

#[test]
fn connections_over_the_limit_are_told_so() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let running = Running::start(limits, large());
    let refused = refusals("full");
    let first = read_slowly(running.address);
    let mut second = http::connect(running.address);
    second.write_all(REQUEST).unwrap();
    let answer = read_all(second);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains(&format!("Content-Length: {}", body.len())),
        "{answer}"
    );
    assert_eq!(refusals("full") - refused, 1);
    drop(first);
    wait_until("the place of the first is never free again", || {
        let mut third = http::connect(running.address);
        let _ = third.write_all(REQUEST);
        let mut begun = [0; 12];
        third.read_exact(&mut begun).is_ok() && begun == *b"HTTP/1.1 200"
    });
}

#[test]
fn half_sent_requests_give_way_to_whole_ones_the_oldest_first() {
    let limits = Limits {
        connections: 3,
        ..Limits::default()
    };
    let running = Running::start(limits, small());
    let gave_way = refusals("gave_way");
    let mut half = http::connect(running.address);
    half.write_all(b"GET /metrics HTTP/1.1\r\nHost:").unwrap();
    let silent = http::connect(running.address);
    // These are kept after their answers, and give way as well when their turn comes.
    let whole: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = http::connect(running.address);
            stream.write_all(REQUEST).unwrap();
            read_answer(&mut stream);
            stream
        })
        .collect();
    assert_eq!(read_all(half), "");
    assert_eq!(read_all(silent), "");
    assert_eq!(refusals("gave_way") - gave_way, 2 + 20 - 3);
    drop(whole);
}

#[test]
fn whoever_has_sent_a_whole_request_does_not_give_way_however_many_come_at_once() {
    let turn = turn();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // All requests are there before the server is.
    let crowd: Vec<_> = (0..60)
        .map(|_| {
            let mut stream = http::connect(address);
            stream.write_all(REQUEST).unwrap();
            stream
        })
        .collect();
    let (full, gave_way) = (refusals("full"), refusals("gave_way"));
    let limits = Limits {
        connections: 20,
        header: Duration::from_secs(3600),
        ..Limits::default()
    };
    let running = Running::on(listener, turn, limits, small(), Merging::Never);
    wait_until("the crowd is not seen", || refusals("full") >= full + 40);
    assert_eq!(refusals("gave_way"), gave_way);
    drop(running);
    drop(crowd);
}

#[test]
fn a_header_that_does_not_come_ends_the_connection() {
    let limits = Limits {
        header: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::start(limits, small());
    for begun in [&b""[..], b"G", b"GET /metrics HTTP/1.1\r\nHost:"] {
        let late = refusals("header_late");
        let mut slow = http::connect(running.address);
        slow.write_all(begun).unwrap();
        // It ends before the client's own patience of 20 s does.
        let begun = Instant::now();
        read_all(slow);
        assert!(begun.elapsed() < Duration::from_secs(10));
        wait_until("it is not counted", || refusals("header_late") == late + 1);
    }
}

#[test]
fn a_header_that_drips_is_late_all_the_same() {
    let limits = Limits {
        header: Duration::from_millis(50),
        idle: Duration::from_secs(3600),
        ..Limits::default()
    };
    let running = Running::start(limits, small());
    let late = refusals("header_late");
    let mut dripping = http::connect(running.address);
    dripping.write_all(REQUEST).unwrap();
    read_answer(&mut dripping);
    let mut last = Instant::now();
    wait_until("a drop now and then keeps the connection", || {
        // Too many drops would be a header that is too large.
        if last.elapsed() < Duration::from_millis(5) {
            return false;
        }
        last = Instant::now();
        dripping.write_all(b"X").is_err()
    });
    assert_eq!(refusals("header_late") - late, 1);
}

#[test]
fn an_idle_connection_ends_without_blame() {
    let limits = Limits {
        idle: Duration::from_millis(20),
        ..Limits::default()
    };
    let running = Running::start(limits, small());
    let late = refusals("header_late");
    let mut idle = http::connect(running.address);
    idle.write_all(REQUEST).unwrap();
    read_answer(&mut idle);
    let begun = Instant::now();
    assert_eq!(read_all(idle), "");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(refusals("header_late"), late);
}

#[test]
fn a_header_that_is_too_large_is_refused() {
    let running = Running::start(Limits::default(), small());
    let large = refusals("header_large");
    let long = "x".repeat(MAX_HEADER_BYTES);
    let answer = http::get(running.address, "/metrics", &format!("X-Long: {long}\r\n"));
    assert_eq!(answer.status, 431);
    let many = "X-Many: y\r\n".repeat(200);
    assert_eq!(http::get(running.address, "/metrics", &many).status, 431);
    wait_until("they are not counted", || {
        refusals("header_large") == large + 2
    });
    assert_eq!(http::get(running.address, "/metrics", "").status, 200);
}

#[test]
fn what_is_no_http_is_refused() {
    let running = Running::start(Limits::default(), small());
    let malformed = refusals("malformed");
    let mut stream = http::connect(running.address);
    stream.write_all(b"\x16\x03\x01 hello\r\n\r\n").unwrap();
    let answer = read_all(stream);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    wait_until("it is not counted", || {
        refusals("malformed") == malformed + 1
    });
}

#[test]
fn a_request_with_a_body_is_refused() {
    let running = Running::start(Limits::default(), small());
    for (body, count) in [
        ("Content-Length: 5\r\n\r\nhello", 1),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", 2),
    ] {
        let before = refusals("body");
        let mut stream = http::connect(running.address);
        let request = format!("GET /metrics HTTP/1.1\r\nHost: test\r\n{body}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let answer = read_all(stream);
        assert!(answer.starts_with("HTTP/1.1 413"), "{count}: {answer}");
        assert_eq!(refusals("body") - before, 1);
    }
}

#[test]
fn a_reader_who_reads_nothing_is_cut_off() {
    let limits = Limits {
        stall: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::start(limits, large());
    let before = refusals("stalled");
    let mut stalled = http::connect(running.address);
    stalled.write_all(REQUEST).unwrap();
    wait_until("the stalled connection is never cut", || {
        refusals("stalled") == before + 1
    });
    let answer = read_all(stalled);
    assert!(!answer.ends_with("0\r\n\r\n"), "it was cut off half way");
}

#[test]
fn a_reader_who_drips_is_cut_off() {
    let limits = Limits {
        answer: Duration::from_millis(100),
        ..Limits::default()
    };
    let running = Running::start(limits, large());
    let before = refusals("slow");
    let mut slow = read_slowly(running.address);
    wait_until("a byte now and then keeps the connection", || {
        let _ = slow.read(&mut [0; 1]);
        refusals("slow") == before + 1
    });
    assert!(!read_all(slow).ends_with("0\r\n\r\n"));
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
