//! Names are snake_case.

fn main() {
    let _ = obs::counter!("jobsDone_total", "Jobs finished.");
}
