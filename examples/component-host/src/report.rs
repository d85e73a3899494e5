//! The final report: what the host counted beside what obs counted, component by component.

use std::fmt;
use std::io::Write as _;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use anyhow::{Context as _, Result};
use obs_runtime::api::Snapshot;
use serde_json::{Map, Value, json};

use crate::args::Form;
use crate::coverage;
use crate::guest::SOURCES;
use crate::host::Host;
use crate::seen;
use crate::tally::{Figure, Figures, Whole, Wholes};
use crate::traced::Traced;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Report {
    seconds: f64,
    files: u64,
    passes: u64,
    unreadable_names: u64,
    rows: Vec<Row>,
    /// The host as a whole: what it counted, and what obs did.
    whole: [Wholes; 2],
    traced: Traced,
    /// Standard metrics that there are, and those that never moved.
    metrics: usize,
    silent: Vec<&'static str>,
}

/// One component, counted twice.
#[derive(Debug)]
struct Row {
    component: &'static str,
    host: Figures,
    obs: Figures,
    /// Standard metrics that the component has.
    metrics: usize,
}

impl Report {
    /// Compares the host's books with what obs exports.
    pub(crate) fn new(host: &Host, snapshot: &Snapshot, elapsed: Duration) -> Self {
        let rows = SOURCES.iter().enumerate().map(|(place, source)| Row {
            component: source.name,
            host: host.tally().book(place).figures(),
            obs: seen::figures(snapshot, source.name),
            metrics: host.coverage().metrics_of(source.name),
        });
        let progress = host.progress();
        Self {
            seconds: elapsed.as_secs_f64(),
            files: progress.files.load(Relaxed),
            passes: progress.passes.load(Relaxed),
            unreadable_names: progress.unreadable_names.load(Relaxed),
            rows: rows.collect(),
            whole: [host.tally().wholes(), seen::wholes(snapshot)],
            traced: Traced::of(snapshot),
            metrics: coverage::standard().len(),
            silent: host.coverage().silent(),
        }
    }

    /// Whether obs and the host agree on every figure of every component.
    pub(crate) fn equal(&self) -> bool {
        self.rows.iter().all(Row::equal) && self.whole[0] == self.whole[1]
    }

    /// Writes the report to standard output.
    ///
    /// # Errors
    ///
    /// Standard output cannot be written to, as when its reader has gone.
    pub(crate) fn print(&self, form: Form) -> Result<()> {
        let text = match form {
            Form::Text => self.to_string(),
            Form::Json => serde_json::to_string_pretty(&self.json())?,
        };
        writeln!(std::io::stdout(), "{text}").context("the report could not be written")
    }

    fn json(&self) -> Value {
        json!({
            "equal": self.equal(),
            "seconds": self.seconds,
            "files": self.files,
            "passes": self.passes,
            "unreadable_names": self.unreadable_names,
            "whole": { "host": named(&Whole::NAMES, &self.whole[0]), "obs": named(&Whole::NAMES, &self.whole[1]) },
            "traces": self.traced.json(),
            "metrics": { "standard": self.metrics, "silent": self.silent },
            "components": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
        })
    }
}

impl Row {
    fn equal(&self) -> bool {
        self.host == self.obs
    }

    /// What the table shows for one figure.
    fn cell(&self, place: usize) -> String {
        cell(self.host[place], self.obs[place])
    }

    /// The characters that the widest cell needs, and two between columns.
    fn width(&self, places: &[usize]) -> usize {
        let cells = places.iter().map(|place| self.cell(*place).len());
        2 + cells
            .chain([self.component.len()])
            .max()
            .unwrap_or_default()
    }

    fn json(&self) -> Value {
        json!({
            "component": self.component,
            "equal": self.equal(),
            "metrics": self.metrics,
            "host": named(&Figure::NAMES, &self.host),
            "obs": named(&Figure::NAMES, &self.obs),
        })
    }
}

/// What both counted, or both counts.
fn cell(host: u64, obs: u64) -> String {
    match (host, obs) {
        (0, 0) => "-".to_owned(),
        (host, obs) if host == obs => host.to_string(),
        (host, obs) => format!("{host}, not {obs}"),
    }
}

fn named(names: &[&str], figures: &[u64]) -> Map<String, Value> {
    names
        .iter()
        .zip(figures)
        .map(|(name, value)| (name.to_string(), (*value).into()))
        .collect()
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{} files in {:.1} s, {} whole passes",
            self.files, self.seconds, self.passes
        )?;
        if self.unreadable_names > 0 {
            writeln!(
                out,
                "{} files passed over: their names are not Unicode",
                self.unreadable_names
            )?;
        }
        writeln!(out)?;
        self.table(out)?;
        writeln!(out)?;
        for (place, name) in Whole::NAMES.iter().enumerate() {
            let cell = cell(self.whole[0][place], self.whole[1][place]);
            writeln!(out, "records {name}: {cell}")?;
        }
        writeln!(out, "{}", self.traced)?;
        let moved = self.metrics - self.silent.len();
        writeln!(out, "{moved} of {} standard metrics moved", self.metrics)?;
        match self.rows.iter().filter(|row| !row.equal()).count() {
            0 => write!(out, "equal: true (obs counted what the host counted)"),
            rows => write!(
                out,
                "equal: false ({rows} components differ; such figures read `host, not obs`)"
            ),
        }
    }
}

impl Report {
    /// A line for each figure that someone counted, a column for each component, as wide as it must be.
    fn table(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |place: &usize| {
            self.rows
                .iter()
                .any(|row| row.host[*place] + row.obs[*place] > 0)
        };
        let places: Vec<_> = (0..Figure::NAMES.len()).filter(counted).collect();
        let widths: Vec<_> = self.rows.iter().map(|row| row.width(&places)).collect();
        let columns = || self.rows.iter().zip(&widths);

        write!(out, "{:<15}", "")?;
        for (row, width) in columns() {
            write!(out, "{:>width$}", row.component)?;
        }
        writeln!(out)?;
        for place in places {
            write!(out, "{:<15}", Figure::NAMES[place])?;
            for (row, width) in columns() {
                write!(out, "{:>width$}", row.cell(place))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(host: u64, obs: u64) -> Report {
        let figures = |value| {
            let mut figures = [0; Figure::NAMES.len()];
            figures[Figure::Ok as usize] = value;
            figures
        };
        let row = Row {
            component: "hash",
            host: figures(host),
            obs: figures(obs),
            metrics: 50,
        };
        Report {
            seconds: 1.0,
            files: 3,
            passes: 1,
            unreadable_names: 0,
            rows: vec![row],
            whole: [[1; 3], [1; 3]],
            traced: Traced::default(),
            metrics: 2,
            silent: vec!["silent_total"],
        }
    }

    #[test]
    fn one_wrong_figure_makes_the_report_unequal() {
        assert!(report(7, 7).equal());
        assert!(report(7, 7).to_string().contains("equal: true"));
        let wrong = report(7, 6);
        assert!(!wrong.equal());
        assert!(wrong.to_string().contains("7, not 6"), "{wrong}");
        assert_eq!(wrong.json()["equal"], false);
        assert_eq!(wrong.json()["components"][0]["host"]["ok"], 7);
    }

    #[test]
    fn figures_that_nobody_counted_are_left_out_of_the_table() {
        assert!(!report(7, 7).to_string().contains("file_bytes"));
    }
}
