//! Alert rules to start from, as a file that Prometheus loads: what names and labels tell that something is wrong.
//!
//! The thresholds are guesses that an operator must look at; the file says so.

use std::fmt::Write;

use obs_runtime::api::{Catalogue, Definition, Kind};

use super::by_name;
use super::queries::{component, quantile_of, sum};

/// What stands above the rules.
const HEADER: &str = "\
# Alert rules to start from, made by `obs-cli catalogue --rules` of what the process can record.
# The thresholds are guesses: look at each, and delete what does not matter to you.
";

/// How far rates look back.
const WINDOW: &str = "5m";

/// How long something must be wrong before it is told.
const PATIENCE: &str = "5m";

/// More failures than this share of all are worth a word.
const FAILED_SHARE: &str = "0.05";

/// More of a limit in use than this share is worth a word.
const USED_SHARE: &str = "0.9";

/// Labels that tell how something ended.
const OUTCOME_LABELS: [&str; 4] = ["outcome", "result", "status", "success"];

/// Values of such labels that are no failure.
const GOOD: [&str; 8] = [
    "ok",
    "success",
    "succeeded",
    "true",
    "completed",
    "done",
    "accepted",
    "hit",
];

/// Words in a counter's name that tell of a failure.
const FAILURES: [&str; 17] = [
    "aborted",
    "crashes",
    "denied",
    "dropped",
    "errors",
    "expired",
    "failed",
    "failures",
    "lost",
    "misplaced",
    "panics",
    "refused",
    "rejected",
    "restarts",
    "timeouts",
    "traps",
    "unavailable",
];

/// States that something should not be in.
const BAD_STATES: [&str; 6] = [
    "crashed",
    "dead",
    "degraded",
    "failed",
    "stopped",
    "unhealthy",
];

/// One rule.
struct Rule {
    alert: String,
    /// PromQL without its comparison.
    query: String,
    /// The operator, and the threshold behind it.
    comparison: String,
    /// What is wrong, in words; `{{ $value }}` stands for how much.
    summary: String,
    /// What the metric means.
    help: String,
    /// Where it has the component from.
    per_component: bool,
}

/// Makes the file.
pub(in crate::commands) fn file(catalogue: &Catalogue) -> String {
    let definitions = by_name(catalogue);
    let rules: Vec<Rule> = definitions
        .iter()
        .flat_map(|definition| {
            [
                failed_share(definition),
                failures(definition),
                off_the_scale(definition),
                near_its_limit(definition, &definitions),
                nearly_all(definition),
                bad_state(definition),
            ]
        })
        .flatten()
        .collect();
    let mut file = HEADER.to_owned();
    if rules.is_empty() {
        file.push_str("groups: []\n");
        return file;
    }
    file.push_str("groups:\n  - name: obs\n    rules:\n");
    rules.iter().for_each(|rule| rule.write(&mut file));
    file
}

impl Rule {
    fn new(definition: &Definition, fault: &str, query: String, comparison: String) -> Rule {
        Rule {
            alert: format!("{}{fault}", camel(&definition.name)),
            query,
            comparison,
            summary: String::new(),
            help: definition.help.clone(),
            per_component: !component(definition).is_empty(),
        }
    }

    fn saying(mut self, summary: String) -> Rule {
        self.summary = summary;
        self
    }

    fn write(&self, file: &mut String) {
        let expr = format!("{} {}", self.query, self.comparison);
        let whose = if self.per_component {
            "{{ $labels.component }}: "
        } else {
            ""
        };
        let summary = format!("{whose}{}", self.summary);
        // Text in braces would be a template of Prometheus's.
        let help = self.help.replace("{{", "{ {");
        // Writing into memory cannot fail.
        let _ = write!(
            file,
            "      - alert: {}\n        expr: {}\n        for: {PATIENCE}\n        labels:\n          severity: warning\n        \
             annotations:\n          summary: {}\n          description: {}\n",
            self.alert,
            quoted(&expr),
            quoted(&summary),
            quoted(&help),
        );
    }
}

/// A text as YAML has it in quotes, which is how JSON has it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A counter by outcome: too many ended badly.
fn failed_share(definition: &Definition) -> Option<Rule> {
    let (label, good) = outcomes(definition)?;
    let name = &definition.name;
    let by = component(definition);
    let good = good.join("|");
    let bad = sum(
        &by,
        &format!("rate({name}{{{label}!~\"{good}\"}}[{WINDOW}])"),
    );
    let all = sum(&by, &format!("rate({name}[{WINDOW}])"));
    let comparison = format!("> {FAILED_SHARE}");
    let rule = Rule::new(definition, "Failing", format!("{bad} / {all}"), comparison);
    Some(rule.saying(format!(
        "{{{{ $value | humanizePercentage }}}} of {name} do not end well"
    )))
}

