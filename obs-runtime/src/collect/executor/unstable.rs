//! What tokio counts with `--cfg tokio_unstable` alone.

use obs::{Counter, Gauge, defined};
use tokio::runtime::RuntimeMetrics;

use super::{of_executor, of_worker};
use crate::collect::told::Told;

/// A count of an executor or a worker, and the counter that shows it.
#[derive(Debug)]
struct Count {
    counter: Counter,
    told: Told,
}

/// The further series of an executor.
#[derive(Debug)]
pub(super) struct Series {
    blocking_threads: Gauge,
    idle_blocking_threads: Gauge,
    blocking_queue_depth: Gauge,
    spawned: Count,
    remote_schedules: Count,
    forced_yields: Count,
    each: Vec<Worker>,
}

/// The further series of one worker thread.
#[derive(Debug)]
struct Worker {
    queue_depth: Gauge,
    polls: Count,
    steals: Count,
    steal_operations: Count,
    noops: Count,
    local_schedules: Count,
    overflows: Count,
}

impl Series {
    pub(super) fn new(name: &'static str, workers: usize) -> Series {
        let gauge = |metric, help| defined::gauge(of_executor(name, metric, help));
        let count = |metric, help| Count::new(defined::counter(of_executor(name, metric, help)));
        Series {
            blocking_threads: gauge("tokio_blocking_threads", "Threads of the blocking pool."),
            idle_blocking_threads: gauge(
                "tokio_idle_blocking_threads",
                "Threads of the blocking pool that have nothing to do.",
            ),
            blocking_queue_depth: gauge(
                "tokio_blocking_queue_depth",
                "Closures that wait for a thread of the blocking pool.",
            ),
            spawned: count("tokio_spawned_tasks_total", "Tasks spawned."),
            remote_schedules: count(
                "tokio_remote_schedules_total",
                "Tasks scheduled from outside the executor's workers.",
            ),
            forced_yields: count(
                "tokio_budget_forced_yields_total",
                "Times that a task had used up its budget and was made to yield.",
            ),
            each: (0..workers)
                .map(|worker| Worker::new(name, worker))
                .collect(),
        }
    }

    pub(super) fn record(&self, metrics: &RuntimeMetrics) {
        self.blocking_threads.set(metrics.num_blocking_threads());
        self.idle_blocking_threads
            .set(metrics.num_idle_blocking_threads());
        self.blocking_queue_depth
            .set(metrics.blocking_queue_depth());
        self.spawned.record(metrics.spawned_tasks_count());
        self.remote_schedules
            .record(metrics.remote_schedule_count());
        self.forced_yields
            .record(metrics.budget_forced_yield_count());
        for (index, worker) in self.each.iter().enumerate() {
            worker.record(metrics, index);
        }
    }
}

impl Worker {
    fn new(name: &'static str, worker: usize) -> Worker {
        let of = |metric, help| of_worker(name, worker, metric, help);
        let count = |metric, help| Count::new(defined::counter(of(metric, help)));
        Worker {
            queue_depth: defined::gauge(of(
                "tokio_worker_queue_depth",
                "Tasks in the worker's own queue.",
            )),
            polls: count("tokio_worker_polls_total", "Polls of tasks by the worker."),
            steals: count(
                "tokio_worker_steals_total",
                "Tasks that the worker took from others.",
            ),
            steal_operations: count(
                "tokio_worker_steal_operations_total",
                "Times that the worker took tasks from others.",
            ),
            noops: count(
                "tokio_worker_noops_total",
                "Times that the worker unparked and found nothing to do.",
            ),
            local_schedules: count(
                "tokio_worker_local_schedules_total",
                "Tasks scheduled from within the worker.",
            ),
            overflows: count(
                "tokio_worker_overflows_total",
                "Times that the worker's own queue was full and tasks went to the global one.",
            ),
        }
    }

    fn record(&self, metrics: &RuntimeMetrics, index: usize) {
        self.queue_depth
            .set(metrics.worker_local_queue_depth(index));
        self.polls.record(metrics.worker_poll_count(index));
        self.steals.record(metrics.worker_steal_count(index));
        self.steal_operations
            .record(metrics.worker_steal_operations(index));
        self.noops.record(metrics.worker_noop_count(index));
        self.local_schedules
            .record(metrics.worker_local_schedule_count(index));
        self.overflows.record(metrics.worker_overflow_count(index));
    }
}

impl Count {
    fn new(counter: Counter) -> Count {
        Count {
            counter,
            told: Told::nothing(),
        }
    }

    fn record(&self, count: u64) {
        self.counter.inc_by(self.told.news(count));
    }
}
