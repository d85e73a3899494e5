//! Where a dashboard gets what it shows: snapshots, and answers to questions about traces.

/// What is asked about traces, and what is answered.
mod question;

/// The thread that asks.
mod feed;

use anyhow::{Result, anyhow};
use obs_runtime::api::Snapshot;
use obs_runtime::api::traces::{Bottlenecks, OpenSpans, Trace, TraceList};

pub use obs_runtime::api::traces::TraceFormat;
pub use question::TraceQuestion;

pub(crate) use feed::{Arrival, Feed};
pub(crate) use question::{Answer, Question};

/// Where a dashboard gets what it shows.
///
/// A source that has no traces need not say so: then the pages of traces do.
pub trait Source: Send {
    /// Takes a snapshot.
    ///
    /// # Errors
    ///
    /// None can be had just now. The message is shown to the operator, and the source is asked again.
    fn snapshot(&mut self) -> Result<Snapshot>;

    /// Lists traces.
    ///
    /// # Errors
    ///
    /// As for a snapshot; also where the query is none.
    fn traces(&mut self, question: &TraceQuestion) -> Result<TraceList> {
        let _ = question;
        Err(no_traces())
    }

    /// Looks a trace up by its id, or by the first digits of it.
    ///
    /// # Errors
    ///
    /// As for a snapshot; also where there is no such trace, or more than one.
    fn trace(&mut self, id: &str) -> Result<Trace> {
        let _ = id;
        Err(no_traces())
    }

    /// A trace as a file of some format.
    ///
    /// # Errors
    ///
    /// As for a trace.
    fn export(&mut self, id: &str, format: TraceFormat) -> Result<Vec<u8>> {
        let _ = (id, format);
        Err(no_traces())
    }

    /// Lists the spans that are under way.
    ///
    /// # Errors
    ///
    /// As for a snapshot.
    fn open_spans(&mut self) -> Result<OpenSpans> {
        Err(no_traces())
    }

    /// Says where the time of many traces goes; of all, or of those whose root is an operation.
    ///
    /// # Errors
    ///
    /// As for a snapshot.
    fn bottlenecks(&mut self, root: Option<&str>) -> Result<Bottlenecks> {
        let _ = root;
        Err(no_traces())
    }
}

fn no_traces() -> anyhow::Error {
    anyhow!("there are no traces here: this program shows its metrics alone")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Metrics;

    impl Source for Metrics {
        fn snapshot(&mut self) -> Result<Snapshot> {
            Ok(Snapshot::default())
        }
    }

    #[test]
    fn a_source_of_metrics_alone_says_that_it_has_no_traces() {
        let question = TraceQuestion::default();
        for error in [
            Metrics.traces(&question).map(drop),
            Metrics.trace("4bf9").map(drop),
            Metrics.export("4bf9", TraceFormat::Otlp).map(drop),
            Metrics.open_spans().map(drop),
            Metrics.bottlenecks(None).map(drop),
        ] {
            let error = error.expect_err("it has none").to_string();
            assert!(error.contains("no traces here"), "{error}");
        }
    }
}
