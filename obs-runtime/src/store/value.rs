//! Values that know when they are damaged: the file's own sums are checked only when it is repaired.

/// The version of the layout of all values.
const VERSION: u8 = 1;

/// How many bytes a value has besides what is in it.
pub(super) const SEAL_BYTES: usize = 5;

/// Why a value cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is not what was written, or not where it was written.
    Damaged,
    /// A newer version has written it.
    Newer,
}

/// A version, a sum over where it stands and what is in it, and what is in it.
pub(super) fn seal(place: &[u8], content: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(SEAL_BYTES + content.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&sum(place, content).to_le_bytes());
    sealed.extend_from_slice(content);
    sealed
}

/// What is in a value that stands at a place.
pub(super) fn unseal<'v>(place: &[u8], sealed: &'v [u8]) -> Result<&'v [u8], Unusable> {
    let (head, content) = sealed
        .split_at_checked(SEAL_BYTES)
        .ok_or(Unusable::Damaged)?;
    if head[1..] != sum(place, content).to_le_bytes() {
        return Err(Unusable::Damaged);
    }
    match head[0] {
        VERSION => Ok(content),
        // The version is not summed up, so that one's fault can be told from the other's: a flip in it alone reads as newer.
        _ => Err(Unusable::Newer),
    }
}

fn sum(place: &[u8], content: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(place), content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_only_as_it_was_written_and_where() {
        let sealed = seal(b"here", b"content");
        assert_eq!(unseal(b"here", &sealed), Ok(b"content".as_slice()));
        assert_eq!(unseal(b"there", &sealed), Err(Unusable::Damaged));
        assert_eq!(unseal(b"here", &sealed[..4]), Err(Unusable::Damaged));
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(unseal(b"here", &flipped).is_err(), "bit {bit}");
        }
        let mut newer = sealed;
        newer[0] = 2;
        assert_eq!(unseal(b"here", &newer), Err(Unusable::Newer));
    }
}
