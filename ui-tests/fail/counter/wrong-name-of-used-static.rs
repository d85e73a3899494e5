//! A fault is the only error, also where the counter is used.

use obs::{Counter, LabelValue, counter};

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    Short,
}

static JOBS: Counter<Kind> = counter!("jobs", "Jobs finished.", labels(kind: Kind));

fn main() {
    JOBS.with(Kind::Short).inc();
    counter!("more_jobs", "More jobs.").inc_by(2);
}
