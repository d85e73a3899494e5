//! Exists for the `links` key alone: one copy of obs in a binary, so one set of cells.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
