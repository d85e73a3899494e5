//! A message on its way: it knows how long it has waited, and when it is dropped unread it says so.

use std::sync::Arc;
use std::time::Instant;

use crate::engine::Budget;
use crate::metrics::{MAILBOX_DROPPED, QUEUE_WAIT};
use crate::outcome::Dropped;

/// What a component is told.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) key: Arc<str>,
    pub(crate) body: Vec<u8>,
    pub(crate) budget: Budget,
}

/// A message with a seal. Whoever lets it go without opening it (kameo does, after a second panic in a row) is counted,
/// in the component that it was meant for and at the moment it happens.
#[derive(Debug)]
pub(crate) struct Letter {
    to: obs::Component,
    posted: Instant,
    mail: Option<Mail>,
}

impl Letter {
    pub(crate) fn new(to: obs::Component, mail: Mail) -> Self {
        Self {
            to,
            posted: Instant::now(),
            mail: Some(mail),
        }
    }

    /// Takes the message out to handle it.
    pub(crate) fn open(mut self) -> Mail {
        QUEUE_WAIT.observe(self.posted.elapsed());
        self.mail
            .take()
            .expect("a letter is opened once: opening consumes it")
    }

    /// Takes back a letter that the mailbox never accepted.
    pub(crate) fn take_back(mut self) {
        self.mail = None;
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        if self.mail.is_some() {
            self.to
                .scope(|| MAILBOX_DROPPED.with(Dropped::Restart).inc());
        }
    }
}
