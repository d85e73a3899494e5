//! The redb adapter: one table, keyed by component and key.

use std::path::Path;

use anyhow::{Context, Result};
use obs::instrumented;
use redb::{Database, Durability, ReadableDatabase, TableDefinition};

use crate::metrics::STORAGE_OPERATIONS;
use crate::outcome::StorageOp;

const RECORDS: TableDefinition<'static, (&str, &str), &[u8]> = TableDefinition::new("records");

/// What guests have stored.
#[derive(Debug)]
pub(crate) struct Storage {
    database: Database,
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
        Ok(Self { database })
    }

    /// Reads what `component` last stored under `key`.
    #[instrumented]
    pub(crate) fn get(&self, component: &str, key: &str) -> Result<Option<Vec<u8>>> {
        STORAGE_OPERATIONS.with(StorageOp::Get).inc();
        let read = self.database.begin_read()?;
        let value = read.open_table(RECORDS)?.get((component, key))?;
        Ok(value.map(|value| value.value().to_vec()))
    }

    /// Stores `value`; it survives a crash from the next [`flush`](Self::flush) on.
    #[instrumented]
    pub(crate) fn set(&self, component: &str, key: &str, value: &[u8]) -> Result<()> {
        STORAGE_OPERATIONS.with(StorageOp::Set).inc();
        let mut write = self.database.begin_write()?;
        write.set_durability(Durability::None)?;
        write.open_table(RECORDS)?.insert((component, key), value)?;
        Ok(write.commit()?)
    }

    /// Makes everything stored so far durable.
    #[instrumented]
    pub(crate) fn flush(&self) -> Result<()> {
        Ok(self.database.begin_write()?.commit()?)
    }
}
