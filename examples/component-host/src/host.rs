//! The host, put together: engine, storage, a worker for each component, and what they are given to do.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use kameo::actor::{ActorRef, Spawn};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::actor::{Mailbox, Plan, Supervisor};
use crate::args::Args;
use crate::engine::Engine;
use crate::guest::SOURCES;
use crate::imports::Services;
use crate::schedule::{self, Feed, Progress, Ticks};
use crate::storage::Storage;
use crate::tally::Tally;

/// What may be lost of the storage if the machine fails.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// How fresh the gauges of the mailboxes are.
const SAMPLE_EVERY: Duration = Duration::from_millis(250);
/// On every second trap of its guest flaky's actor panics.
const FLAKY_PANICS: u64 = 2;

/// A running host.
pub(crate) struct Host {
    services: Arc<Services>,
    mailboxes: Vec<Mailbox>,
    /// A supervisor that nobody refers to stops, and its workers with it.
    _supervisors: [ActorRef<Supervisor>; 2],
    progress: Arc<Progress>,
    jobs: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Host {
    /// Starts everything. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// The input is not a directory, or the data directory cannot be used.
    pub(crate) async fn start(args: &Args) -> Result<Self> {
        if !args.input.is_dir() {
            bail!(
                "the input {} is not a directory; name one with --input",
                args.input.display()
            );
        }
        let storage = Storage::open(&args.data_dir)?;
        let services = Arc::new(Services {
            storage,
            tally: Tally::default(),
        });
        let supervisors = [Supervisor::spawn(()), Supervisor::spawn(())];
        let mut host = Self {
            mailboxes: open_mailboxes(&services, &supervisors).await?,
            _supervisors: supervisors,
            services,
            progress: Arc::default(),
            jobs: JoinSet::new(),
            stop: watch::Sender::new(false),
        };
        host.schedule(args);
        Ok(host)
    }

    /// The host's own books.
    pub(crate) fn tally(&self) -> &Tally {
        &self.services.tally
    }

    /// How far the host has come in its input.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Stops the feed, lets every component finish what it has, and makes the storage durable.
    ///
    /// # Errors
    ///
    /// The storage cannot be written.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        self.stop.send_replace(true);
        while self.jobs.join_next().await.is_some() {}
        // In the order of the pipeline: no component stops while another still sends to it.
        for mailbox in &self.mailboxes {
            mailbox.close().await;
        }
        self.services
            .storage
            .flush()
            .context("the last records could not be made durable")
    }

    fn schedule(&mut self, args: &Args) {
        let mailbox = |name: &str| self.mailboxes[place(name)].clone();
        let stopped = || self.stop.subscribe();
        let every = |period| Ticks::every(period, stopped());
        let feed = Feed {
            input: args.input.clone(),
            skip: args.data_dir.clone(),
            rate: args.rate,
            to: mailbox("file"),
            progress: self.progress.clone(),
        };
        self.jobs.spawn(feed.run(stopped()));
        self.jobs.spawn(schedule::hoard(
            mailbox("hoard"),
            every(schedule::HOARD_EVERY),
        ));
        self.jobs
            .spawn(schedule::spin(mailbox("spin"), every(schedule::SPIN_EVERY)));
        self.jobs.spawn(schedule::flaky(
            mailbox("flaky"),
            every(schedule::FLAKY_EVERY),
        ));
        self.jobs.spawn(schedule::flaky_bursts(
            mailbox("flaky"),
            every(schedule::BURST_EVERY),
        ));
        self.jobs
            .spawn(flush(self.services.clone(), every(FLUSH_EVERY)));
        self.jobs
            .spawn(sample(self.mailboxes.clone(), every(SAMPLE_EVERY)));
    }
}

/// Starts the workers under two supervisors: the pipeline, last component first because each must know the next, and
/// the trouble makers. Returns the mailboxes in the order of [`SOURCES`].
async fn open_mailboxes(
    services: &Arc<Services>,
    [pipeline, trouble]: &[ActorRef<Supervisor>; 2],
) -> Result<Vec<Mailbox>> {
    let engine = Arc::new(Engine::new()?);
    let mut mailboxes = Vec::<Mailbox>::new();
    for (place, source) in SOURCES.iter().enumerate().rev() {
        let in_pipeline = place < place_after_pipeline();
        let supervisor = if in_pipeline { pipeline } else { trouble };
        let plan = Plan {
            place,
            component: obs::Component::register(source.name),
            engine: engine.clone(),
            guest: engine.compile(source)?,
            services: services.clone(),
            next: mailboxes
                .last()
                .filter(|_| place + 1 < place_after_pipeline())
                .cloned(),
            panic_every_trap: (source.name == "flaky").then_some(FLAKY_PANICS),
        };
        mailboxes.push(Mailbox::open(supervisor, plan).await);
    }
    mailboxes.reverse();
    Ok(mailboxes)
}

fn place_after_pipeline() -> usize {
    place("relay") + 1
}

fn place(name: &str) -> usize {
    SOURCES
        .iter()
        .position(|source| source.name == name)
        .expect("only names of sources are asked for")
}

async fn flush(services: Arc<Services>, mut ticks: Ticks) {
    while ticks.next().await {
        // A failure shows as function_calls_total{outcome="err"}, and the last flush, at the end, reports it.
        let _counted = services.storage.flush();
    }
}

async fn sample(mailboxes: Vec<Mailbox>, mut ticks: Ticks) {
    while ticks.next().await {
        mailboxes.iter().for_each(Mailbox::sample);
    }
}
