//! Which families a scraper has asked for by name, and the walk over their series.

use obs::catalogue::Kind;

use crate::model::snapshot::{Cursor, Row};
use crate::model::{Family, Series, Snapshot, Value};

/// What the names of series have behind the name of their family, and whose series they are.
const SUFFIXES: [(&str, &[Kind]); 4] = [
    ("_total", &[Kind::Counter]),
    ("_bucket", &[Kind::Histogram]),
    ("_sum", &[Kind::Histogram, Kind::Summary]),
    ("_count", &[Kind::Histogram, Kind::Summary]),
];

/// What the names of families have behind the name that OpenMetrics calls them by.
const OPEN_METRICS: [(&str, Kind); 2] = [("_total", Kind::Counter), ("_info", Kind::Info)];

/// The names that a scraper has asked for; none means all there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names(Vec<String>);

impl Names {
    /// Reads the parameters `name[]` of a query.
    pub(crate) fn of_query(query: &str) -> Names {
        let parameters = form_urlencoded::parse(query.as_bytes());
        let names = parameters.filter(|(key, _)| key == "name[]");
        Names(names.map(|(_, name)| name.into_owned()).collect())
    }

    /// The places of the families that are meant, in order; `None` for all.
    fn places(&self, snapshot: &Snapshot) -> Option<Vec<usize>> {
        if self.0.is_empty() {
            return None;
        }
        let mut places: Vec<usize> = self
            .0
            .iter()
            .flat_map(|name| meant(snapshot, name))
            .collect();
        places.sort_unstable();
        places.dedup();
        Some(places)
    }
}

/// The families that a name means: its own, and the one whose series are called so in any format.
fn meant<'a>(snapshot: &'a Snapshot, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let own = snapshot.family(name).map(|(at, _)| at);
    // In OpenMetrics the family of `jobs_total` is called `jobs`.
    let longer = OPEN_METRICS.into_iter().filter_map(move |(suffix, kind)| {
        of_kind(snapshot.family(&format!("{name}{suffix}"))?, &[kind])
    });
    let series = SUFFIXES.into_iter().filter_map(move |(suffix, kinds)| {
        of_kind(snapshot.family(name.strip_suffix(suffix)?)?, kinds)
    });
    own.into_iter().chain(longer).chain(series)
}

fn of_kind((at, family): (usize, &Family), kinds: &[Kind]) -> Option<usize> {
    kinds.contains(&family.kind()).then_some(at)
}

/// A walk over the series of the families that were asked for.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    cursor: Cursor,
    /// The places of the families that are still to come, the next one last; `None` for all.
    selected: Option<Vec<usize>>,
}

impl Walk {
    pub(super) fn new(snapshot: &Snapshot, names: &Names) -> Walk {
        let mut selected = names.places(snapshot);
        if let Some(places) = &mut selected {
            places.reverse();
        }
        Walk {
            cursor: Cursor::default(),
            selected,
        }
    }

    /// The place of the family of the row or of the series that was last returned.
    pub(super) fn family(&self) -> usize {
        self.cursor.family()
    }

    /// Returns the next series and moves past it.
    pub(super) fn next<'a>(&mut self, snapshot: &'a Snapshot) -> Option<Series<'a>> {
        loop {
            let row = self.row(snapshot)?;
            if let Some((index, value)) = self.step(&row) {
                return Some(row.series(index, value));
            }
        }
    }

    /// Returns the row it is at, or moves to the next that may have exported series.
    pub(super) fn row<'a>(&mut self, snapshot: &'a Snapshot) -> Option<Row<'a>> {
        let Some(selected) = &mut self.selected else {
            return snapshot.row(&mut self.cursor);
        };
        loop {
            let wanted = *selected.last()?;
            if self.cursor.family() < wanted {
                self.cursor = Cursor::before(wanted);
            }
            let row = snapshot.row(&mut self.cursor)?;
            if self.cursor.family() == wanted {
                return Some(row);
            }
            selected.pop();
        }
    }

    /// Returns the next exported series of the row it is at and moves past it; moves to the next row where there is none.
    #[inline]
    pub(super) fn step<'a>(&mut self, row: &Row<'a>) -> Option<(usize, Value<'a>)> {
        self.cursor.step(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{Layout, definition, outside};
    use obs::catalogue::{Definition, Exponential};

    fn snapshot() -> Snapshot {
        let layout = Layout::new([
            definition("a_total", Kind::Counter),
            definition("b", Kind::Gauge),
            definition("c_seconds", Kind::Histogram),
            definition("d", Kind::Counter),
            definition("untouched", Kind::Gauge),
            Definition {
                exponential: Some(Exponential::new(1, -1, 1)),
                quantiles: &[0.5],
                ..definition("w_bytes", Kind::Summary)
            },
            Definition {
                literals: &[("kind", "x")],
                ..definition("z", Kind::Gauge)
            },
            Definition {
                literals: &[("kind", "y")],
                ..definition("z", Kind::Gauge)
            },
        ]);
        let mut cells = layout.cells();
        for name in ["a_total", "b", "c_seconds", "d", "w_bytes", "z"] {
            cells[layout.first_cell(name, 0)] = 1;
        }
        let second = layout.metrics.last().expect("there are some");
        cells[second.first_cell as usize] = 1;
        layout.snapshot(vec![outside(cells)])
    }

    fn found(query: &str) -> Vec<String> {
        let snapshot = snapshot();
        let mut walk = Walk::new(&snapshot, &Names::of_query(query));
        let series = std::iter::from_fn(|| walk.next(&snapshot));
        series
            .map(|series| series.family().name().to_owned())
            .collect()
    }

    #[test]
    fn without_names_everything_is_there() {
        let all = ["a_total", "b", "c_seconds", "d", "w_bytes", "z", "z"];
        for query in ["", "other=a_total", "name=a_total"] {
            assert_eq!(found(query), all, "{query}");
        }
    }

    #[test]
    fn a_name_means_its_family_and_that_of_its_series() {
        for (name, families) in [
            ("a_total", &["a_total"][..]),
            ("a", &["a_total"]),
            ("d_total", &["d"]),
            ("c_seconds", &["c_seconds"]),
            ("c_seconds_bucket", &["c_seconds"]),
            ("c_seconds_sum", &["c_seconds"]),
            ("c_seconds_count", &["c_seconds"]),
            ("w_bytes_sum", &["w_bytes"]),
            ("w_bytes_count", &["w_bytes"]),
            ("w_bytes_bucket", &[]),
            ("z", &["z", "z"]),
            ("b_count", &[]),
            ("b_total", &[]),
            ("c_seconds_total", &[]),
            ("untouched", &[]),
            ("unknown", &[]),
            ("", &[]),
        ] {
            assert_eq!(found(&format!("name[]={name}")), families, "{name}");
        }
    }

    #[test]
    fn names_may_be_many_in_any_order_twice_and_escaped() {
        let query =
            "name%5B%5D=z&name[]=c_seconds_sum&name[]=b&name[]=nothing&name[]=%63_seconds_count";
        assert_eq!(found(query), ["b", "c_seconds", "z", "z"]);
    }
}
