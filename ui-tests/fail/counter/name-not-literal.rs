//! The name is a literal, so that it can be checked.

const NAME: &str = "jobs_total";

fn main() {
    let _ = obs::counter!(NAME, "Jobs finished.");
    let _ = NAME;
}
