//! Sent to a thread.
fn main() {
    let span = obs::span!("fetch");
    std::thread::spawn(move || drop(span));
}
