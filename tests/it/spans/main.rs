//! Spans as threads and tasks record them, read back without a runtime.

/// What was recorded, in plain words.
mod seen;

/// Instrumented functions that are spans, from call to outcome.
mod calls;

/// Instrumented futures that are spans, from the first poll to the last.
mod futures;

/// Attributes and messages.
mod attributes;

/// Who is whose parent.
mod nesting;

/// Guards that are leaked, or dropped in another order than they came.
mod disorder;

/// Traces that do not leave their thread.
mod confined;

/// Whose records are whose.
mod threads;

/// The same readings for metrics and spans, and nothing else changed.
mod metrics;

/// Nothing of the heap.
mod allocations;
