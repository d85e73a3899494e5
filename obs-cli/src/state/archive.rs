//! Every series over the last minutes: what rates, trends and heatmaps are made of.
//!
//! It is bounded in time and in size; what is oldest goes first.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use obs_runtime::api::{Family, Kind, Snapshot, Summary, Value};

use super::frame::Place;
use crate::quantile::Distribution;

/// How far back it reaches.
const SPAN: Duration = Duration::from_secs(300);

/// How many numbers it holds at most: 32 MiB of them. Distributions that did not change are held once.
const MOST_NUMBERS: usize = 4 << 20;

/// What tells the series of a family apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeriesKey {
    /// Where it was recorded.
    pub(crate) place: Place,
    /// The other labels.
    pub(crate) labels: Vec<(String, String)>,
}

/// All that is known.
#[derive(Debug, Default)]
pub(super) struct Archive {
    /// When each frame was taken, in milliseconds since the Unix epoch; the oldest first.
    times: VecDeque<u64>,
    /// The number of the oldest frame.
    first: u64,
    families: BTreeMap<String, Track>,
    numbers: usize,
}

/// A family over time.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) help: String,
    pub(super) unit: String,
    pub(super) kind: Kind,
    series: BTreeMap<SeriesKey, VecDeque<Point>>,
}

/// What a series held in one frame.
#[derive(Clone, Debug)]
struct Point {
    frame: u64,
    reading: Reading,
}

/// What a series held.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    /// A count that grows.
    Count(f64),
    /// A value that goes up and down.
    Level(f64),
    /// What was observed so far.
    Observed(Rc<Distribution>),
    /// Quantiles worked out elsewhere.
    Summary(Rc<Summary>),
    /// Something that nobody here knows.
    Unknown,
}

/// What happened to a series between two frames.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// When it ended, in milliseconds since the Unix epoch.
    pub(super) ends_unix_ms: u64,
    /// How long it took.
    pub(super) seconds: f64,
    pub(super) change: Change,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// A count grew by this much.
    Grown(f64),
    /// A value stood here at the end.
    Level(f64),
    /// These observations came.
    Observed(Distribution),
}

impl Archive {
    /// Takes the next frame.
    pub(super) fn push(&mut self, snapshot: &Snapshot) {
        match self.times.back() {
            // The clock was set back: nothing can be said about what lies between.
            Some(&last) if snapshot.time_unix_ms < last => *self = Archive::default(),
            // The same moment again; what came in between counts from the frame that was there first.
            Some(&last) if snapshot.time_unix_ms == last => return,
            _ => {}
        }
        self.times.push_back(snapshot.time_unix_ms);
        let frame = self.latest();
        for family in &snapshot.families {
            self.take(family, frame);
        }
        self.forget();
    }

    fn latest(&self) -> u64 {
        self.first + self.times.len() as u64 - 1
    }

    fn take(&mut self, family: &Family, frame: u64) {
        let track = self
            .families
            .entry(family.name.clone())
            .or_insert_with(|| Track {
                help: family.help.clone(),
                unit: family.unit.clone(),
                kind: family.kind,
                series: BTreeMap::new(),
            });
        for series in &family.series {
            let key = SeriesKey {
                place: series
                    .component
                    .clone()
                    .map_or(Place::Outside, Place::Component),
                labels: series.labels.clone(),
            };
            let points = track.series.entry(key).or_default();
            let before = points.back().map(|point| &point.reading);
            let reading = Reading::of(&series.value, before);
            self.numbers += reading.weight();
            points.push_back(Point { frame, reading });
        }
    }

    /// Lets go of frames that are too old or too many; the last two stay, whatever they are: they are the rate.
    fn forget(&mut self) {
        let span_ms = u64::try_from(SPAN.as_millis()).unwrap_or(u64::MAX);
        let now = self.times.back().copied().unwrap_or_default();
        let is_old = |time: Option<&u64>| time.is_some_and(|time| now - time > span_ms);
        while self.times.len() > 2 && (is_old(self.times.front()) || self.numbers > MOST_NUMBERS) {
            self.times.pop_front();
            self.first += 1;
            self.drop_before(self.first);
        }
    }

    fn drop_before(&mut self, first: u64) {
        let mut gone = 0;
        self.families.retain(|_, track| {
            track.series.retain(|_, points| {
                while let Some(point) = points.pop_front_if(|point| point.frame < first) {
                    gone += point.reading.weight();
                }
                !points.is_empty()
            });
            !track.series.is_empty()
        });
        self.numbers -= gone.min(self.numbers);
    }

