//! Where the host's libraries meet obs: a file for each, short enough to copy into another host. `docs/guide/component-host.md`
//! goes through them.

/// Files.
pub(crate) mod files;

/// Actors and their mailboxes.
pub(crate) mod kameo;

/// Child processes.
pub(crate) mod processes;

/// Storage.
pub(crate) mod redb;

/// Connections.
pub(crate) mod sockets;

/// WebAssembly guests.
pub(crate) mod wasmtime;
