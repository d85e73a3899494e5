//! Families: whether their parts stand together, come once, and are all there.

use std::collections::BTreeMap;

use super::finding::{Finding, fault};
use super::line::{Header, Keyword, Sample};
use super::naming;
use super::shape::Points;
use super::types::{Type, suffix};
use crate::args::FormatName;

/// What a series is told by: its sample's name, its labels, its timestamp.
type Identity = (String, Vec<(String, String)>, Option<String>);

/// One family, as far as it has been read.
#[derive(Debug)]
pub(super) struct Family {
    name: String,
    /// The line that it begins on.
    line: usize,
    kind: Option<Type>,
    help: Option<String>,
    unit: Option<String>,
    /// Every sample, and its line.
    seen: BTreeMap<Identity, usize>,
    /// The parts of histograms and summaries, by the other labels.
    points: Points,
}

impl Family {
    pub(super) fn new(name: &str, line: usize) -> Family {
        Family {
            name: name.to_owned(),
            line,
            kind: None,
            help: None,
            unit: None,
            seen: BTreeMap::new(),
            points: Points::default(),
        }
    }

    /// What it is, as far as that is known.
    pub(super) fn kind(&self) -> Type {
        self.kind.unwrap_or(Type::Unknown)
    }

    /// Whether a sample of this name belongs here by the type's rules.
    pub(super) fn admits(&self, sample: &str, format: FormatName) -> bool {
        suffix(sample, &self.name).is_some_and(|rest| self.kind().suffixes(format).contains(&rest))
    }

    /// Takes HELP, TYPE or UNIT.
    pub(super) fn header(
        &mut self,
        header: Header,
        line: usize,
        format: FormatName,
        findings: &mut Vec<Finding>,
    ) {
        let word = match header.keyword {
            Keyword::Help => "HELP",
            Keyword::Type => "TYPE",
            Keyword::Unit => "UNIT",
        };
        if !self.seen.is_empty() {
            findings.push(
                fault(
                    "header-late",
                    format!("{word} of `{}` comes behind its samples", self.name),
                    "write HELP, TYPE and UNIT before the first sample",
                )
                .at(line),
            );
        }
        let before = match header.keyword {
            Keyword::Help => self.help.replace(header.text).is_some(),
            Keyword::Unit => self.unit.replace(header.text).is_some(),
            Keyword::Type => {
                let before = self.kind.is_some();
                self.kind = Type::named(&header.text, format);
                if self.kind.is_none() {
                    findings.push(
                        fault(
                            "type",
                            format!("`{}` is no type", header.text),
                            "write counter, gauge, histogram, summary, untyped (text), or unknown, stateset, info, \
                             gaugehistogram (OpenMetrics)",
                        )
                        .at(line),
                    );
                }
                before
            }
        };
        if before {
            findings.push(
                fault(
                    "header-twice",
                    format!("`{}` has a second {word}", self.name),
                    "write it once",
                )
                .at(line),
            );
        }
    }

    /// Takes a sample.
    pub(super) fn sample(
        &mut self,
        sample: Sample,
        line: usize,
        format: FormatName,
        findings: &mut Vec<Finding>,
    ) {
        let rest = suffix(&sample.name, &self.name)
            .unwrap_or_default()
            .to_owned();
        let kind = self.kind();
        if !kind.suffixes(format).contains(&&rest[..]) {
            let advice = match (kind, format) {
                (Type::Counter, FormatName::OpenMetrics) => {
                    "end the samples of a counter in `_total`, without it in TYPE"
                }
                _ => "rename the sample, or give it a TYPE of its own",
            };
            findings.push(
                fault(
                    "suffix",
                    format!(
                        "`{}` is no sample of the {kind:?} `{}`",
                        sample.name, self.name
                    ),
                    advice,
                )
                .at(line),
            );
        }
        self.check_labels(&sample, kind, &rest, line, findings);
        check_value(&sample, kind, &rest, line, findings);
        if sample.exemplar
            && !matches!(
                (kind, &rest[..]),
                (Type::Counter, "_total") | (Type::Histogram | Type::GaugeHistogram, "_bucket")
            )
        {
            findings.push(
                fault(
                    "exemplar",
                    format!("`{}` has an exemplar", sample.name),
                    "leave it out: only totals of counters and buckets have exemplars",
                )
                .at(line),
            );
        }
        let mut labels = sample.labels.clone();
        labels.sort();
        let identity = (sample.name.clone(), labels, sample.timestamp.clone());
        if let Some(first) = self.seen.insert(identity, line) {
            findings.push(
                fault(
                    "duplicate",
                    format!(
                        "`{}` was there with these labels on line {first}",
                        sample.name
                    ),
                    "export each series once",
                )
                .at(line),
            );
            return;
        }
        self.points
            .take(&sample, kind, &rest, line, format, findings);
    }

