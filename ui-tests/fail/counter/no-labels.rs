//! Where there is no label, `labels` is left out.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels());
}
