//! What is counted of scrapes.

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
