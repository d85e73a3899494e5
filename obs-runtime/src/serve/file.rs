//! The exposition as a file, for jobs that end before anybody could scrape them.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::model::Snapshot;

use super::exposition::{CHUNK_BYTES, Format, Names, Rendering};
use super::negotiation::Media;

/// Writes a snapshot in the text format 0.0.4, so that a reader sees the old file or the whole new one.
pub(crate) fn write(path: &Path, snapshot: &Snapshot) -> io::Result<()> {
    let unfinished = unfinished_path(path)?;
    let written = write_whole(&unfinished, snapshot).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // The first failure is the one to report.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// A name beside the target, on the same file system, that a textfile collector does not take for an exposition.
fn unfinished_path(path: &Path) -> io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the path names no file",
        ));
    };
    let mut unfinished = OsString::from(".");
    unfinished.push(name);
    unfinished.push(format!(".{}.unfinished", std::process::id()));
    Ok(path.with_file_name(unfinished))
}

fn write_whole(path: &Path, snapshot: &Snapshot) -> io::Result<()> {
    let mut file = File::create(path)?;
    let media = Media::Text(Format::Text);
    let mut rendering = Rendering::new(media, snapshot, &Names::default());
    let mut chunk = Vec::with_capacity(CHUNK_BYTES);
    loop {
        let complete = rendering.fill(snapshot, &mut chunk, CHUNK_BYTES);
        file.write_all(&chunk)?;
        if complete {
            return file.sync_all();
        }
        chunk.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{Layout, definition, life};
    use obs::catalogue::Kind;

    fn snapshot(count: u64) -> Snapshot {
        let layout = Layout::new([definition("jobs_total", Kind::Counter)]);
        layout.snapshot(vec![life("file", vec![count])])
    }

    fn directory(name: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("obs-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let directory = directory("replaced");
        let path = directory.join("job.prom");
        for count in [1, 2] {
            write(&path, &snapshot(count)).unwrap();
            let text = fs::read_to_string(&path).unwrap();
            assert!(
                text.ends_with(&format!("jobs_total{{component=\"file\"}} {count}\n")),
                "{text}"
            );
        }
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let directory = directory("failure");
        // A directory cannot be replaced by a file.
        let path = directory.join("taken");
        fs::create_dir(&path).unwrap();
        assert!(write(&path, &snapshot(1)).is_err());
        assert!(write(&directory.join("missing/job.prom"), &snapshot(1)).is_err());
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_path_without_a_file_name_is_an_error() {
        let error = write(Path::new("/"), &snapshot(1)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
