//! A declaration with the attribute is a mistake also in a block.

use obs::instrumented;

#[instrumented]
trait Get {
    #[instrumented(in_flight)]
    fn get(&self);
}

impl Get for u8 {
    fn get(&self) {}
}

fn main() {
    7_u8.get();
}
