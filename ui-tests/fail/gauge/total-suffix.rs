//! Only counters are called `…_total`.

fn main() {
    let _ = obs::gauge!("queue_total", "Jobs that wait.");
}
