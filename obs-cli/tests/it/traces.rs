//! Traces of a runtime in this process, and files of them: what commands print, their exit codes, and the pages.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use obs::Component;
use obs_runtime::api::traces::{
    Accounting, Bottlenecks, OpenSpans, Policy, Status, Trace, TraceList, TraceSummary,
};
use obs_tests::terminal::Window;
use serde_json::Value;

use crate::{Served, program, run, text};

/// The request that takes longest.
const SLOW: Duration = Duration::from_millis(60);

/// A request that is kept, with a storage operation that takes so long; returns the id of its trace.
fn request(takes: Duration, fails: bool) -> String {
    let request = obs::span!("cli.request", kind = server, user = "ann b");
    request.keep_trace();
    let put = obs::span!("cli.put", rows = 3);
    obs::event!("cli.retry", times = 2);
    std::thread::sleep(takes);
    if fails {
        put.error("no room");
    }
    drop(put);
    format!("{:032x}", request.context().trace_id())
}

/// A runtime that has seen four requests, the second the slowest, the third failed; and their ids.
fn with_requests() -> (Served, Vec<String>) {
    let served = Served::start();
    let ids = Component::register("cli/traced").scope(|| {
        let millisecond = Duration::from_millis(1);
        [(1, false), (60, false), (2, true), (1, false)]
            .map(|(takes, fails)| request(millisecond * takes, fails))
    });
    look(&served);
    (served, ids.into())
}

fn look(served: &Served) {
    served.runtime.traces().expect("traces are on").look();
}

/// What the program prints for these arguments, and how it ends.
fn asked(served: &Served, arguments: &[&str]) -> (String, String, Option<i32>) {
    let url = served.url();
    let output = run(&[&["--url", &url], arguments].concat());
    (
        text(&output.stdout),
        text(&output.stderr),
        output.status.code(),
    )
}

