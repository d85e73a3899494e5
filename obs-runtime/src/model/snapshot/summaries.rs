//! What no single snapshot tells: the quantiles of summaries, given to a snapshot by whoever knows those before it.

use obs::Component;
use obs::catalogue::{Definition, Kind, Metric, Reading, Scope};

use super::{Row, Snapshot};
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

impl SeriesKey {
    /// Whether it is a series of the metric.
    pub(crate) fn is_of(&self, metric: &Metric) -> bool {
        self.first_cell == metric.first_cell && self.scope == metric.definition.scope
    }
}

impl Snapshot {
    /// Whether the component of a series is in the snapshot.
    pub(crate) fn knows(&self, key: &SeriesKey) -> bool {
        let mut lives = self.lives.iter().filter(|life| life.exported);
        key.component.is_none() || lives.any(|life| life.component == key.component)
    }

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
        let families = self.families.0.iter();
        let summaries = families.filter(|family| family.kind() == Kind::Summary);
        let members = summaries.flat_map(|family| {
            let members = family.members.iter();
            members.map(move |member| (family, member))
        });
        for (family, member) in members {
            let lives = match member.scope() {
                Scope::Component => &mut self.lives[..],
                Scope::Process => std::slice::from_mut(&mut self.process),
            };
            for life in lives.iter_mut().filter(|life| life.exported) {
                let mut found = Vec::new();
                let rows = Row::all(family, member, life);
                for (row, index) in rows.flat_map(|row| (0..row.len()).map(move |at| (row, at))) {
                    let Reading::Exponential {
                        zero,
                        buckets,
                        overflow,
                        ..
                    } = row.reading(index)
                    else {
                        continue;
                    };
                    let key = SeriesKey {
                        scope: member.scope(),
                        component: life.component,
                        first_cell: member.metric.first_cell,
                        series: row.series_number(index),
                    };
                    let [zero, overflow] = [zero, overflow].map(std::iter::once);
                    let mut counts = zero.chain(buckets.iter().copied()).chain(overflow);
                    if let Some(quantiles) = quantiles(key, member.metric.definition, &mut counts) {
                        found.push(((key.first_cell, key.series), quantiles));
                    }
                }
                life.quantiles.extend(found);
            }
        }
    }
}
