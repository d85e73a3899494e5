//! What has no body is instrumented where it has one.

use obs::instrumented;

trait Work {
    #[instrumented]
    fn work(&self);
}

impl Work for u8 {
    fn work(&self) {}
}

fn main() {
    7u8.work();
}
