//! What the host's components are given to do: the files of the tree, and trouble at fixed intervals.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use obs::{InContext, span};
use tokio::sync::watch;
use tokio::time::{self, MissedTickBehavior};

use crate::actor::Mailbox;
use crate::broker;
use crate::engine::{AMPLE, Budget};
use crate::feed::Walk;
use crate::imports::{ASTRAY, Services};
use crate::install::{self, BROKEN, NEW, OLD, Packages, Step};
use crate::mail::Mail;
use crate::request::Request;

/// How often hoard gets a message.
pub(crate) const HOARD_EVERY: Duration = Duration::from_millis(40);
/// How often spin gets a message.
pub(crate) const SPIN_EVERY: Duration = Duration::from_millis(250);
/// How often flaky gets a message.
pub(crate) const FLAKY_EVERY: Duration = Duration::from_millis(100);
/// How often flaky gets [`BURST`] messages.
pub(crate) const BURST_EVERY: Duration = Duration::from_secs(2);
/// Messages that flaky gets at once.
const BURST: usize = 60;
/// The first ends by its fuel, the second by its epochs.
const SPIN_BUDGETS: [Budget; 2] = [
    Budget {
        fuel: 1_000_000,
        ..AMPLE
    },
    Budget {
        fuel: u64::MAX,
        epochs: 5,
    },
];

/// How often ledger gets [`ENTRIES`] messages: more than its mailbox holds.
pub(crate) const LEDGER_EVERY: Duration = Duration::from_millis(100);
const ENTRIES: usize = 8;
/// Different keys that ledger gets, of a kibibyte each: more than its quota allows.
const KEYS: usize = 100;
/// How often shell gets a program to run.
pub(crate) const SHELL_EVERY: Duration = Duration::from_millis(250);
/// The first two end by themselves, the third is killed, the fourth is not allowed.
const PROGRAMS: [&str; 4] = ["true", "false", "sleep 60", "rm"];
/// How often echo gets something to send; every eighth time it first goes astray.
pub(crate) const ECHO_EVERY: Duration = Duration::from_millis(50);
/// How often echo asks somebody something.
pub(crate) const ASK_EVERY: Duration = Duration::from_millis(150);
/// Who is asked what: the first answers, the second takes too long, the third dies of it, the fourth does not exist.
const QUESTIONS: [(&str, &str); 4] = [
    ("greeter", "you"),
    ("shell", "sleep 60"),
    ("spin", "round"),
    ("nobody", "there"),
];
/// How often the greeter is updated or taken back.
pub(crate) const UPDATE_EVERY: Duration = Duration::from_millis(700);
/// An update, the way back from it, and an update that fails.
const STEPS: [Step; 3] = [
    Step::Update { to: NEW, from: OLD },
    Step::Rollback { to: OLD },
    Step::Update {
        to: BROKEN,
        from: OLD,
    },
];
/// How often somebody subscribes who does not listen.
pub(crate) const VISIT_EVERY: Duration = Duration::from_millis(400);
/// How long they stay.
const VISIT: Duration = Duration::from_millis(100);

/// Becomes true when the host stops.
pub(crate) type Stopped = watch::Receiver<bool>;

/// How far the host has come in its input. Written by the feed alone, read by the log and the report: nothing hangs on
/// order, so every access is relaxed.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Files handed to the first component.
    pub(crate) files: AtomicU64,
    /// Times that the whole tree has been walked.
    pub(crate) passes: AtomicU64,
    /// Files passed over because their names are not Unicode, which a guest's string must be.
    pub(crate) unreadable_names: AtomicU64,
}

/// The work: every file of a tree, over and over.
pub(crate) struct Feed {
    pub(crate) input: PathBuf,
    /// The host's own data directory, which changes with every file.
    pub(crate) skip: PathBuf,
    /// Files per second; 0 for no limit.
    pub(crate) rate: u32,
    pub(crate) to: Mailbox,
    pub(crate) progress: Arc<Progress>,
}

impl Feed {
    /// Feeds until the host stops.
    pub(crate) async fn run(self, stopped: Stopped) {
        let period = Duration::from_secs(1)
            .checked_div(self.rate)
            .unwrap_or(Duration::from_nanos(1));
        let mut pace = time::interval(period);
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        while !*stopped.borrow() {
            let before = self.progress.files.load(Relaxed);
            for path in Walk::new(&self.input, &self.skip) {
                if self.rate > 0 {
                    pace.tick().await;
                }
                if *stopped.borrow() {
                    return;
                }
                self.feed(path).await;
            }
            self.progress.passes.fetch_add(1, Relaxed);
            if self.progress.files.load(Relaxed) == before {
                // Nothing to read here yet: look again, but not in a busy loop.
                time::sleep(Duration::from_millis(200)).await;
            }
        }
    }

    async fn feed(&self, path: PathBuf) {
        let Ok(name) = path.into_os_string().into_string() else {
            self.progress.unreadable_names.fetch_add(1, Relaxed);
            return;
        };
        let request = Request::of(span!("request.file", root, kind = server, file = name));
        if serve(&self.to, request, mail(&name, AMPLE)).await {
            self.progress.files.fetch_add(1, Relaxed);
        }
    }
}

