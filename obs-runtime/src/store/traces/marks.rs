//! What attributes and events a trace may have, in a few bytes: a Bloom filter whose length follows what is in it.

/// Something that a span has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mark<'m> {
    /// An attribute of this key.
    Key(&'m str),
    /// An attribute of this key whose text is this.
    Value(&'m str, &'m str),
    /// An event of this name.
    Event(&'m str),
}

/// How many bits each mark sets, and how many bytes there are at least and at most. With a byte for each mark one in forty that
/// is not there seems to be.
const BITS_EACH: u64 = 4;
const FEWEST_BYTES: usize = 4;
const MOST_BYTES: usize = 256;

impl Mark<'_> {
    /// A number of it. It lies on disk: it must never change.
    pub(super) fn hash(self) -> u64 {
        let (kind, first, second) = match self {
            Mark::Key(key) => (0, key, ""),
            Mark::Value(key, value) => (1, key, value),
            Mark::Event(name) => (2, name, ""),
        };
        // FNV-1a, and the end of Murmur3, which spreads it over all bits.
        let bytes = [kind]
            .into_iter()
            .chain(first.bytes())
            .chain([0xff])
            .chain(second.bytes());
        let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        hash ^ (hash >> 33)
    }
}

/// Makes and asks filters.
pub(super) struct Marks;

impl Marks {
    /// A filter of these hashes; of none it is empty.
    pub(super) fn of(hashes: &[u64]) -> Vec<u8> {
        if hashes.is_empty() {
            return Vec::new();
        }
        let length = hashes.len().next_power_of_two();
        let mut bytes = vec![0; length.clamp(FEWEST_BYTES, MOST_BYTES)];
        for hash in hashes {
            for bit in bits(*hash, bytes.len()) {
                bytes[bit / 8] |= 1 << (bit % 8);
            }
        }
        bytes
    }

    /// Whether a filter may have this hash; `false` is certain.
    pub(super) fn may_have(bytes: &[u8], hash: u64) -> bool {
        !bytes.is_empty() && bits(hash, bytes.len()).all(|bit| bytes[bit / 8] & 1 << (bit % 8) != 0)
    }
}

fn bits(hash: u64, length: usize) -> impl Iterator<Item = usize> {
    let (first, step) = (hash, (hash >> 32) | 1);
    (0..BITS_EACH)
        .map(move |n| (first.wrapping_add(n.wrapping_mul(step)) % (length as u64 * 8)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_always_found_and_other_things_seldom() {
        for count in [1, 5, 16, 40, 100] {
            let hash = |number: usize| Mark::Value("user", &number.to_string()).hash();
            let hashes: Vec<_> = (0..count).map(hash).collect();
            let bytes = Marks::of(&hashes);
            assert!(hashes.iter().all(|hash| Marks::may_have(&bytes, *hash)));
            let wrong = (1000..11_000)
                .filter(|number| Marks::may_have(&bytes, hash(*number)))
                .count();
            assert!(wrong < 400, "{count}: {wrong} of 10000");
        }
        assert!(!Marks::may_have(&Marks::of(&[]), 7));
    }

    #[test]
    fn hashes_are_those_that_lie_on_disk() {
        assert_eq!(Mark::Key("user").hash(), 0x7e29_829e_e8ff_3b83);
        assert_eq!(Mark::Value("user", "42").hash(), 0x9393_e8d6_6dde_a519);
        assert_eq!(Mark::Event("retry").hash(), 0xc357_131a_4854_07f6);
    }
}
