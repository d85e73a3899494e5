//! A file seen through changes that stay in memory: what a crash has left is repaired without being touched.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// What is changed at once.
const PAGE: usize = 4096;

/// A file, and what has been written over it.
#[derive(Debug)]
pub(super) struct Overlay(Mutex<Layers>);

#[derive(Debug)]
struct Layers {
    file: File,
    /// Up to where the file counts; beyond it, what was not written is zero.
    file_length: u64,
    length: u64,
    pages: HashMap<u64, Box<[u8; PAGE]>>,
}

impl Overlay {
    /// Opens a file for reading alone; `None` where another process has it open for writing.
    pub(super) fn open(path: &Path) -> io::Result<Option<Overlay>> {
        let file = File::open(path)?;
        match file.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let length = file.metadata()?.len();
        Ok(Some(Overlay(Mutex::new(Layers {
            file,
            file_length: length,
            length,
            pages: HashMap::new(),
        }))))
    }

    fn layers(&self) -> MutexGuard<'_, Layers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Layers {
    /// The page as it is now.
    fn page(&mut self, number: u64) -> io::Result<Box<[u8; PAGE]>> {
        if let Some(page) = self.pages.get(&number) {
            return Ok(page.clone());
        }
        let mut page = Box::new([0; PAGE]);
        let start = number * PAGE as u64;
        let there = self.file_length.saturating_sub(start).min(PAGE as u64);
        if there > 0 {
            self.file.seek(SeekFrom::Start(start))?;
            self.file.read_exact(&mut page[..there as usize])?;
        }
        Ok(page)
    }

    /// The pages of a range, and which part of each: number, from, to.
    fn parts(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, usize)> {
        let end = offset + length as u64;
        let page = PAGE as u64;
        (offset / page..end.div_ceil(page)).map(move |number| {
            let start = number * page;
            let from = offset.saturating_sub(start) as usize;
            let to = (end - start).min(page) as usize;
            (number, from, to)
        })
    }
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.layers().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut layers = self.layers();
        if offset
            .checked_add(out.len() as u64)
            .is_none_or(|end| end > layers.length)
        {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut filled = 0;
        for (number, from, to) in Layers::parts(offset, out.len()) {
            let page = layers.page(number)?;
            out[filled..filled + to - from].copy_from_slice(&page[from..to]);
            filled += to - from;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut layers = self.layers();
        if length < layers.length {
            layers.file_length = layers.file_length.min(length);
            let whole = length.div_ceil(PAGE as u64);
            layers.pages.retain(|number, _| *number < whole);
            let (number, kept) = (length / PAGE as u64, (length % PAGE as u64) as usize);
            if let Some(page) = layers.pages.get_mut(&number) {
                page[kept..].fill(0);
            }
        }
        layers.length = length;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut layers = self.layers();
        let mut written = 0;
        for (number, from, to) in Layers::parts(offset, data.len()) {
            let mut page = layers.page(number)?;
            page[from..to].copy_from_slice(&data[written..written + to - from]);
            layers.pages.insert(number, page);
            written += to - from;
        }
        layers.length = layers.length.max(offset + data.len() as u64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_seen_and_the_file_stays_as_it_was() {
        let path = std::env::temp_dir().join(format!("obs-overlay-{}", std::process::id()));
        let content: Vec<u8> = (0..10_000_u32).map(|number| number as u8).collect();
        std::fs::write(&path, &content).unwrap();
        let overlay = Overlay::open(&path).unwrap().unwrap();
        let mut model = content.clone();
        let check = |model: &[u8]| {
            let mut seen = vec![1; model.len()];
            assert_eq!(overlay.len().unwrap(), model.len() as u64);
            overlay.read(0, &mut seen).unwrap();
            assert!(seen == model);
            assert!(overlay.read(1, &mut seen).is_err());
        };
        check(&model);
        overlay.write(4_000, &[7; 5_000]).unwrap();
        model[4_000..9_000].fill(7);
        check(&model);
        overlay.set_len(5_000).unwrap();
        model.truncate(5_000);
        check(&model);
        overlay.set_len(12_000).unwrap();
        model.resize(12_000, 0);
        check(&model);
        overlay.write(11_990, &[9; 20]).unwrap();
        model.truncate(11_990);
        model.extend([9; 20]);
        check(&model);
        assert!(std::fs::read(&path).unwrap() == content);
        std::fs::remove_file(path).unwrap();
    }
}
