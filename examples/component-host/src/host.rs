//! The host, put together: engine, storage, a worker for each component, and what they are given to do.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use kameo::actor::{ActorRef, Spawn};
use obs::Watch;
use obs::host::actors::{self, ActorKind};
use obs::host::lifecycle::{Lifecycle, State};
use obs::host::messages::MessageType;
use obs::host::resources::LinearMemory;
use obs::host::storage;
use obs_runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::actor::{Mailbox, Plan, Supervisor};
use crate::args::Args;
use crate::broker::{self, Broker};
use crate::coverage::Coverage;
use crate::engine::{Engine, MEMORY_LIMIT_BYTES};
use crate::guest::{SOURCES, place};
use crate::imports::Services;
use crate::install::{self, OLD, Packages};
use crate::loopback;
use crate::schedule::{self, Feed, Progress, Ticks};
use crate::storage::Storage;
use crate::tally::{Figure, Tally};

/// What may be lost of the storage if the machine fails, and how fresh is what is looked up now and then.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Actors that there may be: a worker for each component and the supervisors.
const MOST_ACTORS: usize = SOURCES.len() + 2;
/// On every second trap of its guest flaky's actor panics.
const FLAKY_PANICS: u64 = 2;

/// A running host.
pub(crate) struct Host {
    services: Arc<Services>,
    engine: Arc<Engine>,
    packages: Arc<Packages>,
    mailboxes: Vec<Mailbox>,
    /// A supervisor that nobody refers to stops, and its workers with it.
    _supervisors: [ActorRef<Supervisor>; 2],
    progress: Arc<Progress>,
    coverage: Arc<Coverage>,
    /// What obs asks the host for.
    _watches: Vec<Watch>,
    jobs: JoinSet<()>,
    /// What listens until nothing is published any more.
    listeners: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Host {
    /// Starts everything. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// The input is not a directory, or the data directory cannot be used.
    pub(crate) async fn start(args: &Args, obs: &Runtime) -> Result<Self> {
        if !args.input.is_dir() {
            bail!(
                "the input {} is not a directory; name one with --input",
                args.input.display()
            );
        }
        let storage = Storage::open(&args.data_dir)?;
        actors::system_started("main", Some(MOST_ACTORS));
        let listener = loopback::listen(obs::Component::register("echo")).await?;
        let services = Arc::new(Services {
            storage,
            tally: Tally::default(),
            broker: Broker::new(),
            listening: listener.local_addr()?,
            refusing: loopback::abandoned().await?,
        });
        let engine = Arc::new(Engine::new(&args.data_dir)?);
        let packages = Arc::new(Packages::unpack(&args.data_dir, engine.clone())?);
        let supervisors = [Supervisor::spawn(()), Supervisor::spawn(())];
        let mut watches = Vec::from(engine.watch_cache());
        watches.extend(
            SOURCES
                .iter()
                .flat_map(|source| watch(&services, source.name)),
        );
        let mut host = Self {
            mailboxes: open_mailboxes(&services, &engine, &packages, &supervisors).await?,
            _supervisors: supervisors,
            services,
            engine,
            packages,
            progress: Arc::default(),
            coverage: Arc::default(),
            _watches: watches,
            jobs: JoinSet::new(),
            listeners: JoinSet::new(),
            stop: watch::Sender::new(false),
        };
        broker::journal(&host.services, &mut host.listeners);
        let echo = host.mailbox("echo").component();
        let serve = loopback::serve(listener, echo, host.stop.subscribe());
        host.jobs.spawn(serve);
        let watch = host.coverage.clone();
        let stopped = host.stop.subscribe();
        host.jobs.spawn(watch.watch(obs.snapshots(), stopped));
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

    /// Which of the standard metrics moved.
    pub(crate) fn coverage(&self) -> &Coverage {
        &self.coverage
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
        self.services.broker.close();
        while self.listeners.join_next().await.is_some() {}
        show(&self.services, &self.engine);
        self.services
            .storage
            .flush()
            .context("the last records could not be made durable")
    }

    fn mailbox(&self, name: &str) -> Mailbox {
        self.mailboxes[place(name)].clone()
    }

    fn schedule(&mut self, args: &Args) {
        let stopped = || self.stop.subscribe();
        let every = |period| Ticks::every(period, stopped());
        let (to, services) = (|name: &str| self.mailbox(name), || self.services.clone());
        let feed = Feed {
            input: args.input.clone(),
            skip: args.data_dir.clone(),
            rate: args.rate,
            to: to("file"),
            progress: self.progress.clone(),
        };
        let jobs: [Job; 12] = [
            Box::pin(feed.run(stopped())),
            Box::pin(schedule::hoard(to("hoard"), every(schedule::HOARD_EVERY))),
            Box::pin(schedule::spin(to("spin"), every(schedule::SPIN_EVERY))),
            Box::pin(schedule::flaky(to("flaky"), every(schedule::FLAKY_EVERY))),
            Box::pin(schedule::flaky_bursts(
                to("flaky"),
                every(schedule::BURST_EVERY),
            )),
            Box::pin(schedule::ledger(
                to("ledger"),
                every(schedule::LEDGER_EVERY),
            )),
            Box::pin(schedule::shell(to("shell"), every(schedule::SHELL_EVERY))),
            Box::pin(schedule::echo(to("echo"), every(schedule::ECHO_EVERY))),
            Box::pin(schedule::asks(
                to("echo"),
                services(),
                every(schedule::ASK_EVERY),
            )),
            Box::pin(schedule::updates(
                to("greeter"),
                self.packages.clone(),
                every(schedule::UPDATE_EVERY),
            )),
            Box::pin(schedule::visitors(services(), every(schedule::VISIT_EVERY))),
            Box::pin(keep(services(), self.engine.clone(), every(FLUSH_EVERY))),
        ];
        for job in jobs {
            self.jobs.spawn(job);
        }
    }
}

/// Something that the host does until it stops.
type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Installs the components and starts their workers under two supervisors: the pipeline, last component first because each
/// must know the next, and the others. Returns the mailboxes in the order of [`SOURCES`].
async fn open_mailboxes(
    services: &Arc<Services>,
    engine: &Arc<Engine>,
    packages: &Packages,
    [pipeline, others]: &[ActorRef<Supervisor>; 2],
) -> Result<Vec<Mailbox>> {
    let mut mailboxes = Vec::<Mailbox>::new();
    for (place, source) in SOURCES.iter().enumerate().rev() {
        let in_pipeline = place < place_after_pipeline();
        let supervisor = if in_pipeline { pipeline } else { others };
        let component = obs::Component::register(source.name);
        let lifecycle = Lifecycle::installing(component);
        let guest = component.scope(|| packages.install(source.name, OLD))?;
        services.tally.book(place).add(Figure::Installations, 1);
        component.scope(|| install::identify(source.name, OLD));
        lifecycle.turn(State::Installed);
        let plan = Plan {
            place,
            component,
            kind: component.scope(|| ActorKind::named("worker")),
            messages: component.scope(|| MessageType::named("mail")),
            callbacks: component.scope(|| MessageType::named("callback")),
            engine: engine.clone(),
            guest: Mutex::new(guest),
            memory: Arc::new(LinearMemory::new(MEMORY_LIMIT_BYTES)),
            lifecycle,
            services: services.clone(),
            next: mailboxes
                .last()
                .filter(|_| place + 1 < place_after_pipeline())
                .cloned(),
            died: Mutex::default(),
            panic_every_trap: (source.name == "flaky").then_some(FLAKY_PANICS),
        };
        let mailbox = Mailbox::open(supervisor, plan, source.mailbox).await;
        services.broker.register(source.name, mailbox.clone());
        mailboxes.push(mailbox);
    }
    mailboxes.reverse();
    Ok(mailboxes)
}

fn place_after_pipeline() -> usize {
    place("relay") + 1
}

/// Makes durable what components keep, and shows what is looked up now and then.
async fn keep(services: Arc<Services>, engine: Arc<Engine>, mut ticks: Ticks) {
    while ticks.next().await {
        show(&services, &engine);
        // A failure shows as function_calls_total{outcome="err"}, and the last flush, at the end, reports it.
        let _counted = services.storage.flush();
    }
}

/// Shows what a component keeps.
fn watch(services: &Arc<Services>, name: &'static str) -> [Watch; 2] {
    let services = services.clone();
    let usage = move || services.storage.usage_of(name);
    obs::Component::register(name).scope(|| storage::watch(usage))
}

/// Shows what the store takes, and the cache.
fn show(services: &Services, engine: &Engine) {
    // A store that tells nothing will not take the next record either, and that is reported.
    let _untold = services.storage.show();
    engine.show_cache();
}