    /// The families that have a series now, by name.
    pub(super) fn families(&self) -> impl Iterator<Item = (&str, &Track)> {
        self.families
            .iter()
            .map(|(name, track)| (name.as_str(), track))
            .filter(|(_, track)| self.series(track).next().is_some())
    }

    /// A family by its name.
    pub(super) fn family(&self, name: &str) -> Option<&Track> {
        self.families.get(name)
    }

    /// The series that a family has now, with what they hold.
    pub(super) fn series<'a>(
        &'a self,
        track: &'a Track,
    ) -> impl Iterator<Item = (&'a SeriesKey, &'a Reading)> {
        let now = self.first + self.times.len() as u64;
        track.series.iter().filter_map(move |(key, points)| {
            let point = points.back()?;
            (point.frame + 1 == now).then_some((key, &point.reading))
        })
    }

    /// What happened to a series, step by step, the oldest first; the last so many steps.
    pub(super) fn steps(&self, track: &Track, key: &SeriesKey, most: usize) -> Vec<Step> {
        let Some(points) = track.series.get(key) else {
            return Vec::new();
        };
        let from = points.len().saturating_sub(most + 1);
        let points: Vec<&Point> = points.range(from..).collect();
        points
            .windows(2)
            .filter_map(|pair| self.step(pair[0], pair[1]))
            .collect()
    }

    /// The latest step of a series that is there now. A counter that was not there before has grown since the frame before.
    pub(super) fn latest_step(&self, track: &Track, key: &SeriesKey) -> Option<Step> {
        let points = track.series.get(key)?;
        let last = points.back().filter(|point| point.frame == self.latest())?;
        match points.len().checked_sub(2) {
            Some(before) => self.step(&points[before], last),
            None => self.step_from_nothing(last),
        }
    }

    fn step(&self, before: &Point, after: &Point) -> Option<Step> {
        let (began, ends) = (self.time(before.frame)?, self.time(after.frame)?);
        Some(Step {
            ends_unix_ms: ends,
            seconds: (ends - began) as f64 / 1000.0,
            change: Change::between(Some(&before.reading), &after.reading)?,
        })
    }

    fn step_from_nothing(&self, point: &Point) -> Option<Step> {
        let (began, ends) = (
            self.time(point.frame.checked_sub(1)?)?,
            self.time(point.frame)?,
        );
        Some(Step {
            ends_unix_ms: ends,
            seconds: (ends - began) as f64 / 1000.0,
            change: Change::between(None, &point.reading)?,
        })
    }

    fn time(&self, frame: u64) -> Option<u64> {
        let place = usize::try_from(frame.checked_sub(self.first)?).ok()?;
        self.times.get(place).copied()
    }
}

impl Reading {
    /// What a value holds; what did not change is shared with the one before.
    fn of(value: &Value, before: Option<&Reading>) -> Reading {
        match value {
            Value::Counter(count) => Reading::Count(*count),
            Value::Gauge(level) => Reading::Level(*level),
            Value::Summary(summary) => match before {
                Some(Reading::Summary(before)) if **before == *summary => {
                    Reading::Summary(Rc::clone(before))
                }
                _ => Reading::Summary(Rc::new(summary.clone())),
            },
            value => match (Distribution::of(value), before) {
                (Some(now), Some(Reading::Observed(before))) if **before == now => {
                    Reading::Observed(Rc::clone(before))
                }
                (Some(now), _) => Reading::Observed(Rc::new(now)),
                (None, _) => Reading::Unknown,
            },
        }
    }

    /// How many numbers it holds, more or less; the same whenever it is asked.
    fn weight(&self) -> usize {
        match self {
            Reading::Observed(distribution) => 2 * distribution.buckets.len(),
            Reading::Summary(summary) => 2 * summary.quantiles.len() + 2,
            _ => 1,
        }
    }
}

impl Change {
    fn between(before: Option<&Reading>, after: &Reading) -> Option<Change> {
        Some(match (before, after) {
            (Some(Reading::Count(before)), Reading::Count(after)) => {
                Change::Grown(grown(*before, *after))
            }
            (None, Reading::Count(after)) => Change::Grown(*after),
            (_, Reading::Level(level)) => Change::Level(*level),
            (Some(Reading::Observed(before)), Reading::Observed(after)) => {
                Change::Observed(after.since(before))
            }
            (None, Reading::Observed(after)) => Change::Observed((**after).clone()),
            (before, Reading::Summary(after)) => {
                let before = match before {
                    Some(Reading::Summary(before)) => before.count as f64,
                    _ => 0.0,
                };
                Change::Grown(grown(before, after.count as f64))
            }
            _ => return None,
        })
    }
}

