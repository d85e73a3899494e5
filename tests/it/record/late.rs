//! Metrics that are registered after everything else.

use obs::Counter;
use obs::catalogue::Definition;
use obs::private::Callsite;

/// A counter that the linker knows nothing of, so that it is registered when it is first used.
pub(crate) fn late_counter(name: &'static str) -> Counter {
    let site = Callsite::new(Definition {
        name,
        help: "Registered late.",
        file: file!(),
        line: line!(),
        module: module_path!(),
        ..Definition::BLANK
    });
    Counter::at(Box::leak(Box::new(site)))
}
