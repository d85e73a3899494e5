//! What was recorded, in plain words.

use std::collections::BTreeMap;
use std::sync::MutexGuard;

use obs::collector::Spans;
use obs::collector::spans::{Key, Polled, Reading, Record, Value, What};
use obs::{Edge, Kind, Status};
use obs_tests::turn;

/// The collector, which a process has one of; tests that share a process take turns.
pub(crate) struct Watching {
    pub(crate) spans: Spans,
    _turn: MutexGuard<'static, ()>,
}

/// A span that has ended, and what was said of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) name: &'static str,
    pub(crate) span: u64,
    pub(crate) parent: u64,
    pub(crate) trace: [u64; 2],
    pub(crate) kind: Kind,
    pub(crate) edge: Edge,
    pub(crate) status: Status,
    pub(crate) start: Reading,
    pub(crate) end: Reading,
    pub(crate) polled: Option<Polled>,
    /// The name of the component that it ran in.
    pub(crate) component: Option<String>,
    /// Whether it said that it started.
    pub(crate) told: bool,
    /// What was wrong with it.
    pub(crate) message: Option<String>,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) events: Vec<&'static str>,
}

impl Watching {
    /// Takes the collector. What others have left is thrown away.
    pub(crate) fn begin() -> Watching {
        let turn = turn();
        let mut spans = Spans::acquire(4_096).expect("whoever has it has the turn, too");
        spans.drain(|_| {});
        Watching { spans, _turn: turn }
    }

    /// The spans that have ended since the last look, as they ended, with what was said of them.
    pub(crate) fn seen(&mut self) -> Vec<Seen> {
        let mut records = Vec::new();
        let mut keep =
            |record: Record<'_>| records.push((record.words().to_vec(), record.thread()));
        self.spans.drain(&mut keep);
        let records = records.iter();
        let records: Vec<Record<'_>> = records
            .filter_map(|(words, thread)| Record::of(words, *thread))
            .collect();
        let ended = records.iter().filter(|record| record.what() == What::End);
        let mut seen: Vec<Seen> = ended.map(|record| self.ended(record)).collect();
        for record in &records {
            let Some(span) = seen.iter_mut().find(|seen| seen.span == record.span()) else {
                continue;
            };
            match record.what() {
                What::Start => span.told = true,
                What::Event => span.events.push(self.name(record)),
                What::Attributes => self.said(record, span),
                _ => {}
            }
        }
        seen
    }

    /// The one span of that name which has ended since the last look.
    pub(crate) fn one(&mut self, name: &str) -> Seen {
        let mut seen = self.seen();
        seen.retain(|seen| seen.name == name);
        assert_eq!(seen.len(), 1, "spans `{name}`: {seen:#?}");
        seen.remove(0)
    }

    fn ended(&self, record: &Record<'_>) -> Seen {
        Seen {
            name: self.name(record),
            span: record.span(),
            parent: record.parent(),
            trace: record.trace(),
            kind: record.kind(),
            edge: record.edge(),
            status: record.status(),
            start: record.start(),
            end: record.end(),
            polled: record.polled(),
            component: self
                .spans
                .component(record.component())
                .map(|name| name.to_string()),
            told: false,
            message: None,
            attributes: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    fn said(&self, record: &Record<'_>, span: &mut Seen) {
        let site = self.spans.sites_from(record.site().max(1));
        let keys = site.first().map(|site| site.description().keys);
        record.attributes(|attribute| {
            let key = match attribute.key {
                Key::Number(number) => keys.expect("it has a site")[usize::from(number)].to_owned(),
                Key::Text(text) => text.to_owned(),
            };
            let value = match attribute.value {
                Value::Text(text) => text.to_owned(),
                Value::Bool(value) => value.to_string(),
                Value::Int(number) => number.to_string(),
                Value::Unsigned(number) => number.to_string(),
                Value::Float(number) => number.to_string(),
                other => panic!("an unknown value: {other:?}"),
            };
            if key.is_empty() {
                span.message = Some(value);
            } else {
                span.attributes.insert(key, value);
            }
        });
    }

    fn name(&self, record: &Record<'_>) -> &'static str {
        self.spans.sites_from(record.site())[0].description().name
    }
}

/// The span of that name among those.
pub(crate) fn named<'a>(seen: &'a [Seen], name: &str) -> &'a Seen {
    let found = seen.iter().find(|seen| seen.name == name);
    found.unwrap_or_else(|| panic!("no span `{name}`: {seen:#?}"))
}
