//! A data directory whose process is killed: what was acknowledged is there and whole, and can be looked at without being touched.
#![cfg(unix)]

/// What matching allocates.
mod matching;
/// What many traces take.
mod size;
/// The process that is killed, and what it says before.
mod victim;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use obs_runtime::query::traces::{Received, Search};
use obs_runtime::store::Database;
use obs_runtime::store::traces::{Retention, Traces};

use victim::{Acknowledged, Honesty, Victim, replaced_id, trace, trace_id};

/// How many processes are killed.
const KILLS: u32 = 12;

/// A directory of a test's own, gone with it.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("obs-crash-{name}-{}", std::process::id()));
        // There is one only where a test of the same number was killed.
        let _ = std::fs::remove_dir_all(&path);
        Directory(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Nothing in memory, so that everything is read from disk.
fn opened(database: Database) -> Traces {
    let retention = Retention {
        memory_bytes: 0,
        ..Retention::default()
    };
    Traces::new(retention, Some(Arc::new(database)), victim::NOW_NS)
}

/// Of batches that an earlier process has stored, one in so many is read again.
const SAMPLE: u64 = 16;

/// All that was acknowledged is there, and nothing is there twice or is anything else.
fn check(traces: &Traces, acknowledged: &Acknowledged, before: u64) {
    let is_read = |batch: &u64| *batch >= before || batch % SAMPLE == before % SAMPLE;
    for batch in (0..acknowledged.batches).filter(is_read) {
        for number in 0..victim::BATCH {
            let found = traces
                .get(trace_id(batch, number))
                .expect("the disk can be read");
            assert_eq!(
                found.as_deref(),
                Some(&trace(batch, number)),
                "batch {batch}, trace {number}"
            );
        }
    }
    if acknowledged.batches > 0 {
        let found = traces.get(replaced_id()).expect("the disk can be read");
        let versions = found.expect("the replaced trace is there").spans.len() as u64;
        assert!(
            versions >= acknowledged.batches,
            "{versions} of {}",
            acknowledged.batches
        );
    }
    let search = Search {
        limit: 0,
        ..Search::default()
    };
    let coverage = search
        .run(traces, Received::default(), victim::NOW_NS)
        .coverage;
    assert!(coverage.is_complete(), "{coverage:?}");
    // A batch that was written as the process was killed is there in full or not at all.
    let whole = coverage.held.saturating_sub(1);
    assert!(whole >= acknowledged.batches * victim::BATCH);
    assert_eq!(whole % victim::BATCH, 0, "half a batch is there");
    assert_eq!(traces.counts().damaged_blocks, 0);
}

/// Kills a process, and looks at what it has left: first without touching it, then as the next process would.
fn kill_and_check(directory: &Path, kill: u32, honesty: Honesty, before: u64) -> u64 {
    let mut victim = Victim::start(directory, before, honesty);
    let acknowledged = victim.kill_after(kill);
    let file = directory.join(obs_runtime::store::FILE);
    let left = std::fs::read(&file).expect("there is a file");
    let view = opened(Database::view(directory).expect("it can be looked at"));
    check(&view, &acknowledged, before);
    drop(view);
    assert!(
        std::fs::read(&file).expect("there is a file") == left,
        "looking has changed it"
    );
    let again = Database::open(directory, victim::NOW_NS).expect("it opens");
    assert_eq!(again.figures().set_aside, 0);
    let again = opened(again);
    check(&again, &acknowledged, before);
    let search = Search::default();
    let held = search
        .run(&again, Received::default(), victim::NOW_NS)
        .coverage
        .held;
    held.saturating_sub(1) / victim::BATCH
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let directory = Directory::new("kill");
    let mut batches = 0;
    for kill in 0..KILLS {
        batches = kill_and_check(directory.path(), kill, Honesty::Honest, batches);
    }
    assert!(
        batches > u64::from(KILLS),
        "the processes did something: {batches} batches"
    );
}

#[test]
#[should_panic(expected = "batch")]
fn a_process_that_acknowledges_too_much_is_found_out() {
    let directory = Directory::new("liar");
    for kill in 0..KILLS {
        kill_and_check(directory.path(), kill, Honesty::Lies, 0);
    }
}