/// The same where it must go well.
fn told(served: &Served, arguments: &[&str]) -> String {
    let (out, err, code) = asked(served, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {err}");
    out
}

/// A file that goes with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> File {
        File(std::env::temp_dir().join(format!("obs-cli-{}-{name}", std::process::id())))
    }

    fn name(&self) -> &str {
        self.0.to_str().expect("names of temporary files are text")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn traces_are_listed_by_query_and_order() {
    let (served, ids) = with_requests();
    let list = |more: &[&str]| {
        let json = [&["traces", "list", "--json", "root:cli.request"], more].concat();
        let list: TraceList = serde_json::from_str(&told(&served, &json)).expect("it is a list");
        let ids: Vec<String> = list.traces.into_iter().map(|trace| trace.id).collect();
        ids
    };
    let newest: Vec<_> = ids.iter().rev().cloned().collect();
    assert_eq!(list(&[]), newest);
    assert_eq!(list(&["--sort", "slowest"])[0], ids[1]);
    assert_eq!(list(&["--sort", "own:cli.put", "--limit", "1"]), ids[1..2]);
    assert_eq!(list(&["err", "--since", "10m"]), ids[2..3]);
    let plain = told(&served, &["traces", "list", "root:cli.request", "err"]);
    let line = plain.lines().next().expect("there is one");
    assert!(line.starts_with(&ids[2]), "{plain}");
    assert!(
        line.contains("cli/traced/cli.request  [error within, kept: forced]"),
        "{plain}"
    );
    assert!(
        plain
            .lines()
            .nth(1)
            .is_some_and(|line| line.starts_with("# 1 of 1")),
        "{plain}"
    );
    let (_, _, nothing) = asked(&served, &["traces", "list", "root:cli.request", "dur>1h"]);
    assert_eq!(nothing, Some(1));
}

#[test]
fn a_trace_is_shown_by_the_first_digits_of_its_id() {
    let (served, ids) = with_requests();
    let shown = told(&served, &["traces", "show", &ids[2][..12]]);
    for part in [
        ids[2].as_str(),
        "critical path",
        "* cli/traced/cli.request",
        "*   cli/traced/cli.put  [ERROR] \"no room\"",
        "user=\"ann b\"",
        "rows=3",
        "cli.retry times=2",
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    let json = told(&served, &["traces", "show", &ids[2], "--json"]);
    let trace: Trace = serde_json::from_str(&json).expect("it is a trace");
    assert_eq!(trace.spans[1].status, Status::Error);
    let put = &trace.spans[1].id;
    let json = told(
        &served,
        &["traces", "show", &ids[2], "--root", put, "--json"],
    );
    let of_put: Trace = serde_json::from_str(&json).expect("it is a trace");
    assert_eq!(of_put.critical_path.root, Some(1));
}

#[test]
fn what_is_exported_opens_and_comes_out_the_same() {
    let (served, ids) = with_requests();
    let otlp = told(&served, &["traces", "export", &ids[1]]);
    let file = File::new("export.jsonl");
    let path = file.name();
    let said = told(
        &served,
        &["traces", "export", &ids[1], "-o", path, "--json"],
    );
    let said: Value = serde_json::from_str(&said).expect("it is JSON");
    assert_eq!(said["bytes"], otlp.len());
    let opened = run(&["traces", "open", path, "--json"]);
    let opened: Trace = serde_json::from_slice(&opened.stdout).expect("it is a trace");
    let json = told(&served, &["traces", "show", &ids[1], "--json"]);
    let served_as: Trace = serde_json::from_str(&json).expect("it is a trace");
    assert_eq!(opened.spans, served_as.spans);
    assert_eq!(opened.critical_path, served_as.critical_path);
    assert_eq!(opened.kept.map(|kept| kept.policy), Some(Policy::Forced));
    let shown = run(&["traces", "open", path]);
    let shown_by_runtime = told(&served, &["traces", "show", &ids[1]]);
    assert_eq!(text(&shown.stdout), shown_by_runtime);
    for format in ["otlp", "chrome", "folded"] {
        let from_file = run(&["traces", "open", path, "--export", format]);
        let from_runtime = told(&served, &["traces", "export", &ids[1], "--format", format]);
        assert_eq!(
            text(&from_file.stdout).len(),
            from_runtime.len(),
            "{format}"
        );
        assert_eq!(text(&from_file.stdout), from_runtime, "{format}");
    }
}

#[test]
fn files_of_several_traces_are_lists_and_faults_are_told() {
    let (served, ids) = with_requests();
    let lines: String = ids
        .iter()
        .map(|id| told(&served, &["traces", "export", id]))
        .collect();
    let file = File::new("several.jsonl");
    std::fs::write(&file.0, &lines).expect("there is room");
    let path = file.name();
    let list = run(&["traces", "open", path]);
    let list = text(&list.stdout);
    assert_eq!(list.lines().count(), 5, "{list}");
    let one = run(&["traces", "open", path, &ids[0][..16]]);
    assert!(text(&one.stdout).starts_with(&ids[0]));
    let cut = &lines[..lines.len() - 40];
    std::fs::write(&file.0, cut).expect("there is room");
    let list = run(&["traces", "open", path]);
    assert_eq!(list.status.code(), Some(1), "what was cut off is a fault");
    assert!(
        text(&list.stderr).contains("line 4, column"),
        "{}",
        text(&list.stderr)
    );
    let mut piped = Command::new(program())
        .args(["traces", "open", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = piped.stdin.take().expect("it is piped");
    stdin.write_all(lines.as_bytes()).expect("it reads");
    drop(stdin);
    let output = piped.wait_with_output().expect("it ends");
    let all: Vec<Trace> = serde_json::from_slice(&output.stdout).expect("they are traces");
    assert_eq!(all.len(), 4);
}

#[test]
fn files_that_hold_no_traces_are_errors_that_say_what_is_wanted() {
    let file = File::new("no-traces");
    let path = file.name();
    for (holds, says) in [
        ("", "there are no spans in it"),
        ("hello\n", "line 1, column 1"),
        ("{\"resourceSpans\":[]}", "there are no spans in it"),
        ("{\"resourceMetrics\":[]}", "metrics"),
    ] {
        std::fs::write(path, holds).expect("there is room");
        let output = run(&["traces", "open", path]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{holds}: {said}");
        assert!(said.contains(says), "{says} is not in {said}");
    }
    let missing = run(&["traces", "open", "no/such/file"]);
    assert!(text(&missing.stderr).contains("name a file"));
}

#[test]
fn bottlenecks_and_the_accounting_are_told() {
    let (served, _) = with_requests();
    let plain = told(&served, &["traces", "bottlenecks", "--root", "cli.request"]);
    assert!(
        plain.contains("cli/traced/cli.request > cli/traced/cli.put"),
        "{plain}"
    );
    let json = told(&served, &["traces", "bottlenecks", "--json"]);
    let all: Bottlenecks = serde_json::from_str(&json).expect("it is what it should be");
    let put = &all
        .operations
        .iter()
        .find(|of| of.operation.operation == "cli.put");
    let critical = &put.expect("it takes the time").critical;
    assert!(critical.own_ns >= u64::try_from(SLOW.as_nanos()).expect("it is short"));
    let folded = told(&served, &["traces", "bottlenecks", "--folded"]);
    assert!(folded.contains("cli.request;cli.put "), "{folded}");
    let (plain, _, code) = asked(&served, &["doctor"]);
    let json = asked(&served, &["doctor", "--json"]).0;
    let accounting: Accounting = serde_json::from_str(&json).expect("it is the accounting");
    assert!(
        accounting.emitted.holds && accounting.received.holds,
        "{json}"
    );
    assert!(
        plain.contains("emitted") && plain.contains("rings"),
        "{plain}"
    );
    let is_well = plain.ends_with("nothing was lost\n");
    assert_eq!(code, Some(i32::from(!is_well)), "{plain}");
}

#[test]
fn spans_under_way_are_listed() {
    let served = Served::start();
    let waiting = obs::span!("cli.waiting");
    waiting.keep_trace();
    // What the span is called is taken in with what was recorded.
    look(&served);
    let json = told(&served, &["traces", "list", "--open", "--json"]);
    let open: OpenSpans = serde_json::from_str(&json).expect("it is a list");
    let is_it = |span: &&obs_runtime::api::traces::OpenSpan| span.operation == "cli.waiting";
    assert_eq!(open.spans.iter().filter(is_it).count(), 1, "{json}");
    let plain = told(&served, &["traces", "list", "--open"]);
    assert!(
        plain.contains("cli.waiting") && plain.contains("main.rs") | plain.contains("traces.rs"),
        "{plain}"
    );
    let (_, _, code) = asked(&served, &["traces", "list", "--open", "--stuck"]);
    assert_eq!(code, Some(1), "nothing is stuck");
    drop(waiting);
}

#[test]
fn traces_are_followed_as_they_come() {
    let (served, ids) = with_requests();
    let mut follow = Command::new(program())
        .args([
            "--url",
            &served.url(),
            "traces",
            "list",
            "--follow",
            "--json",
        ])
        .args(["root:cli.request", "--limit", "1"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(follow.stdout.take().expect("it is piped")).lines();
    let mut next = || {
        let line = lines.next().expect("it goes on").expect("it is text");
        let trace: TraceSummary = serde_json::from_str(&line).expect("it is a trace");
        trace.id
    };
    assert_eq!(next(), ids[3], "so many as are asked for, and none before");
    let new = request(Duration::ZERO, false);
    look(&served);
    assert_eq!(next(), new);
    follow.kill().expect("it runs");
    follow.wait().expect("it ends");
}

#[test]
fn all_that_comes_is_followed_where_there_was_nothing_at_first() {
    let trace = |id: &&str| TraceSummary {
        id: (*id).to_owned(),
        ..TraceSummary::default()
    };
    let ids = ["c", "b", "a"];
    let lists = [&[][..], &ids].map(|ids: &[&str]| TraceList {
        traces: ids.iter().map(trace).collect(),
        ..TraceList::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = listener
        .local_addr()
        .expect("it has an address")
        .to_string();
    let mut follow = Command::new(program())
        .args([
            "--url", &url, "traces", "list", "--follow", "--json", "--limit", "1",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    for list in lists {
        let body = serde_json::to_string(&list).expect("it can be written");
        let length = body.len();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        let (mut stream, _) = listener.accept().expect("it is asked");
        let _ = stream.read(&mut [0; 1024]).expect("it is asked something");
        stream
            .write_all((head + &body).as_bytes())
            .expect("it listens");
    }
    let asks_again = listener.accept().expect("by then it has told all");
    follow.kill().expect("it runs");
    drop(asks_again);
    let output = follow.wait_with_output().expect("it ends");
    let told: Vec<String> = text(&output.stdout)
        .lines()
        .map(|line| {
            let trace: TraceSummary = serde_json::from_str(line).expect("it is a trace");
            trace.id
        })
        .collect();
    assert_eq!(told, ["a", "b", "c"]);
}

#[test]
fn what_cannot_be_answered_is_an_error_that_says_what_to_do() {
    let (served, ids) = with_requests();
    let unknown = "00000000000000000000000000000001";
    for (arguments, says) in [
        (&["traces", "show", unknown][..], "no trace"),
        (&["traces", "show", "xyz1"], "hexadecimal digits"),
        (&["traces", "show", &ids[0][..3]], "4 to 32"),
        (&["traces", "export", unknown], "no trace"),
        (&["traces", "show", &ids[0], "--root", unknown], "`root` is"),
        (&["traces", "list", "dru>5ms"], "dru>5ms\n  ^"),
        (&["traces", "list", "a", "(b"], "a (b\n      ^"),
        (
            &["traces", "export", &ids[0], "-o", "no/such/directory/file"],
            "name another file",
        ),
    ] {
        let (out, err, code) = asked(&served, arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
        assert!(err.contains(says), "{arguments:?}: {says} is not in {err}");
    }
}

#[test]
fn an_older_process_is_told_from_one_that_refuses() {
    for (answer, says) in [
        (
            "HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\nnot found",
            "update obs in that process",
        ),
        (
            "HTTP/1.1 404 Not Found\r\ncontent-length: 71\r\n\r\n{\"error\":\"no traces here\",\"column\":null,\"pointed\":null,\"candidates\":[]}",
            "no traces here",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy",
            "503 Service Unavailable: busy",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
            "cannot read",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("it is asked");
            let mut asked = [0; 1024];
            let _ = stream.read(&mut asked).expect("it is asked something");
            stream.write_all(answer.as_bytes()).expect("it listens");
        });
        let output = run(&["--url", &address.to_string(), "traces", "list"]);
        server.join().expect("it has answered");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{says} is not in {said}");
    }
}

/// Finds the slowest trace of a query, opens it, walks its critical path, and writes it to a file, whose path it returns.
pub(crate) fn slowest_is_exported(window: &Window, query: &str) -> String {
    window.until("LIVE");
    window.press("Tab");
    window.until("› metrics");
    window.press("Tab");
    window.until("› traces");
    window.press("/");
    window.type_in(query);
    window.until(&format!("/{query}█"));
    window.press("Enter");
    window.until_gone("█");
    window.press("3");
    window.until("▼took");
    window.until("held;");
    window.press("Home");
    window.press("Enter");
    window.until("critical:");
    window.press("n");
    window.until("critical 1/");
    window.press("+");
    window.press("=");
    window.press("x");
    window.until("in which format?");
    window.press("o");
    let screen = window.until("written: ");
    let (_, after) = screen.split_once("written: ").expect("it is there");
    after
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn the_slowest_request_is_found_opened_and_exported() {
    let (served, ids) = with_requests();
    let Some(window) = Window::open(120, 40) else {
        return;
    };
    let directory = File::new("exported");
    std::fs::create_dir_all(&directory.0).expect("there is room");
    window.enter(&format!("cd '{}'", directory.name()));
    window.run(
        program(),
        &format!("--url {} --interval 0.2", served.address()),
    );
    let name = slowest_is_exported(&window, "root:cli.request");
    assert_eq!(name, format!("trace-{}.otlp.jsonl", ids[1]));
    let path = directory.0.join(name);
    let opened = run(&["traces", "open", &path.to_string_lossy()]);
    assert!(text(&opened.stdout).starts_with(&ids[1]));
    window.press("q");
    window.until_sane();
    std::fs::remove_dir_all(&directory.0).expect("it is there");
}