/// The label that tells outcomes, and which of them are good; none if all or none are.
fn outcomes(definition: &Definition) -> Option<(&str, Vec<&str>)> {
    if definition.kind != Kind::Counter {
        return None;
    }
    let label = definition
        .labels
        .iter()
        .find(|label| OUTCOME_LABELS.contains(&label.name.as_str()))?;
    let values = label.values.iter().map(String::as_str);
    let good: Vec<&str> = values.filter(|value| GOOD.contains(value)).collect();
    (!good.is_empty() && good.len() < label.values.len()).then_some((&label.name, good))
}

/// A counter of something bad: it grows.
fn failures(definition: &Definition) -> Option<Rule> {
    let tells = |word: &str| FAILURES.contains(&word);
    if definition.kind != Kind::Counter || !definition.name.split('_').any(tells) {
        return None;
    }
    let name = &definition.name;
    let query = sum(
        &component(definition),
        &format!("increase({name}[{WINDOW}])"),
    );
    let rule = Rule::new(definition, "Growing", query, "> 0".to_owned());
    Some(rule.saying(format!(
        "{name} grew by {{{{ $value | humanize }}}} within {WINDOW}"
    )))
}

/// A histogram of times whose 99th percentile is beyond what its buckets can tell.
fn off_the_scale(definition: &Definition) -> Option<Rule> {
    let largest = definition.bounds.last()?;
    if definition.kind != Kind::Histogram || definition.unit != "seconds" {
        return None;
    }
    let query = quantile_of(definition, 0.99, "", WINDOW);
    let rule = Rule::new(definition, "OffTheScale", query, format!(">= {largest}"));
    Some(rule.saying(format!(
        "one in a hundred of {} takes {largest} s or longer",
        definition.name
    )))
}

/// A gauge that has a limit in another one.
fn near_its_limit(definition: &Definition, all: &[Definition]) -> Option<Rule> {
    let same_series = |limit: &&Definition| {
        limit.kind == Kind::Gauge
            && limit.scope == definition.scope
            && limit.labels == definition.labels
    };
    if definition.kind != Kind::Gauge {
        return None;
    }
    let limit = all
        .iter()
        .filter(same_series)
        .find(|limit| limits(&limit.name, definition))?;
    let query = format!("{} / {}", definition.name, limit.name);
    let comparison = format!("> {USED_SHARE}");
    let rule = Rule::new(definition, "NearItsLimit", query, comparison);
    Some(rule.saying(format!(
        "{} is at {{{{ $value | humanizePercentage }}}} of {}",
        definition.name, limit.name
    )))
}

/// Whether a metric of this name is the limit of the other: `memory_limit_bytes` of `memory_bytes`, `max_fds` of `open_fds`,
/// `mailbox_capacity` of `mailbox_depth`.
fn limits(limit: &str, definition: &Definition) -> bool {
    let name = &definition.name;
    let stem = match definition.unit.as_str() {
        "" => name.as_str(),
        unit => name.strip_suffix(&format!("_{unit}")).unwrap_or(name),
    };
    let with_unit = |word: &str| match definition.unit.as_str() {
        "" => format!("{stem}_{word}"),
        unit => format!("{stem}_{word}_{unit}"),
    };
    ["limit", "max", "capacity"]
        .iter()
        .any(|word| limit == with_unit(word))
        || name.contains("_open_") && limit == name.replacen("_open_", "_max_", 1)
        || name
            .strip_suffix("_depth")
            .is_some_and(|stem| limit.strip_suffix("_capacity") == Some(stem))
}

/// A share of something in use.
fn nearly_all(definition: &Definition) -> Option<Rule> {
    let used = |word: &str| matches!(word, "usage" | "used" | "utilization" | "utilisation");
    if definition.kind != Kind::Gauge
        || definition.unit != "ratio"
        || !definition.name.split('_').any(used)
    {
        return None;
    }
    let comparison = format!("> {USED_SHARE}");
    let rule = Rule::new(definition, "High", definition.name.clone(), comparison);
    Some(rule.saying(format!(
        "{} is at {{{{ $value | humanizePercentage }}}}",
        definition.name
    )))
}

