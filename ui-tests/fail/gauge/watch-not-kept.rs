//! A watch lasts as long as its guard.

#![deny(unused_must_use)]

fn main() {
    obs::gauge!("queue_length", "Jobs that wait.", observed).watch(|| 1);
}
