//! A counter with labels counts under labels.

use obs::{Counter, LabelValue, counter};

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    Short,
}

static JOBS: Counter<Kind> = counter!("jobs_total", "Jobs finished.", labels(kind: Kind));

fn main() {
    JOBS.with(Kind::Short).inc();
    JOBS.inc();
}
