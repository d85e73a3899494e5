//! The terminal, taken over for one dashboard and given back whatever happens.
//!
//! *In:* a terminal on standard input and output. *Out:* a ratatui terminal on the alternate screen, in raw mode.
//! *Loss:* of panics of other threads while the screen is up only the last messages are kept; all are counted.

/// The screen and its way back.
mod screen;

/// Panics: one's own gives the terminal back, others' wait until it is.
mod panics;

/// Signals that ask the dashboard to end.
mod signals;

/// Keys, until the terminal is gone.
pub(crate) mod keys;

pub(crate) use screen::{Screen, is_there, is_utf8, no_colour};
pub(crate) use signals::Signals;

#[cfg(all(test, unix))]
mod on_a_terminal;
