//! One answer over memory and disk.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::coverage::{Coverage, Received};
use super::foresight;
use super::order::{Order, OrderOperation};
use super::rank::{Cursor, Rank, Top};
use super::summary::Summary;
use super::verdict::Verdict;
use super::{Matcher, Query};
use crate::model::trace::{Status, Trace, TraceId, own_times};
use crate::store::traces::{Facts, INCOMPLETE, Index, Seen, Traces, View};

/// How many traces an answer shows.
pub const DEFAULT_LIMIT: usize = 100;

/// How many bytes of traces are read for an answer; it takes half a second or so.
pub const DEFAULT_READ_BYTES: u64 = 128 << 20;

/// A question about all kept traces.
#[derive(Debug, Clone)]
pub struct Search {
    /// Which traces.
    pub query: Query,
    /// In which order.
    pub order: Order,
    /// How many are shown. More means longer answers, less means more of them. Default [`DEFAULT_LIMIT`].
    pub limit: usize,
    /// After which one the answer begins.
    pub after: Option<Cursor>,
    /// How many bytes of traces may be read from disk, before compression. More means that rarer things are found in a longer past,
    /// less means quicker answers; what was not read is said. Default [`DEFAULT_READ_BYTES`].
    pub read_bytes: u64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Traces in the order that was asked for.
    pub traces: Vec<Summary>,
    /// Where further ones begin, if there are.
    pub next: Option<Cursor>,
    /// Over how much this speaks.
    pub coverage: Coverage,
}

impl Default for Search {
    fn default() -> Search {
        Search {
            query: Query::all(),
            order: Order::default(),
            limit: DEFAULT_LIMIT,
            after: None,
            read_bytes: DEFAULT_READ_BYTES,
        }
    }
}

impl Search {
    /// Searches all kept traces at a moment, in nanoseconds since 1970. What the collector has received is passed on into the
    /// coverage. A trace that is in memory and on disk counts once.
    pub fn run(&self, traces: &Traces, received: Received, now_ns: u64) -> Found {
        let mut running = Running {
            search: self,
            now_ns,
            matcher: Matcher::new(&self.query, now_ns),
            top: Top::new(self.limit, self.after),
            coverage: Coverage {
                received,
                ..Coverage::default()
            },
            known: HashSet::new(),
        };
        for trace in traces.in_memory() {
            running.known.insert(trace.id);
            running.in_memory(&trace);
        }
        let on_disk = traces.on_disk(|view| running.on_disk(view));
        if let Some(Err(failure)) = on_disk {
            running.coverage.disk_failure = Some(failure.to_string());
        }
        let counts = traces.counts();
        // What left memory may be on disk, if there is one.
        let from_memory = match traces.is_durable() {
            true => &[][..],
            false => &counts.evicted_from_memory,
        };
        let from_disk = counts.evicted_from_disk.iter().chain(&counts.expired);
        running.coverage.evicted = from_disk.chain(from_memory).map(|(_, count)| count).sum();
        running.finish()
    }
}

struct Running<'s> {
    search: &'s Search,
    now_ns: u64,
    matcher: Matcher<'s>,
    top: Top<Summary>,
    coverage: Coverage,
    /// Traces in memory, and those on disk that match: what lies there as well is an earlier version.
    known: HashSet<TraceId>,
}