/// How much a count grew. One that went down has begun again at 0: what it shows now is what came since.
fn grown(before: f64, after: f64) -> f64 {
    if before <= after {
        after - before
    } else {
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{Draft, at};

    fn archive(drafts: impl IntoIterator<Item = Draft>) -> Archive {
        let mut archive = Archive::default();
        for draft in drafts {
            archive.push(&draft.snapshot());
        }
        archive
    }

    fn jobs(second: u64, count: f64) -> Draft {
        at(second).counter("jobs_total", Some("a"), &[], count)
    }

    fn key() -> SeriesKey {
        SeriesKey {
            place: Place::Component("a".to_owned()),
            labels: Vec::new(),
        }
    }

    fn growth(archive: &Archive) -> Vec<(f64, f64)> {
        let track = archive.family("jobs_total").expect("it is there");
        let steps = archive.steps(track, &key(), 100);
        steps
            .iter()
            .map(|step| match step.change {
                Change::Grown(grown) => (grown, step.seconds),
                _ => panic!("a counter grows"),
            })
            .collect()
    }

    #[test]
    fn counters_grow_and_begin_again() {
        let archive = archive([jobs(0, 5.0), jobs(2, 9.0), jobs(3, 2.0)]);
        assert_eq!(growth(&archive), [(4.0, 2.0), (2.0, 1.0)]);
    }

    #[test]
    fn series_that_appears_has_grown_since_the_frame_before() {
        let archive = archive([at(0).gauge("g", None, 1.0), jobs(2, 6.0)]);
        let track = archive.family("jobs_total").expect("it is there");
        let step = archive.latest_step(track, &key()).expect("it has grown");
        assert!(matches!(step.change, Change::Grown(grown) if grown == 6.0));
        assert_eq!(step.seconds, 2.0);
        let first = super::tests::archive([jobs(0, 6.0)]);
        let track = first.family("jobs_total").expect("it is there");
        assert!(first.latest_step(track, &key()).is_none(), "since when?");
    }

    #[test]
    fn series_that_left_is_not_there_now_and_its_family_neither() {
        let archive = archive([jobs(0, 5.0), at(1).gauge("g", None, 1.0)]);
        let names: Vec<&str> = archive.families().map(|(name, _)| name).collect();
        assert_eq!(names, ["g"]);
    }

    #[test]
    fn what_is_older_than_the_span_is_forgotten() {
        let seconds = SPAN.as_secs();
        let archive = archive((0..=seconds + 10).map(|second| jobs(second, second as f64)));
        assert_eq!(growth(&archive).len() as u64, seconds.min(100));
        assert_eq!(archive.times.len() as u64, seconds + 1);
        assert_eq!(archive.numbers as u64, seconds + 1);
    }

    #[test]
    fn too_many_numbers_are_forgotten_but_for_the_last_two_frames() {
        let bounds: Vec<f64> = (0..1_000_000).map(f64::from).collect();
        let draft = |second, count| {
            let buckets: Vec<u64> = (0..=1_000_000).map(|_| count).collect();
            at(second).histogram("h", Some("a"), &bounds, &buckets)
        };
        let archive = archive([draft(0, 1), draft(1, 2), draft(2, 3), draft(3, 4)]);
        assert_eq!(archive.times.len(), 2);
        assert!(archive.numbers <= MOST_NUMBERS);
    }

    #[test]
    fn observations_that_did_not_change_are_held_once() {
        let draft = |second| at(second).histogram("h", Some("a"), &[1.0], &[3, 4]);
        let archive = archive([draft(0), draft(1)]);
        let track = archive.family("h").expect("it is there");
        let points = &track.series[&key()];
        let [Reading::Observed(a), Reading::Observed(b)] = [&points[0].reading, &points[1].reading]
        else {
            panic!("both are histograms")
        };
        assert!(Rc::ptr_eq(a, b));
    }

    #[test]
    fn clock_set_back_begins_again_and_the_same_moment_counts_once() {
        let again = archive([jobs(10, 5.0), jobs(3, 6.0), jobs(3, 7.0), jobs(4, 9.0)]);
        assert_eq!(growth(&again), [(3.0, 1.0)]);
    }
}
