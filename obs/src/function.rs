//! What `#[instrumented]` expands to.
