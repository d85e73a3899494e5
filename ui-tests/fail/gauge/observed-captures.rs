//! A function given to a macro takes nothing from its place: that is for `watch`.

fn main() {
    let queue = vec![1];
    let _ = obs::gauge!("queue_length", "Jobs that wait.", observed = || queue.len());
}
