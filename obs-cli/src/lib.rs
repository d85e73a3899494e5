//! The operator's view of obs in a terminal: the program `obs-cli`, and its dashboard as a library that a host can open
//! on itself.
//!
//! A snapshot comes in from a [`dashboard::Source`], becomes pages of components and metrics, and is drawn; keys change
//! what is shown, never what is measured.
#![forbid(unsafe_code)]

/// The way in for a host: what to show, how often, and when to end.
pub mod dashboard;

/// The way in for the program: arguments in, an exit code out.
#[cfg(feature = "program")]
pub mod program;

/// What the program can be told on its command line.
#[cfg(feature = "program")]
mod args;

/// The HTTP client: snapshots, catalogues and expositions of a running process.
#[cfg(feature = "program")]
mod client;

/// The commands that print.
#[cfg(feature = "program")]
mod commands;

/// Where snapshots come from, fetched on a thread of their own.
mod source;

/// The loop: input, snapshots and time in, frames out.
mod app;

/// Keys, the mouse, and what they mean.
mod input;

/// What is known and what is chosen: the only thing that changes.
mod state;

/// Draws a state.
mod view;

/// The terminal, borrowed and given back.
mod term;

/// What a metric is about, by its name.
mod domain;

/// Text that selects by words.
mod filter;

/// Quantiles of what was observed.
mod quantile;

/// Text of others, made safe to print.
mod text;

/// Numbers in few characters.
mod format;

/// What is said of a span in few words.
mod spans;
