//! Unknown kind.
fn main() {
    let _span = obs::span!("fetch", kind = sever);
}
