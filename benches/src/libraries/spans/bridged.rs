//! obs's layer for `tracing`, while a runtime collects and drops what no policy keeps.

use std::mem;

use obs_runtime::Runtime;
use obs_runtime::bridge::tracing::ObsLayer;
use tracing_subscriber::layer::SubscriberExt;

use super::{Resident, tracing as spans};
use crate::case::Case;
use crate::entry::{Entry, Standing};

pub(super) const NAME: &str = "obs-tracing";

/// As many slots as hold the spans of a root and of the next: between two roots, the collector is waited for by nobody.
const RING_SLOTS: usize = 1 << 16;

pub(super) fn resident() -> Resident {
    let builder = Runtime::builder().no_server().ring_slots(RING_SLOTS);
    let runtime = builder.start().expect("no other runtime runs");
    // It collects as long as the process lives.
    mem::forget(runtime);
    spans::install(tracing_subscriber::registry().with(ObsLayer::new()));
    spans::resident(vec![Entry::new(
        Case::TracingBridge,
        NAME,
        Standing::Obs,
        spans::under_a_root,
    )])
}