/// A state set that is in a bad state.
fn bad_state(definition: &Definition) -> Option<Rule> {
    if definition.kind != Kind::StateSet {
        return None;
    }
    let name = &definition.name;
    let states = definition
        .labels
        .iter()
        .find(|label| label.name == *name)
        .or(definition.labels.first())?;
    let bad = states.values.iter().map(String::as_str);
    let bad: Vec<&str> = bad.filter(|state| BAD_STATES.contains(state)).collect();
    if bad.is_empty() {
        return None;
    }
    let query = format!("{name}{{{}=~\"{}\"}}", states.name, bad.join("|"));
    let rule = Rule::new(definition, "Bad", query, "== 1".to_owned());
    Some(rule.saying(format!("{name} is {{{{ $labels.{} }}}}", states.name)))
}

/// `mailbox_dropped_total` as `MailboxDropped`.
fn camel(name: &str) -> String {
    let name = name.strip_suffix("_total").unwrap_or(name);
    name.split(['_', ':'])
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_ascii_uppercase().to_string() + letters.as_str()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture::catalogue;
    use obs_runtime::api::Label;

    fn exprs(catalogue: &Catalogue) -> Vec<String> {
        let file = file(catalogue);
        file.lines()
            .filter_map(|line| line.trim().strip_prefix("expr: "))
            .map(|quoted| serde_json::from_str(quoted).expect("it is in quotes"))
            .collect()
    }

    #[test]
    fn rules_are_what_they_were() {
        insta::assert_snapshot!(file(&catalogue()));
    }

    #[test]
    fn what_names_and_labels_tell_becomes_a_rule() {
        let exprs = exprs(&catalogue());
        let has = |expr: &str| exprs.iter().any(|known| known == expr);
        for expr in [
            "sum by (component) (rate(component_messages_processed_total{outcome!~\"ok\"}[5m])) / \
             sum by (component) (rate(component_messages_processed_total[5m])) > 0.05",
            "sum by (component) (increase(mailbox_dropped_total[5m])) > 0",
            "histogram_quantile(0.99, sum by (le, component) (rate(component_processing_latency_seconds_bucket[5m]))) >= 1",
            "component_memory_bytes / component_memory_limit_bytes > 0.9",
            "process_open_fds / process_max_fds > 0.9",
        ] {
            assert!(has(expr), "{expr} is not among {exprs:#?}");
        }
        assert_eq!(exprs.len(), 5);
    }

    #[test]
    fn bad_states_and_shares_in_use_become_rules() {
        let mut catalogue = catalogue();
        catalogue
            .definitions
            .retain(|definition| definition.name == "component_state");
        catalogue.definitions[0].labels = vec![Label {
            name: "component_state".to_owned(),
            values: ["ready", "failed"].map(str::to_owned).to_vec(),
        }];
        let mut usage = catalogue.definitions[0].clone();
        usage.name = "pool_usage_ratio".to_owned();
        (usage.kind, usage.unit) = (Kind::Gauge, "ratio".to_owned());
        catalogue.definitions.push(usage);
        assert_eq!(
            exprs(&catalogue),
            [
                "component_state{component_state=~\"failed\"} == 1",
                "pool_usage_ratio > 0.9"
            ]
        );
    }

    #[test]
    fn limits_are_found_by_their_names() {
        let mut gauge = catalogue().definitions[1].clone();
        for (name, unit, limit, is) in [
            (
                "component_memory_bytes",
                "bytes",
                "component_memory_limit_bytes",
                true,
            ),
            (
                "process_virtual_memory_bytes",
                "bytes",
                "process_virtual_memory_max_bytes",
                true,
            ),
            ("process_open_fds", "", "process_max_fds", true),
            ("mailbox_depth", "", "mailbox_capacity", true),
            ("queue", "", "queue_limit", true),
            ("mailbox_depth", "", "memory_capacity", false),
            (
                "component_memory_bytes",
                "bytes",
                "component_table_limit_bytes",
                false,
            ),
            ("a_limit", "", "a_limit", false),
        ] {
            (gauge.name, gauge.unit) = (name.to_owned(), unit.to_owned());
            assert_eq!(limits(limit, &gauge), is, "{limit} of {name}");
        }
    }

    #[test]
    fn nothing_to_alert_on_is_an_empty_list() {
        let text = file(&Catalogue::default());
        assert!(text.ends_with("groups: []\n"), "{text}");
    }
}
