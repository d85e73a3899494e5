//! What one reading transaction sees of the traces on disk.

use redb::{ReadOnlyTable, ReadTransaction};

use super::block::{self, BlockBuilder, Built};
use super::counts::Counts;
use super::directory::Directory;
use super::disk::{BLOCKS, INDEXES};
use super::entry::{Facts, Index, Seen};
use super::parts::{self, Parts};
use super::stored;
use crate::model::trace::{Trace, TraceId};
use crate::store::value::Unusable;

/// What one reading transaction sees.
pub(crate) struct View<'t> {
    pub(super) transaction: &'t ReadTransaction,
    pub(super) counts: &'t Counts,
}

type Rows = ReadOnlyTable<(u64, u32), &'static [u8]>;

impl View<'_> {
    /// The numbers of all blocks, the newest first.
    pub(crate) fn numbers(&self) -> Result<Vec<u64>, redb::Error> {
        match self.table(INDEXES)? {
            Some(indexes) => parts::numbers(&indexes),
            None => Ok(Vec::new()),
        }
    }

    /// The index of a block; `None` if there is none, or, and counted, if it cannot be read.
    pub(crate) fn index(&self, number: u64) -> Result<Option<Vec<u8>>, redb::Error> {
        let value = self.value(INDEXES, number)?;
        if let Some(Err(_)) = value {
            self.counts.damaged(number);
        }
        Ok(value.and_then(Result::ok))
    }

    /// The traces of a block that has an index, as bytes; `None`, and counted, if they cannot be read.
    pub(crate) fn block(&self, number: u64) -> Result<Option<Vec<u8>>, redb::Error> {
        let data = self.value(BLOCKS, number)?.and_then(Result::ok);
        let raw = data.and_then(|data| block::raw(&data).ok());
        if raw.is_none() {
            self.counts.damaged(number);
        }
        Ok(raw)
    }

    fn value(
        &self,
        name: Parts,
        number: u64,
    ) -> Result<Option<Result<Vec<u8>, Unusable>>, redb::Error> {
        match self.table(name)? {
            Some(table) => parts::get(&table, name, number),
            None => Ok(None),
        }
    }

    fn table(&self, name: Parts) -> Result<Option<Rows>, redb::Error> {
        match self.transaction.open_table(name) {
            Ok(table) => Ok(Some(table)),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A trace out of the bytes of its block; `None`, and counted, if they are not those of this trace.
    pub(crate) fn decoded(&self, number: u64, raw: &[u8], seen: Seen<'_, '_>) -> Option<Trace> {
        let trace = block::trace(raw, seen.entry).ok();
        let trace = trace.filter(|trace| Some(trace.id) == seen.id());
        if trace.is_none() {
            self.counts.damaged(number);
        }
        trace
    }

    /// A trace of a block, if it has it and it can be read.
    pub(super) fn trace(&self, number: u64, id: TraceId) -> Result<Option<Trace>, redb::Error> {
        let Some(bytes) = self.index(number)? else {
            return Ok(None);
        };
        let index = Index::read(&bytes);
        let seen = index
            .as_ref()
            .and_then(|index| index.traces().find(|seen| seen.id() == Some(id)));
        let Some(seen) = seen else {
            return Ok(None);
        };
        let Some(raw) = self.block(number)? else {
            return Ok(None);
        };
        let trace = block::trace(&raw, seen.entry)
            .ok()
            .filter(|trace| trace.id == id);
        if trace.is_none() {
            self.counts.damaged(number);
        }
        Ok(trace)
    }

    /// A new index for a block that has lost its own, without the traces that have newer versions in later blocks; `None` if the
    /// block cannot be read either. When its traces were stored is no longer known: when they ended is close to it.
    pub(super) fn rescue(
        &self,
        number: u64,
        directory: &Directory,
    ) -> Result<Option<Built>, redb::Error> {
        let Some(raw) = self.block(number)? else {
            return Ok(None);
        };
        let Ok(traces) = stored::decode_all(&raw) else {
            return Ok(None);
        };
        let ends = traces
            .iter()
            .flat_map(|(trace, _)| &trace.spans)
            .map(|span| span.end_ns);
        let (first_ns, last_ns) = (ends.clone().min(), ends.max());
        let policy = traces.first().map(|(trace, _)| trace.kept.policy);
        let (Some(policy), Some(first_ns), Some(last_ns)) = (policy, first_ns, last_ns) else {
            return Ok(None);
        };
        let mut builder = BlockBuilder::new(policy, 0, (first_ns, last_ns));
        for (trace, bytes) in &traces {
            match Facts::of(trace) {
                Some(facts) if directory.place(trace.id).is_none() => builder.add(facts, bytes),
                _ => builder.skip(bytes),
            }
        }
        Ok(Some(builder.finish()))
    }

    /// Adds what a block holds to a larger one; `None` if it cannot be read.
    pub(super) fn copy(
        &self,
        number: u64,
        into: &mut Option<BlockBuilder>,
    ) -> Result<Option<()>, redb::Error> {
        let Some(bytes) = self.index(number)? else {
            return Ok(None);
        };
        let (Some(index), Some(raw)) = (Index::read(&bytes), self.block(number)?) else {
            return Ok(None);
        };
        let head = index.head;
        let into = into.get_or_insert_with(|| {
            BlockBuilder::new(
                head.policy,
                head.level + 1,
                (head.first_kept_ns, head.last_kept_ns),
            )
        });
        for seen in index.traces() {
            let (Some(facts), Ok(bytes)) = (seen.facts(), block::slice(&raw, seen.entry)) else {
                return Ok(None);
            };
            into.add(facts, bytes);
        }
        into.kept(head.first_kept_ns, head.last_kept_ns);
        Ok(Some(()))
    }
}
