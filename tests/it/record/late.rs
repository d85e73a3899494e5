//! Metrics that are registered after everything else.

use obs::Counter;
use obs::catalogue::{Definition, Kind, Scope};
use obs::private::Callsite;

/// A counter that the linker knows nothing of, so that it is registered when it is first used.
pub(crate) fn late_counter(name: &'static str) -> Counter {
    let site = Callsite::new(Definition {
        name,
        help: "Registered late.",
        unit: "",
        kind: Kind::Counter,
        scope: Scope::Component,
        zero: false,
        integer: false,
        literals: &[],
        keys: &[],
        bounds: &[],
        file: file!(),
        line: line!(),
        module: module_path!(),
    });
    Counter::at(Box::leak(Box::new(site)))
}
