//! The table as it is shown: one row per component, and the totals above them.

use std::cmp::Ordering;

use super::column::{COLUMNS, Listed, sort};
use super::frame::{Figures, Frame, Metric, Place};
use super::history::{Growth, History};
use crate::filter::Filter;
use crate::quantile::Quantile;

/// What is shown: held still while paused.
#[derive(Debug, Default)]
pub(crate) struct Board {
    /// One per component, sorted.
    pub(crate) rows: Vec<Row>,
    /// How many components there are, filtered out or not.
    pub(crate) known: usize,
    /// Messages per second of all rows.
    pub(crate) rate: Option<f64>,
    /// Failed messages of all rows over the window, as a share.
    pub(crate) errors: Option<f64>,
    /// Bytes in use by all rows.
    pub(crate) memory: Option<f64>,
    /// How long the process had run.
    pub(crate) uptime_seconds: Option<f64>,
}

/// What is shown of one component. None where the process has no such metric, or nothing to say yet.
#[derive(Debug)]
pub(crate) struct Row {
    /// Which component.
    pub(crate) place: Place,
    /// Messages per second.
    pub(crate) rate: Option<f64>,
    /// Failed messages over the window, as a share of those processed.
    pub(crate) errors: Option<f64>,
    /// The median over the window.
    pub(crate) p50: Option<Quantile>,
    /// The 99th percentile over the window.
    pub(crate) p99: Option<Quantile>,
    /// Messages in flight.
    pub(crate) in_flight: Option<f64>,
    /// Bytes in use.
    pub(crate) memory: Option<f64>,
    /// Bytes allowed.
    pub(crate) memory_limit: Option<f64>,
    /// Fuel per second.
    pub(crate) fuel: Option<f64>,
    /// Restarts so far.
    pub(crate) restarts: Option<f64>,
    /// Messages lost so far.
    pub(crate) lost: Option<f64>,
    /// Messages processed so far, by outcome, the most frequent first.
    pub(crate) outcomes: Vec<(String, f64)>,
}

impl Board {
    /// What a history shows.
    pub(super) fn of(history: &History) -> Board {
        let Some(frame) = history.last() else {
            return Board::default();
        };
        let growths: Vec<Growth> = frame
            .places
            .keys()
            .map(|place| history.over_window(place))
            .collect();
        let rows: Vec<Row> = frame
            .places
            .iter()
            .zip(&growths)
            .map(|((place, figures), growth)| Row::of(place, figures, growth, frame, history))
            .collect();
        Board {
            rate: sum(rows.iter().map(|row| row.rate)),
            errors: share(
                growths.iter().map(|growth| growth.failed).sum(),
                growths.iter().map(|growth| growth.processed).sum(),
            ),
            memory: sum(rows.iter().map(|row| row.memory)),
            uptime_seconds: frame
                .started_unix_seconds
                .map(|began| (frame.time_unix_ms as f64 / 1000.0 - began).max(0.0)),
            known: rows.len(),
            rows,
        }
    }

    /// Sorts by a column.
    pub(super) fn sort(&mut self, column: usize, reversed: bool) {
        sort(&mut self.rows, COLUMNS, column, reversed);
    }

    /// Leaves the rows that are selected. The totals stay what they are.
    pub(super) fn select(&mut self, filter: &Filter) {
        self.rows.retain(|row| filter.selects(&row.name()));
    }
}

impl Listed for Row {
    fn name(&self) -> String {
        Row::name(self)
    }

    fn by_name(&self, other: &Row) -> Ordering {
        self.place.cmp(&other.place)
    }
}

impl Row {
    fn of(
        place: &Place,
        figures: &Figures,
        growth: &Growth,
        frame: &Frame,
        history: &History,
    ) -> Row {
        let has = |metric| frame.present.contains(&metric);
        // A counter that a component never touched stands at 0, if the process has it at all.
        let counted = |metric, figure: Option<f64>| figure.or(has(metric).then_some(0.0));
        let rate_of = |metric, figure| {
            has(metric)
                .then(|| history.per_second(place, figure))
                .flatten()
        };
        let percentile = |q| growth.latency.quantile(q);
        Row {
            place: place.clone(),
            rate: rate_of(Metric::Processed, |growth| growth.processed),
            errors: share(growth.failed, growth.processed),
            p50: percentile(0.5),
            p99: percentile(0.99),
            in_flight: figures.in_flight,
            memory: figures.memory,
            memory_limit: figures.memory_limit,
            fuel: rate_of(Metric::Fuel, |growth| growth.fuel),
            restarts: counted(Metric::Restarts, figures.restarts),
            lost: counted(Metric::Lost, figures.lost),
            outcomes: outcomes(figures),
        }
    }

