//! Only counters end in `_total`.

fn main() {
    let _ = obs::summary!("calls_total", "Time of a call.", quantiles = [0.5], range = [1, 2]);
}
