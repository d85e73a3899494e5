//! What tokio counts about the executors that the program hands over, read at each merge by the runtime's own thread: an
//! executor that hangs is seen hanging.

/// What tokio counts with `--cfg tokio_unstable` alone.
#[cfg(tokio_unstable)]
mod unstable;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use obs::catalogue::{Definition, Scope};
use obs::{Counter, Gauge, defined};
use tokio::runtime::{Handle, Id, RuntimeMetrics};

use super::told::Told;
use crate::Error;

/// Executors by name, shared between what merges and what hands them over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Executors(Arc<Mutex<BTreeMap<String, Executor>>>);

/// An executor with the series that show it.
#[derive(Debug)]
struct Executor {
    id: Id,
    metrics: RuntimeMetrics,
    series: Arc<Series>,
}

/// The series of one executor. Counters outlive a runtime, and with them what they have been told.
#[derive(Debug)]
struct Series {
    workers: Gauge,
    alive_tasks: Gauge,
    queue_depth: Gauge,
    each: Vec<Worker>,
    #[cfg(tokio_unstable)]
    unstable: unstable::Series,
}

/// The series of one worker thread.
#[derive(Debug)]
struct Worker {
    busy: Counter,
    busy_told_ns: Told,
    parks: Counter,
    parks_told: Told,
    parked: Gauge,
}

impl Executors {
    /// Shows an executor from the next merge on.
    ///
    /// # Errors
    ///
    /// Another executor has the name.
    pub(crate) fn add(&self, name: &str, handle: &Handle) -> Result<(), Error> {
        let id = handle.id();
        let mut executors = self.lock();
        match executors.get(name) {
            Some(known) if known.id == id => Ok(()),
            Some(_) => Err(Error::Executor {
                name: name.to_owned(),
            }),
            None => {
                let metrics = handle.metrics();
                let series = series_of(name, id, metrics.num_workers());
                executors.insert(
                    name.to_owned(),
                    Executor {
                        id,
                        metrics,
                        series,
                    },
                );
                Ok(())
            }
        }
    }

    /// Records what all of them show now.
    pub(crate) fn record(&self) {
        for executor in self.lock().values() {
            executor.series.record(&executor.metrics);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Executor>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The series of an executor under a name: the same ones when a later runtime is handed it again.
fn series_of(name: &str, id: Id, workers: usize) -> Arc<Series> {
    type Known = Vec<(Id, String, Arc<Series>)>;
    static KNOWN: Mutex<Known> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let same =
        |(other, other_name, _): &&(Id, String, Arc<Series>)| *other == id && other_name == name;
    if let Some((_, _, series)) = known.iter().find(same) {
        return series.clone();
    }
    let series = Arc::new(Series::new(name.to_owned().leak(), workers));
    known.push((id, name.to_owned(), series.clone()));
    series
}

impl Series {
    fn new(name: &'static str, workers: usize) -> Series {
        let gauge = |metric, help| defined::gauge(of_executor(name, metric, help));
        Series {
            workers: gauge("tokio_workers", "Worker threads of the executor."),
            alive_tasks: gauge(
                "tokio_alive_tasks",
                "Tasks that have been spawned and have not ended.",
            ),
            queue_depth: gauge(
                "tokio_global_queue_depth",
                "Tasks in the executor's global queue, which wait for any worker.",
            ),
            each: (0..workers)
                .map(|worker| Worker::new(name, worker))
                .collect(),
            #[cfg(tokio_unstable)]
            unstable: unstable::Series::new(name, workers),
        }
    }

    fn record(&self, metrics: &RuntimeMetrics) {
        self.workers.set(self.each.len());
        self.alive_tasks.set(metrics.num_alive_tasks());
        self.queue_depth.set(metrics.global_queue_depth());
        for (index, worker) in self.each.iter().enumerate() {
            worker.record(metrics, index);
        }
        #[cfg(tokio_unstable)]
        self.unstable.record(metrics);
    }
}

impl Worker {
    fn new(name: &'static str, worker: usize) -> Worker {
        let of = |metric, help| of_worker(name, worker, metric, help);
        let busy = Definition {
            unit: "seconds",
            ..of(
                "tokio_worker_busy_seconds_total",
                "Time that the worker was busy, up to its last park.",
            )
        };
        let parks = of(
            "tokio_worker_parks_total",
            "Times that the worker had nothing to do and parked.",
        );
        let parked = of(
            "tokio_worker_parked",
            "Whether the worker is parked: one that stays at 0 and parks no more is blocked.",
        );
        Worker {
            busy: defined::counter(busy),
            busy_told_ns: Told::nothing(),
            parks: defined::counter(parks),
            parks_told: Told::nothing(),
            parked: defined::gauge(parked),
        }
    }

    fn record(&self, metrics: &RuntimeMetrics, index: usize) {
        let busy = metrics.worker_total_busy_duration(index).as_nanos();
        let busy = u64::try_from(busy).unwrap_or(u64::MAX);
        let news = Duration::from_nanos(self.busy_told_ns.news(busy));
        self.busy.inc_by_duration(news);
        let parks = metrics.worker_park_count(index);
        self.parks.inc_by(self.parks_told.news(parks));
        // It is odd between a park and the unpark after it.
        self.parked
            .set(metrics.worker_park_unpark_count(index) % 2 == 1);
    }
}

/// A metric of an executor.
fn of_executor(name: &'static str, metric: &'static str, help: &'static str) -> Definition {
    Definition {
        name: metric,
        help,
        scope: Scope::Process,
        literals: vec![("executor", name)].leak(),
        file: file!(),
        line: line!(),
        module: module_path!(),
        ..Definition::BLANK
    }
}

/// A metric of one of its workers.
fn of_worker(
    name: &'static str,
    worker: usize,
    metric: &'static str,
    help: &'static str,
) -> Definition {
    let worker: &'static str = worker.to_string().leak();
    Definition {
        literals: vec![("executor", name), ("worker", worker)].leak(),
        ..of_executor(name, metric, help)
    }
}
