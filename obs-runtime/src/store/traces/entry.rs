//! What is known of each trace of a block without reading the block.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::marks::{Mark, Marks};
use crate::model::trace::{Attribute, Policy, Span, Status, Trace, TraceId, own_times};

/// How many different names of operations, and of components, are listed for a trace; of more it is only known that there are.
const MOST_NAMES: usize = 64;

/// What is known of a trace without reading it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    pub(crate) id: TraceId,
    pub(crate) policy: Policy,
    pub(crate) weight: f32,
    pub(crate) start_ns: u64,
    /// Of the root.
    pub(crate) duration_ns: u64,
    /// The most time that a span took itself.
    pub(crate) longest_own_ns: u64,
    pub(crate) spans: u32,
    pub(crate) root: Arc<str>,
    pub(crate) root_component: Option<Arc<str>>,
    pub(crate) root_status: Status,
    /// A bit for each status and kind that a span has, by their order in the model.
    pub(crate) statuses: u8,
    pub(crate) kinds: u8,
    pub(crate) flags: u8,
    pub(crate) operations: Vec<Arc<str>>,
    pub(crate) components: Vec<Arc<str>>,
    pub(crate) marks: Vec<u8>,
}

/// Something of the trace is missing.
pub(crate) const INCOMPLETE: u8 = 1;
/// A span has an event, a link.
pub(crate) const EVENTS: u8 = 2;
pub(crate) const LINKS: u8 = 4;
/// There are more operations, components than are listed.
pub(crate) const MORE_OPERATIONS: u8 = 8;
pub(crate) const MORE_COMPONENTS: u8 = 16;

/// The facts of a trace as they lie in an index: names by their number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry<'a> {
    id: [u8; 16],
    weight: f32,
    /// Since the earliest start of the block.
    after_ns: u64,
    pub(crate) duration_ns: u64,
    pub(crate) longest_own_ns: u64,
    pub(crate) spans: u32,
    root: u32,
    root_component: Option<u32>,
    root_status: Status,
    pub(crate) statuses: u8,
    pub(crate) kinds: u8,
    pub(crate) flags: u8,
    operations: &'a [u8],
    components: &'a [u8],
    marks: &'a [u8],
    /// Where the trace lies in the block.
    pub(super) offset: u32,
    pub(super) length: u32,
}

/// What is known of all traces of a block.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Index<'a> {
    pub(super) head: Head,
    #[serde(borrow)]
    pub(super) names: Vec<&'a str>,
    pub(super) entries: Vec<Entry<'a>>,
}

/// What is known of a block.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The policy that kept all its traces.
    pub(super) policy: Policy,
    /// How often what is in it was put together with others.
    pub(super) level: u8,
    /// Bytes before they were compressed, and what the block takes on disk.
    pub(super) raw_bytes: u64,
    pub(super) taken_bytes: u64,
    /// When the first and the last of its traces were stored.
    pub(super) first_kept_ns: u64,
    pub(super) last_kept_ns: u64,
    pub(super) earliest_ns: u64,
}

impl Facts {
    /// Of a trace; it must have a span.
    pub(crate) fn of(trace: &Trace) -> Option<Facts> {
        let root = trace.root()?;
        let mut flags = u8::from(trace.missing.is_incomplete()) * INCOMPLETE;
        let (mut statuses, mut kinds) = (0, 0);
        for span in &trace.spans {
            statuses |= 1 << span.status as u8;
            kinds |= 1 << span.kind as u8;
            flags |= u8::from(!span.events.is_empty()) * EVENTS;
            flags |= u8::from(!span.links.is_empty()) * LINKS;
        }
        let operations = trace.spans.iter().map(|span| &span.operation);
        let (operations, more) = distinct(operations);
        flags |= u8::from(more) * MORE_OPERATIONS;
        let components = trace
            .spans
            .iter()
            .filter_map(|span| span.component.as_ref());
        let (components, more) = distinct(components);
        flags |= u8::from(more) * MORE_COMPONENTS;
        Some(Facts {
            id: trace.id,
            policy: trace.kept.policy,
            weight: trace.kept.weight as f32,
            start_ns: root.start_ns,
            duration_ns: root.duration_ns(),
            longest_own_ns: own_times(trace).into_iter().max().unwrap_or_default(),
            spans: u32::try_from(trace.spans.len()).unwrap_or(u32::MAX),
            root: Arc::clone(&root.operation),
            root_component: root.component.clone(),
            root_status: root.status,
            statuses,
            kinds,
            flags,
            operations,
            components,
            marks: marks(&trace.spans),
        })
    }
}

