//! The host as its user meets it: started as a program, scraped over TCP, read by its report.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::stored::Stored;

/// What the host has left of its traces.
mod stored;

type Outcome = Result<(), Box<dyn Error>>;

/// A directory of the test's own, with a small tree to work through.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Result<Self, Box<dyn Error>> {
        let place = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        let _ = fs::remove_dir_all(&place.0);
        fs::create_dir_all(place.input().join("deep/er"))?;
        fs::write(place.input().join("empty"), "")?;
        fs::write(place.input().join("deep/text"), "hello\n".repeat(1_000))?;
        // Long enough that its hash takes several yields, and so may move to the other thread.
        fs::write(place.input().join("deep/er/large"), vec![7; 400_000])?;
        Ok(place)
    }

    fn input(&self) -> PathBuf {
        self.0.join("input")
    }

    fn host(&self, more: &[&str]) -> Command {
        let mut host = Command::new(env!("CARGO_BIN_EXE_component-host"));
        host.args(["--headless", "--listen", "127.0.0.1:0", "--report", "json"]);
        host.arg("--input")
            .arg(self.input())
            .arg("--data-dir")
            .arg(self.0.join("data"))
            .args(more);
        host
    }
}

/// Starts the host and returns it with the address of its metrics.
fn start(mut host: Command) -> Result<(Child, String), Box<dyn Error>> {
    let mut child = host.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut log = BufReader::new(child.stderr.take().ok_or("standard error is piped")?);
    let mut line = String::new();
    log.read_line(&mut line)?;
    // The log must go on being read, or the host would wait for room in the pipe.
    std::thread::spawn(move || log.lines().count());
    let after = line
        .split("http://")
        .nth(1)
        .ok_or(format!("no address in {line:?}"))?;
    Ok((
        child,
        after.trim_end().trim_end_matches("/metrics").to_owned(),
    ))
}

