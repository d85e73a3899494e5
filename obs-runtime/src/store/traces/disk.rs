//! Traces on disk: small blocks as they come, larger ones of several of them, gone when they are old or too many.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{ReadTransaction, TableDefinition, WriteTransaction};

use super::block::{BlockBuilder, Built};
use super::counts::Counts;
use super::directory::{Block, Directory, rank};
use super::entry::{Facts, Head, Index};
use super::parts::{self, Parts};
use super::retention::Retention;
use super::stored;
use super::view::View;
use crate::model::trace::{Policy, Trace, TraceId};
use crate::store::{Database, Failure};

/// What is known of each block, and the blocks, by number: a later block has the newer version of a trace.
pub(super) const INDEXES: Parts = TableDefinition::new("trace_indexes");
pub(super) const BLOCKS: Parts = TableDefinition::new("trace_blocks");

/// How many blocks one transaction removes: longer ones would keep others from writing.
const MOST_REMOVED: usize = 64;

/// How many times one turn puts blocks together; what is left waits for the next.
const MOST_MERGES: usize = 16;

/// What was kept further apart than this share of the age at which it goes is not put together.
const APART: u32 = 16;

/// The part of the store that lies in the file.
#[derive(Debug)]
pub(super) struct Disk {
    database: Arc<Database>,
    directory: Mutex<Directory>,
    /// The life of the file that the directory describes: written by whoever loads it, under the directory's lock.
    life: AtomicU64,
}

impl Disk {
    /// Takes stock of what a file holds.
    pub(super) fn new(database: Arc<Database>, now_ns: u64, counts: &Counts) -> Disk {
        let disk = Disk {
            database,
            directory: Mutex::default(),
            life: AtomicU64::new(u64::MAX),
        };
        // What cannot be read now is tried again before anything is written.
        let _ = disk.take_stock(now_ns, counts);
        disk
    }

    pub(super) fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the file is only looked at.
    pub(super) fn is_view(&self) -> bool {
        self.database.is_view()
    }

    /// Builds the directory anew, if the file has begun another life.
    fn take_stock(&self, now_ns: u64, counts: &Counts) -> Result<(), Failure> {
        self.database.ensure_open(now_ns)?;
        let life = self.database.life();
        if self.life.load(Ordering::Relaxed) == life {
            return Ok(());
        }
        let loaded = self.database.read(|transaction| load(transaction, counts));
        let (loaded, rescued) =
            loaded.inspect_err(|failure| self.database.blame(failure, now_ns))?;
        *self.directory() = loaded;
        self.life.store(life, Ordering::Relaxed);
        if rescued.is_empty() || self.database.is_view() {
            return Ok(());
        }
        self.database.write(now_ns, |transaction| {
            let mut indexes = transaction.open_table(INDEXES)?;
            for (number, block) in &rescued {
                parts::remove(&mut indexes, *number)?;
                parts::insert(&mut indexes, INDEXES, *number, &block.index)?;
            }
            Ok(())
        })
    }

    /// Stores traces, all or none: when it returns, they are on disk, and earlier versions of them are not. Called by one thread.
    pub(super) fn append(
        &self,
        traces: &[Arc<Trace>],
        now_ns: u64,
        counts: &Counts,
    ) -> Result<(), Failure> {
        self.take_stock(now_ns, counts)?;
        let built = built(traces, now_ns);
        let ids: Vec<TraceId> = built
            .iter()
            .flat_map(|block| block.ids.iter().copied())
            .collect();
        let (earlier, first) = {
            let directory = self.directory();
            let mut earlier: BTreeMap<u64, HashSet<TraceId>> = BTreeMap::new();
            for id in &ids {
                if let Some(number) = directory.place(*id) {
                    earlier.entry(number).or_default().insert(*id);
                }
            }
            (earlier, directory.next_number())
        };
        let life = self.database.life();
        let replaced = self.database.write(now_ns, |transaction| {
            let mut indexes = transaction.open_table(INDEXES)?;
            let mut blocks = transaction.open_table(BLOCKS)?;
            let mut replaced = Vec::new();
            for (number, ids) in &earlier {
                replaced.push((*number, supersede(&mut indexes, &mut blocks, *number, ids)?));
            }
            for (number, block) in (first..).zip(&built) {
                parts::insert(&mut blocks, BLOCKS, number, &block.data)?;
                parts::insert(&mut indexes, INDEXES, number, &block.index)?;
            }
            Ok(replaced)
        })?;
        if self.database.life() != life {
            // It has been begun anew meanwhile: what was written before is gone, and this is in the new one.
            self.life.store(u64::MAX, Ordering::Relaxed);
            return self.take_stock(now_ns, counts);
        }
        let mut directory = self.directory();
        for (number, Superseded { traces, is_empty }) in replaced {
            (0..traces).for_each(|_| directory.superseded(number));
            if is_empty {
                directory.remove(number);
            }
        }
        for (number, block) in (first..).zip(built) {
            let known = Block::sound(block.head, block.ids.len());
            directory.add(number, known, block.ids);
        }
        Ok(())
    }

