//! The inline form, for a metric of one place, also in statements, closures and expressions.
#![forbid(unsafe_code)]
#![deny(warnings)]

fn main() {
    obs::counter!("jobs_total", "Jobs finished.").inc();
    let more = || obs::counter!("more_jobs_total", "More jobs finished.").inc_by(2);
    more();
    if true {
        obs::counter!("busy_seconds_total", "Time spent.").inc_by_duration(std::time::Duration::ZERO)
    }
}
