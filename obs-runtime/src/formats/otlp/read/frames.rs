//! Where values begin and end: objects are cut out of the bytes by counting brackets, so that a file is never held as a whole.
//!
//! What surrounds them is passed over: blanks, line breaks, the brackets and commas of an array. An object that never ends gives way
//! where a line begins like one that we or others write.

use std::io::{self, BufRead};

use super::fault::Place;

/// The most bytes that one object may take, 256 MiB: about 400,000 spans. What is longer is a fault.
pub const MAX_VALUE_BYTES: usize = 256 << 20;

/// How lines of OTLP begin.
const RECORD: &[u8] = br#"{"resourceSpans""#;

/// How many bytes are shown of what is no object.
const SHOWN: usize = 64;

/// The first bytes of files that some editors write.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A part of a file.
pub(super) enum Piece {
    /// An object whose brackets match.
    Value(Vec<u8>, Place),
    /// The beginning of an object, and why there is no more of it.
    Broken(Vec<u8>, Place, Broken),
    /// The first bytes of lines that hold no object.
    Foreign(Vec<u8>, Place),
}

/// Why an object does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The file ends before.
    EndOfFile,
    /// A line ends inside a text.
    EndOfLine,
    /// Another object begins on a line of its own.
    NextRecord,
    /// It is too long.
    TooLong,
}

/// Cuts objects out of bytes.
pub(super) struct Frames<R> {
    from: R,
    most_bytes: usize,
    /// Where the next byte is.
    place: Place,
    /// What was read of the next object already.
    begun: Vec<u8>,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(from: R, most_bytes: usize) -> Frames<R> {
        Frames {
            from,
            most_bytes,
            place: Place { line: 1, column: 1 },
            begun: Vec::new(),
        }
    }

    /// The next part; `None` at the end of the file.
    pub(super) fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        if !self.begun.is_empty() {
            return self.object().map(Some);
        }
        match self.after_blanks()? {
            None => Ok(None),
            Some(b'{') => self.object().map(Some),
            Some(_) => self.foreign().map(Some),
        }
    }

    fn object(&mut self) -> io::Result<Piece> {
        let mut value = std::mem::take(&mut self.begun);
        let at = Place {
            line: self.place.line,
            column: self.place.column - value.len() as u64,
        };
        let mut scan = Scan::default();
        value.iter().for_each(|byte| {
            scan.step(*byte);
        });
        loop {
            let chunk = fill(&mut self.from)?;
            if chunk.is_empty() {
                return Ok(Piece::Broken(value, at, Broken::EndOfFile));
            }
            let ends = chunk.iter().position(|byte| scan.step(*byte));
            let taken = ends.map_or(chunk.len(), |last| last + 1);
            value.extend_from_slice(&chunk[..taken]);
            self.place.pass(&chunk[..taken]);
            self.from.consume(taken);
            if ends.is_some() {
                return self.ended(value, at, &scan);
            }
            if value.len() > self.most_bytes {
                self.pass_line()?;
                return Ok(Piece::Broken(value, at, Broken::TooLong));
            }
        }
    }

    fn ended(&mut self, mut value: Vec<u8>, at: Place, scan: &Scan) -> io::Result<Piece> {
        let broken = match scan.end {
            End::Closed => return Ok(Piece::Value(value, at)),
            End::NoKey => {
                self.pass_line()?;
                return Ok(Piece::Value(value, at));
            }
            End::LineInText => Broken::EndOfLine,
            End::NextRecord => {
                self.begun = value.split_off(value.len() - RECORD.len());
                Broken::NextRecord
            }
        };
        // The line break is of the next line as far as places go.
        value.pop();
        Ok(Piece::Broken(value, at, broken))
    }

    /// Passes lines until one may hold an object.
    fn foreign(&mut self) -> io::Result<Piece> {
        let at = self.place;
        let mut shown = Vec::new();
        while shown.len() < SHOWN {
            let chunk = fill(&mut self.from)?;
            let Some(byte) = chunk.first().copied().filter(|byte| *byte != b'\n') else {
                break;
            };
            shown.push(byte);
            self.place.pass(&[byte]);
            self.from.consume(1);
        }
        loop {
            self.pass_line()?;
            if matches!(self.after_blanks()?, None | Some(b'{')) {
                return Ok(Piece::Foreign(shown, at));
            }
        }
    }

    /// Passes what may stand between objects. Returns the byte that comes next.
    fn after_blanks(&mut self) -> io::Result<Option<u8>> {
        loop {
            let is_first = self.place == Place { line: 1, column: 1 };
            let chunk = fill(&mut self.from)?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let mark = if is_first && chunk.starts_with(&BYTE_ORDER_MARK) {
                BYTE_ORDER_MARK.len()
            } else {
                0
            };
            let next = chunk[mark..].iter().position(|byte| !is_blank(*byte));
            let taken = next.map_or(chunk.len(), |next| mark + next);
            let byte = chunk.get(taken).copied();
            self.place.pass(&chunk[..taken]);
            self.from.consume(taken);
            if byte.is_some() {
                return Ok(byte);
            }
        }
    }

    /// Passes what is left of a line.
    fn pass_line(&mut self) -> io::Result<()> {
        loop {
            let chunk = fill(&mut self.from)?;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(chunk.len(), |end| end + 1);
            let is_over = end.is_some() || chunk.is_empty();
            self.place.pass(&chunk[..taken]);
            self.from.consume(taken);
            if is_over {
                return Ok(());
            }
        }
    }
}

