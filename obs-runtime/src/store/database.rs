//! The file `obs.redb`, which all signals share: opened once, closed and opened again after an error, set aside when damaged.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use redb::{
    DatabaseError, ReadTransaction, ReadableDatabase, StorageError, TableDefinition,
    WriteTransaction,
};

use super::StoreError;
#[cfg(test)]
use super::failing;
use super::overlay::Overlay;

/// The file's name in the data directory.
pub const FILE: &str = "obs.redb";

/// Pages that are kept in memory, in bytes. More means fewer reads of the file, less means less memory.
const CACHE_BYTES: usize = 8 * 1024 * 1024;

/// How many files that were set aside stay in the directory; the oldest is removed before a further one joins them.
const MOST_SET_ASIDE: usize = 3;

/// The version of the layout of tables; values have one of their own.
const LAYOUT: u64 = 1;
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("about");

/// One file for all that is kept, shared by its users.
#[derive(Debug)]
pub struct Database {
    medium: Medium,
    /// Empty while the file cannot be opened.
    open: RwLock<Option<redb::Database>>,
    /// Written by whoever writes to the file, read by anybody: counts, with no order among them.
    opened_again: AtomicU64,
    set_aside: AtomicU64,
    failed_writes: AtomicU64,
    /// Failures in a row that blame the file; at the second it is set aside without further trial.
    blamed: AtomicU64,
}

/// What has happened to the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DatabaseFigures {
    /// How often it was closed and opened again after an error.
    pub opened_again: u64,
    /// How often it was found damaged, renamed, and begun anew.
    pub set_aside: u64,
    /// How many transactions could not be written.
    pub failed_writes: u64,
}

/// Why a transaction failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The medium is full, or refuses.
    Medium(String),
    /// The file is not what was written.
    Damaged(String),
    /// The file is not open; it is tried again with the next transaction that writes.
    Closed,
}

/// Where the bytes are.
enum Medium {
    /// In this directory; for this process alone.
    Directory(PathBuf),
    /// In a directory of a process that has ended; nothing is written to it.
    Left(PathBuf),
    #[cfg(test)]
    Made(Box<dyn Fn() -> Box<dyn redb::StorageBackend> + Send + Sync>),
}

impl std::fmt::Debug for Medium {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Medium::Directory(path) | Medium::Left(path) => path.fmt(f),
            #[cfg(test)]
            Medium::Made(_) => f.write_str("Made"),
        }
    }
}

impl Database {
    /// Opens the store of a directory, which is made where it is missing. A file that is damaged, foreign or of a newer version
    /// is renamed to `obs.redb.aside-` and the seconds since 1970, counted, and begun anew.
    ///
    /// # Errors
    ///
    /// Refuses a directory that another process has open, and one that the system does not let it use.
    pub fn open(directory: &Path, now_ns: u64) -> Result<Database, StoreError> {
        let refused = |source| StoreError::Open {
            path: directory.to_owned(),
            source,
        };
        std::fs::create_dir_all(directory).map_err(refused)?;
        let database = Database::of(Medium::Directory(directory.to_owned()));
        match database.try_open(false) {
            Err(StoreError::Damaged { .. } | StoreError::Newer { .. }) => {
                database.put_aside(directory, now_ns).map_err(refused)?;
                database.try_open(false)?;
            }
            other => other?,
        }
        Ok(database)
    }

    /// Opens what a process that has ended left in a directory. Nothing is written to it: what a crash left half done is put in
    /// order in memory.
    ///
    /// # Errors
    ///
    /// Refuses a directory that a process has open, one without a store, and a file that is damaged or of a newer version.
    pub fn view(directory: &Path) -> Result<Database, StoreError> {
        let database = Database::of(Medium::Left(directory.to_owned()));
        database.try_open(false)?;
        Ok(database)
    }

    fn of(medium: Medium) -> Database {
        Database {
            medium,
            open: RwLock::new(None),
            opened_again: AtomicU64::new(0),
            set_aside: AtomicU64::new(0),
            failed_writes: AtomicU64::new(0),
            blamed: AtomicU64::new(0),
        }
    }

    /// Opens whatever a function makes, again and again.
    #[cfg(test)]
    pub(crate) fn made(
        make: impl Fn() -> Box<dyn redb::StorageBackend> + Send + Sync + 'static,
    ) -> Result<Database, StoreError> {
        let database = Database::of(Medium::Made(Box::new(make)));
        database.try_open(false)?;
        Ok(database)
    }

