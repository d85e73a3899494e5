//! A function is called on another thread.

fn main() {
    let queue = std::rc::Rc::new(1);
    let _watch = obs::gauge!("queue_length", "Jobs that wait.", observed).watch(move || *queue);
}
