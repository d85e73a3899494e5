//! Name of another type.
const NAME: u8 = 7;

fn main() {
    let _span = obs::span!(NAME);
}