    /// Puts small blocks together, and removes what is too old or too much.
    pub(super) fn tidy(
        &self,
        retention: &Retention,
        now_ns: u64,
        counts: &Counts,
    ) -> Result<(), Failure> {
        self.take_stock(now_ns, counts)?;
        let apart_ns = (retention.age / APART).as_nanos() as u64;
        for _ in 0..MOST_MERGES {
            let Some(numbers) = self.directory().mergeable(apart_ns) else {
                break;
            };
            self.merge(&numbers, now_ns, counts)?;
        }
        let oldest_ns = now_ns.saturating_sub(retention.age.as_nanos() as u64);
        let old = self.directory().kept_before(oldest_ns);
        self.remove(&old, now_ns, |policy, traces| {
            counts.expired(policy, traces)
        })?;
        let over = self.directory().over(retention.disk_bytes);
        self.remove(&over, now_ns, |policy, traces| {
            counts.evicted_from_disk(policy, traces)
        })?;
        self.directory().forget();
        Ok(())
    }

    fn remove(
        &self,
        numbers: &[u64],
        now_ns: u64,
        count: impl Fn(Policy, u64),
    ) -> Result<(), Failure> {
        for numbers in numbers.chunks(MOST_REMOVED) {
            self.database
                .write(now_ns, |transaction| remove_blocks(transaction, numbers))?;
            let mut directory = self.directory();
            for number in numbers {
                if let Some(block) = directory.remove(*number) {
                    count(block.head.policy, u64::from(block.traces));
                }
            }
        }
        Ok(())
    }

    /// Makes one block of several. A block that cannot be read stays as it is, until it is too old.
    fn merge(&self, numbers: &[u64], now_ns: u64, counts: &Counts) -> Result<(), Failure> {
        let copied = self.database.read(|transaction| {
            let view = View {
                transaction,
                counts,
            };
            let mut merged: Option<BlockBuilder> = None;
            let mut damaged = Vec::new();
            for number in numbers {
                if view.copy(*number, &mut merged)?.is_none() {
                    damaged.push(*number);
                }
            }
            Ok((merged, damaged))
        });
        let (merged, damaged) =
            copied.inspect_err(|failure| self.database.blame(failure, now_ns))?;
        if !damaged.is_empty() {
            let mut directory = self.directory();
            damaged
                .iter()
                .for_each(|number| directory.mark_damaged(*number));
            return Ok(());
        }
        let built = merged
            .filter(|merged| !merged.is_empty())
            .map(BlockBuilder::finish);
        let number = self.directory().next_number();
        self.database.write(now_ns, |transaction| {
            remove_blocks(transaction, numbers)?;
            if let Some(block) = &built {
                parts::insert(
                    &mut transaction.open_table(BLOCKS)?,
                    BLOCKS,
                    number,
                    &block.data,
                )?;
                parts::insert(
                    &mut transaction.open_table(INDEXES)?,
                    INDEXES,
                    number,
                    &block.index,
                )?;
            }
            Ok(())
        })?;
        let mut directory = self.directory();
        for number in numbers {
            directory.remove(*number);
        }
        if let Some(block) = built {
            let known = Block::sound(block.head, block.ids.len());
            directory.add(number, known, block.ids);
        }
        Ok(())
    }

