//! A label is given once.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(kind = "short", kind = "long"));
}
