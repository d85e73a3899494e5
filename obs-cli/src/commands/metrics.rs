//! `metrics`: what was recorded, one line per series, or the names alone.

use std::io::Write;

use anyhow::Result;
use obs_runtime::api::{Family, Series, Snapshot, Summary, Value};

use super::Outcome;
use crate::args::MetricsArgs;
use crate::client::Client;
use crate::filter::Filter;
use crate::quantile::Distribution;
use crate::text::{kind, printable};

/// The quantiles that are told of a histogram.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

/// Prints what is recorded now.
///
/// # Errors
///
/// The process cannot be asked, or the answer not be written.
pub(crate) fn metrics(args: &MetricsArgs, client: &Client, out: &mut dyn Write) -> Result<Outcome> {
    print(args, client.snapshot()?, out)
}

fn print(args: &MetricsArgs, mut snapshot: Snapshot, out: &mut dyn Write) -> Result<Outcome> {
    select(args, &mut snapshot);
    if args.json {
        serde_json::to_writer(&mut *out, &snapshot)?;
        writeln!(out)?;
    } else if args.list {
        snapshot
            .families
            .iter()
            .try_for_each(|family| list(family, out))?;
    } else {
        for family in &snapshot.families {
            for series in &family.series {
                write!(out, "{}{} ", printable(&family.name), labels(series))?;
                value(series, out)?;
            }
        }
    }
    Ok(Outcome::of_matches(snapshot.families.len()))
}

/// Leaves what was asked for; families without a series of it go as well.
fn select(args: &MetricsArgs, snapshot: &mut Snapshot) {
    let filter = Filter::of(&args.words.join(" "));
    snapshot
        .families
        .retain(|family| filter.selects(&family.name));
    if let Some(component) = &args.component {
        for family in &mut snapshot.families {
            family
                .series
                .retain(|series| series.component.as_ref() == Some(component));
        }
    }
    snapshot.families.retain(|family| !family.series.is_empty());
}

fn list(family: &Family, out: &mut dyn Write) -> Result<()> {
    let series = family.series.len();
    writeln!(
        out,
        "{}  {}, {series} series: {}",
        printable(&family.name),
        kind(family.kind),
        printable(&family.help)
    )?;
    Ok(())
}

fn value(series: &Series, out: &mut dyn Write) -> Result<()> {
    match &series.value {
        Value::Counter(number) | Value::Gauge(number) => writeln!(out, "{}", told(*number))?,
        Value::Histogram(histogram) => {
            observed(&series.value, histogram.count, histogram.sum, out)?;
        }
        Value::Exponential(histogram) => {
            observed(&series.value, histogram.count, histogram.sum, out)?;
        }
        Value::Summary(summary) => summarised(summary, out)?,
        _ => writeln!(out, "(of a kind that this obs-cli does not know)")?,
    }
    Ok(())
}

fn observed(value: &Value, count: u64, sum: f64, out: &mut dyn Write) -> Result<()> {
    write!(out, "count={count} sum={}", told(sum))?;
    let distribution = Distribution::of(value).unwrap_or_default();
    for (name, q) in QUANTILES {
        if let Some(quantile) = distribution.quantile(q) {
            let beyond = if quantile.beyond { ">" } else { "" };
            write!(out, " {name}={beyond}{}", told(quantile.value))?;
        }
    }
    writeln!(out)?;
    Ok(())
}

fn summarised(summary: &Summary, out: &mut dyn Write) -> Result<()> {
    write!(out, "count={} sum={}", summary.count, told(summary.sum))?;
    for quantile in &summary.quantiles {
        write!(
            out,
            " p{}={}",
            told(quantile.quantile * 100.0),
            told(quantile.value)
        )?;
    }
    writeln!(out)?;
    Ok(())
}

/// The labels of a series as the exposition writes them, `component` first: `{component="a",outcome="ok"}`; nothing
/// without labels.
fn labels(series: &Series) -> String {
    let component = series
        .component
        .iter()
        .map(|name| ("component", name.as_str()));
    let own = series
        .labels
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    let pairs: Vec<String> = component
        .chain(own)
        .map(|(key, value)| format!("{}=\"{}\"", printable(key), escaped(value)))
        .collect();
    if pairs.is_empty() {
        return String::new();
    }
    format!("{{{}}}", pairs.join(","))
}

fn escaped(value: &str) -> String {
    let value = value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    printable(&value)
}

/// A number, with the words of Prometheus for what is none.
fn told(number: f64) -> String {
    match number {
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        number => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture::snapshot;

    fn args(words: &[&str]) -> MetricsArgs {
        MetricsArgs {
            words: words.iter().map(|&word| word.to_owned()).collect(),
            component: None,
            list: false,
            json: false,
        }
    }

    fn printed(args: &MetricsArgs) -> (String, Outcome) {
        let mut out = Vec::new();
        let outcome = print(args, snapshot(), &mut out).unwrap();
        (String::from_utf8(out).unwrap(), outcome)
    }

    #[test]
    fn every_kind_has_its_line() {
        insta::assert_snapshot!(printed(&args(&[])).0);
    }

    #[test]
    fn names_alone_are_a_list() {
        let list = MetricsArgs {
            list: true,
            ..args(&["jobs"])
        };
        assert_eq!(
            printed(&list).0,
            "jobs_total  counter, 2 series: Jobs finished.\n"
        );
    }

    #[test]
    fn component_and_words_select() {
        let hash = MetricsArgs {
            component: Some("hash".to_owned()),
            ..args(&["total"])
        };
        assert_eq!(
            printed(&hash),
            (
                "jobs_total{component=\"hash\",outcome=\"ok\"} 7\n".to_owned(),
                Outcome::Fine
            )
        );
        let nobody = MetricsArgs {
            component: Some("nobody".to_owned()),
            ..args(&[])
        };
        assert_eq!(printed(&nobody), (String::new(), Outcome::Found));
        assert_eq!(printed(&args(&["nothing"])).1, Outcome::Found);
    }

    #[test]
    fn json_is_the_snapshot() {
        let json = MetricsArgs {
            json: true,
            ..args(&["jobs"])
        };
        let (text, _) = printed(&json);
        let read: Snapshot = serde_json::from_str(&text).unwrap();
        assert_eq!(read.families, snapshot().families[..1]);
        let nothing = MetricsArgs {
            json: true,
            ..args(&["nothing"])
        };
        let (text, outcome) = printed(&nothing);
        let read: Snapshot = serde_json::from_str(&text).unwrap();
        assert_eq!((read.families.len(), outcome), (0, Outcome::Found));
    }

    #[test]
    fn labels_are_written_as_in_the_exposition() {
        let mut series = Series {
            component: Some("a \"b\"".to_owned()),
            labels: vec![("path".to_owned(), "c:\\\n\u{1b}".to_owned())],
            value: Value::Counter(1.0),
        };
        assert_eq!(
            labels(&series),
            "{component=\"a \\\"b\\\"\",path=\"c:\\\\\\n\u{fffd}\"}"
        );
        (series.component, series.labels) = (None, Vec::new());
        assert_eq!(labels(&series), "");
    }

    #[test]
    fn numbers_have_prometheus_words() {
        let said = [1.0, 0.25, f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(told);
        assert_eq!(said, ["1", "0.25", "+Inf", "-Inf", "NaN"]);
    }
}
