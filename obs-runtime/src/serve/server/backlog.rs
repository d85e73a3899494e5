//! Connections that wait to be accepted, in a queue of the system.

use std::io;
use std::net::TcpListener;

/// How many connections may wait to be accepted; the system may allow fewer. More lets larger crowds come at once without
/// a delay of seconds, less takes less of the system's memory.
pub(crate) const BACKLOG: i32 = 4096;

/// Lets [`BACKLOG`] connections wait instead of the 128 of the standard library.
///
/// Those that come while the queue is full are dropped by the system, and nobody can tell the server: some of their
/// clients connect a second later, some believe that they are connected and never are.
#[cfg(target_os = "linux")]
pub(crate) fn lengthen(listener: &TcpListener) -> io::Result<()> {
    Ok(rustix::net::listen(listener, BACKLOG)?)
}

/// Leaves the queue as it is where it cannot be lengthened without unsafe code.
#[cfg(not(target_os = "linux"))]
pub(crate) fn lengthen(_: &TcpListener) -> io::Result<()> {
    Ok(())
}
