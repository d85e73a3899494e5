//! The input: every regular file of a directory tree.

use std::fs::{self, ReadDir};
use std::path::{Path, PathBuf};

/// Walks a tree, depth first, without following symbolic links (they can lead back). What cannot be listed is passed
/// over: a tree changes while one walks it.
#[derive(Debug)]
pub(crate) struct Walk {
    open: Vec<ReadDir>,
    skip: Option<PathBuf>,
}

impl Walk {
    /// Starts at `root`; everything under `skip` (the host's own data directory) is left out.
    pub(crate) fn new(root: &Path, skip: &Path) -> Self {
        Self {
            open: fs::read_dir(root).into_iter().collect(),
            skip: skip.canonicalize().ok(),
        }
    }

    fn enter(&mut self, directory: &Path) {
        if self.skip.is_some() && directory.canonicalize().ok() == self.skip {
            return;
        }
        self.open.extend(fs::read_dir(directory));
    }
}

impl Iterator for Walk {
    type Item = PathBuf;

    fn next(&mut self) -> Option<PathBuf> {
        loop {
            let Some(entry) = self.open.last_mut()?.next() else {
                self.open.pop();
                continue;
            };
            let Ok(entry) = entry else { continue };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.enter(&entry.path()),
                Ok(kind) if kind.is_file() => return Some(entry.path()),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_seen_once_and_the_data_directory_not_at_all() -> std::io::Result<()> {
        let root = std::env::temp_dir().join(format!("component-host-walk-{}", std::process::id()));
        let data = root.join("data");
        fs::create_dir_all(root.join("a/b"))?;
        fs::create_dir_all(&data)?;
        for name in ["one", "a/two", "a/b/three", "data/host.redb"] {
            fs::write(root.join(name), name)?;
        }
        let mut seen: Vec<_> = Walk::new(&root, &data)
            .filter_map(|path| Some(path.strip_prefix(&root).ok()?.to_owned()))
            .collect();
        seen.sort();
        fs::remove_dir_all(&root)?;
        assert_eq!(seen, ["a/b/three", "a/two", "one"].map(PathBuf::from));
        Ok(())
    }

    #[test]
    fn a_missing_tree_is_empty() {
        assert_eq!(
            Walk::new(Path::new("/nowhere/at/all"), Path::new("data")).count(),
            0
        );
    }
}
