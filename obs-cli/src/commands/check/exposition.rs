//! An exposition as a whole: line by line into families that stand together, and an end.

use std::collections::BTreeMap;

use super::family::Family;
use super::finding::{Finding, fault};
use super::line::{self, Header, Line, Sample};
use super::types::{Type, suffix};
use crate::args::FormatName;

/// Finds what is wrong, in the order of lines.
pub(super) fn check(body: &[u8], format: FormatName) -> Vec<Finding> {
    let mut reader = Reader {
        format,
        families: BTreeMap::new(),
        current: None,
        ended: None,
        findings: Vec::new(),
    };
    let whole = body.strip_suffix(b"\n");
    if !body.is_empty() {
        for (number, line) in whole
            .unwrap_or(body)
            .split(|byte| *byte == b'\n')
            .enumerate()
        {
            reader.line(number + 1, line);
        }
    }
    let last = body.split(|byte| *byte == b'\n').count() - usize::from(whole.is_some());
    reader.end(last.max(1), whole.is_some() || body.is_empty())
}

struct Reader {
    format: FormatName,
    families: BTreeMap<String, Family>,
    /// The family that the last line belonged to.
    current: Option<String>,
    /// The line of `# EOF`.
    ended: Option<usize>,
    findings: Vec<Finding>,
}

impl Reader {
    fn line(&mut self, number: usize, bytes: &[u8]) {
        if self.ended.is_some() {
            let what = "a line stands behind # EOF";
            self.find(number, "eof", what, "make # EOF the last line");
            return;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            let what = "the line is not UTF-8";
            self.find(
                number,
                "utf8",
                what,
                "encode help and label values in UTF-8",
            );
            return;
        };
        match line::read(text, self.format) {
            Err(fault) => self.findings.push(fault.at(number)),
            Ok(Line::Blank) if self.format == FormatName::OpenMetrics => self.find(
                number,
                "blank-line",
                "the line is empty",
                "leave it out: OpenMetrics has no empty lines",
            ),
            Ok(Line::Blank | Line::Remark) => {}
            Ok(Line::Eof) => self.ended = Some(number),
            Ok(Line::Header(header)) => self.header(header, number),
            Ok(Line::Sample(sample)) => self.sample(sample, number),
        }
    }

    fn header(&mut self, header: Header, number: usize) {
        let name = header.family.clone();
        self.enter(&name, number);
        let family = self
            .families
            .entry(name.clone())
            .or_insert_with(|| Family::new(&name, number));
        family.header(header, number, self.format, &mut self.findings);
    }

    fn sample(&mut self, sample: Sample, number: usize) {
        let name = self.family_of(&sample.name);
        self.enter(&name, number);
        let family = self
            .families
            .entry(name.clone())
            .or_insert_with(|| Family::new(&name, number));
        family.sample(sample, number, self.format, &mut self.findings);
    }

    /// The family that a sample belongs to: the one it stands in, if that admits it; any that does; the one it stands in,
    /// if it is just called like it; else one of its own.
    fn family_of(&self, sample: &str) -> String {
        let admits = |name: &&String| {
            let family = self.families.get(*name);
            family.is_some_and(|family| family.admits(sample, self.format))
        };
        if let Some(current) = self.current.as_ref().filter(admits) {
            return current.clone();
        }
        // A name has few suffixes: all that could be its family are asked by name.
        let could_be = sample
            .rmatch_indices('_')
            .map(|(at, _)| &sample[..at])
            .take(1)
            .chain([sample]);
        for name in could_be {
            if let Some((known, _)) = self
                .families
                .get_key_value(name)
                .filter(|(name, _)| admits(name))
            {
                return known.clone();
            }
        }
        let called_like = |name: &&String| {
            let typed = self.families.get(*name).map(Family::kind);
            typed.is_some_and(|kind| kind != Type::Unknown) && suffix(sample, name).is_some()
        };
        match self.current.as_ref().filter(called_like) {
            Some(current) => current.clone(),
            None => sample.to_owned(),
        }
    }

    /// Goes on with a family, which must be the one it is in already, or a new one.
    fn enter(&mut self, name: &str, number: usize) {
        if self.current.as_deref() == Some(name) {
            return;
        }
        if self.families.contains_key(name) {
            let what = format!("`{name}` was there before, and another family stands between");
            self.find(
                number,
                "interleaved",
                &what,
                "write all lines of a family together",
            );
        }
        self.current = Some(name.to_owned());
    }

    fn find(&mut self, number: usize, rule: &'static str, what: &str, advice: &'static str) {
        self.findings.push(fault(rule, what, advice).at(number));
    }

    fn end(mut self, last: usize, has_line_end: bool) -> Vec<Finding> {
        if !has_line_end {
            let what = "the last line has no end";
            self.find(last, "line-end", what, "end it with a line feed");
        }
        if self.format == FormatName::OpenMetrics && self.ended.is_none() {
            let what = "there is no # EOF";
            self.find(
                last,
                "eof",
                what,
                "make it the last line: without it, half an exposition looks whole",
            );
        }
        for (_, family) in std::mem::take(&mut self.families) {
            family.end(self.format, &mut self.findings);
        }
        self.findings.sort_by_key(|finding| finding.line);
        self.findings
    }
}
