//! Metrics as rows: one per series, or one per family, with the figures that their kind has.

use std::cmp::Ordering;

use obs_runtime::api::Kind;

use super::archive::{Archive, Change, Reading, SeriesKey, Step, Track};
use super::column::{Cell, Column, Listed};
use super::frame::Place;
use crate::domain::domain;
use crate::filter::Filter;
use crate::quantile::{Distribution, Quantile};
use crate::text::{kind, printable};

/// What a row of metrics stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// All series of the family.
    Family,
    /// One of them.
    Series(SeriesKey),
}

/// One row of metrics.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The metric's name.
    pub(crate) family: String,
    pub(crate) of: Of,
    /// What it is called on its page.
    pub(crate) name: String,
    /// What it is about, on pages that are divided by that.
    pub(crate) domain: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) unit: String,
    pub(crate) help: String,
    /// How many series it stands for.
    pub(crate) series: usize,
    /// A level, a count so far, or how many were observed.
    pub(crate) value: Option<f64>,
    /// Growth per second, just now.
    pub(crate) rate: Option<f64>,
    pub(crate) p50: Option<Quantile>,
    pub(crate) p99: Option<Quantile>,
}

/// The columns of pages of metrics.
pub(crate) const ENTRY_COLUMNS: &[Column<Entry>] = &[
    Column {
        title: "metric",
        width: 0,
        rank: 0,
        help: "name, or labels of one series",
        cell: |_| Cell::Name,
    },
    Column {
        title: "kind",
        width: 9,
        rank: 6,
        help: "counter, gauge, histogram, …",
        cell: |entry| Cell::Word(kind(entry.kind)),
    },
    Column {
        title: "series",
        width: 6,
        rank: 7,
        help: "how many series the row adds up",
        cell: |entry| Cell::Count(Some(entry.series as f64)),
    },
    Column {
        title: "value",
        width: 8,
        rank: 1,
        help: "level of a gauge; how much was counted or observed so far",
        cell: |entry| match (entry.kind, entry.unit.as_str()) {
            (Kind::Histogram | Kind::Summary, _) => Cell::Count(entry.value),
            (_, "bytes") => Cell::Bytes(entry.value),
            (_, "seconds") => Cell::Seconds(entry.value.map(exactly)),
            _ => Cell::Amount(entry.value),
        },
    },
    Column {
        title: "per s",
        width: 7,
        rank: 2,
        help: "growth per second, just now",
        cell: |entry| match (entry.kind, entry.unit.as_str()) {
            (Kind::Counter, "bytes") => Cell::Bytes(entry.rate),
            _ => Cell::Rate(entry.rate),
        },
    },
    Column {
        title: "p50",
        width: 8,
        rank: 5,
        help: "half of what was observed lately is at most this",
        cell: |entry| observed(entry, entry.p50),
    },
    Column {
        title: "p99",
        width: 8,
        rank: 3,
        help: "99 of 100 of what was observed lately are at most this",
        cell: |entry| observed(entry, entry.p99),
    },
    Column {
        title: "trend",
        width: 12,
        rank: 4,
        help: "the last steps, the highest of them full: levels, or growth",
        cell: |_| Cell::Trend,
    },
];

fn observed(entry: &Entry, quantile: Option<Quantile>) -> Cell {
    match entry.unit.as_str() {
        "seconds" => Cell::Seconds(quantile),
        "bytes" => Cell::Bytes(quantile.map(|quantile| quantile.value)),
        _ => Cell::Amount(quantile.map(|quantile| quantile.value)),
    }
}

fn exactly(value: f64) -> Quantile {
    Quantile {
        value,
        beyond: false,
    }
}

impl Listed for Entry {
    fn name(&self) -> String {
        printable(&self.name)
    }

    fn by_name(&self, other: &Entry) -> Ordering {
        // What stands for all comes first, domains stand together.
        let is_part = |entry: &Entry| matches!(entry.of, Of::Series(_));
        (&self.domain, is_part(self), &self.name).cmp(&(&other.domain, is_part(other), &other.name))
    }
}

impl Entry {
    fn new(family: &str, track: &Track, of: Of, name: String) -> Entry {
        Entry {
            family: family.to_owned(),
            of,
            name,
            domain: None,
            kind: track.kind,
            unit: track.unit.clone(),
            help: track.help.clone(),
            series: 1,
            value: None,
            rate: None,
            p50: None,
            p99: None,
        }
    }
}