    /// Lets a function see all of one moment.
    pub(super) fn view<T>(
        &self,
        counts: &Counts,
        see: impl FnOnce(&View<'_>) -> Result<T, redb::Error>,
    ) -> Result<T, Failure> {
        self.database.read(|transaction| {
            see(&View {
                transaction,
                counts,
            })
        })
    }

    /// A trace by its id.
    pub(super) fn get(&self, id: TraceId, counts: &Counts) -> Result<Option<Trace>, Failure> {
        let place = self.directory().place(id);
        self.view(counts, |view| {
            // It may have been put together with others since, and two ids may share a hash: then all are asked.
            if let Some(number) = place
                && let Some(trace) = view.trace(number, id)?
            {
                return Ok(Some(trace));
            }
            for number in view.numbers()? {
                if let Some(trace) = view.trace(number, id)? {
                    return Ok(Some(trace));
                }
            }
            Ok(None)
        })
    }
}

/// A block for each policy that kept one of these traces; of several versions of a trace, the last.
fn built(traces: &[Arc<Trace>], now_ns: u64) -> Vec<Built> {
    let last: HashMap<TraceId, usize> = traces.iter().map(|trace| trace.id).zip(0..).collect();
    let mut builders: BTreeMap<usize, BlockBuilder> = BTreeMap::new();
    for (at, trace) in traces.iter().enumerate() {
        let Some(facts) = Facts::of(trace).filter(|_| last[&trace.id] == at) else {
            continue;
        };
        let policy = trace.kept.policy;
        let builder = builders
            .entry(rank(policy))
            .or_insert_with(|| BlockBuilder::new(policy, 0, (now_ns, now_ns)));
        builder.add(facts, &stored::encode(trace));
    }
    builders.into_values().map(BlockBuilder::finish).collect()
}

/// What became of a block some of whose traces have newer versions.
struct Superseded {
    traces: usize,
    is_empty: bool,
}

type Rows<'t> = redb::Table<'t, (u64, u32), &'static [u8]>;

/// Takes traces out of a block's index; the block goes with its last one.
fn supersede(
    indexes: &mut Rows<'_>,
    blocks: &mut Rows<'_>,
    number: u64,
    ids: &HashSet<TraceId>,
) -> Result<Superseded, redb::Error> {
    let unchanged = Superseded {
        traces: 0,
        is_empty: false,
    };
    let Some(Ok(bytes)) = parts::get(indexes, INDEXES, number)? else {
        return Ok(unchanged);
    };
    let Some(mut index) = Index::read(&bytes) else {
        return Ok(unchanged);
    };
    let before = index.entries.len();
    let keep: Vec<bool> = index
        .traces()
        .map(|seen| seen.id().is_none_or(|id| !ids.contains(&id)))
        .collect();
    let mut keep = keep.into_iter();
    index.entries.retain(|_| keep.next().unwrap_or(true));
    let traces = before - index.entries.len();
    let is_empty = index.entries.is_empty();
    if traces > 0 {
        parts::remove(indexes, number)?;
        match is_empty {
            true => parts::remove(blocks, number)?,
            false => parts::insert(indexes, INDEXES, number, &index.bytes())?,
        }
    }
    Ok(Superseded { traces, is_empty })
}

fn remove_blocks(transaction: &WriteTransaction, numbers: &[u64]) -> Result<(), redb::Error> {
    let mut indexes = transaction.open_table(INDEXES)?;
    let mut blocks = transaction.open_table(BLOCKS)?;
    for number in numbers {
        parts::remove(&mut indexes, *number)?;
        parts::remove(&mut blocks, *number)?;
    }
    Ok(())
}

/// What is in a file, and new indexes for blocks that have lost theirs.
fn load(
    transaction: &ReadTransaction,
    counts: &Counts,
) -> Result<(Directory, Vec<(u64, Built)>), redb::Error> {
    let view = View {
        transaction,
        counts,
    };
    let mut directory = Directory::default();
    let mut rescued = Vec::new();
    let mut numbers = view.numbers()?;
    numbers.reverse();
    for number in &numbers {
        let bytes = view.index(*number)?;
        let Some(index) = bytes.as_deref().and_then(Index::read) else {
            rescued.push(*number);
            continue;
        };
        let known = Block::sound(index.head, index.entries.len());
        directory.add(*number, known, index.traces().filter_map(|seen| seen.id()));
    }
    let mut built = Vec::new();
    for number in rescued {
        match view.rescue(number, &directory)? {
            Some(rescued) => {
                let known = Block::sound(rescued.head, rescued.ids.len());
                directory.add(number, known, rescued.ids.iter().copied());
                built.push((number, rescued));
            }
            None => directory.add(number, unreadable(), []),
        }
    }
    Ok((directory, built))
}

/// A block of which nothing is known: it goes before all others.
fn unreadable() -> Block {
    Block {
        head: Head {
            policy: Policy::Baseline,
            level: 0,
            raw_bytes: 0,
            taken_bytes: 0,
            first_kept_ns: 0,
            last_kept_ns: 0,
            earliest_ns: 0,
        },
        traces: 0,
        is_sound: false,
    }
}
