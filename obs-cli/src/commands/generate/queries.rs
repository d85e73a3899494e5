//! Which question to ask of which kind of metric, in PromQL: growth of a counter, quantiles of a histogram, a gauge as it
//! stands.

use obs_runtime::api::{Definition, Kind, Label, Scope};

/// Labels with more values than this are added up: their lines would hide each other.
const VALUES_SHOWN: usize = 12;

/// The quantiles that are asked for.
const QUANTILES: [f64; 2] = [0.5, 0.99];

/// A question and how its answers are called.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    /// PromQL.
    pub(super) expr: String,
    /// Grafana's template for the name of a line.
    pub(super) legend: String,
}

/// What is asked of a metric. None for a kind that nobody here knows.
///
/// `matchers` stand between braces, empty or like `component=~"a"`; `window` is a range such as `5m`.
pub(super) fn queries(definition: &Definition, matchers: &str, window: &str) -> Vec<Query> {
    let name = &definition.name;
    let chosen = selector(matchers);
    let by = grouping(definition);
    match definition.kind {
        Kind::Counter => vec![Query {
            expr: sum(&by, &format!("rate({name}{chosen}[{window}])")),
            legend: legend(&by, ""),
        }],
        Kind::Gauge => vec![Query {
            expr: format!("{name}{chosen}"),
            legend: legend(&all_labels(definition), ""),
        }],
        Kind::Histogram => QUANTILES
            .iter()
            .map(|&quantile| Query {
                expr: quantile_of(definition, quantile, matchers, window),
                legend: legend(&component(definition), &percentile(quantile)),
            })
            .collect(),
        Kind::Summary => vec![Query {
            expr: format!("{name}{{{}}}", joined(matchers, "quantile!=\"\"")),
            legend: legend(&all_labels(definition), "{{quantile}}"),
        }],
        Kind::StateSet => vec![Query {
            expr: format!("{name}{chosen} == 1"),
            legend: legend(&component(definition), &format!("{{{{{name}}}}}")),
        }],
        Kind::Info => vec![Query {
            expr: format!("{name}{chosen}"),
            legend: legend(&all_labels(definition), ""),
        }],
        _ => Vec::new(),
    }
}

/// A quantile of a histogram, per component.
///
/// Buckets of given bounds are series of their own; exponential ones come as native histograms or, to who scrapes text, as
/// such series: both are asked for.
pub(super) fn quantile_of(
    definition: &Definition,
    quantile: f64,
    matchers: &str,
    window: &str,
) -> String {
    let name = &definition.name;
    let chosen = selector(matchers);
    let by = component(definition);
    let with_le: Vec<&str> = ["le"].into_iter().chain(by.iter().copied()).collect();
    let buckets = sum(&with_le, &format!("rate({name}_bucket{chosen}[{window}])"));
    let classic = format!("histogram_quantile({quantile}, {buckets})");
    if !definition.bounds.is_empty() {
        return classic;
    }
    let native = sum(&by, &format!("rate({name}{chosen}[{window}])"));
    format!("histogram_quantile({quantile}, {native}) or {classic}")
}

/// How observations spread over buckets, added up over everything: what a heatmap shows.
pub(super) fn spread(definition: &Definition, matchers: &str, window: &str) -> String {
    let (name, chosen) = (&definition.name, selector(matchers));
    sum(
        &["le"],
        &format!("increase({name}_bucket{chosen}[{window}])"),
    )
}

/// A sum; by nothing, it is one number.
pub(super) fn sum(by: &[&str], of: &str) -> String {
    if by.is_empty() {
        format!("sum({of})")
    } else {
        format!("sum by ({}) ({of})", by.join(", "))
    }
}

/// `component`, for a metric that has it.
pub(super) fn component(definition: &Definition) -> Vec<&'static str> {
    match definition.scope {
        Scope::Process => Vec::new(),
        _ => vec!["component"],
    }
}

