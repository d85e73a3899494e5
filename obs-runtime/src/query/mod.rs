//! Questions about what is kept: languages, and what answers them.
//!
//! In: a question as people write it, and what the store holds.
//! Out: what matches, in order, and over how much of what was received that was said.
//! Loss: what could not be read or was not looked at is named in the answer, never left out in silence.

/// Which traces are asked for.
pub mod traces;
