//! The metrics that those of the facade have to stand beside in one exposition: all others of the program.

use std::collections::HashMap;

use obs::catalogue::{self, Definition, Difference, Kind};

use super::handles::Reason;
use crate::model::taken;

/// Names that are taken, and by whom.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    /// The metrics that macros define, by name.
    defined: HashMap<&'static str, Vec<&'static Definition>>,
    /// Whose series are called so.
    taken: HashMap<String, String>,
}

impl Neighbours {
    /// Those that are linked into the program.
    pub(super) fn linked() -> Neighbours {
        let metrics = catalogue::catalogue().metrics;
        Neighbours::of(metrics.into_iter().map(|metric| metric.definition))
    }

    fn of(definitions: impl IntoIterator<Item = &'static Definition>) -> Neighbours {
        let mut neighbours = Neighbours::default();
        for definition in definitions {
            let alike = neighbours.defined.entry(definition.name).or_default();
            alike.push(definition);
            // Where macros contradict each other, starting the runtime says so.
            let _ = neighbours.take(definition.name, definition.kind);
        }
        neighbours
    }

    /// Takes the names that a metric's series have, unless those of another metric have them.
    pub(super) fn take(&mut self, name: &str, kind: Kind) -> Result<(), Reason> {
        let series = taken::series(name, kind);
        let is_taken = |series: &String| self.taken.get(series).is_some_and(|by| by != name);
        if series.iter().any(is_taken) {
            return Err(Reason::Name);
        }
        let own = series.into_iter().map(|series| (series, name.to_owned()));
        self.taken.extend(own);
        Ok(())
    }

    /// Whether a metric can be in one family with those of its name that macros define.
    pub(super) fn admit(&self, definition: &Definition) -> Result<(), Reason> {
        let alike = self.defined.get(definition.name).into_iter().flatten();
        let mut differences = alike.filter_map(|other| other.difference(definition));
        match differences.next() {
            None => Ok(()),
            Some(Difference::Kind) => Err(Reason::Kind),
            Some(_) => Err(Reason::Name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::definition;

    fn neighbours(definitions: &[Definition]) -> Neighbours {
        let leaked = definitions.iter().map(|one| &*Box::leak(Box::new(*one)));
        Neighbours::of(leaked)
    }

    #[test]
    fn a_name_that_another_metrics_series_have_is_refused() {
        let mut known = neighbours(&[
            definition("size", Kind::Histogram),
            definition("wait_count", Kind::Gauge),
        ]);
        for (name, kind, taken) in [
            ("size_count", Kind::Counter, Err(Reason::Name)),
            ("size_bucket", Kind::Gauge, Err(Reason::Name)),
            ("wait", Kind::Histogram, Err(Reason::Name)),
            ("wait", Kind::Counter, Ok(())),
            ("size_total", Kind::Counter, Ok(())),
            ("own", Kind::Histogram, Ok(())),
            ("own", Kind::Histogram, Ok(())),
            ("own_sum", Kind::Gauge, Err(Reason::Name)),
        ] {
            assert_eq!(known.take(name, kind), taken, "{name}");
        }
    }

    #[test]
    fn a_metric_that_differs_from_the_macros_of_its_name_is_refused() {
        let jobs = definition("jobs_total", Kind::Counter);
        let known = neighbours(&[jobs]);
        assert_eq!(known.admit(&jobs), Ok(()));
        for (other, reason) in [
            (definition("jobs_total", Kind::Gauge), Reason::Kind),
            (
                Definition {
                    dynamic: &["shop"],
                    ..jobs
                },
                Reason::Name,
            ),
        ] {
            assert_eq!(known.admit(&other), Err(reason));
        }
        assert_eq!(known.admit(&definition("other", Kind::Gauge)), Ok(()));
    }
}
