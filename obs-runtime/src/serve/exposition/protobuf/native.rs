//! Native histograms: spans of buckets, and each bucket's count as the difference to the one before.

use crate::model::Exponential;

use super::wire::Fields as _;

/// Up to so many empty buckets are written between two others; more begin a new span.
const MOST_GAP: i32 = 2;

/// The buckets of a native histogram on the way to their fields; kept from series to series.
#[derive(Debug, Default)]
pub(super) struct Native {
    spans: Vec<Span>,
    deltas: Vec<u8>,
    piece: Vec<u8>,
    /// The index after that of the last bucket.
    next: i32,
    /// The count of the last bucket.
    last: u64,
}

#[derive(Debug)]
struct Span {
    /// How many buckets lie between the span before and this one; for the first, its first index.
    offset: i32,
    length: u64,
}

impl Native {
    /// Appends what makes a `Histogram` message a native one.
    ///
    /// Native histograms have no bucket for what is above the range: it stands in the first bucket that the range does not
    /// have, so that the buckets add up to the count, and a quantile there comes out as the end of the range.
    pub(super) fn push(&mut self, value: &Exponential<'_>, histogram: &mut Vec<u8>) {
        self.clear();
        let counts = value.buckets.iter().copied();
        let counts = counts.chain([value.overflow]);
        for (index, count) in (value.first_index..).zip(counts) {
            if count > 0 {
                self.bucket(index, count);
            }
        }
        histogram.push_signed(5, value.schema.into());
        histogram.push_double(6, value.zero_threshold);
        histogram.push_integer(7, value.zero);
        for span in &self.spans {
            self.piece.clear();
            self.piece.push_signed(1, span.offset.into());
            self.piece.push_integer(2, span.length);
            histogram.push_bytes(12, &self.piece);
        }
        histogram.push_bytes(13, &self.deltas);
    }

    fn clear(&mut self) {
        self.spans.clear();
        self.deltas.clear();
        (self.next, self.last) = (0, 0);
    }

    fn bucket(&mut self, index: i32, count: u64) {
        let gap = index - self.next;
        if self.spans.is_empty() || gap > MOST_GAP {
            self.spans.push(Span {
                offset: gap,
                length: 0,
            });
        } else {
            (0..gap).for_each(|_| self.count(0));
        }
        self.count(count);
        self.next = index + 1;
    }

    fn count(&mut self, count: u64) {
        if let Some(span) = self.spans.last_mut() {
            span.length += 1;
        }
        // Counts are below 2^63: at one per nanosecond it would take three hundred years to get there.
        self.deltas
            .push_zigzag(count.wrapping_sub(self.last) as i64);
        self.last = count;
    }
}
