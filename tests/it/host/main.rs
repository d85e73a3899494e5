//! The standard metrics of a component host: what is in the catalogue, what the handles record, what follows from it.
#![cfg(not(obs_off))]

/// Names, scopes and places.
mod catalogue;

/// What the handles for messages, operations, mailboxes and actors record.
mod handles;

/// What the handles for guests, storage, lifecycle and broker record.
mod guests;

/// Futures whose time is taken.
mod metered;

/// What a runtime computes of it.
mod derived;

/// Spans, taken in by hand.
mod taken;

/// What the handles record beside metrics.
mod traces;

use std::panic::{self, AssertUnwindSafe};

use obs::Component;
use obs_runtime::test::{Recorded, read};

/// Runs in a component of its own and returns what was recorded there.
fn recorded(name: &str, run: impl FnOnce(Component)) -> Recorded {
    let component = Component::register(name);
    component.scope(|| run(component));
    read(component)
}

/// Unwinds through what it is given.
fn unwind<T>(kept: T) {
    let unwound = panic::catch_unwind(AssertUnwindSafe(|| {
        let _kept = kept;
        panic::resume_unwind(Box::new("on purpose"));
    }));
    assert!(unwound.is_err());
}
