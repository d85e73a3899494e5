//! A generic function has one metric, whatever it is called with.
#![forbid(unsafe_code)]
#![deny(warnings)]

fn count<T, const N: usize>(_: [T; N]) {
    obs::counter!("things_total", "Things seen.").inc_by(N as u64);
}

fn main() {
    count([1, 2]);
    count(["a"]);
}
