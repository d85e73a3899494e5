//! A long value as several that fill pages.
//!
//! A value takes the next power of two of pages, so one of 33 KiB takes 64. Cut into pieces that just fill pages, with the rest
//! among other small values, it takes little more than it has.

use redb::{ReadableTable, Table, TableDefinition};

use super::super::value::{self, Unusable};

/// A table of long values: number and part to a sealed piece.
pub(super) type Parts = TableDefinition<'static, (u64, u32), &'static [u8]>;

/// What a page holds beside a single value: its head and the key.
const PAGE_HEAD: usize = 24;

/// The largest piece fills so much with its seal and the page's head, the smallest that has pages of its own so much.
const LARGEST: usize = 64 * 1024;
const SMALLEST: usize = 4 * 1024;

/// How many bytes pieces take, by experience: small ones share pages that are three quarters full.
pub(super) fn taken_bytes(length: usize) -> u64 {
    let taken = cuts(length).map(|piece| match piece + value::SEAL_BYTES + PAGE_HEAD {
        whole if whole >= SMALLEST => whole,
        small => small * 4 / 3,
    });
    taken.sum::<usize>() as u64
}

/// The lengths of the pieces of a value.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    let mut rest = length;
    let mut is_first = true;
    std::iter::from_fn(move || {
        if rest == 0 && !is_first {
            return None;
        }
        is_first = false;
        let around = value::SEAL_BYTES + PAGE_HEAD;
        let mut size = LARGEST;
        while size >= SMALLEST && size - around > rest {
            size /= 2;
        }
        let piece = if size < SMALLEST { rest } else { size - around };
        rest -= piece;
        Some(piece)
    })
}

/// Where a piece stands, for its sum.
fn place(table: Parts, number: u64, part: u32, parts: u32) -> [u8; 17] {
    use redb::TableHandle as _;
    let mut place = [0; 17];
    place[0] = table.name().len() as u8;
    place[1..9].copy_from_slice(&number.to_le_bytes());
    place[9..13].copy_from_slice(&part.to_le_bytes());
    place[13..].copy_from_slice(&parts.to_le_bytes());
    place
}

/// Writes a value.
pub(super) fn insert(
    table: &mut Table<'_, (u64, u32), &'static [u8]>,
    name: Parts,
    number: u64,
    content: &[u8],
) -> Result<(), redb::Error> {
    let lengths: Vec<usize> = cuts(content.len()).collect();
    let parts = lengths.len() as u32;
    let mut rest = content;
    for (part, length) in (0..parts).zip(lengths) {
        let (piece, after) = rest.split_at(length);
        rest = after;
        let sealed = value::seal(&place(name, number, part, parts), piece);
        table.insert((number, part), sealed.as_slice())?;
    }
    Ok(())
}

/// Removes a value.
pub(super) fn remove(
    table: &mut Table<'_, (u64, u32), &'static [u8]>,
    number: u64,
) -> Result<(), redb::Error> {
    table.retain_in((number, 0)..=(number, u32::MAX), |_, _| false)?;
    Ok(())
}

/// Reads a value; `None` where there is none.
pub(super) fn get(
    table: &impl ReadableTable<(u64, u32), &'static [u8]>,
    name: Parts,
    number: u64,
) -> Result<Option<Result<Vec<u8>, Unusable>>, redb::Error> {
    let mut pieces = Vec::new();
    for row in table.range((number, 0)..=(number, u32::MAX))? {
        let (key, piece) = row?;
        pieces.push((key.value().1, piece));
    }
    let parts = pieces.len() as u32;
    if parts == 0 {
        return Ok(None);
    }
    let mut content = Vec::new();
    for (index, (part, piece)) in pieces.iter().enumerate() {
        if *part != index as u32 {
            return Ok(Some(Err(Unusable::Damaged)));
        }
        match value::unseal(&place(name, number, *part, parts), piece.value()) {
            Ok(piece) => content.extend_from_slice(piece),
            Err(unusable) => return Ok(Some(Err(unusable))),
        }
    }
    Ok(Some(Ok(content)))
}

/// The numbers of all values, the highest first. A table whose keys are damaged may give any row for any range: what does not go
/// down ends it.
pub(super) fn numbers(
    table: &impl ReadableTable<(u64, u32), &'static [u8]>,
) -> Result<Vec<u64>, redb::Error> {
    let mut numbers = Vec::new();
    let mut below = u64::MAX;
    while let Some(row) = table.range(..(below, 0))?.next_back() {
        let number = row?.0.value().0;
        if number >= below {
            break;
        }
        below = number;
        numbers.push(number);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fill_pages_and_are_all_there() {
        for length in [
            0, 1, 4000, 4067, 4068, 10_000, 65_507, 65_508, 200_000, 4_000_000,
        ] {
            let pieces: Vec<_> = cuts(length).collect();
            assert_eq!(pieces.iter().sum::<usize>(), length);
            let around = value::SEAL_BYTES + PAGE_HEAD;
            let (rest, whole) = pieces.split_last().unwrap();
            assert!(
                whole.iter().all(|piece| (piece + around).is_power_of_two()),
                "{pieces:?}"
            );
            assert!(rest + around <= LARGEST);
            assert!(
                taken_bytes(length) as usize <= length + 4096 / 3 + around * (pieces.len() + 1)
            );
        }
    }
}