fn scrape(address: &str) -> Result<String, Box<dyn Error>> {
    let mut connection = TcpStream::connect(address)?;
    write!(
        connection,
        "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

/// What the report says that one side counted for one component.
fn figure(report: &Value, component: &str, side: &str, name: &str) -> u64 {
    let rows = report["components"]
        .as_array()
        .expect("the report has components");
    let row = rows
        .iter()
        .find(|row| row["component"] == component)
        .expect("the component is in the report");
    row[side][name]
        .as_u64()
        .unwrap_or_else(|| panic!("{component} has no {side} {name}"))
}

/// Adds up the series of one name that have these labels.
fn total(answer: &str, name: &str, labels: &[&str]) -> f64 {
    let lines = answer.lines().filter(|line| {
        let rest = line.strip_prefix(name);
        let whole = rest.is_some_and(|rest| rest.starts_with(['{', ' ']));
        whole && labels.iter().all(|label| line.contains(label))
    });
    let values = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    values.sum()
}

/// A metric, and labels of the series that must have counted.
type Event = (&'static str, &'static [&'static str]);

/// What a host has to go through that is to show everything: how fast it does depends on the machine.
const EVENTS: &[Event] = &[
    (
        "component_messages_processed_total",
        &["\"relay\"", "\"ok\""],
    ),
    (
        "component_messages_processed_total",
        &["\"flaky\"", "\"panic\""],
    ),
    (
        "component_messages_processed_total",
        &["\"flaky\"", "\"trap\""],
    ),
    (
        "component_messages_processed_total",
        &["\"spin\"", "\"timeout\""],
    ),
    (
        "component_messages_processed_total",
        &["\"hoard\"", "\"ok\""],
    ),
    ("component_messages_expired_total", &["\"hoard\""]),
    ("wasm_memory_grows_total", &["\"hoard\"", "\"denied\""]),
    ("wasm_fuel_exhausted_total", &["\"spin\""]),
    ("mailbox_backpressure_total", &["\"ledger\""]),
    ("storage_quota_exceeded_total", &["\"ledger\""]),
    ("storage_operations_total", &["\"ledger\"", "\"delete\""]),
    (
        "component_process_exits_total",
        &["\"shell\"", "\"signal\""],
    ),
    (
        "component_process_exits_total",
        &["\"shell\"", "\"nonzero\""],
    ),
    ("component_operations_denied_total", &["\"shell\""]),
    ("component_retries_total", &["\"echo\""]),
    ("component_requests_total", &["\"echo\"", "\"timeout\""]),
    ("component_requests_total", &["\"echo\"", "\"error\""]),
    ("component_callbacks_processed_total", &["\"echo\""]),
    ("component_updates_total", &["\"greeter\"", "\"ok\""]),
    (
        "component_rollbacks_total",
        &["\"greeter\"", "\"failed_update\"", "\"ok\""],
    ),
    ("broker_publish_errors_total", &["\"invalid\""]),
    ("broker_dead_letters_total", &["\"closed\""]),
    ("broker_throughput", &["broker=\"main\""]),
    ("actor_system_uptime_seconds", &["system=\"main\""]),
    ("actor_system_limit", &["system=\"main\""]),
];

/// Runs a host until all of that has happened, and returns its report.
fn run_through(host: Command, events: &[Event]) -> Result<Value, Box<dyn Error>> {
    let (child, address) = start(host)?;
    let mut missing = events.to_vec();
    while !missing.is_empty() {
        let answer = scrape(&address)?;
        missing.retain(|(name, labels)| total(&answer, name, labels) == 0.0);
    }
    terminate(&child)?;
    let output = child.wait_with_output()?;
    let report = report(&output)?;
    assert!(output.status.success(), "{report:#}");
    Ok(report)
}

fn terminate(child: &Child) -> Outcome {
    let id = child.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status()?;
    Ok(())
}

fn report(output: &Output) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[test]
fn obs_counts_what_the_host_counts() -> Outcome {
    let place = Place::new("equal")?;
    let report = run_through(place.host(&["--rate", "0"]), EVENTS)?;
    assert_eq!(report["equal"], true);
    let host = |component, name| figure(&report, component, "host", name);
    let files = report["files"].as_u64().ok_or("files is a number")?;
    assert!(files > 3, "the tree is walked again and again: {files}");
    for component in ["file", "hash", "store", "relay"] {
        assert_eq!(host(component, "accepted"), files, "{component}");
        assert_eq!(host(component, "ok"), files, "{component}");
        assert_eq!(host(component, "lost"), 0, "{component}");
    }
    assert_eq!(
        (host("store", "gets"), host("store", "sets")),
        (files, files)
    );
    assert_eq!(host("relay", "published"), files);
    assert!(host("hoard", "memory_denied") > 0 && host("hoard", "ok") > 0);
    assert!(host("spin", "fuel") > 0 && host("spin", "interrupted") > 0);
    assert!(host("flaky", "panic") > 0 && host("flaky", "trap") > 0);
    assert!(host("hoard", "expired") > 0);
    assert!(host("ledger", "over_quota") > 0 && host("ledger", "deletes") > 0);
    assert!(host("shell", "exits") > 1 && host("shell", "denied") > 0);
    assert!(host("echo", "echoed") > 0 && host("echo", "retries") > 0);
    assert!(host("echo", "requests") > host("echo", "callbacks") && host("echo", "callbacks") > 0);
    assert!(host("greeter", "updates") > 0 && host("greeter", "rollbacks") > 0);
    let whole = |name: &str| report["whole"]["host"][name].as_u64().unwrap_or_default();
    assert!(whole("delivered") + whole("refused") >= files, "{report:#}");
    Ok(())
}

#[test]
fn no_span_is_lost_and_traces_outlive_the_host() -> Outcome {
    let place = Place::new("traced")?;
    let report = run_through(place.host(&["--rate", "100"]), EVENTS)?;
    let traces = &report["traces"];
    assert_eq!(traces["nothing_lost"], true, "{traces}");
    assert_eq!(traces["given_up"], 0, "{traces}");
    let kept = Stored::in_directory(&place.0.join("data"))?;
    kept.a_file_is_one_trace_through_four_components()?;
    kept.a_restart_tells_what_failed()?;
    kept.an_answer_that_did_not_come_is_an_error()
}

#[test]
fn every_standard_metric_moves_and_every_component_has_fifty() -> Outcome {
    let place = Place::new("moves")?;
    let report = run_through(place.host(&["--rate", "200"]), EVENTS)?;
    assert_eq!(report["equal"], true, "{report:#}");
    let metrics = &report["metrics"];
    assert!(metrics["standard"].as_u64() >= Some(110), "{metrics}");
    assert_eq!(metrics["silent"], serde_json::json!([]));
    let rows = report["components"].as_array().ok_or("a list")?;
    for row in rows {
        assert!(row["metrics"].as_u64() >= Some(50), "{row:#}");
    }
    Ok(())
}

#[test]
fn what_was_compiled_once_is_found_in_the_cache_by_the_next_host() -> Outcome {
    let place = Place::new("cached")?;
    let first = place.host(&["--for", "300ms"]).output()?;
    let (mut child, address) = start(place.host(&[]))?;
    // Every component is installed before anything is shown; the first versions were compiled by the first host.
    let hits = loop {
        let hits = total(&scrape(&address)?, "wasm_compile_cache_hits_total", &[]);
        if hits > 0.0 {
            break hits;
        }
    };
    let components = report(&first)?["components"].as_array().map_or(0, Vec::len);
    assert!(hits >= components as f64, "{hits} of {components}");
    child.kill()?;
    child.wait()?;
    Ok(())
}

#[test]
fn messages_that_kameo_loses_are_shown_as_lost() -> Outcome {
    let place = Place::new("lost")?;
    let lost: Event = ("mailbox_dropped_total", &["\"flaky\"", "\"restart\""]);
    let report = run_through(place.host(&[]), &[lost])?;
    assert!(figure(&report, "flaky", "host", "lost") > 0);
    assert_eq!(
        figure(&report, "flaky", "obs", "lost"),
        figure(&report, "flaky", "host", "lost")
    );
    Ok(())
}

#[test]
fn a_running_host_is_scraped_and_ends_cleanly_when_told_to() -> Outcome {
    let place = Place::new("scraped")?;
    let (child, address) = start(place.host(&[]))?;
    // A series that is there only once the last component of the pipeline has handled something.
    let handled =
        r#"component_processing_latency_seconds_count{component="relay",message_type="mail"}"#;
    let mut answer = scrape(&address)?;
    while !answer.contains(handled) {
        answer = scrape(&address)?;
    }
    assert!(answer.contains("# TYPE component_processing_latency_seconds histogram"));
    assert!(answer.contains(r#"component_memory_limit_bytes{component="hoard"} 8388608"#));
    terminate(&child)?;
    let output = child.wait_with_output()?;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(report(&output)?["equal"], true);
    Ok(())
}

#[test]
fn what_was_stored_is_there_after_a_restart() -> Outcome {
    let place = Place::new("restart")?;
    for _ in 0..2 {
        let output = place.host(&["--for", "300ms"]).output()?;
        assert!(output.status.success(), "{output:?}");
    }
    let database = redb::Database::open(place.0.join("data/host.redb"))?;
    let records = redb::ReadableDatabase::begin_read(&database)?
        .open_table(redb::TableDefinition::<(&str, &str), &[u8]>::new("records"))?;
    let key = place.input().join("empty");
    let record = records
        .get(("store", key.to_str().ok_or("the path is Unicode")?))?
        .ok_or("a record")?;
    let (hash, times) = record.value().split_at(8);
    assert_eq!(
        hash,
        0xcbf2_9ce4_8422_2325_u64.to_le_bytes(),
        "FNV-1a of nothing"
    );
    assert!(u64::from_le_bytes(times.try_into()?) >= 2);
    Ok(())
}

/// Runs a host that must refuse to start, and returns what it says.
fn refusal(host: &mut Command) -> Result<String, Box<dyn Error>> {
    let output = host.output()?;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    Ok(String::from_utf8(output.stderr)?)
}

#[test]
fn what_is_wrong_on_the_command_line_is_explained() -> Outcome {
    let place = Place::new("refused")?;
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let taken = taken.local_addr()?.to_string();
    let file = place.input().join("empty");
    let file = file.to_str().ok_or("the path is Unicode")?;
    for (arguments, says) in [
        (["--colour", "red"], "unexpected argument '--colour'"),
        (["--for", "20"], "such as 20s, 1m30s or 500ms"),
        (["--input", "/nowhere/at/all"], "name one with --input"),
        (["--input", file], "is not a directory"),
        (["--data-dir", file], "choose another with --data-dir"),
        (["--listen", taken.as_str()], "in use"),
        (["--listen", "localhost"], "--listen"),
        (
            ["--listen", "192.0.2.1:9464"],
            "loopback address with --listen",
        ),
    ] {
        let mut host = Command::new(env!("CARGO_BIN_EXE_component-host"));
        let right = [["--for", "1s"], ["--listen", "127.0.0.1:0"]];
        host.args(
            right
                .iter()
                .filter(|pair| pair[0] != arguments[0])
                .flatten(),
        );
        host.arg("--headless").current_dir(&place.0);
        let said = refusal(host.args(arguments))?;
        assert!(said.contains(says), "{arguments:?} was answered by: {said}");
    }
    Ok(())
}

#[test]
fn two_hosts_do_not_share_a_data_directory() -> Outcome {
    let place = Place::new("shared")?;
    let (mut first, _) = start(place.host(&[]))?;
    let said = refusal(&mut place.host(&["--for", "1s"]));
    first.kill()?;
    first.wait()?;
    assert!(said?.contains("stop the other host that uses it"));
    Ok(())
}

#[test]
fn a_reader_that_has_gone_is_told_of_and_not_a_panic() -> Outcome {
    let place = Place::new("closed")?;
    let mut host = place.host(&["--for", "300ms"]);
    let mut child = host.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    drop(child.stdout.take());
    let output = child.wait_with_output()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("the report could not be written"), "{said}");
    Ok(())
}
