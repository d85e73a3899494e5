//! Bytes in memory that refuse on demand, and outlive those who opened them.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

/// A medium that can be full or broken.
#[derive(Debug, Default, Clone)]
pub(crate) struct Medium(Arc<State>);

#[derive(Debug, Default)]
struct State {
    bytes: Mutex<Vec<u8>>,
    /// How many bytes there may be; 0 for any number.
    most: AtomicU64,
    refuses_to_sync: AtomicBool,
}

impl Medium {
    /// Accepts no more bytes than this, or than there are.
    pub(crate) fn limit(&self, most: u64) {
        let most = most.max(self.0.bytes.lock().unwrap().len() as u64);
        self.0.most.store(most, Ordering::Relaxed);
    }

    pub(crate) fn unlimit(&self) {
        self.0.most.store(0, Ordering::Relaxed);
    }

    pub(crate) fn refuse_to_sync(&self, refuse: bool) {
        self.0.refuses_to_sync.store(refuse, Ordering::Relaxed);
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Vec<u8>)) {
        change(&mut self.0.bytes.lock().unwrap());
    }
}

impl StorageBackend for Medium {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let bytes = self.0.bytes.lock().unwrap();
        let from = bytes
            .get(offset as usize..)
            .and_then(|rest| rest.get(..out.len()));
        out.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let most = self.0.most.load(Ordering::Relaxed);
        if most > 0 && length > most {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.bytes.lock().unwrap().resize(length as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.0.refuses_to_sync.load(Ordering::Relaxed) {
            true => Err(io::Error::other("the medium is gone")),
            false => Ok(()),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut bytes = self.0.bytes.lock().unwrap();
        let end = offset as usize + data.len();
        if end > bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        bytes[offset as usize..end].copy_from_slice(data);
        Ok(())
    }
}

/// Any medium, in a box.
#[derive(Debug)]
pub(super) struct Boxed(pub(super) Box<dyn StorageBackend>);

impl StorageBackend for Boxed {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }
}
