//! What happens to a file that is in use, damaged, foreign or newer.

use std::path::{Path, PathBuf};

use redb::{ReadableDatabase, TableDefinition};

use super::{Database, FILE, StoreError};

const NUMBERS: TableDefinition<'_, u64, u64> = TableDefinition::new("numbers");

/// A directory of the test's own, gone with it.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new(name: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("obs-store-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Directory(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }

    fn set_aside(&self) -> usize {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains(".aside-")).count()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn write(database: &Database, number: u64) {
    database
        .write(1, |transaction| {
            transaction.open_table(NUMBERS)?.insert(number, number)?;
            Ok(())
        })
        .unwrap();
}

fn numbers(database: &Database) -> u64 {
    use redb::ReadableTableMetadata as _;
    let length = database.read(|transaction| Ok(transaction.open_table(NUMBERS)?.len()?));
    length.unwrap_or(0)
}

#[test]
fn a_directory_is_of_one_process() {
    let directory = Directory::new("in-use");
    let database = Database::open(directory.path(), 1).unwrap();
    write(&database, 1);
    for refused in [
        Database::open(directory.path(), 1),
        Database::view(directory.path()),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, StoreError::InUse { .. }), "{error}");
        assert!(
            error
                .to_string()
                .contains(&directory.path().display().to_string())
        );
    }
    drop(database);
    let view = Database::view(directory.path()).unwrap();
    assert_eq!(numbers(&view), 1);
}

#[test]
fn a_directory_without_a_store_is_not_made_one_by_looking() {
    let directory = Directory::new("nothing");
    let error = Database::view(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::Nothing { .. }), "{error}");
    assert!(!directory.path().exists());
}

#[test]
fn a_foreign_file_is_set_aside_but_not_by_looking() {
    let directory = Directory::new("foreign");
    std::fs::create_dir_all(directory.path()).unwrap();
    for round in 1..=5 {
        std::fs::write(directory.file(), "a shopping list".repeat(1000)).unwrap();
        let error = Database::view(directory.path()).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        let database = Database::open(directory.path(), 7_000_000_000).unwrap();
        assert_eq!(database.figures().set_aside, 1);
        write(&database, 1);
        assert_eq!(numbers(&database), 1);
        assert_eq!(directory.set_aside(), round.min(3));
    }
}

#[test]
fn a_file_of_a_newer_version_is_set_aside() {
    let directory = Directory::new("newer");
    std::fs::create_dir_all(directory.path()).unwrap();
    let newer = redb::Database::create(directory.file()).unwrap();
    let transaction = newer.begin_write().unwrap();
    let about: TableDefinition<'_, &str, u64> = TableDefinition::new("about");
    transaction
        .open_table(about)
        .unwrap()
        .insert("layout", 2)
        .unwrap();
    transaction.commit().unwrap();
    assert!(newer.begin_read().is_ok());
    drop(newer);
    let error = Database::view(directory.path()).unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { version: 2, .. }),
        "{error}"
    );
    let database = Database::open(directory.path(), 7).unwrap();
    assert_eq!(database.figures().set_aside, 1);
    assert_eq!(directory.set_aside(), 1);
}

#[test]
fn a_file_cut_short_is_set_aside_or_read_as_far_as_it_goes() {
    let directory = Directory::new("short");
    let database = Database::open(directory.path(), 1).unwrap();
    (0..20_000).for_each(|number| {
        if number % 1000 == 0 {
            write(&database, number);
        }
    });
    drop(database);
    let whole = std::fs::read(directory.file()).unwrap();
    for share in 0..16 {
        std::fs::write(directory.file(), &whole[..whole.len() * share / 16]).unwrap();
        let database = Database::open(directory.path(), 1).unwrap();
        write(&database, 1);
        assert!(numbers(&database) >= 1, "{share}");
    }
}

#[test]
fn what_cannot_be_a_directory_is_named() {
    let directory = Directory::new("file");
    std::fs::write(directory.path(), "").unwrap();
    let error = Database::open(directory.path(), 1).unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains(&directory.path().display().to_string())
    );
    std::fs::remove_file(directory.path()).unwrap();
}
