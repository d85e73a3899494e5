//! The name ends in the unit.

fn main() {
    let _ = obs::counter!("queued_total", "Tasks queued.", unit = "tasks");
}