    /// What has happened to the file.
    pub fn figures(&self) -> DatabaseFigures {
        DatabaseFigures {
            opened_again: self.opened_again.load(Ordering::Relaxed),
            set_aside: self.set_aside.load(Ordering::Relaxed),
            failed_writes: self.failed_writes.load(Ordering::Relaxed),
        }
    }

    /// How often the file was begun anew: what is known of its content is void when this changes.
    pub(crate) fn life(&self) -> u64 {
        self.set_aside.load(Ordering::Relaxed)
    }

    /// Whether it is only looked at.
    pub(crate) fn is_view(&self) -> bool {
        matches!(self.medium, Medium::Left(_))
    }

    /// Reads in one transaction, which must be short: what it sees cannot be reused meanwhile.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, Failure> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let database = open.as_ref().ok_or(Failure::Closed)?;
        guarded(|| {
            let transaction = database.begin_read()?;
            read(&transaction)
        })
    }

    /// Writes in one transaction: all of it or nothing is there afterwards. After an error the file is closed and opened again.
    pub(crate) fn write<T>(
        &self,
        now_ns: u64,
        write: impl FnOnce(&WriteTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, Failure> {
        self.ensure_open(now_ns)?;
        let written = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            let database = open.as_ref().ok_or(Failure::Closed)?;
            guarded(|| {
                let mut transaction = database.begin_write()?;
                transaction.set_quick_repair(true);
                let value = write(&transaction)?;
                transaction.commit()?;
                Ok(value)
            })
        };
        match &written {
            Ok(_) => self.blamed.store(0, Ordering::Relaxed),
            Err(failure) => {
                self.failed_writes.fetch_add(1, Ordering::Relaxed);
                let is_damaged = matches!(failure, Failure::Damaged(_));
                // What it says of itself is asked again with the next transaction.
                let _ = self.open_again(is_damaged, now_ns);
            }
        }
        written
    }

    /// Opens the file again if an error has closed it.
    pub(crate) fn ensure_open(&self, now_ns: u64) -> Result<(), Failure> {
        let is_closed = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            open.is_none()
        };
        if is_closed {
            self.open_again(false, now_ns)?;
        }
        Ok(())
    }

    /// What was read blames the file: it is looked through, and set aside if that finds a fault or this is the second time.
    pub(crate) fn blame(&self, failure: &Failure, now_ns: u64) {
        if matches!(failure, Failure::Damaged(_)) && !self.is_view() {
            // What it says of itself is asked again with the next transaction.
            let _ = self.open_again(true, now_ns);
        }
    }

    /// Closes the file, and opens it again if it can be. One that is to blame is looked through, and set aside if it is damaged.
    fn open_again(&self, is_damaged: bool, now_ns: u64) -> Result<(), Failure> {
        let closed = self
            .open
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // A database that is damaged may not even close.
        let _ = catch_unwind(AssertUnwindSafe(move || drop(closed)));
        let in_a_row = match is_damaged {
            true => self.blamed.fetch_add(1, Ordering::Relaxed) + 1,
            false => 0,
        };
        let opened = match in_a_row {
            0 | 1 => self.try_open(is_damaged),
            _ => Err(StoreError::Damaged {
                path: PathBuf::from(FILE),
                reason: "transactions fail though it can be opened".to_owned(),
            }),
        };
        let opened = match (opened, &self.medium) {
            (
                Err(StoreError::Damaged { .. } | StoreError::Newer { .. }),
                Medium::Directory(directory),
            ) => {
                let aside = self.put_aside(directory, now_ns);
                aside.map_err(|error| Failure::Medium(error.to_string()))?;
                self.try_open(false)
            }
            (opened, _) => opened,
        };
        opened.map_err(|error| Failure::Medium(error.to_string()))?;
        self.opened_again.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn try_open(&self, look_through: bool) -> Result<(), StoreError> {
        let path = self.path();
        let opened = catch_unwind(AssertUnwindSafe(|| self.opened(look_through)));
        let damaged = |reason: String| StoreError::Damaged {
            path: path.clone(),
            reason,
        };
        let database =
            opened.unwrap_or_else(|_| Err(damaged("it breaks whoever reads it".to_owned())))?;
        let version = guarded(|| version(&database, self.is_view()));
        match version {
            Ok(LAYOUT) => {}
            Ok(version) => return Err(StoreError::Newer { path, version }),
            Err(Failure::Damaged(reason)) => return Err(damaged(reason)),
            Err(Failure::Medium(reason)) => {
                return Err(StoreError::Open {
                    path,
                    source: io::Error::other(reason),
                });
            }
            Err(Failure::Closed) => {}
        }
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(database);
        Ok(())
    }

    fn path(&self) -> PathBuf {
        match &self.medium {
            Medium::Directory(directory) | Medium::Left(directory) => directory.join(FILE),
            #[cfg(test)]
            Medium::Made(_) => PathBuf::from(FILE),
        }
    }

    fn opened(&self, look_through: bool) -> Result<redb::Database, StoreError> {
        let path = self.path();
        let mut builder = redb::Builder::new();
        builder.set_cache_size(CACHE_BYTES);
        builder.set_check_integrity_on_open(look_through);
        match &self.medium {
            Medium::Directory(directory) => {
                let opened = builder.create(&path);
                opened.map_err(|error| refused(error, directory, path))
            }
            Medium::Left(directory) => {
                let directory = directory.clone();
                let overlay = Overlay::open(&path).map_err(|source| match source.kind() {
                    io::ErrorKind::NotFound => StoreError::Nothing {
                        directory: directory.clone(),
                    },
                    _ => StoreError::Open {
                        path: path.clone(),
                        source,
                    },
                })?;
                let overlay = overlay.ok_or_else(|| StoreError::InUse {
                    directory: directory.clone(),
                })?;
                let opened = builder.create_with_backend(overlay);
                opened.map_err(|error| refused(error, &directory, path))
            }
            #[cfg(test)]
            Medium::Made(make) => {
                let opened = builder.create_with_backend(failing::Boxed(make()));
                opened.map_err(|error| refused(error, Path::new("."), path))
            }
        }
    }

    /// Renames the file, so that another can be begun and this one be looked at.
    fn put_aside(&self, directory: &Path, now_ns: u64) -> io::Result<()> {
        let prefix = format!("{FILE}.aside-");
        let mut before: Vec<PathBuf> = std::fs::read_dir(directory)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let name = path.file_name().unwrap_or_default();
                name.to_string_lossy().starts_with(&prefix)
            })
            .collect();
        before.sort();
        let too_many = (before.len() + 1).saturating_sub(MOST_SET_ASIDE);
        for path in &before[..too_many] {
            std::fs::remove_file(path)?;
        }
        let seconds = now_ns / 1_000_000_000;
        // Two in one second have names of their own.
        let name = |number: usize| directory.join(format!("{prefix}{seconds:011}.{number}"));
        let free = (0..).map(name).find(|path| !path.exists());
        let free = free.unwrap_or_else(|| name(0));
        std::fs::rename(directory.join(FILE), free)?;
        self.set_aside.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// The version of the layout; this one, from now on, in a file that is new.
