//! The process that is attacked: a hundred thousand series, recorded and served.

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use obs::{Component, Counter, LabelValue, counter};
use obs_runtime::Runtime;
use peak_alloc::PeakAlloc;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::plan::Plan;
use crate::series::Recording;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Says to a process of this program that it is the server.
const ROLE: &str = "SOAK_SERVER";

const COMPONENTS: usize = 1_000;

/// Files of a process beside its connections.
const OTHER_FILES: u64 = 256;

/// Laps of a measurement, and increments of a lap: short enough that most laps are not interrupted.
const LAPS: usize = 101;
const TURNS: u32 = 20_000;

static SERVED: Counter<(Digit, Digit)> = counter!(
    "soak_requests_total",
    "Requests.",
    labels(text = "long enough that answers do not fit into sockets", tens: Digit, ones: Digit)
);
static RECORDED: Counter = counter!("soak_recorded_total", "Increments of the measurement.");

#[derive(Clone, Copy, LabelValue)]
enum Digit {
    Zero,
    One,
    Two,
    Three,
    Four,
    Five,
    Six,
    Seven,
    Eight,
    Nine,
}

const DIGITS: [Digit; 10] = [
    Digit::Zero,
    Digit::One,
    Digit::Two,
    Digit::Three,
    Digit::Four,
    Digit::Five,
    Digit::Six,
    Digit::Seven,
    Digit::Eight,
    Digit::Nine,
];

/// The server, seen from outside.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    process: Child,
    say: ChildStdin,
    hear: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn start(plan: &Plan) -> Server {
        allow_files(plan.connections() as u64 + OTHER_FILES);
        let program = std::env::current_exe().expect("a program has a path");
        let mut process = Command::new(program)
            .args(["--ignored", "--exact", "--nocapture", "server::serve"])
            .env(ROLE, "1")
            .envs(plan.limits.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts once more");
        let say = process.stdin.take().expect("it is piped");
        let hear = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut server = Server {
            address: ([127, 0, 0, 1], 0).into(),
            process,
            say,
            hear,
        };
        server.address = server.answer("address ").parse().expect("it is an address");
        server
    }

    /// What an increment takes there.
    pub(crate) fn measure(&mut self) -> Recording {
        let [plain_ns, counted_ns] = ["plain", "counted"].map(|which| self.ask(which));
        Recording {
            plain_ns,
            counted_ns,
        }
    }

    /// Memory that its allocator has given out.
    pub(crate) fn heap_mib(&mut self) -> f64 {
        self.ask("heap")
    }

    /// What of it is in use when nothing goes on: merges come and go, once a second.
    pub(crate) fn quiet_heap_mib(&mut self) -> f64 {
        let looks = (0..20).map(|_| {
            sleep(Duration::from_millis(150));
            self.heap_mib()
        });
        looks.fold(f64::INFINITY, f64::min)
    }

    /// Memory that the system has given it.
    pub(crate) fn resident_mib(&self) -> f64 {
        let path = format!("/proc/{}/statm", self.process.id());
        let statm = std::fs::read_to_string(path).expect("it runs");
        let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
        let pages: f64 = pages.expect("Linux says it");
        pages * rustix::param::page_size() as f64 / 1_048_576.0
    }

    /// Lets it end by itself.
    pub(crate) fn stop(mut self) {
        drop(self.say);
        let status = self.process.wait().expect("it is ours");
        assert!(status.success(), "it ends well");
    }

    fn ask(&mut self, what: &str) -> f64 {
        writeln!(self.say, "{what}").expect("it listens");
        self.answer("figure ").parse().expect("it is a number")
    }

    /// The rest of the next line that begins so; the harness writes lines of its own.
    fn answer(&mut self, begins: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.hear.read_line(&mut line).expect("it answers");
            assert!(read > 0, "it has ended before it said `{begins}`");
            // The name of the test stands before the first.
            if let Some((_, rest)) = line.split_once(begins) {
                return rest.trim().to_owned();
            }
        }
    }
}

/// Raises what this process and the server, which inherits it, may have open, as far as that is needed.
fn allow_files(needed: u64) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return;
    }
    assert!(
        limit.maximum.is_none_or(|maximum| maximum >= needed),
        "the soak needs {needed} open files, and the hard limit is {:?}: raise it with `ulimit -Hn {needed}` as root",
        limit.maximum
    );
    let raised = Rlimit {
        current: Some(needed),
        ..limit
    };
    setrlimit(Resource::Nofile, raised).expect("up to the maximum it may be raised");
}

#[test]
#[ignore = "it is the other process of the soak"]
fn serve() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    for component in 0..COMPONENTS {
        Component::register(&format!("soak/{component}")).scope(|| {
            for tens in DIGITS {
                DIGITS
                    .iter()
                    .for_each(|ones| SERVED.with((tens, *ones)).inc());
            }
        });
    }
    let builder = Runtime::configured().expect("the limits are right");
    let runtime = builder.listen(([127, 0, 0, 1], 0)).start();
    let runtime = runtime.expect("it starts");
    println!("address {}", runtime.address().expect("it serves"));
    let component = Component::register("soak/recording");
    for line in std::io::stdin().lines() {
        let figure = match line.expect("it is text").as_str() {
            "plain" => measure(|| {}),
            "counted" => component.scope(|| measure(|| RECORDED.inc())),
            "heap" => f64::from(ALLOCATOR.current_usage_as_mb()),
            other => unreachable!("nobody asks for `{other}`"),
        };
        println!("figure {figure}");
    }
    drop(runtime);
}

/// What a turn of a loop takes with this in it, in nanoseconds by the wall's clock: the median of many short laps, so that
/// laps during which others had the processor do not show, while waiting in each of them would.
fn measure(operation: impl Fn()) -> f64 {
    let laps = (0..LAPS).map(|_| {
        let begun = Instant::now();
        for turn in 0..TURNS {
            black_box(turn);
            operation();
        }
        begun.elapsed().as_nanos() as f64 / f64::from(TURNS)
    });
    let mut laps = laps.collect::<Vec<_>>();
    laps.sort_by(f64::total_cmp);
    laps[LAPS / 2]
}
