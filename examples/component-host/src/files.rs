//! The files adapter: what a guest's `read` does.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use obs::instrumented;

use crate::metrics::FILE_READ_BYTES;

/// A message carries at most this much of a file. *More means* larger guests, *less means* that more files are only
/// known by their start; default 1 MiB.
pub(crate) const MOST_BYTES: u64 = 1 << 20;

/// Reads a file's first [`MOST_BYTES`]. On the executor's thread: files are small, and a hop to another thread and back
/// costs more than the read.
#[instrumented]
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    FILE_READ_BYTES.inc_by(bytes.len() as u64);
    Ok(bytes)
}
