//! What became of the host's traces, as obs counted it.

use std::fmt;

use obs_runtime::api::Snapshot;
use serde_json::{Value, json};

use crate::seen;

/// Traces that were complete, and what became of their spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traced {
    /// Traces that were complete, and of these those whose root never came or ended.
    complete: u64,
    given_up: u64,
    /// Spans of traces that are kept, and of those that were worked out and not kept.
    kept: u64,
    discarded: u64,
    /// Spans that were lost, and records of them: attributes and events among these.
    lost: u64,
    dropped: u64,
}

impl Traced {
    /// Reads what obs exports.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let count = |name, labels| seen::sum(snapshot, None, (name, labels));
        let spans = "obs_trace_spans_total";
        Self {
            complete: count("obs_traces_total", &[]),
            given_up: count("obs_traces_given_up_total", &[]),
            kept: count(spans, &[("outcome", "recorded")]),
            discarded: count(spans, &[("outcome", "sampled_out")]),
            lost: count(spans, &[("outcome", "lost")]),
            dropped: count("obs_trace_dropped_total", &[]),
        }
    }

    /// Whether everything that was recorded has been worked out.
    pub(crate) fn nothing_lost(&self) -> bool {
        self.lost == 0 && self.dropped == 0
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "complete": self.complete,
            "given_up": self.given_up,
            "spans": { "kept": self.kept, "discarded": self.discarded, "lost": self.lost },
            "records_dropped": self.dropped,
            "nothing_lost": self.nothing_lost(),
        })
    }
}

impl fmt::Display for Traced {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            complete,
            given_up,
            kept,
            discarded,
            lost,
            dropped,
        } = self;
        write!(
            out,
            "{complete} traces, {given_up} of them given up; spans: {kept} kept, {discarded} not, {lost} lost ({dropped} records dropped)"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_record_that_was_dropped_is_a_loss() {
        let mut traced = Traced {
            complete: 3,
            kept: 20,
            ..Traced::default()
        };
        assert!(traced.nothing_lost());
        traced.dropped = 1;
        assert!(!traced.nothing_lost());
        assert_eq!(traced.json()["nothing_lost"], false);
        assert!(traced.to_string().contains("3 traces"));
    }
}
