//! Obs is where `crate = …` says.
#![forbid(unsafe_code)]
#![deny(warnings)]

/// A crate that hands obs out under another name.
mod telemetry {
    pub use obs as inner;
}

use telemetry::inner::{ErrorLabel, instrumented};

#[derive(ErrorLabel)]
#[label(crate = telemetry::inner)]
enum Failure {
    #[label("E_IO")]
    Io,
}

#[instrumented(crate = crate::telemetry::inner, in_flight, errors = Failure)]
fn work() -> Result<(), Failure> {
    Err(Failure::Io)
}

struct Store;

#[instrumented(crate = crate::telemetry::inner, polls)]
impl Store {
    async fn get(&self) -> Option<u8> {
        None
    }
}

fn main() {
    assert!(work().is_err());
    drop(Store.get());
}