/// How many steps back percentiles look.
const LATELY: usize = 10;

/// The rows of a component: every series that it recorded, by what it is about.
pub(super) fn of_component(archive: &Archive, place: &Place, filter: &Filter) -> Vec<Entry> {
    let mut rows = Vec::new();
    for (family, track) in archive.families() {
        let own = archive.series(track).filter(|(key, _)| key.place == *place);
        for (key, reading) in own {
            let name = format!("{family}{}", labels(&key.labels));
            if filter.selects(&name) {
                let mut row = of_series(archive, family, track, key, reading, name);
                row.domain = Some(domain(family).to_owned());
                rows.push(row);
            }
        }
    }
    rows
}

/// The rows of a family: all of it, and every series.
pub(super) fn of_family(archive: &Archive, family: &str, filter: &Filter) -> Vec<Entry> {
    let Some(track) = archive.family(family) else {
        return Vec::new();
    };
    let mut rows: Vec<Entry> = archive
        .series(track)
        .filter_map(|(key, reading)| {
            let name = name_of(key);
            filter
                .selects(&name)
                .then(|| of_series(archive, family, track, key, reading, name))
        })
        .collect();
    if rows.len() > 1 {
        let mut all = whole(archive, family, track);
        "(all)".clone_into(&mut all.name);
        rows.insert(0, all);
    }
    rows
}

/// One row per family.
pub(super) fn of_everything(archive: &Archive, filter: &Filter) -> Vec<Entry> {
    archive
        .families()
        .filter(|(name, _)| filter.selects(name))
        .map(|(name, track)| {
            let mut row = whole(archive, name, track);
            row.domain = Some(domain(name).to_owned());
            row
        })
        .collect()
}

fn of_series(
    archive: &Archive,
    family: &str,
    track: &Track,
    key: &SeriesKey,
    reading: &Reading,
    name: String,
) -> Entry {
    let mut row = Entry::new(family, track, Of::Series(key.clone()), name);
    row.value = value(reading);
    row.rate = archive
        .latest_step(track, key)
        .as_ref()
        .and_then(per_second);
    match reading {
        Reading::Observed(_) => {
            let lately = lately(archive, track, key);
            (row.p50, row.p99) = (lately.quantile(0.5), lately.quantile(0.99));
        }
        Reading::Summary(summary) => {
            let told = |q: f64| {
                let known = summary.quantiles.iter();
                let mut known = known.filter(|known| (known.quantile - q).abs() < 1e-9);
                known.next().map(|known| exactly(known.value))
            };
            (row.p50, row.p99) = (told(0.5), told(0.99));
        }
        _ => {}
    }
    row
}

/// A family as one row: what can be added up is.
fn whole(archive: &Archive, family: &str, track: &Track) -> Entry {
    let mut row = Entry::new(family, track, Of::Family, family.to_owned());
    let mut together = Distribution::default();
    row.series = 0;
    for (key, reading) in archive.series(track) {
        row.series += 1;
        // Ratios and timestamps of several make no sum that means anything.
        let adds_up = !matches!(reading, Reading::Level(_))
            || !matches!(track.unit.as_str(), "ratio" | "seconds");
        if adds_up || row.series == 1 {
            add(&mut row.value, value(reading));
        } else {
            row.value = None;
        }
        let step = archive.latest_step(track, key);
        add(&mut row.rate, step.as_ref().and_then(per_second));
        if let Reading::Observed(_) = reading {
            together.add(&lately(archive, track, key));
        }
    }
    (row.p50, row.p99) = (together.quantile(0.5), together.quantile(0.99));
    row
}

fn lately(archive: &Archive, track: &Track, key: &SeriesKey) -> Distribution {
    let mut sum = Distribution::default();
    for step in archive.steps(track, key, LATELY) {
        if let Change::Observed(observed) = step.change {
            sum.add(&observed);
        }
    }
    sum
}

fn value(reading: &Reading) -> Option<f64> {
    match reading {
        Reading::Count(value) | Reading::Level(value) => Some(*value),
        Reading::Observed(distribution) => Some(distribution.count() as f64),
        Reading::Summary(summary) => Some(summary.count as f64),
        Reading::Unknown => None,
    }
}

/// What a step came to per second; a level comes to nothing.
fn per_second(step: &Step) -> Option<f64> {
    match &step.change {
        Change::Grown(grown) => Some(grown / step.seconds),
        Change::Observed(observed) => Some(observed.count() as f64 / step.seconds),
        Change::Level(_) => None,
    }
}

