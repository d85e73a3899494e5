//! What checks and parses an exposition.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use obs_tests::{exposition, http, turn};

use crate::{COMPONENT, HOSTILE, runtime, tool};
use obs::LabelValue;

const OPEN_METRICS: &str = "Accept: application/openmetrics-text;version=1.0.0\r\n";

/// Runs a program on an input.
pub(crate) fn run(command: &mut Command, input: &str) -> Output {
    let piped = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("the program ends");
    writer
        .join()
        .expect("it is written")
        .expect("the program reads");
    output
}

#[test]
fn promtool_finds_nothing_to_complain_of() {
    let Some(promtool) = tool("TEST_PROMTOOL") else {
        return;
    };
    let _turn = turn();
    let runtime = runtime();
    let served = runtime.address().expect("it serves");
    let text = http::get(served, "/metrics", "").body;
    let output = run(Command::new(promtool).args(["check", "metrics"]), &text);
    let said = [output.stdout, output.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&said), "");
    assert!(output.status.success());
}

/// Prints every sample that a parser of `prometheus_client` reads: name, labels, value as text, since JSON has no `NaN`.
const PARSE: &str = r"
import json, sys
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics
parse = {'text': parser, 'openmetrics': openmetrics}[sys.argv[1]].text_string_to_metric_families
text = sys.stdin.buffer.read().decode()
print(json.dumps([[s.name, s.labels, repr(float(s.value))] for f in parse(text) for s in f.samples]))
";

#[test]
fn prometheus_client_reads_both_formats() {
    let Some(path) = tool("TEST_PYTHONPATH") else {
        return;
    };
    let _turn = turn();
    let runtime = runtime();
    let served = runtime.address().expect("it serves");
    for (format, accept) in [("text", ""), ("openmetrics", OPEN_METRICS)] {
        let answer = http::get(served, "/metrics", accept).body;
        let mut python = Command::new("python3");
        python.args(["-c", PARSE, format]).env("PYTHONPATH", &path);
        let output = run(&mut python, &answer);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let samples: Vec<(String, std::collections::BTreeMap<String, String>, String)> =
            serde_json::from_slice(&output.stdout).expect("it prints JSON");
        let value = |name: &str, kind: Option<&str>| {
            let of = samples.iter().find(|(sample, labels, _)| {
                sample == name
                    && labels.get("component").map(String::as_str) == Some(COMPONENT)
                    && labels.get("region").map(String::as_str) == Some("eu \"west\"")
                    && labels.get("kind").map(String::as_str) == kind
            });
            let value = &of
                .unwrap_or_else(|| panic!("{format}: no {name} {kind:?}"))
                .2;
            value.parse::<f64>().expect("it is a number")
        };
        for (count, kind) in HOSTILE.into_iter().enumerate() {
            let text = <crate::Hostile as LabelValue>::VALUES[kind.index()];
            assert_eq!(value("reader_events_total", Some(text)), count as f64 + 1.0);
        }
        assert_eq!(value("reader_level_ratio", None), 0.25);
        assert_eq!(value("reader_build_info", None), 1.0);
        assert_eq!(value("reader_spent_seconds_total", None), 1.5);
        assert_eq!(value("reader_took_seconds_count", None), 2.0);
        assert_eq!(value("reader_took_seconds_sum", None), 3.000_03);
        assert_eq!(value("reader_call_seconds_count", None), 1_000.0);
        assert_eq!(value("reader_spread_seconds_count", None), 1_000.0);
        assert_eq!(value("reader_depth", None), 7.0);
        // What it reads, it reads in full.
        let ours = match format {
            "text" => exposition::text(&answer),
            _ => exposition::open_metrics(&answer),
        };
        let ours: usize = ours
            .expect("it is right")
            .values()
            .map(|family| family.samples.len())
            .sum();
        assert_eq!(samples.len(), ours, "{format}");
    }
}
