//! What is observed is not counted.

fn main() {
    obs::counter!("jobs_total", "Jobs finished.", observed).inc();
}