    fn check_labels(
        &self,
        sample: &Sample,
        kind: Type,
        rest: &str,
        line: usize,
        findings: &mut Vec<Finding>,
    ) {
        let is_bucket = rest == "_bucket";
        for (name, _) in &sample.labels {
            let foreign = match name.as_str() {
                "le" => !(is_bucket && matches!(kind, Type::Histogram | Type::GaugeHistogram)),
                "quantile" => !(rest.is_empty() && kind == Type::Summary),
                name => name.starts_with("__"),
            };
            if foreign && kind != Type::Unknown || name.starts_with("__") {
                findings.push(
                    fault(
                        "reserved-label",
                        format!("`{}` has the label `{name}`", sample.name),
                        "use another name: `le` is for buckets, `quantile` for summaries, `__` for Prometheus itself",
                    )
                    .at(line),
                );
            }
        }
        let names_itself = sample.labels.iter().any(|(name, _)| *name == self.name);
        if kind == Type::StateSet && !names_itself {
            findings.push(
                fault(
                    "state",
                    format!("`{}` does not say which state it is", sample.name),
                    "add a label named like the state set",
                )
                .at(line),
            );
        }
    }

    /// What can be said once all of it has been read.
    pub(super) fn end(self, format: FormatName, findings: &mut Vec<Finding>) {
        let name = &self.name;
        let mut find = |rule, what: String, advice| {
            findings.push(fault(rule, what, advice).at(self.line));
        };
        if self.seen.is_empty() && (self.kind.is_some() || self.help.is_some()) {
            // A family without series is in order: nothing was recorded.
        } else if self.kind.is_none() {
            find(
                "no-type",
                format!("`{name}` has no TYPE"),
                "write a TYPE line before its first sample",
            );
        }
        match self.help.as_deref().map(str::trim) {
            None => find(
                "no-help",
                format!("`{name}` has no HELP"),
                "say in one sentence what it means",
            ),
            Some("") => find(
                "no-help",
                format!("the HELP of `{name}` says nothing"),
                "say in one sentence what it means",
            ),
            Some(_) => {}
        }
        if let Some(unit) = self.unit.as_deref().filter(|unit| !unit.is_empty())
            && !name.ends_with(&format!("_{unit}"))
        {
            find(
                "unit-suffix",
                format!("`{name}` has the unit `{unit}` and does not end in it"),
                "end the name in the unit, or leave UNIT out",
            );
        }
        let named = naming::faults(name, self.kind(), format);
        findings.extend(named.into_iter().map(|fault| fault.at(self.line)));
        self.points.end(name, self.kind(), findings);
    }
}

fn check_value(sample: &Sample, kind: Type, rest: &str, line: usize, findings: &mut Vec<Finding>) {
    let value = sample.value;
    let is_count = matches!(rest, "_count" | "_bucket" | "_gcount")
        && matches!(kind, Type::Histogram | Type::GaugeHistogram | Type::Summary);
    let (wrong, advice) = match kind {
        Type::Counter if rest != "_created" && (value < 0.0 || value.is_nan()) => {
            (true, "a counter begins at 0 and goes up: make it a gauge")
        }
        Type::Info => (value != 1.0, "the value of an info metric is always 1"),
        Type::StateSet => (
            value != 0.0 && value != 1.0,
            "a state is 0 or 1: in it, or not",
        ),
        _ if is_count => (
            !(value >= 0.0 && value.fract() == 0.0),
            "counts are whole numbers from 0 on",
        ),
        _ => (false, ""),
    };
    if wrong {
        findings.push(
            fault(
                "impossible-value",
                format!("`{}` cannot be {value}", sample.name),
                advice,
            )
            .at(line),
        );
    }
}
