//! One trace more.

use super::edges::NONE;
use super::exemplars::Exemplar;
use super::paths::Entry;
use super::{Bottlenecks, Cohort, Operation};
use crate::evaluate::critical_path::{Class, Path, Segment, Step};
use crate::model::trace::{Call, TraceId};

/// What is used again for each trace.
#[derive(Clone, Default)]
pub(super) struct Scratch {
    /// Counts the traces.
    stamp: u64,
    /// Of each span of the trace the numbers of its call path and its operation.
    placed: Vec<(u32, u32)>,
    paths: Touched,
    operations: Touched,
}

/// What a trace touches of all call paths, or of all operations.
#[derive(Clone, Default)]
struct Touched {
    /// Each once.
    numbers: Vec<u32>,
    /// Of each step the nearest one above it that has the same number, or `NONE`.
    around: Vec<u32>,
    /// How many steps of one number are above each other there.
    levels: Vec<u32>,
}

impl Bottlenecks {
    /// Adds the critical path of a trace. Its root says to which traces it belongs; whoever adds it knows whether it is one of the slow
    /// ones among these, or one of the middle.
    pub fn add(&mut self, path: &Path<'_>, trace: TraceId, cohort: Option<Cohort>) {
        let steps = path.steps();
        let Some(first) = steps.first() else { return };
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.begin(path.places());
        let root = self.root_path(operation(path, first));
        for (number, step) in steps.iter().enumerate() {
            let above = (number > 0).then(|| scratch.placed[step.above as usize].0);
            let (here, everywhere) = self.numbers(root, above, operation(path, step));
            scratch.placed[step.node as usize] = (here, everywhere);
            let stamp = scratch.stamp;
            scratch.paths.enter(&mut self.paths, here, steps, stamp);
            scratch
                .operations
                .enter(&mut self.operations, everywhere, steps, stamp);
        }
        for segment in path.segments() {
            let (here, everywhere) = scratch.placed[segment.node as usize];
            self.paths[here as usize].spend(segment);
            self.operations[everywhere as usize].spend(segment);
        }
        self.scratch = scratch;
        self.end(root, trace, path.duration_ns(), cohort);
    }

    /// The same of a trace whose spans are all on its critical path, and are added up by call path.
    pub fn add_calls(&mut self, calls: &[Call], trace: TraceId, cohort: Option<Cohort>) {
        let Some(first) = calls.first() else { return };
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.begin(calls.len());
        let stamp = scratch.stamp;
        let root = self.root_path(Operation::from(first));
        for (place, call) in (0..).zip(calls) {
            let above = (place > 0).then(|| scratch.placed[call.above as usize].0);
            let (here, everywhere) = self.numbers(root, above, call.into());
            scratch.placed[place as usize] = (here, everywhere);
            let Scratch {
                placed,
                paths,
                operations,
                ..
            } = &mut scratch;
            paths.enter_calls(&mut self.paths, here, calls, stamp, |place| {
                placed[place as usize].0
            });
            operations.enter_calls(&mut self.operations, everywhere, calls, stamp, |place| {
                placed[place as usize].1
            });
        }
        self.scratch = scratch;
        self.end(root, trace, first.took_ns, cohort);
    }

    /// The numbers of the path of an operation below another, or of the root, and of the operation wherever it is.
    #[inline(always)]
    fn numbers(&mut self, root: u32, above: Option<u32>, operation: Operation) -> (u32, u32) {
        let here = above.map_or(root, |above| self.path_below(above, operation));
        let everywhere = match self.paths[here as usize].of_operation {
            NONE => self.operation(operation),
            known => known,
        };
        (here, everywhere)
    }

    /// All of a trace has been added.
    fn end(&mut self, root: u32, trace: TraceId, duration_ns: u64, cohort: Option<Cohort>) {
        let Scratch {
            paths, operations, ..
        } = &self.scratch;
        paths.leave(&mut self.paths, trace, duration_ns, cohort);
        operations.leave(&mut self.operations, trace, duration_ns, cohort);
        let root = &mut self.roots[self.paths[root as usize].root as usize].root;
        root.traces += 1;
        root.duration_ns += u128::from(duration_ns);
        if let Some(cohort) = cohort {
            root.cohort_traces[cohort as usize] += 1;
            root.cohort_duration_ns[cohort as usize] += u128::from(duration_ns);
        }
    }
}

