//! What no single snapshot tells: the quantiles of summaries, given to a snapshot by whoever knows those before it.

use obs::Component;
use obs::catalogue::{Definition, Kind, Reading, Scope};

use super::Snapshot;
use crate::model::distribution::Quantiles;

/// Tells the series of a process apart, from one snapshot to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SeriesKey {
    scope: Scope,
    /// `None` outside any component, and for metrics of the process.
    component: Option<Component>,
    first_cell: u32,
    series: usize,
}

impl Snapshot {
    /// Asks for the quantiles of every summary that is exported and was touched; what was observed comes cell by cell: as
    /// zero, in each bucket, above the range.
    pub(crate) fn fill_summaries(
        &mut self,
        mut quantiles: impl FnMut(
            SeriesKey,
            &'static Definition,
            &mut dyn Iterator<Item = u64>,
        ) -> Option<Quantiles>,
    ) {
        let members = self.families.0.iter().flat_map(|family| &family.members);
        let summaries = members.filter(|member| member.metric.definition.kind == Kind::Summary);
        for member in summaries {
            let lives = match member.scope() {
                Scope::Component => &mut self.lives[..],
                Scope::Process => std::slice::from_mut(&mut self.process),
            };
            let exported = lives.iter_mut().filter(|life| life.exported);
            for life in exported {
                for series in 0..member.series_count {
                    let Reading::Exponential {
                        zero,
                        buckets,
                        overflow,
                        ..
                    } = member.metric.read(&life.cells, series)
                    else {
                        continue;
                    };
                    let key = SeriesKey {
                        scope: member.scope(),
                        component: life.component,
                        first_cell: member.metric.first_cell,
                        series,
                    };
                    let [zero, overflow] = [zero, overflow].map(std::iter::once);
                    let mut counts = zero.chain(buckets.iter().copied()).chain(overflow);
                    if let Some(quantiles) = quantiles(key, member.metric.definition, &mut counts) {
                        let place = (member.metric.first_cell, series);
                        life.quantiles.insert(place, quantiles);
                    }
                }
            }
        }
    }
}
