//! The enum of a label can stand inside a function.
#![forbid(unsafe_code)]
#![deny(warnings)]

fn main() {
    #[derive(Clone, Copy, obs::LabelValue)]
    enum Kind {
        Short,
        #[cfg(any())]
        Never,
    }
    obs::counter!("jobs_total", "Jobs finished.", labels(kind: Kind)).with(Kind::Short).inc();
}
