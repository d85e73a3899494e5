//! Words have one `_` between them.

fn main() {
    let _ = obs::counter!("jobs__done_total", "Jobs finished.");
}
