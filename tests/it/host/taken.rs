//! What threads recorded of spans, taken in by hand.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard};

use obs::collector::Spans;
use obs::collector::spans::{Key, Polled, Record, What};
use obs::{Edge, Status};
use obs_runtime::evaluate::critical_path::Node;
use obs_runtime::model::trace;

/// A span as its records tell it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) name: &'static str,
    pub(crate) trace: [u64; 2],
    pub(crate) id: u64,
    pub(crate) parent: u64,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) edge: Edge,
    pub(crate) status: Status,
    pub(crate) polled: Option<Polled>,
    pub(crate) component: Option<Arc<str>>,
}

/// Everything that was recorded since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) ended: Vec<Seen>,
    /// Spans that said that they start, and did not end.
    pub(crate) open: Vec<&'static str>,
    /// Attributes and what was wrong, by the number of the span.
    pub(crate) said: HashMap<u64, Vec<String>>,
    /// Names of events, by the number of the span.
    pub(crate) events: HashMap<u64, Vec<&'static str>>,
    /// Links, by the number of the span: ids of others.
    pub(crate) links: HashMap<u64, Vec<u64>>,
    /// Spans whose trace is to be kept.
    pub(crate) forced: Vec<u64>,
}

/// The collector of the process, for one test at a time.
pub(crate) struct Collecting {
    pub(crate) spans: Spans,
    _turn: MutexGuard<'static, ()>,
}

impl Collecting {
    pub(crate) fn start() -> Collecting {
        let turn = obs_tests::turn();
        let mut spans = Spans::acquire(4_096).expect("no other collects");
        spans.drain(|_| {});
        Collecting { spans, _turn: turn }
    }

    pub(crate) fn take(&mut self) -> Taken {
        let mut taken = Taken::default();
        let mut started = HashMap::new();
        let names: Vec<_> = {
            // Names are known once records are there.
            let mut records = Vec::new();
            self.spans.drain(|record| {
                records.push((record.words().to_vec(), record.thread()));
            });
            records
        };
        let sites = self.spans.sites_from(1);
        let name_of = |record: &Record<'_>| {
            let at = (record.site() as usize).checked_sub(1);
            at.map_or("", |at| sites[at].description().name)
        };
        for (words, thread) in &names {
            let record = Record::of(words, *thread).expect("it was one");
            match record.what() {
                What::Start => {
                    started.insert(record.span(), name_of(&record));
                }
                What::End => {
                    started.remove(&record.span());
                    taken.ended.push(Seen {
                        name: name_of(&record),
                        trace: record.trace(),
                        id: record.span(),
                        parent: record.parent(),
                        start: record.start().at,
                        end: record.end().at,
                        edge: record.edge(),
                        status: record.status(),
                        polled: record.polled(),
                        component: self.spans.component(record.component()),
                    });
                }
                What::Attributes | What::Event => {
                    if record.is_forced() {
                        taken.forced.push(record.span());
                    }
                    if record.what() == What::Event {
                        let events = taken.events.entry(record.span()).or_default();
                        events.push(name_of(&record));
                    }
                    let keys = (record.site() as usize).checked_sub(1);
                    let keys = keys.map_or(&[][..], |at| sites[at].description().keys);
                    let said = taken.said.entry(record.span()).or_default();
                    record.attributes(|attribute| {
                        let key = match attribute.key {
                            Key::Number(at) => keys[at as usize],
                            Key::Text(key) => key,
                        };
                        said.push(format!("{key}={}", text(attribute.value)));
                    });
                }
                What::Link => {
                    let links = taken.links.entry(record.span()).or_default();
                    links.push(record.linked().1);
                }
                _ => {}
            }
        }
        taken.open = started.into_values().collect();
        taken.open.sort_unstable();
        taken
    }
}

fn text(value: obs::collector::spans::Value<'_>) -> String {
    use obs::collector::spans::Value;
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Unsigned(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

impl Taken {
    /// The only span of that name.
    pub(crate) fn one(&self, name: &str) -> &Seen {
        let found = self.all(name);
        assert_eq!(found.len(), 1, "{name} among {:#?}", self.ended);
        found[0]
    }

    /// The spans of that name, in the order of their starts.
    pub(crate) fn all(&self, name: &str) -> Vec<&Seen> {
        let mut found: Vec<_> = self.ended.iter().filter(|seen| seen.name == name).collect();
        found.sort_by_key(|seen| (seen.start, seen.id));
        found
    }

    /// What was said of a span.
    pub(crate) fn said(&self, seen: &Seen) -> Vec<&str> {
        let said = self.said.get(&seen.id).into_iter().flatten();
        said.map(String::as_str).collect()
    }

    /// What a walk along the critical path sees.
    pub(crate) fn nodes(&self) -> Vec<Node> {
        let node = |seen: &Seen| Node {
            id: seen.id,
            parent: seen.parent,
            start_ns: seen.start,
            end_ns: seen.end,
            busy_ns: seen.polled.map_or(0, |polled| polled.busy),
            operation: 0,
            component: 0,
            edge: match seen.edge {
                Edge::Call => trace::Edge::Call,
                Edge::Detached => trace::Edge::Detached,
                Edge::Queue => trace::Edge::Queue,
            },
            remote_parent: false,
            open: false,
            polled: seen.polled.is_some(),
        };
        self.ended.iter().map(node).collect()
    }
}
