//! Files: what a component reads.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use obs::host::Transfer;
use obs::host::operations::{FileOperation, OperationGuard};

/// Reads at most so many bytes of a file.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let operation = OperationGuard::start(FileOperation::Read);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    operation.bytes(Transfer::Read, bytes.len());
    operation.end(&read);
    read.map(|_| bytes)
}
