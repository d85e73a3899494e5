//! Prometheus itself, scraping.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use obs::LabelValue;
use obs_tests::{http, turn};
use serde_json::Value;

use crate::{COMPONENT, HOSTILE, Hostile, Running, runtime, tool};

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Prometheus that scrapes one target every second.
pub(crate) struct Prometheus {
    address: SocketAddr,
    directory: PathBuf,
    _server: Running,
}

/// A port that nobody listens on now.
pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address")
}

impl Prometheus {
    pub(crate) fn start(program: &Path, target: SocketAddr) -> Prometheus {
        let address = free_address();
        let directory = std::env::temp_dir().join(format!("obs-prometheus-{}", address.port()));
        std::fs::create_dir_all(&directory).expect("there is room");
        let config = format!(
            "global: {{scrape_interval: 1s}}\nscrape_configs: [{{job_name: obs, static_configs: [{{targets: ['{target}']}}]}}]\n"
        );
        std::fs::write(directory.join("prometheus.yml"), config).expect("there is room");
        let mut server = Command::new(program);
        server
            .arg(format!(
                "--config.file={}",
                directory.join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                directory.join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .arg("--log.level=error")
            .stdout(Stdio::null());
        let prometheus = Prometheus {
            address,
            directory,
            _server: Running::start(&mut server),
        };
        let begun = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "Prometheus is not ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        prometheus
    }

    /// The results of an instant query: labels and value.
    pub(crate) fn query(&self, query: &str) -> Vec<(Value, f64)> {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let answer = http::get(self.address, &format!("/api/v1/query?query={encoded}"), "");
        let answer: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        let results = answer["data"]["result"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let value = |result: &Value| {
            result["value"][1]
                .as_str()
                .and_then(|value| value.parse().ok())
        };
        let results = results
            .iter()
            .filter_map(|result| Some((result["metric"].clone(), value(result)?)));
        results.collect()
    }

    /// Waits until a query gives something.
    pub(crate) fn wait_for(&self, query: &str) -> Vec<(Value, f64)> {
        let begun = Instant::now();
        loop {
            let results = self.query(query);
            if !results.is_empty() {
                return results;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "Prometheus has nothing for {query}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

#[test]
fn prometheus_scrapes_hostile_text_as_it_is() {
    let Some(program) = tool("TEST_PROMETHEUS") else {
        return;
    };
    let _turn = turn();
    let runtime = runtime();
    let prometheus = Prometheus::start(&program, runtime.address().expect("it serves"));
    let up = prometheus.wait_for("up == 1");
    assert_eq!(up.len(), 1);
    let events = prometheus.wait_for("reader_events_total");
    assert_eq!(events.len(), HOSTILE.len());
    for (labels, count) in events {
        assert_eq!(labels["component"], COMPONENT);
        assert_eq!(labels["region"], "eu \"west\"");
        let kind = Hostile::VALUES
            .iter()
            .position(|value| labels["kind"] == *value);
        assert_eq!(kind.map(|kind| kind as f64 + 1.0), Some(count));
    }
    for (query, expected) in [
        ("reader_shown_seconds{quantile=\"0.5\"}", 0.05),
        ("reader_shown_seconds{quantile=\"1.0\"}", 0.1),
        ("histogram_quantile(1, reader_call_seconds_bucket)", 0.125),
        ("reader_depth", 7.0),
        ("sum(reader_state)", 1.0),
        ("reader_state == 1", 1.0),
    ] {
        let [(_, value)] = prometheus.wait_for(query)[..] else {
            panic!("{query} is one series");
        };
        assert!((value / expected - 1.0).abs() < 0.022, "{query}: {value}");
    }
    let metadata = http::get(
        prometheus.address,
        "/api/v1/metadata?metric=reader_events_total",
        "",
    );
    let bare = http::get(
        prometheus.address,
        "/api/v1/metadata?metric=reader_events",
        "",
    );
    let told = format!("{}{}", metadata.body, bare.body);
    assert!(told.contains("counter") && told.contains("🦀"), "{told}");
}
