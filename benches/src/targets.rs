//! The ratios that must hold, as data, each with its figure.

use std::fmt;

use crate::case::{Case, SWITCHES};
use crate::results::Results;

/// One ratio and its limit.
pub struct Target {
    /// What is claimed.
    pub claim: String,
    /// What was found; `None` when a part of it was not measured.
    pub figure: Option<f64>,
    /// The bound on the figure.
    pub limit: Limit,
}

/// On which side of the bound a figure must lie.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Limit {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// How a target came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It holds.
    Met,
    /// It does not.
    Missed,
    /// A part of it was left out of this run.
    NotMeasured,
}

impl Target {
    /// How the target came out.
    pub fn verdict(&self) -> Verdict {
        match (self.figure, self.limit) {
            (None, _) => Verdict::NotMeasured,
            (Some(figure), Limit::AtMost(limit)) if figure <= limit => Verdict::Met,
            (Some(figure), Limit::AtLeast(limit)) if figure >= limit => Verdict::Met,
            (Some(_), _) => Verdict::Missed,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::AtMost(limit) => write!(f, "at most {limit:.2}"),
            Limit::AtLeast(limit) => write!(f, "at least {limit:.2}"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Met => "met",
            Verdict::Missed => "MISSED",
            Verdict::NotMeasured => "not measured",
        })
    }
}

/// Every target, with what this run found.
pub fn evaluate(results: &Results) -> Vec<Target> {
    let mut targets = Vec::new();
    counters(results, &mut targets);
    switches(results, &mut targets);
    kinds(results, &mut targets);
    work(results, &mut targets);
    facade(results, &mut targets);
    for case in [Case::Render100k, Case::Render10kHistograms] {
        targets.push(under_best_peer(results, case, 1, 3.0));
    }
    spans(results, &mut targets);
    instrumented(results, &mut targets);
    targets
}

fn counters(results: &Results, targets: &mut Vec<Target>) {
    for threads in [1, 2, 8] {
        targets.push(over_floor(results, Case::Counter, threads, 2.0));
    }
    targets.push(under_best_peer(results, Case::Counter, 1, 2.0));
    targets.push(under_best_peer(results, Case::Counter, 2, 2.5));
    targets.push(Target {
        claim: "counter, 1 thread: metrics macro / obs".to_owned(),
        figure: ratio(
            results.library(Case::Counter, 1, "metrics"),
            results.obs(Case::Counter, 1),
        ),
        limit: Limit::AtLeast(50.0),
    });
    for threads in [1, 2] {
        targets.push(counter_off(results, threads));
    }
    for threads in [1, 2] {
        targets.push(over_counter(results, Case::CounterComponent, threads, 1.1));
    }
}

fn counter_off(results: &Results, threads: usize) -> Target {
    const OVER_THE_LOOP_NS: f64 = 2.0;
    Target {
        claim: claim(Case::CounterOff, threads, "ns over the loop"),
        figure: results.obs(Case::CounterOff, threads),
        limit: Limit::AtMost(OVER_THE_LOOP_NS),
    }
}

fn switches(results: &Results, targets: &mut Vec<Target>) {
    for case in SWITCHES {
        for threads in [1, 2] {
            targets.push(over_floor(results, case, threads, 1.5));
        }
    }
}

fn kinds(results: &Results, targets: &mut Vec<Target>) {
    for threads in [1, 2] {
        targets.push(over_counter(results, Case::CounterEnumLabels, threads, 1.6));
    }
    targets.push(under_best_peer(results, Case::CounterTextLabels, 1, 1.6));
    targets.push(under_best_peer(results, Case::CounterTextLabels, 2, 2.0));
    for threads in [1, 2] {
        targets.push(overflow_over_text_labels(results, threads));
    }
    for threads in [1, 2] {
        let handle = Case::CounterTextLabelsHandle;
        targets.push(over_counter(results, handle, threads, 1.1));
    }
    for threads in [1, 2] {
        let best = results
            .best_peer(Case::GaugeSet, threads)
            .map(|row| row.ns_median);
        targets.push(Target {
            claim: claim(Case::GaugeSet, threads, "obs / best peer"),
            figure: ratio(results.obs(Case::GaugeSet, threads), best),
            limit: Limit::AtMost(2.0),
        });
    }
    targets.push(under_best_peer(results, Case::Histogram, 1, 2.5));
    targets.push(under_best_peer(results, Case::Histogram, 2, 5.0));
    for case in [Case::HistogramExponential, Case::SummaryObserve] {
        for threads in [1, 2] {
            targets.push(under_best_peer(results, case, threads, 2.5));
        }
    }
}