/// Bytes of the file; none at its end.
fn fill(from: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match from.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok([]) => return Ok(&[]),
            Ok(_) => break,
        }
    }
    // What has bytes gives them again: a borrow that is returned does not pass through a loop.
    from.fill_buf()
}

/// What stands between objects: blanks, the brackets and commas of arrays, the separators of JSON text sequences.
fn is_blank(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']' | 0x1e
    )
}

impl Place {
    fn pass(&mut self, bytes: &[u8]) {
        let breaks = bytes.iter().filter(|byte| **byte == b'\n').count();
        self.line += breaks as u64;
        match bytes.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => self.column = (bytes.len() - last) as u64,
            None => self.column += bytes.len() as u64,
        }
    }
}

/// Counts brackets outside of texts.
#[derive(Default)]
struct Scan {
    depth: u64,
    in_text: bool,
    is_escaped: bool,
    /// Whether something stands in the outermost object.
    has_key: bool,
    /// How much of [`RECORD`] this line begins with; `None` where it begins otherwise.
    begins: Option<usize>,
    end: End,
}

/// Why a scan is over.
#[derive(Default, Clone, Copy)]
enum End {
    #[default]
    Closed,
    /// What follows the first bracket is no key.
    NoKey,
    LineInText,
    NextRecord,
}

impl Scan {
    /// Takes in a byte. Returns whether it is the last one.
    fn step(&mut self, byte: u8) -> bool {
        if let Some(known) = self.begins {
            self.begins = (byte == RECORD[known]).then_some(known + 1);
            if self.begins == Some(RECORD.len()) {
                return self.over(End::NextRecord);
            }
        }
        if self.in_text {
            return self.in_text(byte);
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return self.over(End::Closed);
                }
            }
            b'\n' => self.begins = Some(0),
            _ => {}
        }
        let is_key =
            byte == b'"' || self.depth == 1 && matches!(byte, b'{' | b' ' | b'\t' | b'\r' | b'\n');
        if !self.has_key && !is_key {
            return self.over(End::NoKey);
        }
        self.has_key |= byte == b'"';
        false
    }

    fn in_text(&mut self, byte: u8) -> bool {
        match byte {
            b'\n' => return self.over(End::LineInText),
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => self.in_text = false,
            _ => {}
        }
        false
    }

    fn over(&mut self, end: End) -> bool {
        self.end = end;
        true
    }
}
