//! What a component is told, and how it came to be told.

use std::sync::Arc;
use std::time::Instant;

use obs::host::messages::Export;
use obs::{Carrier, Moment};
use tokio::sync::oneshot;

use crate::engine::Budget;
use crate::request::Request;

/// What a component is told.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) key: Arc<str>,
    pub(crate) body: Vec<u8>,
    pub(crate) budget: Budget,
    /// When the first message was sent of those that led to this one.
    pub(crate) first: Moment,
    /// What the guest is called for.
    pub(crate) export: Export,
    /// Where the answer goes, if anybody asked.
    pub(crate) reply: Option<oneshot::Sender<Vec<u8>>>,
    /// When it is too late to handle it.
    pub(crate) expires: Option<Instant>,
    /// What it is a part of.
    pub(crate) request: Option<Request>,
}

impl Mail {
    /// A message that begins something.
    pub(crate) fn new(key: &str, body: Vec<u8>, budget: Budget) -> Self {
        Self {
            key: key.into(),
            body,
            budget,
            first: Moment::now(),
            export: Export::Message,
            reply: None,
            expires: None,
            request: None,
        }
    }

    /// What it carries: whoever waits for the request waits for it; otherwise nobody does.
    pub(crate) fn carrier(&self) -> Carrier {
        let request = self.request.as_ref();
        request.map_or_else(Carrier::tell, Request::carrier)
    }

    /// Whether it is too late for it.
    pub(crate) fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}
