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
    /// The body, out of its chunks and decompressed, as text.
    pub body: String,
    /// The body, out of its chunks, as it was sent.
    pub bytes: Vec<u8>,
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
    parse(&answer)
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

impl Answer {
    /// The value of a header; `None` where it was not sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut values = headers.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.trim())
    }
}

fn parse(answer: &[u8]) -> Answer {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("a head and a body");
    let head = String::from_utf8(answer[..end].to_vec()).expect("a head is text");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let mut answer = Answer {
        status: status.expect("a status"),
        head,
        body: String::new(),
        bytes: answer[end + 4..].to_vec(),
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.bytes = unchunk(&answer.bytes);
    }
    let mut plain = answer.bytes.clone();
    if answer.header("content-encoding") == Some("gzip") && !answer.bytes.is_empty() {
        plain.clear();
        let mut decoder = flate2::read::MultiGzDecoder::new(&answer.bytes[..]);
        decoder
            .read_to_end(&mut plain)
            .expect("it is gzip, to its end");
    }
    answer.body = String::from_utf8_lossy(&plain).into_owned();
    answer
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n");
        let end = end.expect("a chunk has a size");
        let size = std::str::from_utf8(&body[..end]).expect("a size is text");
        let size = usize::from_str_radix(size, 16).expect("a size is a number");
        if size == 0 {
            return whole;
        }
        let chunk = &body[end + 2..];
        whole.extend_from_slice(&chunk[..size]);
        body = chunk[size..]
            .strip_prefix(b"\r\n")
            .expect("a chunk has an end");
    }
}
