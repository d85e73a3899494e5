//! What threads record for components, and what a merge makes of it.

/// Metrics that the linker does not know.
mod late;

/// Metrics that are defined while the program runs.
mod defined;

/// Verbs for what others count.
mod bridged;

/// Threads that come, go, churn, leak and end.
mod threads;

/// Scopes, retirement, lives.
mod components;

/// Futures in components.
mod futures;

/// Metrics switched off and on.
mod switched;

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

/// What there is no room for.
mod overflow;

/// Series with such labels that are computed.
mod computed;

/// Labels that say what a component is.
mod infos;

/// Series with such labels, read.
mod seen;

/// Instrumented functions.
mod functions;

/// `impl` blocks, traits and modules as a whole, and `#[async_trait]` above or below.
mod blocks;

/// What tells a success from a failure.
mod successes;

/// Families of functions: labels, bounds, names.
mod families;

/// Futures in boxes and under other names, and how large they are.
mod returned;

/// What is logged on the side.
mod logged;

/// Code under every lint.
mod strict;

/// Time and polls of instrumented futures.
mod polls;

/// Definitions that agree and that do not.
mod catalogue;

/// Random programs against a plain model.
mod property;