fn operation(path: &Path<'_>, step: &Step) -> Operation {
    match path.nodes().get(step.node as usize) {
        Some(node) => node.into(),
        None => Operation::MISSING,
    }
}

impl Scratch {
    fn begin(&mut self, places: usize) {
        self.stamp += 1;
        // Only what is written for this trace is read.
        if self.placed.len() < places {
            self.placed.resize(places, (NONE, NONE));
        }
        for touched in [&mut self.paths, &mut self.operations] {
            touched.numbers.clear();
            touched.around.clear();
            touched.levels.clear();
        }
    }
}

impl Touched {
    /// The next step is at an entry. Steps come from the latest to the earliest, each before those below it: whatever is not
    /// around a step begins after it, and is around none that follows.
    #[inline]
    fn enter(&mut self, entries: &mut [Entry], number: u32, steps: &[Step], stamp: u64) {
        let at = self.around.len();
        let step = &steps[at];
        let Entry { figures, visit, .. } = &mut entries[number as usize];
        let mut around = NONE;
        if visit.stamp == stamp {
            around = visit.step;
            while around != NONE && steps[around as usize].from_ns >= step.to_ns {
                around = self.around[around as usize];
            }
        } else {
            (visit.stamp, visit.own_ns, visit.occurrences) = (stamp, 0, 0);
            self.numbers.push(number);
        }
        let mut level = 1;
        if around == NONE {
            figures.inclusive_ns += u128::from(step.duration_ns());
        } else {
            figures.below_itself += 1;
            level += self.levels[around as usize];
        }
        figures.deepest = figures.deepest.max(level);
        visit.occurrences += 1;
        visit.step = at as u32;
        self.around.push(around);
        self.levels.push(level);
    }

    /// The next call is at an entry, as those above it are.
    #[inline]
    fn enter_calls(
        &mut self,
        entries: &mut [Entry],
        number: u32,
        calls: &[Call],
        stamp: u64,
        number_of: impl Fn(u32) -> u32,
    ) {
        let at = self.levels.len() as u32;
        let call = &calls[at as usize];
        let Entry { figures, visit, .. } = &mut entries[number as usize];
        let mut level = 1;
        if visit.stamp == stamp {
            let mut place = at;
            while place != 0 {
                place = calls[place as usize].above;
                if number_of(place) == number {
                    level += self.levels[place as usize];
                    break;
                }
            }
        } else {
            (visit.stamp, visit.own_ns, visit.occurrences) = (stamp, 0, 0);
            self.numbers.push(number);
        }
        match level {
            1 => figures.inclusive_ns += u128::from(call.took_ns),
            _ => figures.below_itself += u64::from(call.spans),
        }
        figures.deepest = figures.deepest.max(level);
        for (class, ns) in [
            (Class::Run, call.run_ns),
            (Class::Wait, call.wait_ns),
            (Class::Queue, call.queue_ns),
        ] {
            figures.own_ns[class as usize] += u128::from(ns);
        }
        visit.own_ns += call.own_ns();
        visit.occurrences += u64::from(call.spans);
        self.levels.push(level);
    }

    /// The trace is at its end.
    fn leave(
        &self,
        entries: &mut [Entry],
        trace: TraceId,
        duration_ns: u64,
        cohort: Option<Cohort>,
    ) {
        let whole = 1.0 / duration_ns.max(1) as f64;
        for number in &self.numbers {
            let Entry { figures, visit, .. } = &mut entries[*number as usize];
            let share = visit.own_ns as f64 * whole;
            figures.traces += 1;
            figures.occurrences += visit.occurrences;
            figures.shares.add(share);
            if visit.own_ns > 0 {
                figures.exemplars.offer(Exemplar {
                    trace,
                    own_ns: visit.own_ns,
                    share,
                });
            }
            if let Some(cohort) = cohort {
                let of_cohort = &mut figures.cohorts[cohort as usize];
                of_cohort.own_ns += u128::from(visit.own_ns);
                of_cohort.occurrences += visit.occurrences;
            }
        }
    }
}

impl Entry {
    #[inline]
    fn spend(&mut self, segment: &Segment) {
        let own_ns = segment.duration_ns();
        self.figures.own_ns[segment.class as usize] += u128::from(own_ns);
        self.visit.own_ns += own_ns;
    }
}