/// Matchers in braces, or nothing.
pub(super) fn selector(matchers: &str) -> String {
    if matchers.is_empty() {
        String::new()
    } else {
        format!("{{{matchers}}}")
    }
}

fn joined(matchers: &str, more: &str) -> String {
    if matchers.is_empty() {
        more.to_owned()
    } else {
        format!("{matchers},{more}")
    }
}

/// The labels that are kept apart: `component`, and those of few values.
fn grouping(definition: &Definition) -> Vec<&str> {
    let few = |label: &&Label| (1..=VALUES_SHOWN).contains(&label.values.len());
    let own = definition.labels.iter().filter(few);
    component(definition)
        .into_iter()
        .chain(own.map(|label| label.name.as_str()))
        .collect()
}

fn all_labels(definition: &Definition) -> Vec<&str> {
    let own = definition.labels.iter().map(|label| label.name.as_str());
    component(definition).into_iter().chain(own).collect()
}

fn legend(labels: &[&str], more: &str) -> String {
    let labels = labels.iter().map(|label| format!("{{{{{label}}}}}"));
    let parts: Vec<String> = labels
        .chain((!more.is_empty()).then(|| more.to_owned()))
        .collect();
    if parts.is_empty() {
        "{{instance}}".to_owned()
    } else {
        parts.join(" ")
    }
}

fn percentile(quantile: f64) -> String {
    format!("p{}", quantile * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture::catalogue;

    fn asked(name: &str) -> Vec<String> {
        let catalogue = catalogue();
        let definition = catalogue
            .definitions
            .iter()
            .find(|definition| definition.name == name)
            .expect("it is in the fixture");
        queries(definition, "component=~\"$component\"", "5m")
            .into_iter()
            .map(|query| query.expr)
            .collect()
    }

    #[test]
    fn every_kind_is_asked_in_its_own_way() {
        let chosen = "{component=~\"$component\"}";
        assert_eq!(
            asked("component_messages_processed_total"),
            [format!(
                "sum by (component, outcome) (rate(component_messages_processed_total{chosen}[5m]))"
            )]
        );
        assert_eq!(
            asked("component_memory_bytes"),
            [format!("component_memory_bytes{chosen}")]
        );
        assert_eq!(
            asked("component_processing_latency_seconds")[1],
            format!(
                "histogram_quantile(0.99, sum by (le, component) (rate(component_processing_latency_seconds_bucket{chosen}[5m])))"
            )
        );
        assert_eq!(
            asked("component_wait_seconds"),
            ["component_wait_seconds{component=~\"$component\",quantile!=\"\"}"]
        );
        assert_eq!(
            asked("component_state"),
            [format!("component_state{chosen} == 1")]
        );
        assert_eq!(asked("weather"), [""; 0]);
    }

    #[test]
    fn labels_of_any_text_are_added_up() {
        assert_eq!(
            asked("mailbox_dropped_total"),
            ["sum by (component) (rate(mailbox_dropped_total{component=~\"$component\"}[5m]))"]
        );
    }

    #[test]
    fn histogram_without_bounds_is_asked_for_as_native_and_as_classic() {
        let mut definition = catalogue().definitions[4].clone();
        definition.bounds.clear();
        assert_eq!(
            quantile_of(&definition, 0.5, "", "1m"),
            "histogram_quantile(0.5, sum by (component) (rate(component_processing_latency_seconds[1m]))) or \
             histogram_quantile(0.5, sum by (le, component) (rate(component_processing_latency_seconds_bucket[1m])))"
        );
    }

    #[test]
    fn legends_name_what_is_kept_apart() {
        let catalogue = catalogue();
        let legends: Vec<String> = catalogue
            .definitions
            .iter()
            .flat_map(|definition| queries(definition, "", "5m"))
            .map(|query| query.legend)
            .collect();
        for legend in [
            "{{component}} {{outcome}}",
            "{{component}} p99",
            "{{component}} {{component_state}}",
            "{{instance}}",
        ] {
            assert!(legends.iter().any(|known| known == legend), "{legends:?}");
        }
    }
}