/// A label that is flooded costs no lock.
fn overflow_over_text_labels(results: &Results, threads: usize) -> Target {
    let overflow = results.obs(Case::CounterTextLabelsOverflow, threads);
    Target {
        claim: claim(
            Case::CounterTextLabelsOverflow,
            threads,
            "obs / obs counter_text_labels",
        ),
        figure: ratio(overflow, results.obs(Case::CounterTextLabels, threads)),
        limit: Limit::AtMost(3.0),
    }
}

fn work(results: &Results, targets: &mut Vec<Target>) {
    const BESIDE_THE_CLOCK_NS: f64 = 15.0;
    for threads in [1, 2] {
        let overhead = results.obs(Case::WorkCounterHistogram, threads);
        let clock = results.floor(Case::ClockPair, threads);
        targets.push(Target {
            claim: claim(
                Case::WorkCounterHistogram,
                threads,
                "ns over work and one clock pair",
            ),
            figure: overhead
                .zip(clock)
                .map(|(overhead, clock)| overhead - clock),
            limit: Limit::AtMost(BESIDE_THE_CLOCK_NS),
        });
    }
}

/// The facade's macros cost what the facade costs; what its recorder adds is compared with its own exporter's.
fn facade(results: &Results, targets: &mut Vec<Target>) {
    for case in [Case::MetricsFacade, Case::MetricsFacadeHistogram] {
        for threads in [1, 2] {
            targets.push(under_best_peer(results, case, threads, 2.0));
        }
    }
}

fn spans(results: &Results, targets: &mut Vec<Target>) {
    for threads in [1, 2, 8] {
        targets.push(over_floor(results, Case::Span, threads, 1.7));
    }
    for case in [
        Case::SpanChild,
        Case::SpanRoot10,
        Case::SpanAsync,
        Case::SpanRoot10Cpu,
    ] {
        for threads in case.threads() {
            targets.push(under(results, case, *threads, "fastrace", 2.0));
        }
    }
    for case in [Case::SpanOff, Case::SpanUnsampled] {
        for threads in case.threads() {
            targets.push(over_no_subscriber(results, case, *threads));
        }
    }
    for threads in Case::TracingBridge.threads() {
        bridge(results, *threads, targets);
    }
}

/// What obs's layer takes beside the registry that each layer needs, and whether a peer takes more with it.
fn bridge(results: &Results, threads: usize, targets: &mut Vec<Target>) {
    const OVER_THE_REGISTRY_NS: f64 = 250.0;
    let case = Case::TracingBridge;
    let figure = |library| results.library(case, threads, library);
    let (obs, registry) = (figure("obs-tracing"), figure("tracing"));
    targets.push(Target {
        claim: claim(case, threads, "ns over the registry"),
        figure: obs.zip(registry).map(|(obs, registry)| obs - registry),
        limit: Limit::AtMost(OVER_THE_REGISTRY_NS),
    });
    targets.push(Target {
        claim: claim(case, threads, "tracing-opentelemetry / obs"),
        figure: ratio(figure("tracing-opentelemetry"), obs),
        limit: Limit::AtLeast(1.0),
    });
}

/// Both over the loop alone, of which no more than half a nanosecond can be told apart.
fn over_no_subscriber(results: &Results, case: Case, threads: usize) -> Target {
    const RESOLUTION_NS: f64 = 0.5;
    let tracing = results.library(case, threads, "tracing-off");
    Target {
        claim: claim(case, threads, "obs / tracing-off"),
        figure: ratio(
            results.obs(case, threads),
            tracing.map(|ns| ns.max(RESOLUTION_NS)),
        ),
        limit: Limit::AtMost(2.0),
    }
}