impl Running<'_> {
    fn in_memory(&mut self, trace: &Trace) {
        let Some(root) = trace.root() else {
            return;
        };
        self.coverage.hold(root.start_ns);
        if self.matcher.matches(trace) {
            self.matched(trace);
        }
    }

    /// Adds a trace that matches.
    fn matched(&mut self, trace: &Trace) {
        let Some(root) = trace.root() else {
            return;
        };
        self.coverage.matched += 1;
        self.coverage.matched_stand_for += trace.kept.weight;
        let own_ns = match &self.search.order {
            Order::MostOwnTime(operation) => Some(own_ns(trace, operation)),
            _ => None,
        };
        let (start_ns, spans) = (root.start_ns, trace.spans.len() as u64);
        let rank = self.rank(trace.id, start_ns, root.duration_ns(), spans, own_ns);
        self.top.add(rank, || {
            let summary = Summary::of(trace)?;
            Some(Summary { own_ns, ..summary })
        });
    }

    fn rank(
        &self,
        id: TraceId,
        start_ns: u64,
        duration_ns: u64,
        spans: u64,
        own_ns: Option<u64>,
    ) -> Rank {
        let figure = match self.search.order {
            Order::Newest => start_ns,
            Order::Slowest => duration_ns,
            Order::MostSpans => spans,
            Order::MostOwnTime(_) => own_ns.unwrap_or_default(),
        };
        Rank {
            figure: Reverse(figure),
            start_ns: Reverse(start_ns),
            id,
        }
    }

    /// Asks all blocks, the newest first.
    fn on_disk(&mut self, view: &View<'_>) -> Result<(), redb::Error> {
        let mut left = self.search.read_bytes;
        for number in view.numbers()? {
            let Some(bytes) = view.index(number)? else {
                self.coverage.unreadable_blocks += 1;
                continue;
            };
            let Some(index) = Index::read(&bytes) else {
                self.coverage.unreadable_blocks += 1;
                continue;
            };
            let unknown = self.by_facts(&index);
            if unknown.is_empty() {
                continue;
            }
            if left == 0 {
                self.coverage.unsearched += unknown.len() as u64;
                continue;
            }
            let Some(raw) = view.block(number)? else {
                self.coverage.unreadable += unknown.len() as u64;
                continue;
            };
            left = left.saturating_sub(raw.len() as u64);
            for seen in unknown {
                match view.decoded(number, &raw, seen) {
                    None => self.coverage.unreadable += 1,
                    Some(trace) if self.matcher.matches(&trace) => {
                        self.known.insert(trace.id);
                        self.matched(&trace);
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Adds the traces of which the index says that they match; returns those of which it does not say whether.
    fn by_facts<'i, 'a>(&mut self, index: &'i Index<'a>) -> Vec<Seen<'i, 'a>> {
        let must_read = matches!(self.search.order, Order::MostOwnTime(_));
        let mut unknown = Vec::new();
        for seen in index.traces() {
            let Some(id) = seen.id().filter(|id| !self.known.contains(id)) else {
                continue;
            };
            self.coverage.hold(seen.start_ns());
            match foresight::judge(&self.search.query.expression, seen, self.now_ns) {
                Verdict::No => {}
                Verdict::Yes if !must_read => {
                    self.known.insert(id);
                    self.coverage.matched += 1;
                    self.coverage.matched_stand_for += seen.weight();
                    let entry = seen.entry;
                    let rank = self.rank(
                        id,
                        seen.start_ns(),
                        entry.duration_ns,
                        u64::from(entry.spans),
                        None,
                    );
                    self.top.add(rank, || {
                        Some(Summary::of_facts(seen.facts()?, seen.weight()))
                    });
                }
                _ => unknown.push(seen),
            }
        }
        unknown
    }

    fn finish(mut self) -> Found {
        self.coverage.shown = self.top.kept.len() as u64;
        let last = self.top.kept.last().map(|(rank, _)| Cursor(*rank));
        Found {
            next: last.filter(|_| self.top.more),
            traces: self
                .top
                .kept
                .into_iter()
                .map(|(_, summary)| summary)
                .collect(),
            coverage: self.coverage,
        }
    }
}

/// The time that spans of an operation took themselves.
fn own_ns(trace: &Trace, OrderOperation(operation): &OrderOperation) -> u64 {
    let own = own_times(trace).into_iter().zip(&trace.spans);
    let of_operation = own.filter(|(_, span)| operation.is(&span.operation));
    of_operation.map(|(ns, _)| ns).sum()
}

impl Summary {
    /// Of what an index knows: all that the trace itself would say.
    fn of_facts(facts: Facts, weight: f64) -> Summary {
        let failures = 1 << Status::Error as u8 | 1 << Status::Panicked as u8;
        Summary {
            id: facts.id,
            start_ns: facts.start_ns,
            duration_ns: facts.duration_ns,
            operation: facts.root,
            component: facts.root_component,
            status: facts.root_status,
            is_failed: facts.statuses & failures != 0,
            spans: facts.spans,
            components: facts.components,
            policy: facts.policy,
            weight,
            is_incomplete: facts.flags & INCOMPLETE != 0,
            own_ns: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::fixture::any_trace;

    #[test]
    fn an_index_says_of_a_trace_what_the_trace_itself_says() {
        for seed in 1..300 {
            let trace = any_trace(seed);
            let facts = Facts::of(&trace).expect("it has a span");
            let of_facts = Summary::of_facts(facts, trace.kept.weight);
            assert_eq!(Summary::of(&trace), Some(of_facts));
        }
    }
}
