//! A request: what somebody waits for, however many messages it takes.

use std::fmt;
use std::sync::Arc;

use obs::{Carrier, Context, Edge, OpenSpan, Span};

/// A request, as each message that belongs to it knows it. It lasts until the last of them is gone.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    root: Arc<OpenSpan>,
    /// The span that waits for what is sent.
    waiting: Context,
}

impl Request {
    /// A request whose trace begins with that span.
    pub(crate) fn of(root: Span) -> Self {
        let root = root.detach();
        Self {
            waiting: root.context(),
            root: Arc::new(root),
        }
    }

    /// The same, where a part of it waits.
    pub(crate) fn waiting_in(&self, waiting: Context) -> Self {
        Self {
            waiting,
            ..self.clone()
        }
    }

    /// The span that waits.
    pub(crate) fn context(&self) -> Context {
        self.waiting
    }

    /// What a message of it carries, sent now: one component tells the next and does not wait, but the request does.
    pub(crate) fn carrier(&self) -> Carrier {
        Carrier::of(self.waiting, Edge::Call)
    }

    /// Says that it came to nothing.
    pub(crate) fn failed(&self, why: impl fmt::Display) {
        self.root.error(why);
    }
}
