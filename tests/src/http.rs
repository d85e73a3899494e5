//! A small HTTP client over a plain socket, which sees exactly what the server sends.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a test waits for an answer before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// The headers, as they were sent.
    pub head: String,
    /// The body, out of its chunks.
    pub body: String,
}

/// Asks for a path with some headers, each with its line end.
///
/// # Panics
///
/// Panics where the server does not answer in HTTP.
pub fn request(address: SocketAddr, method: &str, path: &str, headers: &str) -> Answer {
    let mut stream = connect(address);
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{headers}\r\n");
    stream
        .write_all(request.as_bytes())
        .expect("the server listens");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server answers");
    parse(&String::from_utf8(answer).expect("the answer is text"))
}

/// Gets a path.
///
/// # Panics
///
/// Panics where the server does not answer in HTTP.
pub fn get(address: SocketAddr, path: &str, headers: &str) -> Answer {
    request(address, "GET", path, headers)
}

/// Connects, with limits on how long reading and writing may take.
///
/// # Panics
///
/// Panics where nobody listens.
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("somebody listens");
    stream
        .set_read_timeout(Some(PATIENCE))
        .expect("sockets have timeouts");
    stream
        .set_write_timeout(Some(PATIENCE))
        .expect("sockets have timeouts");
    stream
}

fn parse(answer: &str) -> Answer {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let chunked = head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked");
    Answer {
        status: status.expect("a status"),
        head: head.to_owned(),
        body: if chunked {
            unchunk(body)
        } else {
            body.to_owned()
        },
    }
}

fn unchunk(mut body: &str) -> String {
    let mut whole = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n").expect("a chunk has a size");
        let size = usize::from_str_radix(size, 16).expect("a size is a number");
        if size == 0 {
            return whole;
        }
        whole.push_str(&rest[..size]);
        body = rest[size..]
            .strip_prefix("\r\n")
            .expect("a chunk has an end");
    }
}
