//! redb: every operation of a component timed, with the size of its value, and what the whole store takes.

use anyhow::Result;
use obs::host::storage::{FRAGMENTED, StorageGuard, StorageOp, StorageOutcome, TOTAL_USED};

/// What an operation came to.
pub(crate) enum Done<T> {
    /// It was done, with a value of so many bytes, if any was read or written.
    Value(T, Option<usize>),
    /// The component keeps as much as it may.
    QuotaExceeded,
}

/// Does one operation on the storage of the component that the thread is in; `None` where its quota does not allow it.
pub(crate) fn operation<T>(
    op: StorageOp,
    run: impl FnOnce() -> Result<Done<T>>,
) -> Result<Option<T>> {
    let guard = StorageGuard::start(op);
    let Done::Value(value, bytes) = run()? else {
        guard.end_with(StorageOutcome::Quota);
        return Ok(None);
    };
    if let Some(bytes) = bytes {
        guard.value(bytes);
    }
    guard.end_with(StorageOutcome::Ok);
    Ok(Some(value))
}

/// Shows what the whole store takes.
pub(crate) fn show(store: &str, database: &redb::Database) -> Result<()> {
    let write = database.begin_write()?;
    let stats = write.stats()?;
    TOTAL_USED
        .with([store])
        .set(stats.allocated_pages() * stats.page_size() as u64);
    FRAGMENTED.with([store]).set(stats.fragmented_bytes());
    Ok(write.abort()?)
}
