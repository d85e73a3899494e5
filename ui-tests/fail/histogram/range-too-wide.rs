//! A metric has 1,000 buckets at most.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", exponential(schema = 5), range = [1e-9, 1e9]);
}
