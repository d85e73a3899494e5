//! What the store of traces shows of what was recorded with `tracing`.

use obs_runtime::bridge::tracing::ObsLayer;
use obs_runtime::model::trace::Trace;
use obs_tests::traces::collected;
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt;

/// A subscriber with nothing but the layer.
pub(crate) fn bare() -> Dispatch {
    with(ObsLayer::new())
}

pub(crate) fn with(layer: ObsLayer) -> Dispatch {
    tracing_subscriber::registry().with(layer).into()
}

/// What the store of traces shows of what `f` does, on this thread, with that subscriber.
pub(crate) fn stored(subscriber: &Dispatch, f: impl FnOnce()) -> Vec<Trace> {
    stored_with(|builder| builder, subscriber, f)
}

/// The same of a runtime that is set up otherwise.
pub(crate) fn stored_with(
    setup: impl FnOnce(obs_runtime::Builder) -> obs_runtime::Builder,
    subscriber: &Dispatch,
    f: impl FnOnce(),
) -> Vec<Trace> {
    collected(setup, || tracing::dispatcher::with_default(subscriber, f))
}