/// Makes hoard hit its memory limit, again and again. Every tenth message comes too late.
pub(crate) async fn hoard(to: Mailbox, mut ticks: Ticks) {
    for late in (0..10).map(|n| n == 9).cycle() {
        if !ticks.next().await {
            return;
        }
        let mut more = mail("more", AMPLE);
        more.expires = late.then(Instant::now);
        let request = Request::of(span!("request.hoard", root, kind = server));
        serve(&to, request, more).await;
    }
}

/// Makes spin use up its fuel and its time by turns.
pub(crate) async fn spin(to: Mailbox, mut ticks: Ticks) {
    for budget in SPIN_BUDGETS.into_iter().cycle() {
        if !ticks.next().await {
            return;
        }
        let request = Request::of(span!("request.spin", root, kind = server));
        serve(&to, request, mail("round", budget)).await;
    }
}

/// Gives flaky one message at a time: what waits behind a crash then is little, and is not lost.
pub(crate) async fn flaky(to: Mailbox, mut ticks: Ticks) {
    while ticks.next().await {
        let request = Request::of(span!("request.flaky", root, kind = server));
        serve(&to, request, mail("spaced", AMPLE)).await;
    }
}

/// Gives flaky many messages at once: after the second crash kameo loses those that still wait.
pub(crate) async fn flaky_bursts(to: Mailbox, mut ticks: Ticks) {
    while ticks.next().await {
        for _ in 0..BURST {
            let request = Request::of(span!("request.flaky", root, kind = server, burst = true));
            serve(&to, request, mail("burst", AMPLE)).await;
        }
    }
}

/// Has ledger keep more than its quota allows.
pub(crate) async fn ledger(to: Mailbox, mut ticks: Ticks) {
    let mut keys = (0..KEYS).cycle();
    while ticks.next().await {
        for key in keys.by_ref().take(ENTRIES) {
            let entry = vec![b'.'; 1 << 10];
            let entry = Mail::new(&format!("entry-{key}"), entry, AMPLE);
            let request = Request::of(span!("request.ledger", root, kind = server, key = key));
            serve(&to, request, entry).await;
        }
    }
}

/// Has shell run programs.
pub(crate) async fn shell(to: Mailbox, mut ticks: Ticks) {
    for program in PROGRAMS.into_iter().cycle() {
        if !ticks.next().await {
            return;
        }
        let request = Request::of(span!(
            "request.shell",
            root,
            kind = server,
            program = program
        ));
        serve(&to, request, mail(program, AMPLE)).await;
    }
}

/// Has echo send something over the network.
pub(crate) async fn echo(to: Mailbox, mut ticks: Ticks) {
    for astray in (0..8).map(|n| n == 7).cycle() {
        if !ticks.next().await {
            return;
        }
        let mut request = vec![b'.'; 256];
        request[0] = if astray { ASTRAY } else { b'.' };
        let call = Mail::new("call", request, AMPLE);
        let request = Request::of(span!("request.echo", root, kind = server, astray = astray));
        serve(&to, request, call).await;
    }
}

/// Has echo ask others.
pub(crate) async fn asks(from: Mailbox, services: Arc<Services>, mut ticks: Ticks) {
    for (address, key) in QUESTIONS.into_iter().cycle() {
        if !ticks.next().await {
            return;
        }
        let budget = if address == "spin" {
            SPIN_BUDGETS[0]
        } else {
            AMPLE
        };
        services.broker.ask(&from, address, key, budget).await;
    }
}

/// Updates the greeter and takes it back.
pub(crate) async fn updates(greeter: Mailbox, packages: Arc<Packages>, mut ticks: Ticks) {
    for step in STEPS.into_iter().cycle() {
        if !ticks.next().await {
            return;
        }
        install::change(&packages, &greeter, "greeter", step).await;
    }
}

/// Subscribes to what the broker publishes, and leaves without having listened. On the way in, publishes something that is
/// too long.
pub(crate) async fn visitors(services: Arc<Services>, mut ticks: Ticks) {
    let long = "long ".repeat(broker::MOST_BYTES);
    while ticks.next().await {
        let _refused = services.broker.publish(&long, &services.tally);
        let visit = services.broker.subscribe();
        time::sleep(VISIT).await;
        drop(visit);
    }
}

/// A clock that ticks at once, then at each interval, until the host stops.
#[derive(Debug)]
pub(crate) struct Ticks {
    interval: time::Interval,
    stopped: Stopped,
}

impl Ticks {
    /// Starts a clock.
    pub(crate) fn every(period: Duration, stopped: Stopped) -> Self {
        let mut interval = time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { interval, stopped }
    }

    /// Waits for the next tick; false when the host stops.
    pub(crate) async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.interval.tick() => true,
            _ = self.stopped.wait_for(|stopped| *stopped) => false,
        }
    }
}

/// Has a component do something, which is a request from here on until whatever comes of it is done; false if it is gone.
async fn serve(to: &Mailbox, request: Request, mail: Mail) -> bool {
    let (context, request) = (request.context(), Some(request));
    to.put(Mail { request, ..mail }).in_context(context).await
}

fn mail(key: &str, budget: Budget) -> Mail {
    Mail::new(key, Vec::new(), budget)
}
