//! How much is kept, and for how long.

use std::time::Duration;

/// How much of traces is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// In memory, in bytes. More means that more is found without the disk, less means a smaller process. Default
    /// [`DEFAULT_MEMORY_BYTES`].
    pub memory_bytes: u64,
    /// On disk, in bytes. More means a longer past, less means a smaller file. Default [`DEFAULT_DISK_BYTES`].
    pub disk_bytes: u64,
    /// On disk, since it was stored; what was stored together goes together, at most a sixteenth of this later. Default
    /// [`DEFAULT_AGE`].
    pub age: Duration,
    /// Waiting for the disk, in bytes; what comes while they are exceeded is not stored there. More means that slower disks lose
    /// nothing, less means a smaller process. Default [`DEFAULT_QUEUE_BYTES`].
    pub queue_bytes: u64,
}

/// 64 MiB.
pub const DEFAULT_MEMORY_BYTES: u64 = 64 << 20;

/// 256 MiB.
pub const DEFAULT_DISK_BYTES: u64 = 256 << 20;

/// 7 days.
pub const DEFAULT_AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// 16 MiB.
pub const DEFAULT_QUEUE_BYTES: u64 = 16 << 20;

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            memory_bytes: DEFAULT_MEMORY_BYTES,
            disk_bytes: DEFAULT_DISK_BYTES,
            age: DEFAULT_AGE,
            queue_bytes: DEFAULT_QUEUE_BYTES,
        }
    }
}
