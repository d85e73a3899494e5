//! The host as its user meets it: started as a program, scraped over TCP, read by its report.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

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

fn report(output: &Output) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[test]
fn obs_counts_what_the_host_counts() -> Outcome {
    let place = Place::new("equal")?;
    let output = place.host(&["--for", "3s", "--rate", "0"]).output()?;
    let report = report(&output)?;
    assert!(output.status.success(), "{report:#}");
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
    assert!(host("flaky", "panic") > 1 && host("flaky", "trap") > 0);
    assert!(host("hoard", "expired") > 0);
    assert!(host("ledger", "over_quota") > 0 && host("ledger", "deletes") > 0);
    assert!(host("shell", "exits") > 2 && host("shell", "denied") > 0);
    assert!(host("echo", "echoed") > 0 && host("echo", "retries") > 0);
    assert!(host("echo", "requests") > host("echo", "callbacks") && host("echo", "callbacks") > 0);
    assert!(host("greeter", "updates") > 0 && host("greeter", "rollbacks") > 0);
    let whole = |name: &str| report["whole"]["host"][name].as_u64().unwrap_or_default();
    assert!(whole("delivered") + whole("refused") >= files, "{report:#}");
    Ok(())
}

#[test]
fn every_standard_metric_moves_and_every_component_has_fifty() -> Outcome {
    let place = Place::new("moves")?;
    let output = place.host(&["--for", "8s", "--rate", "200"]).output()?;
    let report = report(&output)?;
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

/// A value of a series without labels, as the exposition shows it.
fn value(answer: &str, name: &str) -> Option<f64> {
    let line = answer
        .lines()
        .find(|line| line.split(' ').next() == Some(name))?;
    line.split(' ').nth(1)?.parse().ok()
}

#[test]
fn what_was_compiled_once_is_found_in_the_cache_by_the_next_host() -> Outcome {
    let place = Place::new("cached")?;
    let first = place.host(&["--for", "300ms"]).output()?;
    let (mut child, address) = start(place.host(&[]))?;
    // Every component is installed before anything is shown; the first versions were compiled by the first host.
    let hits = loop {
        match value(&scrape(&address)?, "wasm_compile_cache_hits_total") {
            Some(hits) if hits > 0.0 => break hits,
            _ => {}
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
    let report = report(&place.host(&["--for", "2500ms"]).output()?)?;
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
    let handled = r#"component_processing_latency_seconds_count{component="relay"}"#;
    let mut answer = scrape(&address)?;
    while !answer.contains(handled) {
        answer = scrape(&address)?;
    }
    assert!(answer.contains("# TYPE component_processing_latency_seconds histogram"));
    assert!(answer.contains(r#"component_memory_limit_bytes{component="hoard"} 8388608"#));
    Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()?;
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
