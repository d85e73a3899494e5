//! The help text follows the name.

fn main() {
    let _ = obs::counter!("jobs_total");
}
