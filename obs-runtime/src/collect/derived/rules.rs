//! What is computed of the metrics of a component host, as a table.

use std::time::Duration;

/// How one metric follows from others.
#[derive(Debug)]
pub(super) struct Rule {
    /// The gauge that is set.
    pub(super) into: Target,
    pub(super) how: How,
}

/// A gauge, and which of its series.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) name: &'static str,
    /// `None` for the series of the same place as the source's; for gauges without labels it is the only one.
    pub(super) label: Option<(&'static str, &'static str)>,
}

/// Series of one metric, to be added up: all of them, or those with a label.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) name: &'static str,
    pub(super) label: Option<(&'static str, &'static str)>,
    /// Leaves out what has the label, instead of all else.
    pub(super) other: bool,
}

#[derive(Debug)]
pub(super) enum How {
    /// The first as a share of the second.
    Share(&'static [Term], &'static [Term]),
    /// The first less the second, and nothing where that is less than nothing. A value that the host has set stays.
    Balance(&'static [Term], &'static [Term]),
    /// What the first grew by in the window, as a share of what the second did.
    ShareOfGrowth(&'static [Term], &'static [Term], Duration),
    /// What it grew by a second, over the window.
    Rate(&'static [Term], Duration),
    /// The highest value of the window.
    Peak(&'static [Term], Duration),
    /// Seconds since the Unix time that it holds.
    Age(&'static [Term]),
    /// When the series last grew, as Unix time, series by series.
    Stamp(&'static str),
    /// The sum over all components.
    Total(&'static [Term]),
}

const MINUTE: Duration = Duration::from_secs(60);
const FIVE_MINUTES: Duration = Duration::from_secs(300);

const fn all(name: &'static str) -> Term {
    Term {
        name,
        label: None,
        other: false,
    }
}

const fn with(name: &'static str, key: &'static str, value: &'static str) -> Term {
    Term {
        name,
        label: Some((key, value)),
        other: false,
    }
}

const fn without(name: &'static str, key: &'static str, value: &'static str) -> Term {
    Term {
        other: true,
        ..with(name, key, value)
    }
}

const fn rule(into: &'static str, how: How) -> Rule {
    Rule {
        into: Target {
            name: into,
            label: None,
        },
        how,
    }
}

const PROCESSED: &str = "component_messages_processed_total";
const LINEAR: Term = with("component_memory_bytes", "kind", "linear");
const FAILED: &[Term] = &[without(PROCESSED, "outcome", "ok")];
const HANDLED: &[Term] = &[all(PROCESSED)];
const HITS: Term = all("wasm_compile_cache_hits_total");
const MISSES: Term = all("wasm_compile_cache_misses_total");
const DEPTH: &[Term] = &[all("mailbox_depth")];

/// In the order in which they are applied: what builds upon another comes after it.
pub(super) static RULES: &[Rule] = &[
    rule(
        "component_memory_usage_ratio",
        How::Share(&[LINEAR], &[all("component_memory_limit_bytes")]),
    ),
    rule(
        "component_cpu_usage_ratio",
        How::Rate(&[all("component_cpu_seconds_total")], MINUTE),
    ),
    rule(
        "component_uptime_seconds",
        How::Age(&[all("component_start_time_seconds")]),
    ),
    rule(
        "component_last_message_timestamp_seconds",
        How::Stamp(PROCESSED),
    ),
    rule(
        "component_last_error_timestamp_seconds",
        How::Stamp("component_errors_total"),
    ),
    Rule {
        into: Target {
            name: "component_error_ratio",
            label: Some(("window", "1m")),
        },
        how: How::ShareOfGrowth(FAILED, HANDLED, MINUTE),
    },
    Rule {
        into: Target {
            name: "component_error_ratio",
            label: Some(("window", "5m")),
        },
        how: How::ShareOfGrowth(FAILED, HANDLED, FIVE_MINUTES),
    },
    rule(
        "broker_throughput",
        How::Rate(&[all("broker_messages_published_total")], MINUTE),
    ),
    rule(
        "actor_system_uptime_seconds",
        How::Age(&[all("actor_system_start_time_seconds")]),
    ),
    rule(
        "mailbox_depth",
        How::Balance(
            &[all("mailbox_enqueued_total")],
            &[
                all("mailbox_dequeued_total"),
                // What was refused because the mailbox was full or closed never waited.
                with("mailbox_dropped_total", "reason", "ttl"),
                with("mailbox_dropped_total", "reason", "restart"),
            ],
        ),
    ),
    rule("mailbox_depth_peak", How::Peak(DEPTH, MINUTE)),
    rule(
        "mailbox_saturation_ratio",
        How::Share(DEPTH, &[all("mailbox_capacity")]),
    ),
    rule("wasm_memory_total_bytes", How::Total(&[LINEAR])),
    rule(
        "wasm_compile_cache_hit_ratio",
        How::Share(&[HITS], &[HITS, MISSES]),
    ),
    rule(
        "component_update_success_ratio",
        How::Share(
            &[with("component_updates_total", "outcome", "ok")],
            &[all("component_updates_total")],
        ),
    ),
];
