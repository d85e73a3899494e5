//! Name too long.
fn main() {
    let _span = obs::span!("a name that says who, what, where, when, why and how, in as many words as there are, \
        and then a few more of them for good measure");
}
