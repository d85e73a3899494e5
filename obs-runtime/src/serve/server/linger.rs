//! The end of a connection: an answer is seen only by a client whose own bytes were all taken in.

use std::io;

use tokio::net::TcpStream;

/// How much of what a client still sends is taken in. More shows more of those who send too much why they are refused,
/// less keeps the server from working for them.
pub(super) const MAX_LINGER_BYTES: usize = 256 * 1024;

/// Takes in what the client sends and throws it away, until it ends the connection too or has sent too much.
///
/// A socket closed over bytes that nobody has read resets the connection, and the client's system throws away what the
/// client has not read yet.
pub(super) async fn drain(stream: &TcpStream) {
    let mut left = MAX_LINGER_BYTES;
    while left > 0 && stream.readable().await.is_ok() {
        match take_in(stream) {
            Ok(0) => return,
            Ok(taken) => left = left.saturating_sub(taken),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// Reads once. The buffer stands in a function, so that no connection keeps it.
fn take_in(stream: &TcpStream) -> io::Result<usize> {
    stream.try_read(&mut [0; 16 * 1024])
}
