//! What the endpoint counts about itself.

use std::time::Instant;

use obs::{Counter, Histogram, LabelValue, counter, histogram};

use super::exposition::Format;
use super::negotiation::Media;

static SCRAPES: Counter<(Written, Outcome)> = counter!(
    "obs_scrapes_total",
    "Scrapes of the exposition, by its format and by what became of them: ok, aborted by the client half way, late \
     because no merge ended within the time that the scraper waits, or unavailable because the runtime had stopped.",
    labels(format: Written, outcome: Outcome),
    scope = process
);

static DURATION: Histogram = histogram!(
    "obs_scrape_duration_seconds",
    "From the arrival of a scrape to the rendering of its last byte, the wait for a merge included.",
    scope = process
);

static BYTES: Counter<Stage> = counter!(
    "obs_scrape_bytes_total",
    "Bytes of expositions: as they were rendered, and as they were sent, compressed or not.",
    labels(stage: Stage),
    scope = process
);

static REFUSED: Counter<Refusal> = counter!(
    "obs_connections_refused_total",
    "Connections turned away or cut, by reason. full: as many as the server allows were being answered. gave_way: no \
     request had come in full, and another connection needed the place. header_late, header_large, malformed: of the \
     request's header. body: the request had one. stalled: the client read nothing for too long. slow: it did not read \
     all in time.",
    labels(reason: Refusal),
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
    Protobuf,
}

#[derive(Debug, Clone, Copy, LabelValue)]
enum Outcome {
    Ok,
    Aborted,
    Late,
    Unavailable,
}

#[derive(Debug, Clone, Copy, LabelValue)]
enum Stage {
    Rendered,
    Sent,
}

/// Why a connection was turned away or cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Refusal {
    /// As many as are allowed were being answered.
    Full,
    /// It had sent no complete request when another needed its place.
    GaveWay,
    /// Its request's header did not come in time.
    HeaderLate,
    /// Its request's header was too large.
    HeaderLarge,
    /// What it sent was not HTTP.
    Malformed,
    /// Its request had a body.
    Body,
    /// It read nothing for too long.
    Stalled,
    /// It read, but not all in time.
    Slow,
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
    pub(crate) fn begin(media: Media, now: Instant) -> Scrape {
        Scrape {
            written: match media {
                Media::Text(Format::Text) => Written::Text,
                Media::Text(Format::OpenMetrics) => Written::OpenMetrics,
                Media::Protobuf => Written::Protobuf,
            },
            outcome: Outcome::Aborted,
            begun: now,
        }
    }

    /// Counts bytes of its exposition.
    pub(crate) fn add(&self, rendered: usize, sent: usize) {
        BYTES.with(Stage::Rendered).inc_by(rendered as u64);
        BYTES.with(Stage::Sent).inc_by(sent as u64);
    }

    /// Ends it with all of the exposition rendered.
    pub(crate) fn succeed(mut self) {
        self.outcome = Outcome::Ok;
    }

    /// Ends it without an exposition: its client will have given up before the next merge.
    pub(crate) fn give_up(mut self) {
        self.outcome = Outcome::Late;
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

/// Counts a connection that was turned away or cut.
pub(crate) fn count_refused_connection(reason: Refusal) {
    REFUSED.with(reason).inc();
}

/// Counts a connection that could not be accepted.
pub(crate) fn count_failed_connection() {
    FAILED.inc();
}
