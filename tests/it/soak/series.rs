//! Figures taken once a second.

use std::fmt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::MOST_GROWTH;
use crate::server::Server;

/// What an increment takes beside a loop that does nothing.
#[derive(Clone, Copy)]
pub(crate) struct Recording {
    /// A turn of a loop that does nothing, in nanoseconds.
    pub(crate) plain_ns: f64,
    /// The same with an increment.
    pub(crate) counted_ns: f64,
}

/// Memory in use, each second.
pub(crate) struct Memory(Vec<f64>);

/// What was measured of a server while something went on.
pub(crate) struct Series {
    recordings: Vec<Recording>,
    pub(crate) resident: Memory,
    pub(crate) heap: Memory,
}

impl Series {
    pub(crate) fn watch(server: &mut Server, duration: Duration) -> Series {
        let mut series = Series {
            recordings: Vec::new(),
            resident: Memory(Vec::new()),
            heap: Memory(Vec::new()),
        };
        let begun = Instant::now();
        while begun.elapsed() < duration || series.recordings.len() < 4 {
            sleep(Duration::from_secs(1));
            series.recordings.push(server.measure());
            series.resident.0.push(server.resident_mib());
            series.heap.0.push(server.heap_mib());
        }
        series
    }

    /// The second in the middle.
    pub(crate) fn recording(&self) -> Recording {
        Recording::middle(self.recordings.clone())
    }
}

impl Recording {
    /// The one in the middle, by its ratio: some laps are slow throughout a measurement.
    pub(crate) fn middle(mut all: Vec<Recording>) -> Recording {
        all.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
        all[all.len() / 2]
    }

    pub(crate) fn ratio(&self) -> f64 {
        self.counted_ns / self.plain_ns
    }
}

impl Memory {
    /// The mean of the second quarter, when all that fills is full, and that of the last.
    fn early_and_late(&self) -> (f64, f64) {
        let quarter = self.0.len() / 4;
        let mean = |seconds: &[f64]| seconds.iter().sum::<f64>() / seconds.len() as f64;
        (
            mean(&self.0[quarter..2 * quarter]),
            mean(&self.0[self.0.len() - quarter..]),
        )
    }

    /// It is flat from the second quarter on, if it lasted long enough for all to be by then as it will be.
    pub(crate) fn check(&self, warm_up_seconds: u64) {
        let (early, late) = self.early_and_late();
        let is_short = (self.0.len() as u64) < 4 * warm_up_seconds;
        assert!(
            is_short || late <= early * (1.0 + MOST_GROWTH),
            "memory grows: {self}"
        );
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Recording {
            plain_ns,
            counted_ns,
        } = self;
        write!(
            f,
            "{counted_ns:.2} ns with an increment, {plain_ns:.2} ns without: {:.2} times",
            self.ratio()
        )
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (early, late) = self.early_and_late();
        let most = self.0.iter().copied().fold(0.0, f64::max);
        write!(
            f,
            "{early:.1} MiB in the second quarter, {late:.1} MiB in the last, {most:.1} MiB at most"
        )
    }
}
