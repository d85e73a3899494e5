//! The enum of a label derives `LabelValue`.

#[derive(Clone, Copy)]
enum Kind {
    Short,
}

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(kind: Kind));
    let _ = Kind::Short;
}
