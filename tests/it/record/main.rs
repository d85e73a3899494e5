//! What threads record for components, and what a merge makes of it.

/// Metrics that the linker does not know.
mod late;

/// Threads that come, go, churn, leak and end.
mod threads;

/// Scopes, retirement, lives.
mod components;

/// Futures in components.
mod futures;

/// Levels, set and counted.
mod gauges;

/// Buckets, sums and timers.
mod histograms;

/// What functions tell.
mod observed;

/// One of several states.
mod states;

/// Exponential buckets and quantiles.
mod distributions;

/// Labels with a closed set of values.
mod labels;

/// Labels with any values.
mod dynamic;

/// Labels that say what a component is.
mod infos;

/// Series with such labels, read.
mod seen;

/// Instrumented functions.
mod functions;

/// Definitions that agree and that do not.
mod catalogue;

/// Random programs against a plain model.
mod property;
