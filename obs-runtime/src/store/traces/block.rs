//! Traces of one policy, compressed together: neighbours share most of their names and much of their shape.

use std::io::Read;

use flate2::Compression;
use flate2::bufread::{DeflateDecoder, DeflateEncoder};

use super::entry::{Entry, Facts, Head, index_bytes};
use super::parts;
use super::stored::{self, NoTrace};
use crate::model::trace::{Policy, Trace};

/// No block is larger than this before compression, unless by a single trace.
pub(super) const FULL_BYTES: u64 = 128 * 1024;

/// How a block's bytes are written: as they are, or compressed where that saves an eighth.
const PLAIN: u8 = 0;
const DEFLATED: u8 = 1;

/// What a block says of its length must be below this, or it is damaged.
const MOST_RAW_BYTES: usize = 1 << 30;

/// Puts a block together.
#[derive(Debug)]
pub(super) struct BlockBuilder {
    head: Head,
    raw: Vec<u8>,
    facts: Vec<(Facts, u32, u32)>,
}

/// A block that can be written.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) data: Vec<u8>,
    pub(super) index: Vec<u8>,
    pub(super) head: Head,
    pub(super) ids: Vec<crate::model::trace::TraceId>,
}

impl BlockBuilder {
    pub(super) fn new(policy: Policy, level: u8, kept_ns: (u64, u64)) -> BlockBuilder {
        BlockBuilder {
            head: Head {
                policy,
                level,
                raw_bytes: 0,
                taken_bytes: 0,
                first_kept_ns: kept_ns.0,
                last_kept_ns: kept_ns.1,
                earliest_ns: 0,
            },
            raw: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Adds a trace by its facts and bytes.
    pub(super) fn add(&mut self, facts: Facts, bytes: &[u8]) {
        let (offset, length) = (self.raw.len() as u32, bytes.len() as u32);
        self.raw.extend_from_slice(bytes);
        self.facts.push((facts, offset, length));
    }

    /// Leaves room where a trace lies that is none of the block's any more.
    pub(super) fn skip(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
    }

    /// Some of what is in it was stored between these moments.
    pub(super) fn kept(&mut self, first_ns: u64, last_ns: u64) {
        self.head.first_kept_ns = self.head.first_kept_ns.min(first_ns);
        self.head.last_kept_ns = self.head.last_kept_ns.max(last_ns);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    pub(super) fn finish(mut self) -> Built {
        let data = compressed(&self.raw);
        self.head.raw_bytes = self.raw.len() as u64;
        self.head.taken_bytes = parts::taken_bytes(data.len());
        // The index says what both take, and its length does not hang on the number.
        let (first, _) = index_bytes(self.head, &self.facts);
        self.head.taken_bytes += parts::taken_bytes(first.len());
        let (index, head) = index_bytes(self.head, &self.facts);
        Built {
            data,
            index,
            head,
            ids: self.facts.iter().map(|(facts, ..)| facts.id).collect(),
        }
    }
}

fn compressed(raw: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(raw.len() / 2);
    data.push(DEFLATED);
    data.extend_from_slice(&(raw.len() as u32).to_le_bytes());
    let read = DeflateEncoder::new(raw, Compression::fast()).read_to_end(&mut data);
    if read.is_ok() && data.len() < raw.len() - raw.len() / 8 {
        return data;
    }
    data.clear();
    data.push(PLAIN);
    data.extend_from_slice(raw);
    data
}

/// The bytes of all traces of a block.
pub(super) fn raw(data: &[u8]) -> Result<Vec<u8>, NoTrace> {
    match data.split_first() {
        Some((&PLAIN, raw)) => Ok(raw.to_vec()),
        Some((&DEFLATED, rest)) => {
            let (length, rest) = rest.split_first_chunk::<4>().ok_or(NoTrace)?;
            let length = u32::from_le_bytes(*length) as usize;
            if length > MOST_RAW_BYTES {
                return Err(NoTrace);
            }
            let mut raw = Vec::with_capacity(length);
            let bounded = DeflateDecoder::new(rest).take(length as u64 + 1);
            { bounded }.read_to_end(&mut raw).map_err(|_| NoTrace)?;
            if raw.len() == length {
                Ok(raw)
            } else {
                Err(NoTrace)
            }
        }
        _ => Err(NoTrace),
    }
}

/// The bytes of one trace.
pub(super) fn slice<'r>(raw: &'r [u8], entry: &Entry<'_>) -> Result<&'r [u8], NoTrace> {
    let (offset, length) = (entry.offset as usize, entry.length as usize);
    raw.get(offset..)
        .and_then(|rest| rest.get(..length))
        .ok_or(NoTrace)
}

/// One trace out of the bytes of all.
pub(super) fn trace(raw: &[u8], entry: &Entry<'_>) -> Result<Trace, NoTrace> {
    stored::decode(slice(raw, entry)?)
}

#[cfg(test)]
mod tests {
    use super::super::entry::Index;
    use super::*;
    use crate::model::trace::fixture::any_trace;

    #[test]
    fn traces_come_back_out_of_a_block() {
        let traces: Vec<Trace> = (0..100).map(any_trace).collect();
        let mut builder = BlockBuilder::new(Policy::Slow, 0, (1, 2));
        for trace in &traces {
            builder.add(Facts::of(trace).unwrap(), &stored::encode(trace));
        }
        let built = builder.finish();
        assert!(
            (built.data.len() as u64) < built.head.raw_bytes * 7 / 8,
            "{:?}",
            built.head
        );
        let index = Index::read(&built.index).unwrap();
        let bytes = raw(&built.data).unwrap();
        let back: Vec<_> = index
            .entries
            .iter()
            .map(|entry| trace(&bytes, entry).unwrap())
            .collect();
        assert_eq!(back, traces);
        assert!(raw(&built.data[..built.data.len() - 1]).is_err());
        assert!(raw(&[]).is_err());
        assert!(raw(&[9, 9]).is_err());
        assert_eq!(raw(&compressed(&[1, 2, 3])), Ok(vec![1, 2, 3]));
    }
}
