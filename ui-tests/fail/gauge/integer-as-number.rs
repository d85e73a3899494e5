//! The static of a gauge of whole numbers says so.

static HANDLES: obs::Gauge = obs::gauge!("open_handles", "Open handles.", integer);

fn main() {
    HANDLES.set(1);
}
