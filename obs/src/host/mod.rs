//! The standard metrics of a component host: what can be told of any host of actors, plugins or WebAssembly guests, under
//! one set of names, and the few lines with which a host tells it.
//!
//! Every metric is a `pub static` of the file of its domain; beside them stand handles that record several of them at once.
//! Metrics of scope component are recorded inside the component ([`Component::scope`](crate::Component::scope),
//! [`in_component`](crate::InComponent::in_component)), and so are handles used; where a handle is dropped matters to none.
//! What a metric's help calls *computed when merged* is made by obs-runtime of the others: a host never sets it, but
//! [`mailbox::DEPTH`](crate::host::mailbox::DEPTH), which it may.
//!
//! | domain | what it tells |
//! |---|---|
//! | [`messages`](crate::host::messages) | what is handled and sent, how long that takes, how it ends |
//! | [`resources`](crate::host::resources) | memory, processor time, calls into the host, tasks |
//! | [`operations`](crate::host::operations) | files, connections, child processes |
//! | [`errors`](crate::host::errors) | errors by type, panics, retries |
//! | [`broker`](crate::host::broker) | publishing, delivery, dead letters |
//! | [`actors`](crate::host::actors) | spawns, stops, lifetimes |
//! | [`mailbox`](crate::host::mailbox) | depth, waiting, what was dropped and why |
//! | [`wasm`](crate::host::wasm) | compiling, instances, memory, fuel, epochs, traps |
//! | [`storage`](crate::host::storage) | operations, sizes, quotas |
//! | [`lifecycle`](crate::host::lifecycle) | installation, updates, rollbacks, states |

#![cfg_attr(
    not(any(obs_off, feature = "off")),
    expect(
        unsafe_code,
        reason = "metric macros put their static into a section for the linker, which only this crate is told of"
    )
)]

/// Messages: received, handled, sent, asked for.
pub mod messages;

/// Memory, processor time, calls into the host, tasks.
pub mod resources;

/// Operations of the system: files, network, processes.
pub mod operations;

/// Errors, panics, retries.
pub mod errors;

/// The message broker.
pub mod broker;

/// Actors, from spawn to stop.
pub mod actors;

/// Mailboxes.
pub mod mailbox;

/// The WebAssembly runtime.
pub mod wasm;

/// The components' storage.
pub mod storage;

/// Installation, updates, rollbacks, states.
pub mod lifecycle;

/// Something that has begun and not ended.
mod flight;

/// What was taken out of a queue.
mod received;

/// Futures in the spans of handles.
#[cfg(not(any(obs_off, feature = "off")))]
mod during;

/// Processor time of futures.
#[cfg(not(any(obs_off, feature = "off")))]
mod metered;

/// The same, compiled out.
#[cfg(any(obs_off, feature = "off"))]
#[path = "off.rs"]
mod metered;

#[cfg(not(any(obs_off, feature = "off")))]
pub use during::{During, InHandle};
pub use flight::Timed;
pub use metered::Metered;
#[cfg(any(obs_off, feature = "off"))]
pub use metered::{During, InHandle};
pub use received::Received;

/// From a microsecond (an idle guest) to ten seconds (a guest that is held up by others).
pub(crate) const LATENCIES: &[f64] = &[
    1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2,
    5e-2, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// From ten microseconds (a read out of a cache) to half a minute (a download).
pub(crate) const DURATIONS: &[f64] = &[
    1e-5, 5e-5, 2.5e-4, 1e-3, 5e-3, 2.5e-2, 0.1, 0.5, 2.5, 10.0, 30.0,
];

/// From a second (a crash on start) to a month.
pub(crate) const LIFETIMES: &[f64] = &[
    1.0,
    10.0,
    60.0,
    600.0,
    3_600.0,
    21_600.0,
    86_400.0,
    604_800.0,
    2_592_000.0,
];

/// Bytes, from a small record to what a message hardly holds.
pub(crate) const SIZES: &[f64] = &[
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
];

use crate::LabelValue;

/// Which way something goes, seen from the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Side {
    /// To the component, or begun by another.
    Inbound,
    /// From the component, or begun by it.
    Outbound,
}

/// Which way bytes go between the component and what it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Transfer {
    /// Read by the component.
    Read,
    /// Written by the component.
    Write,
}

/// Whether making something worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum BuildOutcome {
    /// It worked.
    Ok,
    /// It did not.
    Error,
}

impl BuildOutcome {
    /// The outcome of a result.
    pub fn of<T, E>(result: &Result<T, E>) -> BuildOutcome {
        match result {
            Ok(_) => BuildOutcome::Ok,
            Err(_) => BuildOutcome::Error,
        }
    }
}
