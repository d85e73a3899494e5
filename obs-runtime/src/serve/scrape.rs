//! What the endpoint counts about itself.

use std::time::Instant;

use obs::{Counter, Histogram, LabelValue, counter, histogram};

use super::exposition::Format;

static SCRAPES: Counter<(Written, Outcome)> = counter!(
    "obs_scrapes_total",
    "Scrapes of the exposition, by its format and by what became of them: ok, aborted by the client half way, or \
     unavailable because the runtime had stopped.",
    labels(format: Written, outcome: Outcome),
    scope = process
);

static DURATION: Histogram = histogram!(
    "obs_scrape_duration_seconds",
    "From the arrival of a scrape to the rendering of its last byte, the wait for a merge included.",
    scope = process
);

static REFUSED: Counter = counter!(
    "obs_connections_refused_total",
    "Connections turned away because as many as the server allows were open.",
    scope = process
);

static FAILED: Counter = counter!(
    "obs_connections_failed_total",
    "Connections that the system could not accept, as when the process is out of file descriptors.",
    scope = process
);

#[derive(Debug, Clone, Copy, LabelValue)]
enum Written {
    Text,
    #[label("openmetrics")]
    OpenMetrics,
}

#[derive(Debug, Clone, Copy, LabelValue)]
enum Outcome {
    Ok,
    Aborted,
    Unavailable,
}

/// One scrape: counted when it is dropped, as aborted unless something better was said before.
#[derive(Debug)]
pub(crate) struct Scrape {
    written: Written,
    outcome: Outcome,
    begun: Instant,
}

impl Scrape {
    /// Begins when the request has been read.
    pub(crate) fn begin(format: Format, now: Instant) -> Scrape {
        Scrape {
            written: match format {
                Format::Text => Written::Text,
                Format::OpenMetrics => Written::OpenMetrics,
            },
            outcome: Outcome::Aborted,
            begun: now,
        }
    }

    /// Ends it with all of the exposition rendered.
    pub(crate) fn succeed(mut self) {
        self.outcome = Outcome::Ok;
    }

    /// Ends it without an exposition: there will be no further merge.
    pub(crate) fn turn_away(mut self) {
        self.outcome = Outcome::Unavailable;
    }
}

impl Drop for Scrape {
    fn drop(&mut self) {
        SCRAPES.with((self.written, self.outcome)).inc();
        DURATION.observe(self.begun.elapsed());
    }
}

/// Counts a connection that was turned away.
pub(crate) fn count_refused_connection() {
    REFUSED.inc();
}

/// Counts a connection that could not be accepted.
pub(crate) fn count_failed_connection() {
    FAILED.inc();
}
