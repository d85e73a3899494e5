//! What the lines of a row have in common: made once, copied for each of its series.

use std::ops::Range;

use crate::model::label_text::push_label_bytes;
use crate::model::snapshot::Row;

/// The text of a row's lines, around the labels that tell its series apart.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Name and labels that come before those of the series.
    before: Vec<u8>,
    /// How long the name is.
    name: usize,
    /// The labels that come behind them.
    after: Vec<u8>,
    /// What stands before one label more.
    separator: u8,
}

impl Line {
    /// Makes it that of another row.
    pub(super) fn set(&mut self, row: &Row<'_>) {
        let name = row.family().name().as_bytes();
        self.before.clear();
        self.before.extend_from_slice(name);
        self.name = name.len();
        self.separator = b'{';
        let component = row.component_text().as_bytes();
        if !component.is_empty() {
            self.before.push(b'{');
            self.before.extend_from_slice(component);
            self.separator = b',';
        }
        if row.has_label_text() {
            self.before.push(self.separator);
            self.separator = b',';
        }
        self.after.clear();
        for (key, value) in row.dynamic_labels() {
            push_label_bytes(&mut self.after, self.separator, key, value);
            self.separator = b',';
        }
    }

    /// Writes everything of a line that comes before its number; `labels` are those of the series.
    #[inline]
    pub(super) fn push(&self, out: &mut Vec<u8>, labels: &str) {
        out.extend_from_slice(&self.before);
        out.extend_from_slice(labels.as_bytes());
        if !self.after.is_empty() {
            out.extend_from_slice(&self.after);
        }
        self.close(out);
    }

    /// The same, where the name ends in a suffix.
    pub(super) fn push_suffixed(&self, out: &mut Vec<u8>, suffix: &str, labels: &str) {
        self.push_name_and_labels(out, suffix, labels);
        self.close(out);
    }

    /// Begins the first of some lines that begin alike, before the label that tells them apart; returns where it lies, as the
    /// model of the others.
    pub(super) fn push_open(&self, out: &mut Vec<u8>, suffix: &str, labels: &str) -> Range<usize> {
        let start = out.len();
        self.push_name_and_labels(out, suffix, labels);
        out.push(self.separator);
        start..out.len()
    }

    fn push_name_and_labels(&self, out: &mut Vec<u8>, suffix: &str, labels: &str) {
        let (name, before) = self.before.split_at(self.name);
        for piece in [name, suffix.as_bytes(), before, labels.as_bytes()] {
            out.extend_from_slice(piece);
        }
        out.extend_from_slice(&self.after);
    }

    /// Writes what stands between labels and number.
    #[inline]
    fn close(&self, out: &mut Vec<u8>) {
        if self.separator == b',' {
            out.push(b'}');
        }
        out.push(b' ');
    }
}
