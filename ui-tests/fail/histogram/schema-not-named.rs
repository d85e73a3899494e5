//! What stands in the parentheses is named.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", exponential(4));
}
