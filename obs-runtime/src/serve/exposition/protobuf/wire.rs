//! The wire format of protobuf: fields behind their number, lengths in front of what they measure.

/// Writes fields. Numbers of fields are below 16, so each tag is a byte.
pub(super) trait Fields {
    /// Appends an integer in as few bytes as hold it, seven bits each.
    fn push_varint(&mut self, value: u64);

    /// Appends a field of bytes: text, a message, packed numbers.
    fn push_bytes(&mut self, field: u8, bytes: &[u8]);

    /// Appends a whole number.
    fn push_integer(&mut self, field: u8, value: u64);

    /// Appends an integer of either sign, so that those near zero are short.
    fn push_zigzag(&mut self, value: i64);

    /// Appends a whole number of either sign.
    fn push_signed(&mut self, field: u8, value: i64);

    /// Appends a float.
    fn push_double(&mut self, field: u8, value: f64);

    /// Appends text.
    fn push_text(&mut self, field: u8, text: &str) {
        self.push_bytes(field, text.as_bytes());
    }
}

const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const LENGTH_FIRST: u8 = 2;

impl Fields for Vec<u8> {
    fn push_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.push(value as u8);
    }

    fn push_bytes(&mut self, field: u8, bytes: &[u8]) {
        self.push(field << 3 | LENGTH_FIRST);
        self.push_varint(bytes.len() as u64);
        self.extend_from_slice(bytes);
    }

    fn push_integer(&mut self, field: u8, value: u64) {
        self.push(field << 3 | VARINT);
        self.push_varint(value);
    }

    fn push_zigzag(&mut self, value: i64) {
        self.push_varint((value << 1 ^ value >> 63) as u64);
    }

    fn push_signed(&mut self, field: u8, value: i64) {
        self.push(field << 3 | VARINT);
        self.push_zigzag(value);
    }

    fn push_double(&mut self, field: u8, value: f64) {
        self.push(field << 3 | FIXED_64);
        self.extend_from_slice(&value.to_le_bytes());
    }
}

/// How many bytes a number takes as a varint.
pub(super) fn varint_len(value: usize) -> usize {
    let bits = usize::BITS - value.leading_zeros();
    (bits as usize).div_ceil(7).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_are_as_long_as_they_say() {
        for (value, bytes) in [
            (0, &[0][..]),
            (1, &[1]),
            (127, &[0x7f]),
            (128, &[0x80, 1]),
            (300, &[0xac, 2]),
            (16_383, &[0xff, 0x7f]),
            (16_384, &[0x80, 0x80, 1]),
        ] {
            let mut written = Vec::new();
            written.push_varint(value);
            assert_eq!(written, bytes);
            assert_eq!(varint_len(value as usize), bytes.len());
        }
        for (value, byte) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (63, 126), (-64, 127)] {
            let mut written = Vec::new();
            written.push_zigzag(value);
            assert_eq!(written, [byte], "{value}");
        }
        let mut largest = Vec::new();
        largest.push_varint(u64::MAX);
        assert_eq!(largest.len(), 10);
        assert_eq!(varint_len(usize::MAX), 10);
    }
}
