//! Waiting for keys, and noticing when the terminal is gone: reading from one that has been hung up never ends.

use std::io;
use std::time::Duration;

use crossterm::event::{self, Event};

/// Waits so long for an event.
///
/// # Errors
///
/// [`io::ErrorKind::UnexpectedEof`] when the terminal is gone.
pub(crate) fn next(wait: Duration) -> io::Result<Option<Event>> {
    if is_hung_up(wait)? {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the terminal is gone",
        ));
    }
    if event::poll(rest_of(wait))? {
        event::read().map(Some)
    } else {
        Ok(None)
    }
}

/// What is left to wait after `is_hung_up`: no time at all would be not to look.
fn rest_of(wait: Duration) -> Duration {
    const A_LOOK: Duration = Duration::from_millis(1);
    if cfg!(unix) { A_LOOK } else { wait }
}

/// Waits for input so long, or for a signal such as that of a new size, and says whether the terminal is gone.
#[cfg(unix)]
fn is_hung_up(wait: Duration) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdin = io::stdin();
    let mut input = [PollFd::new(&stdin, PollFlags::IN)];
    let timeout = Timespec::try_from(wait).map_err(|_| io::ErrorKind::InvalidInput)?;
    match poll(&mut input, Some(&timeout)) {
        Ok(_) => Ok(input[0]
            .revents()
            .intersects(PollFlags::HUP | PollFlags::ERR)),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn is_hung_up(_wait: Duration) -> io::Result<bool> {
    Ok(false)
}
