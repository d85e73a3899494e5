//! Arguments have commas between them.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished." zero);
}
