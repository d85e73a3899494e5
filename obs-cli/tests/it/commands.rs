//! Commands that print, against a runtime in this process: what they say, and their exit codes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use obs_runtime::api::{Catalogue, Snapshot};
use serde_json::Value;

use crate::{Served, program, run, text};

#[test]
fn metrics_prints_what_was_recorded() {
    let served = Served::start();
    let url = served.url();
    let all = run(&["--url", &url, "metrics", "--component", "cli/a", "cli"]);
    let printed = text(&all.stdout);
    assert_eq!(all.status.code(), Some(0), "{}", text(&all.stderr));
    for line in [
        "cli_jobs_total{component=\"cli/a\",outcome=\"ok\"} ",
        "cli_level_ratio{component=\"cli/a\"} 0.25\n",
        "cli_took_seconds{component=\"cli/a\"} count=",
    ] {
        assert!(printed.contains(line), "{line} is not in {printed}");
    }
    assert!(!printed.contains("cli/b"), "{printed}");
    let json = run(&["--url", &url, "metrics", "--json", "jobs"]);
    let snapshot: Snapshot = serde_json::from_slice(&json.stdout).expect("it is a snapshot");
    assert_eq!(snapshot.families.len(), 1);
    let nothing = run(&["--url", &url, "metrics", "no_such_metric"]);
    assert_eq!((nothing.status.code(), nothing.stdout.len()), (Some(1), 0));
}

#[test]
fn catalogue_prints_definitions_a_dashboard_and_rules() {
    let served = Served::start();
    let url = served.url();
    let print = |more: &[&str]| {
        let output = run(&[&["--url", &url, "catalogue", "cli"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let plain = print(&[]);
    assert!(
        plain.contains("cli_jobs_total  counter, per component  {outcome=ok|failed}"),
        "{plain}"
    );
    assert!(plain.contains("main.rs:"), "{plain}");
    let json: Catalogue = serde_json::from_str(&print(&["--json"])).expect("it is a catalogue");
    assert_eq!(json.definitions.len(), 3);
    let grafana: Value = serde_json::from_str(&print(&["--grafana"])).expect("it is JSON");
    assert!(
        grafana["panels"]
            .as_array()
            .is_some_and(|panels| panels.len() > 3)
    );
    assert!(print(&["--rules"]).contains("alert: CliJobsFailing"));
}

#[test]
fn own_exposition_has_nothing_wrong_in_either_format() {
    let served = Served::start();
    let url = served.url();
    let checked = run(&["--url", &url, "check", "metrics"]);
    let said = text(&checked.stdout);
    assert_eq!(checked.status.code(), Some(0), "{said}");
    assert!(
        said.contains("(text)") && said.contains("(openmetrics)"),
        "{said}"
    );
    // An address may be written as for the other commands.
    let without_scheme = url.trim_start_matches("http://");
    for url in [without_scheme, &format!("{url}/metrics")] {
        let checked = run(&["--url", url, "check", "metrics"]);
        assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
    }
}

#[test]
fn faults_on_standard_input_and_in_files_are_found() {
    let mut check = Command::new(program())
        .args(["check", "metrics", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = check.stdin.take().expect("it is piped");
    stdin.write_all(b"a 1\na 2").expect("it reads");
    drop(stdin);
    let output = check.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let findings = json["checked"][0]["findings"].as_array().expect("findings");
    let rules: Vec<_> = findings.iter().filter_map(|f| f["rule"].as_str()).collect();
    assert_eq!(rules, ["no-type", "no-help", "duplicate", "line-end"]);

    let file = std::env::temp_dir().join(format!("obs-cli-check-{}", std::process::id()));
    std::fs::write(&file, "# HELP a A.\n# TYPE a gauge\na 1\n").expect("there is room");
    let path = file.to_string_lossy().into_owned();
    assert_eq!(run(&["check", "metrics", &path]).status.code(), Some(0));
    let strict = run(&["check", "metrics", "--format", "openmetrics", &path]);
    assert_eq!(strict.status.code(), Some(1));
    assert!(text(&strict.stdout).contains(":3: there is no # EOF"));
    std::fs::remove_file(file).expect("it is there");
}

#[test]
fn completions_are_a_script() {
    let script = run(&["completions", "bash"]);
    assert_eq!(script.status.code(), Some(0));
    assert!(text(&script.stdout).contains("complete"));
    let json: Value =
        serde_json::from_slice(&run(&["completions", "zsh", "--json"]).stdout).expect("it is JSON");
    assert_eq!(json["shell"], "zsh");
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let served = Served::start();
    let mut child = Command::new(program())
        .args(["--url", &served.url(), "catalogue", "--grafana"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let mut reader = BufReader::with_capacity(1, child.stdout.take().expect("it is piped"));
    reader.read_line(&mut line).expect("it prints");
    drop(reader);
    let status = child.wait().expect("it ends");
    let mut said = String::new();
    let mut errors = child.stderr.take().expect("it is piped");
    errors.read_to_string(&mut said).expect("it is text");
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}

#[test]
fn what_cannot_be_asked_is_an_error_that_says_what_to_do() {
    let free = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        listener
            .local_addr()
            .expect("it has an address")
            .to_string()
    };
    for (arguments, says) in [
        (&["--url", &free, "metrics"][..], "nobody listens"),
        (&["--url", &free], "--url"),
        (&["--url", "https://127.0.0.1", "metrics"], "TLS"),
        (&["--url", "http://", "catalogue"], "http://host:port"),
        (&["check", "metrics", "no/such/file"], "cannot be read"),
        (
            &["check", "metrics", &format!("http://{free}/metrics")],
            "nobody listens",
        ),
        (&["metrics", "--no-such-flag"], "--no-such-flag"),
        (&["no-such-command"], "no-such-command"),
    ] {
        let output = run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[test]
fn a_server_that_is_no_obs_is_told_from_one() {
    for (answer, says) in [
        (
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            "has no /api/obs/v1/snapshot",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy",
            "503 Service Unavailable: busy",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
            "cannot read",
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n", "--url"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener
            .local_addr()
            .expect("it has an address")
            .to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("it is asked");
            let mut asked = [0; 1024];
            let _ = stream.read(&mut asked).expect("it is asked something");
            stream.write_all(answer.as_bytes()).expect("it listens");
        });
        let output = run(&["--url", &address, "metrics"]);
        server.join().expect("it has answered");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{says} is not in {said}");
    }
}

#[test]
fn a_dashboard_without_a_terminal_says_so() {
    let served = Served::start();
    let output = run(&["--url", &served.url()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("needs a terminal"));
}
