//! What a comparison found, and how to ask it.

use crate::case::Case;
use crate::entry::{Answer, Standing};

/// One library's figure for one case and number of threads.
pub struct Row {
    /// The question.
    pub case: Case,
    /// Who answered.
    pub library: &'static str,
    /// What the row is compared as.
    pub standing: Standing,
    /// With how many threads at once.
    pub threads: usize,
    /// Nanoseconds per operation: the median over the rounds.
    pub ns_median: f64,
    /// The least over the rounds.
    pub ns_min: f64,
}

impl Row {
    /// Sums up the laps of all rounds.
    pub fn new(answer: Answer, threads: usize, mut laps: Vec<f64>) -> Row {
        laps.sort_by(f64::total_cmp);
        Row {
            case: answer.case,
            library: answer.library,
            standing: answer.standing,
            threads,
            ns_median: median(&laps),
            ns_min: laps.first().copied().unwrap_or(f64::NAN),
        }
    }
}

fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        length if length.is_multiple_of(2) => {
            f64::midpoint(sorted[length / 2 - 1], sorted[length / 2])
        }
        length => sorted[length / 2],
    }
}

/// All rows of a comparison.
pub struct Results {
    rows: Vec<Row>,
}

impl Results {
    /// Adds rows that another process has measured.
    pub fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
    }

    /// Keeps the rows that are reported.
    pub fn new(rows: Vec<Row>) -> Results {
        let rows = rows
            .into_iter()
            .filter(|row| row.case.is_reported())
            .collect();
        Results { rows }
    }

    /// The rows alone.
    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    /// Every row, in the order of the cases.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows of one case and number of threads.
    pub fn rows_of(&self, case: Case, threads: usize) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| row.case == case && row.threads == threads)
    }

    /// The median of a library.
    pub fn library(&self, case: Case, threads: usize, library: &str) -> Option<f64> {
        self.rows_of(case, threads)
            .find(|row| row.library == library)
            .map(|row| row.ns_median)
    }

    /// The median of obs.
    pub fn obs(&self, case: Case, threads: usize) -> Option<f64> {
        self.library(case, threads, "obs")
    }

    /// The median of the floor.
    pub fn floor(&self, case: Case, threads: usize) -> Option<f64> {
        self.library(case, threads, "floor")
    }

    /// The fastest peer.
    pub fn best_peer(&self, case: Case, threads: usize) -> Option<&Row> {
        self.rows_of(case, threads)
            .filter(|row| row.standing == Standing::Peer)
            .min_by(|a, b| a.ns_median.total_cmp(&b.ns_median))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(library: &'static str, standing: Standing, laps: Vec<f64>) -> Row {
        let answer = Answer {
            case: Case::Counter,
            library,
            standing,
        };
        Row::new(answer, 1, laps)
    }

    #[test]
    fn median_of_an_even_number_is_between_the_middle_two() {
        let row = row("obs", Standing::Obs, vec![4.0, 1.0, 3.0, 2.0]);
        assert_eq!((row.ns_median, row.ns_min), (2.5, 1.0));
    }

    #[test]
    fn best_peer_ignores_who_needs_a_flush() {
        let results = Results::new(vec![
            row("prometheus", Standing::Peer, vec![2.4]),
            row("prometheus-local", Standing::Beside, vec![0.4]),
            row("floor", Standing::Floor, vec![0.5]),
        ]);
        let best = results.best_peer(Case::Counter, 1).map(|row| row.library);
        assert_eq!(best, Some("prometheus"));
    }
}