/// Different names, and whether there are more.
fn distinct<'t>(names: impl Iterator<Item = &'t Arc<str>>) -> (Vec<Arc<str>>, bool) {
    let mut found: Vec<Arc<str>> = Vec::new();
    for name in names {
        if found.contains(name) {
            continue;
        }
        if found.len() == MOST_NAMES {
            return (found, true);
        }
        found.push(Arc::clone(name));
    }
    (found, false)
}

/// Marks of all attributes and events of some spans.
fn marks(spans: &[Span]) -> Vec<u8> {
    let mut hashes = Vec::new();
    let mut text = String::new();
    let mut add = |attribute: &Attribute| {
        text.clear();
        // A string takes all that is written to it.
        let _ = write!(text, "{}", attribute.value);
        hashes.push(Mark::Key(&attribute.key).hash());
        hashes.push(Mark::Value(&attribute.key, &text).hash());
    };
    for span in spans {
        span.attributes.iter().for_each(&mut add);
        span.events
            .iter()
            .flat_map(|event| &event.attributes)
            .for_each(&mut add);
    }
    let events = spans.iter().flat_map(|span| &span.events);
    hashes.extend(events.map(|event| Mark::Event(&event.name).hash()));
    hashes.sort_unstable();
    hashes.dedup();
    Marks::of(&hashes)
}

impl<'a> Index<'a> {
    /// Reads an index; `None` for bytes that are none.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Index<'a>> {
        postcard::from_bytes(bytes).ok()
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        // Vectors take all that is written to them, and all lengths are known.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Its traces, each with where to find more.
    pub(crate) fn traces(&self) -> impl Iterator<Item = Seen<'_, 'a>> {
        self.entries.iter().map(|entry| Seen { entry, index: self })
    }
}

/// An entry with its index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'i, 'a> {
    pub(crate) entry: &'i Entry<'a>,
    index: &'i Index<'a>,
}

impl<'i> Seen<'i, '_> {
    /// `None` for an id that is none, of a damaged index.
    pub(crate) fn id(&self) -> Option<TraceId> {
        TraceId::new(u128::from_be_bytes(self.entry.id))
    }

    pub(crate) fn policy(&self) -> Policy {
        self.index.head.policy
    }

    pub(crate) fn weight(&self) -> f64 {
        f64::from(self.entry.weight)
    }

    pub(crate) fn start_ns(&self) -> u64 {
        self.index
            .head
            .earliest_ns
            .saturating_add(self.entry.after_ns)
    }

    pub(crate) fn root(&self) -> &'i str {
        self.name(self.entry.root)
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = &'i str> {
        let names = *self;
        numbers(self.entry.operations).map(move |number| names.name(number))
    }

    pub(crate) fn components(&self) -> impl Iterator<Item = &'i str> {
        let names = *self;
        numbers(self.entry.components).map(move |number| names.name(number))
    }

    /// Whether a span may have this; `false` is certain.
    pub(crate) fn may_have(&self, mark: Mark<'_>) -> bool {
        Marks::may_have(self.entry.marks, mark.hash())
    }

    /// A name; empty where a damaged index has none of this number.
    fn name(&self, number: u32) -> &'i str {
        let names = &self.index.names;
        names.get(number as usize).copied().unwrap_or_default()
    }

    /// All that is known, by itself.
    pub(crate) fn facts(&self) -> Option<Facts> {
        let entry = self.entry;
        Some(Facts {
            id: self.id()?,
            policy: self.policy(),
            weight: entry.weight,
            start_ns: self.start_ns(),
            duration_ns: entry.duration_ns,
            longest_own_ns: entry.longest_own_ns,
            spans: entry.spans,
            root: Arc::from(self.root()),
            root_component: entry
                .root_component
                .map(|number| Arc::from(self.name(number))),
            root_status: entry.root_status,
            statuses: entry.statuses,
            kinds: entry.kinds,
            flags: entry.flags,
            operations: self.operations().map(Arc::from).collect(),
            components: self.components().map(Arc::from).collect(),
            marks: entry.marks.to_vec(),
        })
    }
}