fn instrumented(results: &Results, targets: &mut Vec<Target>) {
    for (library, limit) in [("autometrics", 5.0), ("tracing", 1.5)] {
        for threads in Case::Instrumented.threads() {
            let target = under(results, Case::Instrumented, *threads, library, limit);
            targets.push(target);
        }
    }
}

fn over_floor(results: &Results, case: Case, threads: usize, limit: f64) -> Target {
    Target {
        claim: claim(case, threads, "obs / floor"),
        figure: ratio(results.obs(case, threads), results.floor(case, threads)),
        limit: Limit::AtMost(limit),
    }
}

fn over_counter(results: &Results, case: Case, threads: usize, limit: f64) -> Target {
    Target {
        claim: claim(case, threads, "obs / obs counter"),
        figure: ratio(
            results.obs(case, threads),
            results.obs(Case::Counter, threads),
        ),
        limit: Limit::AtMost(limit),
    }
}

fn under_best_peer(results: &Results, case: Case, threads: usize, limit: f64) -> Target {
    let best = results.best_peer(case, threads).map(|row| row.ns_median);
    Target {
        claim: claim(case, threads, "best peer / obs"),
        figure: ratio(best, results.obs(case, threads)),
        limit: Limit::AtLeast(limit),
    }
}

fn under(
    results: &Results,
    case: Case,
    threads: usize,
    library: &'static str,
    limit: f64,
) -> Target {
    Target {
        claim: claim(case, threads, &format!("{library} / obs")),
        figure: ratio(
            results.library(case, threads, library),
            results.obs(case, threads),
        ),
        limit: Limit::AtLeast(limit),
    }
}

fn claim(case: Case, threads: usize, what: &str) -> String {
    let plural = if threads == 1 { "" } else { "s" };
    format!("{}, {threads} thread{plural}: {what}", case.name())
}

fn ratio(numerator: Option<f64>, denominator: Option<f64>) -> Option<f64> {
    Some(numerator? / denominator?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Answer, Standing};
    use crate::results::Row;

    fn target(figure: Option<f64>, limit: Limit) -> Target {
        Target {
            claim: String::new(),
            figure,
            limit,
        }
    }

    #[test]
    fn figure_beyond_its_limit_is_missed() {
        assert_eq!(
            target(Some(2.1), Limit::AtMost(2.0)).verdict(),
            Verdict::Missed
        );
        assert_eq!(
            target(Some(1.9), Limit::AtLeast(2.0)).verdict(),
            Verdict::Missed
        );
        assert_eq!(
            target(Some(2.0), Limit::AtMost(2.0)).verdict(),
            Verdict::Met
        );
        assert_eq!(
            target(Some(2.0), Limit::AtLeast(2.0)).verdict(),
            Verdict::Met
        );
    }

    #[test]
    fn figure_that_is_no_number_is_missed() {
        assert_eq!(
            target(Some(f64::NAN), Limit::AtMost(2.0)).verdict(),
            Verdict::Missed
        );
    }

    #[test]
    fn peer_below_the_resolution_is_not_divided_by() {
        let row = |library, standing, ns| {
            let answer = Answer {
                case: Case::SpanOff,
                library,
                standing,
            };
            Row::new(answer, 1, vec![ns])
        };
        let results = Results::new(vec![
            row("obs", Standing::Obs, 0.8),
            row("tracing-off", Standing::Peer, -0.01),
        ]);
        let target = over_no_subscriber(&results, Case::SpanOff, 1);
        assert_eq!(target.figure, Some(1.6));
    }

    #[test]
    fn nothing_measured_is_no_verdict() {
        let targets = evaluate(&Results::new(Vec::new()));
        assert!(!targets.is_empty());
        assert!(
            targets
                .iter()
                .all(|target| target.verdict() == Verdict::NotMeasured)
        );
    }
}
