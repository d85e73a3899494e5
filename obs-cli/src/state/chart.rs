//! One metric over time: bars of a level or of growth, or a heatmap of what was observed.

use super::archive::{Archive, Change, SeriesKey, Step};
use super::entry::{Entry, Of, height};
use crate::quantile::{Distribution, Quantile};

/// As many steps as the archive has.
const ALL: usize = usize::MAX - 1;

/// What can be drawn of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Chart {
    /// One height per step, the oldest first.
    Bars {
        heights: Vec<f64>,
        /// From the beginning of the first step to the end of the last.
        seconds: f64,
    },
    /// One distribution per step, the oldest first, all of the same bounds.
    Heat {
        bounds: Vec<f64>,
        /// Counts per step and bucket.
        steps: Vec<Vec<u64>>,
        seconds: f64,
        /// The median, the 90th and the 99th percentile of all.
        quantiles: [Option<Quantile>; 3],
    },
    /// There is nothing yet: it takes two snapshots.
    Nothing,
}

/// The last heights of a row, for a line of little bars.
pub(super) fn trend(archive: &Archive, entry: &Entry, most: usize) -> Vec<f64> {
    match chart_of(archive, entry, most) {
        Chart::Bars { heights, .. } => heights,
        Chart::Heat { steps, .. } => steps
            .iter()
            .map(|counts| counts.iter().sum::<u64>() as f64)
            .collect(),
        Chart::Nothing => Vec::new(),
    }
}

/// Everything that is known of a row.
pub(super) fn chart(archive: &Archive, entry: &Entry) -> Chart {
    chart_of(archive, entry, ALL)
}

fn chart_of(archive: &Archive, entry: &Entry, most: usize) -> Chart {
    let Some(track) = archive.family(&entry.family) else {
        return Chart::Nothing;
    };
    if matches!(entry.of, Of::Family) && entry.value.is_none() {
        // Levels that make no sum make no chart of it either.
        return Chart::Nothing;
    }
    let keys: Vec<&SeriesKey> = match &entry.of {
        Of::Series(key) => vec![key],
        Of::Family => archive.series(track).map(|(key, _)| key).collect(),
    };
    let mut together: Vec<Step> = Vec::new();
    for key in keys {
        merge(&mut together, archive.steps(track, key, most));
    }
    let seconds = together.iter().map(|step| step.seconds).sum();
    let Some(last) = together.last() else {
        return Chart::Nothing;
    };
    match &last.change {
        Change::Observed(observed) => {
            let bounds = observed.bounds.clone();
            heat(together, bounds, seconds)
        }
        _ => Chart::Bars {
            heights: together.iter().map(height).collect(),
            seconds,
        },
    }
}

/// Adds the steps of another series to those that end at the same time.
fn merge(into: &mut Vec<Step>, steps: Vec<Step>) {
    for step in steps {
        let place = into.binary_search_by_key(&step.ends_unix_ms, |known| known.ends_unix_ms);
        match place {
            Err(place) => into.insert(place, step),
            Ok(place) => match (&mut into[place].change, step.change) {
                (Change::Grown(sum), Change::Grown(more))
                | (Change::Level(sum), Change::Level(more)) => *sum += more,
                (Change::Observed(sum), Change::Observed(more)) => sum.add(&more),
                _ => {}
            },
        }
    }
}

fn heat(steps: Vec<Step>, bounds: Vec<f64>, seconds: f64) -> Chart {
    let mut all = Distribution::default();
    let mut counts = Vec::new();
    for step in steps {
        match step.change {
            Change::Observed(observed) if observed.bounds == bounds => {
                all.add(&observed);
                counts.push(observed.buckets);
            }
            // Before its buckets changed it was another histogram.
            _ => {
                counts.clear();
                all = Distribution::default();
            }
        }
    }
    Chart::Heat {
        bounds,
        steps: counts,
        seconds,
        quantiles: [0.5, 0.9, 0.99].map(|q| all.quantile(q)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;
    use crate::state::entry::of_family;
    use crate::state::fixture::at;

    fn archive() -> Archive {
        let mut archive = Archive::default();
        for second in 0..4u32 {
            let n = f64::from(second);
            archive.push(
                &at(second.into())
                    .counter("jobs_total", Some("a"), &[], 10.0 * n)
                    .counter("jobs_total", Some("b"), &[], n * n)
                    .gauge("level", Some("a"), n)
                    .histogram("h", Some("a"), &[1.0], &[u64::from(second), 0])
                    .histogram("h", Some("b"), &[1.0], &[0, 2 * u64::from(second)])
                    .snapshot(),
            );
        }
        archive
    }

    fn chart_named(family: &str, row: usize) -> Chart {
        let archive = archive();
        let rows = of_family(&archive, family, &Filter::default());
        chart(&archive, &rows[row])
    }

    #[test]
    fn growth_of_all_series_is_added_step_by_step() {
        let bars = |heights: [f64; 3]| Chart::Bars {
            heights: heights.to_vec(),
            seconds: 3.0,
        };
        assert_eq!(chart_named("jobs_total", 0), bars([11.0, 13.0, 15.0]));
        assert_eq!(chart_named("jobs_total", 2), bars([1.0, 3.0, 5.0]));
        assert_eq!(chart_named("level", 0), bars([1.0, 2.0, 3.0]));
    }

    #[test]
    fn observations_of_all_series_are_added_bucket_by_bucket() {
        let Chart::Heat {
            bounds,
            steps,
            quantiles,
            ..
        } = chart_named("h", 0)
        else {
            panic!("a histogram has a heatmap")
        };
        assert_eq!((bounds, steps), (vec![1.0], vec![vec![1, 2]; 3]));
        assert_eq!(quantiles[2].map(|p99| p99.beyond), Some(true));
    }

    #[test]
    fn trend_is_as_long_as_was_asked_for() {
        let archive = archive();
        let rows = of_family(&archive, "h", &Filter::default());
        assert_eq!(trend(&archive, &rows[0], 2), [3.0, 3.0]);
        assert_eq!(trend(&archive, &rows[0], 12).len(), 3);
    }

    #[test]
    fn one_snapshot_has_no_chart() {
        let mut archive = Archive::default();
        archive.push(&at(0).gauge("level", None, 1.0).snapshot());
        let rows = of_family(&archive, "level", &Filter::default());
        assert_eq!(chart(&archive, &rows[0]), Chart::Nothing);
    }
}
