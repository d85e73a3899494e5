//! Prometheus itself, scraping in every format.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use obs::LabelValue;
use obs_tests::{http, turn};
use serde_json::Value;

use crate::{COMPONENT, HOSTILE, Hostile, Running, VERSION, runtime, tool};

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
        Prometheus::start_with(program, target, &[])
    }

    pub(crate) fn start_with(program: &Path, target: SocketAddr, arguments: &[&str]) -> Prometheus {
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
            .args(arguments)
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

/// Scrapes with what Prometheus asks for of its own accord, and with everything that it can be made to ask for.
#[test]
fn prometheus_scrapes_hostile_text_as_it_is() {
    let Some(program) = tool("TEST_PROMETHEUS") else {
        return;
    };
    let _turn = turn();
    let runtime = runtime();
    let served = runtime.address().expect("it serves");
    let old_text = Downgrade::start(served);
    for (format, target, arguments) in [
        ("openmetrics", served, &[][..]),
        ("protobuf", served, &["--enable-feature=native-histograms"]),
        ("text", old_text.address, &[]),
    ] {
        let scrapes = format!("obs_scrapes_total{{format=\"{format}\",outcome=\"ok\"}}");
        let prometheus = Prometheus::start_with(&program, target, arguments);
        assert_eq!(prometheus.wait_for("up == 1").len(), 1, "{format}");
        prometheus.wait_for(&format!("{scrapes} > 0"));
        prometheus.has_everything(format);
        prometheus.has_quantiles(format);
    }
}

impl Prometheus {
    /// Whether it has what [`runtime`] recorded, to the letter.
    fn has_everything(&self, format: &str) {
        let events = self.wait_for("reader_events_total");
        assert_eq!(events.len(), HOSTILE.len(), "{format}");
        for (labels, count) in events {
            assert_eq!(labels["component"], COMPONENT);
            assert_eq!(labels["region"], "eu \"west\"");
            let kind = Hostile::VALUES
                .iter()
                .position(|value| labels["kind"] == *value);
            assert_eq!(kind.map(|kind| kind as f64 + 1.0), Some(count));
        }
        for (query, value) in [
            ("reader_level_ratio", 0.25),
            ("reader_depth", 7.0),
            ("sum(reader_state)", 1.0),
            ("reader_spent_seconds_total", 1.5),
            ("reader_took_seconds_count", 2.0),
            ("reader_took_seconds_sum", 3.000_03),
            ("reader_call_seconds_count", 1_000.0),
            ("reader_call_seconds_sum", 500.5),
            // Bounds are called the same in every format.
            ("reader_took_seconds_bucket{le=\"10.0\"}", 2.0),
            ("reader_took_seconds_bucket{le=\"+Inf\"}", 2.0),
            (
                "histogram_quantile(0.99, reader_took_seconds_bucket) > bool 2.5",
                1.0,
            ),
        ] {
            let found = self.query(query);
            let values: Vec<_> = found.iter().map(|(_, value)| *value).collect();
            assert_eq!(values, [value], "{format}: {query}");
        }
        let builds = self.query("reader_build_info == 1");
        let versions: Vec<_> = builds
            .iter()
            .map(|(labels, _)| &labels["version"])
            .collect();
        assert_eq!(versions, [VERSION], "{format}");
        let paths = self.query("reader_paths_total == 7");
        let paths: Vec<_> = paths.iter().map(|(labels, _)| &labels["path"]).collect();
        assert_eq!(paths, [VERSION], "{format}");
        let states = self.query("reader_state");
        assert_eq!(states.len(), HOSTILE.len(), "{format}");
        for (labels, value) in states {
            let is_state = labels["reader_state"] == Hostile::VALUES[Hostile::LineFeed.index()];
            assert_eq!(value == 1.0, is_state, "{format}: {labels}");
        }
        let metadata = |metric| {
            let path = format!("/api/v1/metadata?metric={metric}");
            http::get(self.address, &path, "").body
        };
        let told = metadata("reader_events_total") + &metadata("reader_events");
        assert!(told.contains("counter") && told.contains("🦀"), "{told}");
    }
}

impl Prometheus {
    /// Whether quantiles come out right: of buckets per power of two in text, of native ones, which are finer, in protobuf,
    /// and those of a summary.
    fn has_quantiles(&self, format: &str) {
        let (suffix, error) = match format {
            "protobuf" => ("", 0.05),
            _ => ("_bucket", 0.5),
        };
        for quantile in [0.1, 0.5, 0.9, 0.99] {
            let query = format!("histogram_quantile({quantile}, reader_spread_seconds{suffix})");
            self.is_about(&query, quantile, error);
        }
        for quantile in [0.5, 0.9] {
            let query = format!("reader_call_seconds{{quantile=\"{quantile}\"}}");
            self.is_about(&query, quantile, 0.05);
        }
        if format == "protobuf" {
            self.is_about("histogram_count(reader_spread_seconds)", 1_000.0, 0.0);
            self.is_about("histogram_sum(reader_spread_seconds)", 500.5, 0.0);
            let share = "histogram_fraction(0, 0.25, reader_spread_seconds)";
            self.is_about(share, 0.25, 0.05);
        }
    }

    fn is_about(&self, query: &str, expected: f64, error: f64) {
        let found = self.query(query);
        let [(_, value)] = found[..] else {
            panic!("{query}: {found:?}");
        };
        let off = (value / expected - 1.0).abs();
        assert!(off <= error + 1e-9, "{query} is {value}, not {expected}");
    }
}

/// Stands between Prometheus and its target and asks for the oldest format, which Prometheus takes and never prefers.
struct Downgrade {
    address: SocketAddr,
}

impl Downgrade {
    /// It ends with the process.
    fn start(target: SocketAddr) -> Downgrade {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A Prometheus that has been ended breaks off in the middle.
                let _ = Downgrade::answer(stream, target);
            }
        });
        Downgrade { address }
    }

    fn answer(mut stream: TcpStream, target: SocketAddr) -> std::io::Result<()> {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            request.push(byte[0]);
        }
        let answer = http::get(target, "/metrics", "Accept: text/plain;version=0.0.4\r\n");
        let kind = answer.header("content-type").unwrap_or_default();
        let length = answer.bytes.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(&answer.bytes)
    }
}
