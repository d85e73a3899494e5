//! Where the time of many traces goes, as a file.

use std::io::{self, Write};

use super::words;
use crate::evaluate::bottlenecks::Operation;
use crate::evaluate::traces::Profile;
use crate::formats::folded;

/// Writes the call paths of all traces, or of those that begin in operations of a name, as folded stacks.
///
/// # Errors
///
/// Where `into` cannot be written to.
pub fn write_stacks(into: impl Write, profile: &Profile, root: Option<&str>) -> io::Result<()> {
    let name = |of: Operation| profile.name(of).0;
    let paths = profile.bottlenecks.paths();
    let paths = paths.filter(|path| root.is_none_or(|root| name(path.root()) == root));
    let stacks = paths.map(|path| {
        let frames: Vec<&str> = path.operations().into_iter().map(name).collect();
        (frames, words::whole(path.figures().own_ns_of_all()))
    });
    folded::write(into, stacks)
}