/// An index from facts; where each trace lies in the block comes with them.
pub(super) fn index_bytes(mut head: Head, facts: &[(Facts, u32, u32)]) -> (Vec<u8>, Head) {
    let earliest = facts.iter().map(|(facts, ..)| facts.start_ns).min();
    head.earliest_ns = earliest.unwrap_or_default();
    let mut names = Names::default();
    let lists: Vec<_> = facts
        .iter()
        .map(|(facts, ..)| (names.list(&facts.operations), names.list(&facts.components)))
        .collect();
    let entries = facts
        .iter()
        .zip(&lists)
        .map(|((facts, offset, length), lists)| Entry {
            id: facts.id.get().to_be_bytes(),
            weight: facts.weight,
            after_ns: facts.start_ns - head.earliest_ns,
            duration_ns: facts.duration_ns,
            longest_own_ns: facts.longest_own_ns,
            spans: facts.spans,
            root: names.number(&facts.root),
            root_component: facts.root_component.as_ref().map(|name| names.number(name)),
            root_status: facts.root_status,
            statuses: facts.statuses,
            kinds: facts.kinds,
            flags: facts.flags,
            operations: &lists.0,
            components: &lists.1,
            marks: &facts.marks,
            offset: *offset,
            length: *length,
        });
    let index = Index {
        head,
        entries: entries.collect(),
        names: names.all,
    };
    (index.bytes(), head)
}

#[derive(Default)]
struct Names<'f> {
    all: Vec<&'f str>,
    numbers: HashMap<&'f str, u32>,
}

impl<'f> Names<'f> {
    fn number(&mut self, name: &'f str) -> u32 {
        let next = self.all.len() as u32;
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.all.push(name);
        }
        number
    }

    /// Numbers one after another, seven bits a byte, the highest bit where more follow.
    fn list(&mut self, names: &'f [Arc<str>]) -> Vec<u8> {
        let mut list = Vec::with_capacity(names.len());
        for name in names {
            let mut number = self.number(name);
            while number >= 0x80 {
                list.push(number as u8 | 0x80);
                number >>= 7;
            }
            list.push(number as u8);
        }
        list
    }
}

fn numbers(list: &[u8]) -> impl Iterator<Item = u32> {
    let mut bytes = list.iter();
    std::iter::from_fn(move || {
        let mut number = 0_u32;
        for shift in (0..32).step_by(7) {
            let byte = bytes.next()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::fixture::{any_trace, span, trace};

    #[test]
    fn facts_come_back_out_of_an_index() {
        let mut facts: Vec<_> = (0..300)
            .map(|seed| Facts::of(&any_trace(seed)).unwrap())
            .collect();
        facts
            .iter_mut()
            .for_each(|facts| facts.policy = Policy::Rare);
        let with_places: Vec<_> = facts.iter().cloned().map(|facts| (facts, 5, 6)).collect();
        let head = Head {
            policy: Policy::Rare,
            level: 0,
            raw_bytes: 1,
            taken_bytes: 2,
            first_kept_ns: 3,
            last_kept_ns: 4,
            earliest_ns: 0,
        };
        let (bytes, head) = index_bytes(head, &with_places);
        let index = Index::read(&bytes).unwrap();
        assert_eq!(index.head, head);
        let back: Vec<_> = index.traces().map(|seen| seen.facts().unwrap()).collect();
        assert_eq!(back, facts);
        assert!(Index::read(&bytes[..bytes.len() - 1]).is_none());
    }

    #[test]
    fn only_so_many_names_are_listed() {
        let spans = (1..=100).map(|id| span(id, None, &format!("op-{id}"), (0, 1)));
        let facts = Facts::of(&trace(1, spans.collect())).unwrap();
        assert_eq!(facts.operations.len(), MOST_NAMES);
        assert_eq!(facts.flags, MORE_OPERATIONS);
    }
}
