//! The text formats, and what a response says about them.

use obs::catalogue::Kind;

use crate::model::Family;

/// A text format of the exposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The Prometheus text format, version 0.0.4: what everybody reads, and the answer in doubt.
    Text,
    /// OpenMetrics 1.0.0.
    OpenMetrics,
}

/// The unit of a family; `None` where its name does not end in it, and for states and infos: OpenMetrics allows it nowhere
/// else.
pub(super) fn unit_in_name(family: &Family) -> Option<&str> {
    let unit = family.unit();
    let stem = family.open_metrics_name().strip_suffix(unit)?;
    let may_have_one = !matches!(family.kind(), Kind::StateSet | Kind::Info);
    (may_have_one && !unit.is_empty() && stem.ends_with('_')).then_some(unit)
}
