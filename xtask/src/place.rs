//! Where things lie: the workspace, what is built, what is fetched.

use std::path::{Path, PathBuf};

/// The workspace.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest
        .parent()
        .expect("xtask lies in a folder of the workspace")
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(path) => root().join(path),
        None => root().join("target"),
    }
}

/// The target directory of builds with flags of their own, which would otherwise throw out the usual ones.
pub(crate) fn target_of(name: &str) -> PathBuf {
    target().join(name)
}

/// Programs of others.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// The example host, as users build it.
pub(crate) fn host() -> PathBuf {
    target().join("release/component-host")
}