fn version(database: &redb::Database, is_view: bool) -> Result<u64, redb::Error> {
    let known = match database.begin_read()?.open_table(ABOUT) {
        Ok(about) => about.get("layout")?.map(|version| version.value()),
        Err(redb::TableError::TableDoesNotExist(_)) => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(version) = known {
        return Ok(version);
    }
    if !is_view {
        let mut transaction = database.begin_write()?;
        transaction.set_quick_repair(true);
        transaction.open_table(ABOUT)?.insert("layout", LAYOUT)?;
        transaction.commit()?;
    }
    Ok(LAYOUT)
}

/// Runs what touches the file; what its content breaks is the content's fault. The file's library says that reading a file that
/// was altered behind its back may panic.
fn guarded<T>(act: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(done) => done.map_err(Failure::from),
        Err(_) => Err(Failure::Damaged("it breaks whoever reads it".to_owned())),
    }
}

impl From<redb::Error> for Failure {
    fn from(error: redb::Error) -> Failure {
        match error {
            redb::Error::Io(error) if is_of_content(&error) => Failure::Damaged(error.to_string()),
            redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::Backend(_) => {
                Failure::Medium(error.to_string())
            }
            other => Failure::Damaged(other.to_string()),
        }
    }
}

/// Whether an error says that the file is too short or not of this kind, not that the medium failed.
fn is_of_content(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput
    )
}

fn refused(error: DatabaseError, directory: &Path, path: PathBuf) -> StoreError {
    let damaged = |reason: String| StoreError::Damaged {
        path: path.clone(),
        reason,
    };
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            StoreError::InUse {
                directory: directory.to_owned(),
            }
        }
        DatabaseError::Storage(StorageError::Io(source)) if !is_of_content(&source) => {
            StoreError::Open { path, source }
        }
        DatabaseError::UpgradeRequired(version) => damaged(format!(
            "its format {version} is of another library version"
        )),
        other => damaged(other.to_string()),
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Medium(reason) => write!(f, "the disk refuses: {reason}"),
            Failure::Damaged(reason) => write!(f, "{FILE} is damaged: {reason}"),
            Failure::Closed => write!(f, "{FILE} cannot be opened at present"),
        }
    }
}
