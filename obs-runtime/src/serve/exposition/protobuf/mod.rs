//! Writes a snapshot as `io.prometheus.client.MetricFamily` messages, each behind its length, piece by piece.
//!
//! A family is one message however many series it has, and its length stands in front of it. So each family is walked
//! twice, once to measure and once to write, and nothing but a series at a time is kept.

/// A metric: one series with its labels and its value.
mod metric;
/// Native histograms.
mod native;
/// Fields, lengths and numbers.
mod wire;

use obs::catalogue::Kind;

use crate::model::{Family, Snapshot};

use super::format::unit_in_name;
use super::selection::Walk;
use metric::Scratch;
use wire::Fields as _;

/// Where the writing of one exposition stands.
#[derive(Debug)]
pub(crate) struct Encoder {
    walk: Walk,
    step: Step,
    scratch: Scratch,
}

#[derive(Debug)]
enum Step {
    /// Before a family.
    Between,
    /// Within the first walk over a family, which began at `start` and has found that many bytes of series.
    Measure {
        start: Walk,
        family: usize,
        bytes: usize,
    },
    /// Within the second walk, with so many bytes of series to come.
    Write { bytes: usize },
}

impl Encoder {
    /// Starts at the first family of a walk.
    pub(crate) fn new(walk: Walk) -> Encoder {
        Encoder {
            walk,
            step: Step::Between,
            scratch: Scratch::default(),
        }
    }

    /// Appends series until `limit` bytes have been written or measured, and returns whether the exposition is complete.
    pub(crate) fn fill(&mut self, snapshot: &Snapshot, out: &mut Vec<u8>, limit: usize) -> bool {
        let mut measured = 0;
        while out.len() < limit && measured < limit {
            match &mut self.step {
                Step::Between => {
                    let start = self.walk.clone();
                    if self.walk.next(snapshot).is_none() {
                        return true;
                    }
                    let family = self.walk.family();
                    self.walk = start.clone();
                    self.step = Step::Measure {
                        start,
                        family,
                        bytes: 0,
                    };
                }
                Step::Measure {
                    start,
                    family,
                    bytes,
                } => {
                    let series = self.walk.next(snapshot);
                    if let Some(series) = series.filter(|_| self.walk.family() == *family) {
                        let more = self.scratch.measure(&series);
                        *bytes += more;
                        measured += more;
                    } else {
                        open_family(out, snapshot.family_at(*family), *bytes);
                        self.walk = start.clone();
                        self.step = Step::Write { bytes: *bytes };
                    }
                }
                Step::Write { bytes: 0 } => self.step = Step::Between,
                Step::Write { bytes } => {
                    let Some(series) = self.walk.next(snapshot) else {
                        return true;
                    };
                    let before = out.len();
                    self.scratch.push(&series, out);
                    *bytes -= out.len() - before;
                }
            }
        }
        false
    }
}

/// Writes the length of a family's message and all of the message but its series.
fn open_family(out: &mut Vec<u8>, family: &Family, bytes_of_series: usize) {
    let mut head = Vec::new();
    head.push_text(1, family.name());
    head.push_text(2, family.help());
    head.push_integer(3, type_number(family.kind()));
    if let Some(unit) = unit_in_name(family) {
        head.push_text(5, unit);
    }
    out.push_varint((head.len() + bytes_of_series) as u64);
    out.extend_from_slice(&head);
}

/// The number of a kind in the enum `MetricType`.
fn type_number(kind: Kind) -> u64 {
    match kind {
        Kind::Counter => 0,
        Kind::Summary => 2,
        Kind::Histogram => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
