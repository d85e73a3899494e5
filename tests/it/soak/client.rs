//! One connection, as its client sees it: the one way in which it ends.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::net::{AddressFamily, SocketType, connect, socket};

/// Longer than any limit of the server.
const PATIENCE: Duration = Duration::from_secs(180);

/// How much of an answer's beginning is kept: more than any refusal has.
const HEAD_BYTES: usize = 1024;

/// The end of an answer in chunks.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// How a connection ended for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    /// A whole answer came, and then the end.
    Answered,
    /// The server said why it refused, by the reason that it counts.
    Told(&'static str),
    /// The server ended it without an answer, or half way in one.
    Cut,
    /// The client itself had said that it was done, and there was no whole answer.
    Left,
    /// Nothing came, not even an end, for longer than any limit.
    Unheard,
}

/// A connection.
pub(crate) struct Client {
    stream: TcpStream,
    left: bool,
}

impl Client {
    /// Connects; `None` where the system does not let it, so that nothing was opened.
    pub(crate) fn connect(address: SocketAddr) -> Option<Client> {
        Client::of(TcpStream::connect(address).ok()?)
    }

    /// Connects with room for a few bytes only, as of a reader that the network is slow to.
    pub(crate) fn connect_small(address: SocketAddr) -> Option<Client> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).ok()?;
        // The window is agreed on while connecting.
        set_socket_recv_buffer_size(&socket, 4096).ok()?;
        assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
        connect(&socket, &address).ok()?;
        Client::of(socket.into())
    }

    fn of(stream: TcpStream) -> Option<Client> {
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.set_write_timeout(Some(PATIENCE)).ok()?;
        Some(Client {
            stream,
            left: false,
        })
    }

    /// Sends; where the server has ended the connection before, that is seen when it is read.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Says that nothing more will come.
    pub(crate) fn half_close(&mut self) {
        self.left = true;
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Reads a little.
    pub(crate) fn sip(&mut self, bytes: &mut [u8]) -> usize {
        self.stream.read(bytes).unwrap_or(0)
    }

    /// Reads one answer in chunks on a connection that is kept; false where the connection ended.
    pub(crate) fn next(&mut self) -> bool {
        let mut last = Vec::new();
        let mut byte = [0];
        while !last.ends_with(LAST_CHUNK) {
            match self.stream.read(&mut byte) {
                Ok(1) => last.push(byte[0]),
                _ => return false,
            }
        }
        true
    }

    /// Ends it, without a look at what comes.
    pub(crate) fn leave(self) -> Seen {
        Seen::Left
    }

    /// Reads to the end.
    pub(crate) fn see(self) -> Seen {
        self.see_after(Answer::default())
    }

    /// Reads to the end of an answer whose beginning was read before.
    pub(crate) fn see_after(mut self, mut answer: Answer) -> Seen {
        let mut chunk = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => answer.add(&chunk[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Seen::Unheard,
                Err(_) => break,
            }
        }
        match answer.seen() {
            Seen::Cut if self.left => Seen::Left,
            seen => seen,
        }
    }
}

/// What is kept of an answer.
#[derive(Default)]
pub(crate) struct Answer {
    head: Vec<u8>,
    last: Vec<u8>,
    length: usize,
}

impl Answer {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let room = HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.last.extend_from_slice(bytes);
        let surplus = self.last.len().saturating_sub(LAST_CHUNK.len());
        self.last.drain(..surplus);
        self.length += bytes.len();
    }

    /// How the connection ended on which this is all that came.
    fn seen(&self) -> Seen {
        let text = String::from_utf8_lossy(&self.head);
        let Some((head, body)) = text.split_once("\r\n\r\n").filter(|_| self.is_whole()) else {
            return Seen::Cut;
        };
        match head.split(' ').nth(1) {
            Some("400") => Seen::Told("malformed"),
            Some("413") => Seen::Told("body"),
            Some("431") => Seen::Told("header_large"),
            Some("503") if body.starts_with("too many open connections") => Seen::Told("full"),
            _ => Seen::Answered,
        }
    }

    fn is_whole(&self) -> bool {
        let Some(end) = self.head.windows(4).position(|four| four == b"\r\n\r\n") else {
            return false;
        };
        let head = String::from_utf8_lossy(&self.head[..end]).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        match length.map(str::parse::<usize>) {
            Some(Ok(length)) => self.length == end + 4 + length,
            _ => self.last == LAST_CHUNK,
        }
    }
}
