//! What starts with `process_` is exported by obs about the process.

fn main() {
    let _ = obs::counter!("process_jobs_total", "Jobs finished.");
}
