//! Dropped at once.
#![deny(unused_must_use)]

fn main() {
    obs::span!("fetch");
}
