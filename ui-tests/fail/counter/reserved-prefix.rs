//! What starts with `obs_` is exported by obs about itself.

fn main() {
    let _ = obs::counter!("obs_jobs_total", "Jobs finished.");
}
