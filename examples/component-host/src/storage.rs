//! What guests keep: one redb table, keyed by component and key, with a quota for each component.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use obs::host::storage::{StorageOp, Usage};
use obs::instrumented;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
};

use crate::adapters::redb::{Done, operation, show};
use crate::guest::SOURCES;

const RECORDS: TableDefinition<'static, (&str, &str), &[u8]> = TableDefinition::new("records");

/// What guests have stored.
#[derive(Debug)]
pub(crate) struct Storage {
    database: Database,
    /// What each component keeps. Held while something is written, so that no two writes share what is left of a quota.
    usage: Mutex<HashMap<&'static str, Usage>>,
}

impl Storage {
    /// Opens the store in `directory`, which is made if missing.
    pub(crate) fn open(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory).with_context(|| {
            format!(
                "cannot make the data directory {}; choose another with --data-dir",
                directory.display()
            )
        })?;
        let path = directory.join("host.redb");
        let database = Database::create(&path).with_context(|| {
            format!(
                "cannot open {}; stop the other host that uses it, make it writable, or choose another with --data-dir",
                path.display()
            )
        })?;
        let write = database.begin_write()?;
        write.open_table(RECORDS)?;
        write.commit()?;
        let usage = Mutex::new(usage(&database)?);
        Ok(Self { database, usage })
    }

    /// Reads what `component` last stored under `key`.
    #[instrumented]
    pub(crate) fn get(&self, component: &str, key: &str) -> Result<Option<Vec<u8>>> {
        let found = operation(StorageOp::Get, || {
            let value = self.read(component, key)?;
            let bytes = value.as_ref().map(Vec::len);
            Ok(Done::Value(value, bytes))
        });
        Ok(found?.flatten())
    }

    /// Whether `component` has stored something under `key`.
    #[instrumented]
    pub(crate) fn exists(&self, component: &str, key: &str) -> Result<bool> {
        let found = operation(StorageOp::Exists, || {
            Ok(Done::Value(self.read(component, key)?.is_some(), None))
        });
        Ok(found?.unwrap_or_default())
    }

    /// How many keys `component` has.
    #[instrumented]
    pub(crate) fn count(&self, component: &str) -> Result<u64> {
        let counted = operation(StorageOp::List, || {
            let table = self.database.begin_read()?.open_table(RECORDS)?;
            let keys = table
                .range((component, "")..)?
                .take_while(|entry| matches!(entry, Ok((key, _)) if key.value().0 == component));
            Ok(Done::Value(keys.count() as u64, None))
        });
        Ok(counted?.unwrap_or_default())
    }

    /// Stores `value`, if the quota allows it, and returns whether it does; it survives a crash from the next
    /// [`flush`](Self::flush) on.
    #[instrumented]
    pub(crate) fn set(&self, component: &str, key: &str, value: &[u8]) -> Result<bool> {
        let stored = operation(StorageOp::Set, || {
            let mut all = self.usage();
            let usage = all.get_mut(component).context("a component has a quota")?;
            let write = self.begin_write()?;
            let before = {
                let mut table = write.open_table(RECORDS)?;
                let before = table.insert((component, key), value)?;
                before.map(|before| size(key, before.value()))
            };
            let used = usage.used_bytes - before.unwrap_or(0) + size(key, value);
            if usage.quota_bytes.is_some_and(|quota| used > quota) {
                write.abort()?;
                return Ok(Done::QuotaExceeded);
            }
            write.commit()?;
            usage.used_bytes = used;
            usage.keys += u64::from(before.is_none());
            Ok(Done::Value((), Some(value.len())))
        });
        Ok(stored?.is_some())
    }

    /// Deletes what `component` has under `key`; returns whether there was anything.
    #[instrumented]
    pub(crate) fn delete(&self, component: &str, key: &str) -> Result<bool> {
        let deleted = operation(StorageOp::Delete, || {
            let mut all = self.usage();
            let usage = all.get_mut(component).context("a component has a quota")?;
            let write = self.begin_write()?;
            let before = {
                let mut table = write.open_table(RECORDS)?;
                let before = table.remove((component, key))?;
                before.map(|before| size(key, before.value()))
            };
            write.commit()?;
            usage.used_bytes -= before.unwrap_or(0);
            usage.keys -= u64::from(before.is_some());
            Ok(Done::Value(before.is_some(), None))
        });
        Ok(deleted?.unwrap_or_default())
    }

    /// Makes everything stored so far durable.
    #[instrumented(span)]
    pub(crate) fn flush(&self) -> Result<()> {
        Ok(self.database.begin_write()?.commit()?)
    }

    /// What a component keeps, and what it may.
    pub(crate) fn usage_of(&self, component: &str) -> Usage {
        let none = Usage {
            used_bytes: 0,
            quota_bytes: None,
            keys: 0,
        };
        self.usage().get(component).copied().unwrap_or(none)
    }

    /// Shows what the whole store takes.
    pub(crate) fn show(&self) -> Result<()> {
        show("host.redb", &self.database)
    }

    fn read(&self, component: &str, key: &str) -> Result<Option<Vec<u8>>> {
        let table = self.database.begin_read()?.open_table(RECORDS)?;
        let value = table.get((component, key))?;
        Ok(value.map(|value| value.value().to_vec()))
    }

    fn begin_write(&self) -> Result<WriteTransaction> {
        let mut write = self.database.begin_write()?;
        write.set_durability(Durability::None)?;
        Ok(write)
    }

    fn usage(&self) -> MutexGuard<'_, HashMap<&'static str, Usage>> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds up what is there from an earlier run.
fn usage(database: &Database) -> Result<HashMap<&'static str, Usage>> {
    let mut all: HashMap<_, _> = SOURCES
        .iter()
        .map(|source| {
            let usage = Usage {
                used_bytes: 0,
                quota_bytes: Some(source.quota_bytes),
                keys: 0,
            };
            (source.name, usage)
        })
        .collect();
    let table = database.begin_read()?.open_table(RECORDS)?;
    for entry in table.iter()? {
        let (place, value) = entry?;
        let (component, key) = place.value();
        if let Some(usage) = all.get_mut(component) {
            usage.used_bytes += size(key, value.value());
            usage.keys += 1;
        }
    }
    Ok(all)
}

/// What a record counts against a quota.
fn size(key: &str, value: &[u8]) -> u64 {
    (key.len() + value.len()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_kept_and_what_is_deleted_is_free_again() -> Result<()> {
        let directory =
            std::env::temp_dir().join(format!("component-host-quota-{}", std::process::id()));
        let keep = vec![7; 40 << 10];
        let storage = Storage::open(&directory)?;
        assert!(storage.set("ledger", "a", &keep)?);
        assert!(!storage.set("ledger", "b", &keep)?, "of 64 KiB");
        assert!(!storage.exists("ledger", "b")?);
        assert!(storage.set("ledger", "a", &keep)?, "in the place of itself");
        assert!(storage.set("store", "b", &keep)?, "another has its own");
        assert_eq!(storage.count("ledger")?, 1);
        storage.flush()?;
        drop(storage);
        let storage = Storage::open(&directory)?;
        let usage = storage.usage_of("ledger");
        assert_eq!((usage.used_bytes, usage.keys), ((40 << 10) + 1, 1));
        assert!(storage.delete("ledger", "a")? && !storage.delete("ledger", "a")?);
        assert!(storage.set("ledger", "b", &keep)?);
        drop(storage);
        Ok(std::fs::remove_dir_all(directory)?)
    }
}
