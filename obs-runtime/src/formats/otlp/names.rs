//! The attributes that say what OTLP has no field for.

/// The component, on a scope; also understood on a span.
pub const COMPONENT: &str = "obs.component";
/// How a span hangs on its parent: `detached` or `queue`; a call says nothing.
pub const EDGE: &str = "obs.edge";
/// Nanoseconds inside polls.
pub const BUSY_NS: &str = "obs.busy_ns";
/// How often a span was polled, unless never.
pub const POLLS: &str = "obs.polls";
/// That a span had not ended: its end is when it was last seen.
pub const OPEN: &str = "obs.open";
/// That a span unwound; its status is ERROR.
pub const PANICKED: &str = "obs.panicked";
/// That the future of a span was dropped before it was ready; its status is UNSET.
pub const CANCELLED: &str = "obs.cancelled";
/// The number of the thread that a span began on.
pub const START_THREAD: &str = "obs.start_thread";
/// The number of the thread that it ended on.
pub const END_THREAD: &str = "obs.end_thread";

/// The policy that kept the trace. This and what follows is said once, of the first span that enters the trace.
pub const POLICY: &str = "obs.kept.policy";
/// How many traces of its kind it stands for.
pub const WEIGHT: &str = "obs.kept.weight";
/// That records of the trace were dropped because a ring was full.
pub const RING_FULL: &str = "obs.missing.ring_full";
/// How many of its spans were left out because it has too many.
pub const SPANS_OVER_LIMIT: &str = "obs.missing.spans_over_limit";
/// How many of its spans name a parent that is not there.
pub const ORPHANS: &str = "obs.missing.orphans";
/// How many of its spans had not ended.
pub const OPEN_SPANS: &str = "obs.missing.open";
/// How many of its spans came twice.
pub const DUPLICATES: &str = "obs.missing.duplicates";

/// What stands before the key of an attribute that somebody has given one of these names, so that it stays an attribute.
pub const SAID: &str = "obs.said.";

/// The name of a program, on a resource: OpenTelemetry's.
pub(super) const SERVICE: &str = "service.name";
/// What wrote a resource's spans: OpenTelemetry's.
pub(super) const WRITER: &str = "telemetry.sdk.name";
/// The language of what wrote them.
pub(super) const LANGUAGE: &str = "telemetry.sdk.language";
/// How obs calls itself.
pub(super) const OBS: &str = "obs";

const ALL: [&str; 16] = [
    COMPONENT,
    EDGE,
    BUSY_NS,
    POLLS,
    OPEN,
    PANICKED,
    CANCELLED,
    START_THREAD,
    END_THREAD,
    POLICY,
    WEIGHT,
    RING_FULL,
    SPANS_OVER_LIMIT,
    ORPHANS,
    OPEN_SPANS,
    DUPLICATES,
];

/// Whether an attribute of this key would be taken for one of ours.
pub(super) fn is_taken(key: &str) -> bool {
    key.starts_with("obs.") && (key.starts_with(SAID) || ALL.contains(&key))
}
