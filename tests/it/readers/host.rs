//! The example host, scraped by Prometheus: what Prometheus has at the end is what the host itself has counted.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::prometheus::{Prometheus, free_address};
use crate::tool;

/// How long the host works; Prometheus scrapes it every second meanwhile, and after.
const WORKS_FOR: &str = "28s";
/// How long it goes on serving when the work is over.
const LINGERS_FOR: &str = "25s";
/// Both together, and time to drain the mailboxes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Figures of the host's report, and where Prometheus has them.
const FIGURES: [(&str, &str); 22] = [
    ("accepted", "mailbox_enqueued_total"),
    ("handled", "component_processing_latency_seconds_count"),
    ("ok", "component_messages_processed_total{outcome=\"ok\"}"),
    (
        "error",
        "component_messages_processed_total{outcome=\"error\"}",
    ),
    (
        "trap",
        "component_messages_processed_total{outcome=\"trap\"}",
    ),
    (
        "timeout",
        "component_messages_processed_total{outcome=\"timeout\"}",
    ),
    (
        "panic",
        "component_messages_processed_total{outcome=\"panic\"}",
    ),
    ("lost", "mailbox_dropped_total{reason=\"restart\"}"),
    ("expired", "component_messages_expired_total"),
    ("restarts", "component_restarts_total"),
    ("errors", "component_errors_total"),
    ("traps", "wasm_traps_total"),
    ("fuel", "wasm_fuel_exhausted_total"),
    (
        "memory_denied",
        "wasm_memory_grows_total{outcome=\"denied\"}",
    ),
    ("fuel_consumed", "wasm_fuel_consumed_total"),
    ("host_calls", "component_host_calls_total"),
    (
        "file_bytes",
        "component_operation_bytes_total{kind=\"filesystem\",direction=\"read\"}",
    ),
    ("over_quota", "storage_quota_exceeded_total"),
    ("exits", "component_process_exits_total"),
    ("requests", "component_requests_total"),
    ("updates", "component_updates_total{outcome=\"ok\"}"),
    ("rollbacks", "component_rollbacks_total{outcome=\"ok\"}"),
];

fn start(program: &Path, listen: SocketAddr, directory: &Path) -> Child {
    let mut host = Command::new(program);
    host.args([
        "--headless",
        "--report",
        "json",
        "--for",
        WORKS_FOR,
        "--linger",
        LINGERS_FOR,
    ]);
    host.args(["--rate", "200", "--listen", &listen.to_string()]);
    host.arg("--data-dir").arg(directory);
    host.arg("--input")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs"));
    host.stdout(Stdio::piped()).stderr(Stdio::null());
    host.spawn().expect("the host starts")
}

/// What Prometheus has of each figure of each component, as one value to compare.
fn scraped(prometheus: &Prometheus) -> Vec<(String, String, f64)> {
    let mut all = Vec::new();
    for (figure, series) in FIGURES {
        for (labels, value) in prometheus.query(&format!("sum by (component) ({series})")) {
            let component = labels["component"].as_str().unwrap_or_default().to_owned();
            all.push((component, figure.to_owned(), value));
        }
    }
    all
}

#[test]
fn what_prometheus_scrapes_of_the_host_equals_the_hosts_own_tally() {
    let (Some(program), Some(host)) = (tool("TEST_PROMETHEUS"), tool("TEST_HOST")) else {
        return;
    };
    let listen = free_address();
    let directory = std::env::temp_dir().join(format!("obs-host-{}", listen.port()));
    let host = start(&host, listen, &directory);
    let prometheus = Prometheus::start(&program, listen);
    prometheus.wait_for("up == 1");

    // The work is over when nothing changes any more while the host still answers.
    let begun = Instant::now();
    let mut before = Vec::new();
    let last = loop {
        assert!(begun.elapsed() < PATIENCE, "the host does not come to rest");
        std::thread::sleep(Duration::from_millis(2_500));
        let now = scraped(&prometheus);
        if !now.is_empty() && now == before && begun.elapsed() > Duration::from_secs(31) {
            break now;
        }
        before = now;
    };
    let up = prometheus.query("min_over_time(up[30s])");
    assert_eq!(
        up.first().map(|(_, up)| *up),
        Some(1.0),
        "every scrape of the last 30 s was answered"
    );
    let scrapes = prometheus.query("count_over_time(up[60s])");
    assert!(
        scrapes.first().is_some_and(|(_, scrapes)| *scrapes >= 30.0),
        "{scrapes:?}"
    );

    let output = host.wait_with_output().expect("the host ends");
    let _ = std::fs::remove_dir_all(&directory);
    let report: Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    assert_eq!(report["equal"], true, "{report:#}");
    let mut compared = 0;
    for row in report["components"]
        .as_array()
        .expect("the report has components")
    {
        for (figure, _) in FIGURES {
            let tally = row["host"][figure].as_f64().expect("the host counts it");
            let found = last
                .iter()
                .find(|(component, name, _)| row["component"] == **component && name == figure);
            assert_eq!(
                found.map_or(0.0, |(_, _, value)| *value),
                tally,
                "{figure} of {}",
                row["component"]
            );
            compared += u32::from(tally > 0.0);
        }
    }
    assert!(compared > 20, "only {compared} figures were more than 0");
}
