//! Other libraries, recorded by obs: what their users have had, they have with obs, and nothing is lost on the way.

/// What a call costs.
mod allocations;

/// The facade `metrics`.
mod facade;

/// The same calls, recorded by obs and by the facade's own exporter.
mod exporter;

use metrics::with_local_recorder;
use obs::Component;
use obs_runtime::bridge::metrics::Recorder;
use obs_runtime::test::Recorded;

/// Runs `f` in a component of its own, with the facade's macros recorded by obs on this thread, and reads the component.
fn recorded(component: &str, f: impl FnOnce()) -> Recorded {
    let component = Component::register(component);
    with_local_recorder(&Recorder::new(), || component.scope(f));
    obs_runtime::test::read(component)
}
