//! The dashboard over a host that is made up, to be seen in a real terminal.
//!
//! `cargo run -p obs-cli --example dashboard -- [--components N] [--failures] [--panics]`
//!
//! `--failures` lets the source fail for five seconds in every fifteen; `--panics` lets a thread of the host panic once
//! a second: the screen must not be torn, and the messages come when the terminal is given back.

use std::f64::consts::TAU;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use obs_cli::dashboard::{self, Options, Source};
use obs_runtime::api::{Family, Histogram, Kind, Series, Snapshot, Value};

/// Often enough to be watched moving.
const INTERVAL: Duration = Duration::from_millis(500);

/// A new life begins this often in a component that crashes.
const LIFE_SECONDS: f64 = 20.0;

const BOUNDS: [f64; 7] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1];

fn main() -> Result<()> {
    let (mut components, mut failures) = (6, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--components" => {
                let number = arguments
                    .next()
                    .context("--components needs a number behind it")?;
                components = number
                    .parse()
                    .with_context(|| format!("`{number}` is no number of components"))?;
            }
            "--failures" => failures = true,
            "--panics" => drop(thread::spawn(panic_every_second)),
            _ => bail!(
                "unknown flag `{argument}`: there are --components N, --failures and --panics"
            ),
        }
    }
    let stop = Arc::new(AtomicBool::new(false));
    let options = Options {
        title: "made-up-host".to_owned(),
        interval: INTERVAL,
        stop: Arc::clone(&stop),
        signals: true,
        ..Options::default()
    };
    dashboard::run(
        MadeUp {
            began: Instant::now(),
            components,
            failures,
        },
        options,
    )?;
    let by = if stop.load(Ordering::Relaxed) {
        "a signal"
    } else {
        "its operator"
    };
    println!("the dashboard was ended by {by}");
    Ok(())
}

fn panic_every_second() {
    for crash in 1.. {
        thread::sleep(Duration::from_secs(1));
        let crashed = thread::Builder::new()
            .name("made-up-actor".to_owned())
            .spawn(move || panic!("crash number {crash}"));
        // That it panicked is the point.
        let _ = crashed.map(thread::JoinHandle::join);
    }
}

/// A host whose figures follow from the time alone.
struct MadeUp {
    began: Instant,
    components: usize,
    failures: bool,
}

impl Source for MadeUp {
    fn snapshot(&mut self) -> Result<Snapshot> {
        let seconds = self.began.elapsed().as_secs_f64();
        if self.failures && seconds % 15.0 > 10.0 {
            bail!("the made-up host does not answer");
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .context("the clock stands before 1970")?;
        let mut host = Host {
            seconds,
            families: Vec::new(),
        };
        host.add(
            "process_start_time_seconds",
            Kind::Gauge,
            None,
            &[],
            Value::Gauge(now.as_secs_f64() - seconds),
        );
        (0..self.components).for_each(|number| host.component(number));
        Ok(Snapshot {
            time_unix_ms: u64::try_from(now.as_millis())?,
            families: host.families,
        })
    }
}

struct Host {
    seconds: f64,
    families: Vec<Family>,
}

impl Host {
    fn component(&mut self, number: usize) {
        const NAMES: [&str; 6] = ["file", "hash", "store", "relay", "hoard", "flaky"];
        let name = match number / NAMES.len() {
            0 => NAMES[number].to_owned(),
            round => format!("{}-{round}", NAMES[number % NAMES.len()]),
        };
        let crashes = number % NAMES.len() == 5;
        let lives = if crashes {
            (self.seconds / LIFE_SECONDS).floor()
        } else {
            0.0
        };
        // A life counts from 0; the pace swings, so that rates move.
        let age = self.seconds - lives * LIFE_SECONDS;
        let pace = 40.0 * (number + 1) as f64;
        let messages = (pace * (age + 0.9 * (1.0 - (age * TAU / 10.0).cos()) * 10.0 / TAU)).floor();
        let failed = if crashes {
            (messages * 0.07).floor()
        } else {
            0.0
        };
        let limit = 4.0 * 1024.0 * 1024.0;
        let name = Some(name.as_str());
        self.add(
            "component_messages_processed_total",
            Kind::Counter,
            name,
            &[("outcome", "ok")],
            Value::Counter(messages - failed),
        );
        if crashes {
            self.add(
                "component_messages_processed_total",
                Kind::Counter,
                name,
                &[("outcome", "trap")],
                Value::Counter(failed),
            );
            self.add(
                "component_restarts_total",
                Kind::Counter,
                name,
                &[],
                Value::Counter(lives),
            );
        }
        self.add(
            "component_processing_latency_seconds",
            Kind::Histogram,
            name,
            &[],
            latency(messages as u64, number),
        );
        self.add(
            "component_messages_in_flight",
            Kind::Gauge,
            name,
            &[],
            Value::Gauge((age * 3.0).floor() % 4.0),
        );
        self.add(
            "component_memory_bytes",
            Kind::Gauge,
            name,
            &[],
            Value::Gauge(limit * (0.55 + 0.42 * (age / 7.0 + number as f64).sin())),
        );
        self.add(
            "component_memory_limit_bytes",
            Kind::Gauge,
            name,
            &[],
            Value::Gauge(limit),
        );
        self.add(
            "wasm_fuel_consumed_total",
            Kind::Counter,
            name,
            &[],
            Value::Counter(messages * 12_345.0),
        );
    }

    fn add(
        &mut self,
        name: &str,
        kind: Kind,
        component: Option<&str>,
        labels: &[(&str, &str)],
        value: Value,
    ) {
        let place = self
            .families
            .iter()
            .position(|family| family.name == name)
            .unwrap_or_else(|| {
                self.families.push(Family {
                    name: name.to_owned(),
                    help: String::new(),
                    unit: String::new(),
                    kind,
                    series: Vec::new(),
                });
                self.families.len() - 1
            });
        self.families[place].series.push(Series {
            component: component.map(str::to_owned),
            labels: labels
                .iter()
                .map(|&(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            value,
        });
    }
}

/// So many messages, most of them in a bucket of the component's own, one in fifty two buckets later.
fn latency(messages: u64, number: usize) -> Value {
    let mut buckets = vec![0; BOUNDS.len() + 1];
    let usual = number % (BOUNDS.len() - 1);
    buckets[usual] = messages - messages / 50;
    buckets[usual + 2] = messages / 50;
    Value::Histogram(Histogram {
        bounds: BOUNDS.to_vec(),
        buckets,
        sum: messages as f64 * BOUNDS[usual],
        count: messages,
    })
}
