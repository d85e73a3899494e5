//! The example host, watched by the program; its dashboard and rules, loaded by Prometheus.
//!
//! `TEST_HOST`, `TEST_PROMETHEUS` and `TEST_PROMTOOL` name the programs; without them the tests say that they are skipped.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use obs_runtime::api::Catalogue;
use obs_runtime::api::traces::{Trace, TraceList, TraceSummary};
use obs_tests::http;
use obs_tests::programs::{Running, free_address, tool};
use obs_tests::terminal::Window;
use serde_json::Value;

use crate::traces::slowest_is_exported;
use crate::{Served, program, run, text};

/// How long something may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many scrapes are enough for every rate.
const SCRAPES: u32 = 8;

/// A directory that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("obs-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("there is room");
        Directory(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the host is told: where to listen, where to write, to read what is small and always there.
fn arguments(listen: SocketAddr, directory: &Path) -> Vec<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let path = |path: &Path| path.display().to_string();
    [
        "--for",
        "120s",
        "--rate",
        "200",
        "--listen",
        &listen.to_string(),
        "--data-dir",
        &path(directory),
        "--input",
        &path(&docs),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The same for a shell.
fn quoted(listen: SocketAddr, directory: &Path) -> String {
    let arguments = arguments(listen, directory).into_iter();
    let quoted: Vec<String> = arguments.map(|of| format!("'{of}'")).collect();
    quoted.join(" ")
}

/// Starts the host without a terminal, and waits until it answers.
fn headless(host: &Path, listen: SocketAddr, directory: &Path) -> Running {
    let mut command = Command::new(host);
    command.arg("--headless").args(arguments(listen, directory));
    let running = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    wait_for(listen);
    running
}

fn wait_for(address: SocketAddr) {
    let begun = Instant::now();
    while std::net::TcpStream::connect(address).is_err() {
        assert!(begun.elapsed() < PATIENCE, "nobody listens at {address}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Sorts, filters, opens a component, a metric and its chart, resizes, and comes back.
fn walk_through(window: &Window) {
    window.until("LIVE");
    window.until("11 components");
    window.press("2");
    window.until("▼msg/s");
    window.press("/");
    window.type_in("has");
    window.until("/has█");
    let filtered = window.until_gone(" flaky ");
    assert!(filtered.contains(" hash "), "{filtered}");
    window.press("Enter");
    window.until_gone("/has█");
    window.press("Enter");
    window.until("› hash");
    window.until("actor_spawn");
    window.press("/");
    window.type_in("processing_latency");
    window.until_gone("actor_spawn");
    window.press("Enter");
    window.until("component_processing_latency_seconds");
    window.press("Enter");
    window.until("› component_processing_latency_seconds");
    window.press("Enter");
    window.until("the chart alone");
    window.until("p99");
    for (width, height) in [(40, 12), (200, 60), (80, 24)] {
        window.resize(width, height);
        window.until("the chart alone");
    }
    window.press("Escape");
    window.until_gone("the chart alone");
    window.press("Tab");
    window.until("› metrics");
    window.press("/");
    window.type_in("mailbox_cap");
    window.until("mailbox_capacity");
    window.press("Enter");
}

#[test]
fn the_hosts_own_dashboard_is_walked_through_and_leaves_the_terminal_clean() {
    let Some(host) = tool("TEST_HOST") else {
        return;
    };
    let directory = Directory::new("own");
    let listen = free_address();
    let quoted = quoted(listen, &directory.0);
    for signal in [false, true] {
        let Some(window) = Window::open(120, 36) else {
            return;
        };
        window.run(&host, &quoted);
        walk_through(&window);
        if signal {
            window.terminate();
        } else {
            window.press("q");
        }
        window.until_sane();
    }
}

#[test]
fn the_program_walks_through_the_host_and_leaves_the_terminal_clean() {
    let Some(host) = tool("TEST_HOST") else {
        return;
    };
    let directory = Directory::new("walk");
    let listen = free_address();
    let _host = headless(&host, listen, &directory.0);
    for signal in [false, true] {
        let Some(window) = Window::open(120, 36) else {
            return;
        };
        window.run(program(), &format!("--url {listen}"));
        walk_through(&window);
        if signal {
            window.terminate();
        } else {
            window.press("q");
        }
        window.until_sane();
    }
}

/// The slowest trace that the host holds now; waits until it holds some.
fn slowest(listen: SocketAddr) -> TraceSummary {
    let url = format!("http://{listen}");
    let arguments = [
        "--url", &url, "traces", "list", "--sort", "slowest", "--limit", "1", "--json",
    ];
    let begun = Instant::now();
    loop {
        let list: TraceList = serde_json::from_slice(&run(&arguments).stdout).unwrap_or_default();
        if let Some(slowest) = list.traces.into_iter().next() {
            return slowest;
        }
        assert!(begun.elapsed() < PATIENCE, "the host keeps no traces");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn the_slowest_request_of_the_host_is_found_opened_and_exported() {
    let Some(host) = tool("TEST_HOST") else {
        return;
    };
    let directory = Directory::new("slowest");
    let listen = free_address();
    let _host = headless(&host, listen, &directory.0.join("host"));
    let known = slowest(listen);
    let Some(window) = Window::open(120, 40) else {
        return;
    };
    window.enter(&format!("cd '{}'", directory.0.display()));
    window.run(program(), &format!("--url {listen}"));
    slowest_comes_out(&window, &directory, &known);
}

#[test]
fn the_hosts_own_dashboard_opens_and_exports_its_slowest_request() {
    let Some(host) = tool("TEST_HOST") else {
        return;
    };
    let directory = Directory::new("own-slowest");
    let listen = free_address();
    let Some(window) = Window::open(120, 40) else {
        return;
    };
    window.enter(&format!("cd '{}'", directory.0.display()));
    window.run(&host, &quoted(listen, &directory.0.join("host")));
    let known = slowest(listen);
    slowest_comes_out(&window, &directory, &known);
}

/// The slowest trace on a window is written to a file, which holds one that is as slow as this one at least.
fn slowest_comes_out(window: &Window, directory: &Directory, known: &TraceSummary) {
    let name = slowest_is_exported(window, "spans>0");
    window.press("q");
    window.until_sane();
    let path = directory.0.join(&name);
    let opened = run(&["traces", "open", &path.to_string_lossy(), "--json"]);
    let opened: Trace = serde_json::from_slice(&opened.stdout).expect("it is a trace");
    assert!(name.contains(&opened.id), "{name}");
    // A slower one may have come since.
    assert!(
        opened.critical_path.duration_ns >= known.duration_ns,
        "{known:?}"
    );
}

#[test]
fn expositions_of_the_host_have_nothing_wrong() {
    let Some(host) = tool("TEST_HOST") else {
        return;
    };
    let directory = Directory::new("check");
    let listen = free_address();
    let _host = headless(&host, listen, &directory.0);
    let checked = run(&["--url", &format!("http://{listen}"), "check", "metrics"]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stdout));
}

#[test]
fn every_query_of_dashboard_and_rules_has_data_in_a_prometheus() {
    let Some(host) = tool("TEST_HOST") else {
        return;
    };
    let directory = Directory::new("queries");
    let listen = free_address();
    let _host = headless(&host, listen, &directory.0.join("host"));
    let asked = ask_everything(listen, &directory.0);
    assert!(
        asked.is_none_or(|asked| asked > 50),
        "only {asked:?} queries ask for what was recorded"
    );
}

#[test]
fn queries_of_every_kind_have_data_in_a_prometheus() {
    let served = Served::start();
    let directory = Directory::new("kinds");
    let asked = ask_everything(served.address(), &directory.0);
    assert!(
        asked.is_none_or(|asked| asked > 15),
        "only {asked:?} queries ask for what was recorded"
    );
}

/// Has Prometheus scrape a process, load the rules made for it, and answer every query of rules and dashboard. Says how
/// many of them ask for what was recorded; none without Prometheus.
fn ask_everything(listen: SocketAddr, directory: &Path) -> Option<usize> {
    let (prometheus, promtool) = (tool("TEST_PROMETHEUS")?, tool("TEST_PROMTOOL")?);
    let url = format!("http://{listen}");
    let print = |form: &str| text(&run(&["--url", &url, "catalogue", form]).stdout);
    let (grafana, rules) = (print("--grafana"), print("--rules"));
    let catalogue: Catalogue = serde_json::from_str(&print("--json")).expect("it is a catalogue");
    let grafana: Value = serde_json::from_str(&grafana).expect("it is JSON");

    let file = directory.join("rules.yml");
    std::fs::write(&file, &rules).expect("there is room");
    let checked = Command::new(promtool)
        .args(["check", "rules"])
        .arg(&file)
        .output()
        .expect("promtool starts");
    let said = [checked.stdout, checked.stderr].concat();
    assert!(checked.status.success(), "{}", text(&said));

    let prometheus = Prometheus::start(&prometheus, listen, directory);
    let alerts = alerts(&rules);
    prometheus.wait_until_rules_are_evaluated(alerts.len());
    prometheus.wait_until_scraped();
    let recorded = recorded(listen);
    let mut asked = 0;
    for query in panels(&grafana).into_iter().chain(alerts) {
        let known = names(&catalogue, &query);
        assert!(
            !known.is_empty(),
            "{query} asks for nothing in the catalogue"
        );
        let results = prometheus.query(&query);
        if known.iter().all(|name| recorded.contains(*name)) {
            assert!(results > 0, "{query} has no data");
            asked += 1;
        }
    }
    let variable = grafana["templating"]["list"][1]["query"]["query"].as_str();
    let series = variable
        .and_then(|query| query.strip_prefix("label_values("))
        .and_then(|query| query.strip_suffix(", component)"))
        .expect("components are a variable");
    assert!(prometheus.query(&format!("count by (component) ({series})")) > 1);
    Some(asked)
}

/// The queries of the dashboard, as Grafana asks them with everything selected.
fn panels(grafana: &Value) -> Vec<String> {
    let panels = grafana["panels"].as_array().expect("it has panels");
    let targets = panels
        .iter()
        .filter_map(|panel| panel["targets"].as_array())
        .flatten();
    targets
        .filter_map(|target| target["expr"].as_str())
        .map(|expr| {
            expr.replace("$__rate_interval", "30s")
                .replace("$component", ".*")
                // A state that something is not in is data as well.
                .trim_end_matches(" == 1")
                .to_owned()
        })
        .collect()
}

/// The queries of the rules without what they are compared with: a healthy host fires nothing.
fn alerts(rules: &str) -> Vec<String> {
    let exprs = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("expr: "))
        .map(|quoted| serde_json::from_str::<String>(quoted).expect("it is in quotes"));
    exprs
        .map(|expr| {
            let comparison = [" > ", " >= ", " == "]
                .iter()
                .filter_map(|operator| expr.rfind(operator))
                .max();
            expr[..comparison.expect("an alert compares")].to_owned()
        })
        .collect()
}

/// The metrics that a query asks for.
fn names<'a>(catalogue: &'a Catalogue, query: &str) -> Vec<&'a str> {
    let words: BTreeSet<&str> = query
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(|word| word.strip_suffix("_bucket").unwrap_or(word))
        .collect();
    let names = catalogue.definitions.iter();
    names
        .map(|definition| definition.name.as_str())
        .filter(|name| words.contains(name))
        .collect()
}

/// The metrics that have a series now.
fn recorded(listen: SocketAddr) -> BTreeSet<String> {
    let answer = http::get(listen, "/api/obs/v1/snapshot", "");
    let snapshot: obs_runtime::api::Snapshot =
        serde_json::from_str(&answer.body).expect("it is a snapshot");
    snapshot
        .families
        .into_iter()
        .map(|family| family.name)
        .collect()
}

/// A Prometheus that scrapes the host and evaluates the rules every second.
struct Prometheus {
    address: SocketAddr,
    _server: Running,
}

impl Prometheus {
    fn start(program: &Path, target: SocketAddr, directory: &Path) -> Prometheus {
        let address = free_address();
        let config = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [rules.yml]\n\
             scrape_configs: [{{job_name: host, static_configs: [{{targets: ['{target}']}}]}}]\n"
        );
        std::fs::write(directory.join("prometheus.yml"), config).expect("there is room");
        let path = |name: &str| directory.join(name).display().to_string();
        let mut server = Command::new(program);
        server
            .arg(format!("--config.file={}", path("prometheus.yml")))
            .arg(format!("--storage.tsdb.path={}", path("tsdb")))
            .arg(format!("--web.listen-address={address}"))
            .arg("--log.level=error")
            .stdout(Stdio::null());
        let server = Running::start(&mut server);
        wait_for(address);
        Prometheus {
            address,
            _server: server,
        }
    }

    fn get(&self, path: &str) -> Value {
        let answer = http::get(self.address, path, "");
        serde_json::from_str(&answer.body).unwrap_or(Value::Null)
    }

    /// How many results an instant query has.
    fn query(&self, query: &str) -> usize {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let answer = self.get(&format!("/api/v1/query?query={encoded}"));
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        let results = answer["data"]["result"].as_array();
        results.map_or(0, Vec::len)
    }

    fn wait_until_scraped(&self) {
        let enough = format!("sum_over_time(up[1m]) >= {SCRAPES}");
        let begun = Instant::now();
        while self.query(&enough) == 0 {
            assert!(begun.elapsed() < PATIENCE, "the host is not scraped");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn wait_until_rules_are_evaluated(&self, expected: usize) {
        let begun = Instant::now();
        loop {
            let answer = self.get("/api/v1/rules");
            let rules = answer["data"]["groups"][0]["rules"].as_array().cloned();
            let rules = rules.unwrap_or_default();
            let bad: Vec<_> = rules
                .iter()
                .filter(|rule| rule["health"] == "err")
                .collect();
            assert!(bad.is_empty(), "{bad:#?}");
            let good = rules.iter().filter(|rule| rule["health"] == "ok").count();
            if good == expected {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{good} of {expected} rules are evaluated"
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}
