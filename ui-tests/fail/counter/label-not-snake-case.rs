//! Label names are snake_case.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(jobKind = "short"));
}