    /// The component's name, safe to print.
    pub(crate) fn name(&self) -> String {
        self.place.name()
    }
}

fn outcomes(figures: &Figures) -> Vec<(String, f64)> {
    let mut outcomes: Vec<(String, f64)> = Vec::new();
    for (labels, &count) in &figures.processed {
        let outcome = labels
            .iter()
            .find(|(key, _)| key == "outcome")
            .map_or("any", |(_, value)| value);
        match outcomes.iter_mut().find(|(known, _)| known == outcome) {
            Some((_, sum)) => *sum += count,
            None => outcomes.push((outcome.to_owned(), count)),
        }
    }
    outcomes.sort_by(|a, b| b.1.total_cmp(&a.1));
    outcomes
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

fn sum(figures: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    figures.flatten().reduce(|a, b| a + b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{self, at};
    use std::time::Duration;

    fn board(snapshots: impl IntoIterator<Item = obs_runtime::api::Snapshot>) -> Board {
        let mut history = History::new(Duration::from_secs(10));
        snapshots
            .into_iter()
            .for_each(|snapshot| history.push(Frame::of(snapshot)));
        Board::of(&history)
    }

    fn row<'a>(board: &'a Board, name: &str) -> &'a Row {
        board
            .rows
            .iter()
            .find(|row| row.name() == name)
            .expect("the component has a row")
    }

    fn order(board: &Board) -> Vec<String> {
        board.rows.iter().map(Row::name).collect()
    }

    #[test]
    fn row_shows_what_was_worked_out_by_hand() {
        let board = board(fixture::host());
        // 40 messages in 2 s, 10 of them trapped; 20 took up to 10 ms, 20 more than 100 ms.
        let flaky = row(&board, "flaky");
        assert_eq!((flaky.rate, flaky.errors), (Some(20.0), Some(0.25)));
        assert_eq!(
            flaky.p50,
            Some(Quantile {
                value: 0.01,
                beyond: false
            })
        );
        assert_eq!(
            flaky.p99,
            Some(Quantile {
                value: 0.1,
                beyond: true
            })
        );
        assert_eq!(
            (flaky.restarts, flaky.fuel, flaky.memory),
            (Some(8.0), Some(0.0), None)
        );
        assert_eq!(
            flaky.outcomes,
            [("ok".to_owned(), 60.0), ("trap".to_owned(), 20.0)]
        );
        let hash = row(&board, "hash");
        assert_eq!(
            (hash.fuel, hash.restarts, hash.in_flight),
            (Some(1.0e6), Some(0.0), Some(3.0))
        );
        assert_eq!(hash.lost, None, "no metric, no figure");
    }

    #[test]
    fn totals_are_over_all_rows() {
        let board = board(fixture::host());
        assert_eq!(board.rate, Some(1000.0 + 20.0 + 250.0));
        assert_eq!(board.errors, Some(10.0 / 2540.0));
        assert_eq!(board.memory, Some(1_310_720.0 + 4_000_000.0));
        assert_eq!(board.uptime_seconds, Some(65.0));
    }

    #[test]
    fn nothing_yet_is_an_empty_board() {
        assert!(board([]).rows.is_empty());
        let first = board([fixture::host()[0].clone()]);
        assert_eq!(
            (row(&first, "hash").rate, row(&first, "hash").errors),
            (None, None)
        );
    }

    #[test]
    fn numbers_sort_from_high_to_low_and_missing_ones_last_either_way() {
        let mut board = board(fixture::host());
        let memory = COLUMNS
            .iter()
            .position(|column| column.title == "memory")
            .expect("there is a memory column");
        board.sort(memory, false);
        assert_eq!(order(&board), ["store", "hash", "flaky"]);
        board.sort(memory, true);
        assert_eq!(order(&board), ["hash", "store", "flaky"]);
    }

    #[test]
    fn names_sort_from_a_to_z_and_back() {
        let mut board = board(fixture::host());
        board.sort(0, false);
        assert_eq!(order(&board), ["flaky", "hash", "store"]);
        board.sort(0, true);
        assert_eq!(order(&board), ["store", "hash", "flaky"]);
    }

    #[test]
    fn what_was_recorded_outside_any_component_has_a_row_of_its_own() {
        let messages = |second, n| {
            at(second)
                .counter(
                    "component_messages_processed_total",
                    None,
                    &[("outcome", "ok")],
                    n,
                )
                .snapshot()
        };
        let board = board([messages(0, 0.0), messages(1, 5.0)]);
        assert_eq!(row(&board, "(no component)").rate, Some(5.0));
    }
}
