//! Compression of an exposition, a chunk at a time.

use std::io::{self, Write as _};
use std::sync::{Arc, LazyLock};

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many answers are compressed at once; further ones are sent as they are. More means less traffic when everybody
/// scrapes at once, less means less memory: a compressor takes about 300 KiB.
pub(crate) const MAX_COMPRESSORS: usize = 32;

static COMPRESSORS: LazyLock<Arc<Semaphore>> =
    LazyLock::new(|| Arc::new(Semaphore::new(MAX_COMPRESSORS)));

/// A compressor, of which there is a limited number.
#[derive(Debug)]
pub(crate) struct Gzip {
    encoder: GzEncoder<Vec<u8>>,
    _place: OwnedSemaphorePermit,
}

impl Gzip {
    /// Returns a compressor; `None` where as many as are allowed are at work.
    pub(crate) fn new() -> Option<Gzip> {
        let place = COMPRESSORS.clone().try_acquire_owned().ok()?;
        Some(Gzip {
            // Label text repeats itself so much that more effort brings little.
            encoder: GzEncoder::new(Vec::new(), Compression::fast()),
            _place: place,
        })
    }

    /// Takes the next chunk in, and returns what has been compressed by now: often nothing, since much goes into a block.
    pub(super) fn push(&mut self, chunk: &[u8], last: bool) -> io::Result<Vec<u8>> {
        self.encoder.write_all(chunk)?;
        if last {
            self.encoder.try_finish()?;
        }
        Ok(std::mem::take(self.encoder.get_mut()))
    }
}