/// What a step is in a trend: a level, or growth per second.
pub(super) fn height(step: &Step) -> f64 {
    match step.change {
        Change::Level(level) => level,
        _ => per_second(step).unwrap_or_default(),
    }
}

fn add(to: &mut Option<f64>, more: Option<f64>) {
    if let Some(more) = more {
        *to = Some(to.unwrap_or(0.0) + more);
    }
}

/// What a series is called on the page of its family.
fn name_of(key: &SeriesKey) -> String {
    let component = match &key.place {
        Place::Component(name) => name.as_str(),
        Place::Outside if key.labels.is_empty() => "(process)",
        Place::Outside => "",
    };
    match (component, labels(&key.labels)) {
        ("", labels) => labels,
        (component, labels) if labels.is_empty() => component.to_owned(),
        (component, labels) => format!("{component} {labels}"),
    }
}

fn labels(labels: &[(String, String)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let pairs: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    format!("{{{}}}", pairs.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture;

    fn archive() -> Archive {
        let mut archive = Archive::default();
        fixture::host()
            .iter()
            .for_each(|snapshot| archive.push(snapshot));
        archive
    }

    fn component(name: &str) -> Place {
        Place::Component(name.to_owned())
    }

    fn named<'a>(rows: &'a [Entry], name: &str) -> &'a Entry {
        rows.iter()
            .find(|row| row.name == name)
            .unwrap_or_else(|| panic!("no {name} among {rows:#?}"))
    }

    #[test]
    fn a_component_has_its_series_by_domain() {
        let rows = of_component(&archive(), &component("flaky"), &Filter::default());
        let names: Vec<_> = rows
            .iter()
            .map(|row| (row.domain.as_deref().unwrap_or_default(), &row.name[..]))
            .collect();
        assert_eq!(
            names,
            [
                ("messages", "component_messages_processed_total{outcome=ok}"),
                (
                    "messages",
                    "component_messages_processed_total{outcome=trap}"
                ),
                ("processing", "component_processing_latency_seconds"),
                ("restarts", "component_restarts_total"),
            ]
        );
        // 30 more in 2 s; 20 took up to 10 ms, 20 more than 100 ms.
        let ok = named(&rows, "component_messages_processed_total{outcome=ok}");
        assert_eq!((ok.value, ok.rate, ok.p99), (Some(60.0), Some(15.0), None));
        let latency = named(&rows, "component_processing_latency_seconds");
        assert_eq!((latency.value, latency.rate), (Some(80.0), Some(20.0)));
        assert_eq!(latency.p50, Some(exactly(0.01)));
        assert_eq!(latency.p99.map(|p99| p99.beyond), Some(true));
    }

    #[test]
    fn a_metric_has_a_row_for_all_and_one_per_series() {
        let archive = archive();
        let rows = of_family(
            &archive,
            "component_messages_processed_total",
            &Filter::default(),
        );
        assert_eq!(rows.len(), 5);
        let all = named(&rows, "(all)");
        assert_eq!((all.series, all.value), (4, Some(5080.0)));
        assert_eq!(all.rate, Some(1000.0 + 20.0 + 250.0));
        assert_eq!(named(&rows, "flaky {outcome=trap}").rate, Some(5.0));
        let fds = of_family(&archive, "process_start_time_seconds", &Filter::default());
        assert_eq!((fds.len(), &fds[0].name[..]), (1, "(process)"));
        assert!(of_family(&archive, "nothing", &Filter::default()).is_empty());
    }

    #[test]
    fn everything_is_one_row_per_metric() {
        let rows = of_everything(&archive(), &Filter::of("memory"));
        let names: Vec<_> = rows.iter().map(|row| &row.name[..]).collect();
        assert_eq!(
            names,
            ["component_memory_bytes", "component_memory_limit_bytes"]
        );
        assert_eq!(
            (rows[0].series, rows[0].value, rows[0].rate),
            (2, Some(5_310_720.0), None)
        );
    }

    #[test]
    fn filter_looks_at_names_and_labels() {
        let flaky = component("flaky");
        let archive = archive();
        for (filter, rows) in [("trap", 1), ("latency", 1), ("hash", 0), ("!messages", 2)] {
            let found = of_component(&archive, &flaky, &Filter::of(filter));
            assert_eq!(found.len(), rows, "{filter}");
        }
    }
}
