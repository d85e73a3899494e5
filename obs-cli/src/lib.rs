//! The operator's view of obs in a terminal: the dashboard, as a library that a host can open on itself.
//!
//! A snapshot comes in from a [`dashboard::Source`], becomes a table of components, and is drawn; keys change what is
//! shown, never what is measured.
#![forbid(unsafe_code)]

/// The way in: what to show, how often, and when to end.
pub mod dashboard;

/// Where snapshots come from, fetched on a thread of their own.
mod source;

/// The loop: input, snapshots and time in, frames out.
mod app;

/// Keys and what they mean.
mod input;

/// What is known and what is chosen: the only thing that changes.
mod state;

/// Draws a state.
mod view;

/// The terminal, borrowed and given back.
mod term;
