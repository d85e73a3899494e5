//! One line of an exposition, read as strictly as the format is written down.

use super::finding::{Fault, fault};
use super::reader::{Labels, Reader, checked_name, unescaped};
use crate::args::FormatName;

/// The most characters that the labels of an exemplar may have, names and values together.
const EXEMPLAR_CHARACTERS: usize = 128;

/// What a line is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// Nothing.
    Blank,
    /// Text for people.
    Remark,
    /// The end of an OpenMetrics exposition.
    Eof,
    /// `# HELP`, `# TYPE` or `# UNIT`.
    Header(Header),
    /// A number.
    Sample(Sample),
}

/// What is said of a family.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub(super) keyword: Keyword,
    pub(super) family: String,
    /// Unescaped.
    pub(super) text: String,
}

/// Which of the three it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Help,
    Type,
    Unit,
}

/// One number of one series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: Labels,
    pub(super) value: f64,
    pub(super) timestamp: Option<String>,
    /// Whether an exemplar stands behind it.
    pub(super) exemplar: bool,
}

/// Reads a line without its end.
pub(super) fn read(line: &str, format: FormatName) -> Result<Line, Fault> {
    let strict = format == FormatName::OpenMetrics;
    if line.trim().is_empty() {
        return Ok(Line::Blank);
    }
    if line.ends_with('\r') {
        return Err(fault(
            "line-end",
            "the line ends in a carriage return",
            "end lines with a line feed alone",
        ));
    }
    if line.starts_with('#') {
        return comment(line, strict);
    }
    if line.starts_with([' ', '\t']) {
        return Err(fault(
            "blanks",
            "a blank stands before the name",
            "begin the line with the name",
        ));
    }
    Reader { rest: line, strict }.sample().map(Line::Sample)
}

fn comment(line: &str, strict: bool) -> Result<Line, Fault> {
    if line == "# EOF" {
        return Ok(if strict { Line::Eof } else { Line::Remark });
    }
    let words = match strict {
        true => line.strip_prefix("# "),
        false => line
            .get(1..)
            .map(|rest| rest.trim_start_matches([' ', '\t'])),
    };
    let words = words.and_then(|rest| {
        let (keyword, rest) = split(rest, strict)?;
        let keyword = match keyword {
            "HELP" => Keyword::Help,
            "TYPE" => Keyword::Type,
            "UNIT" if strict => Keyword::Unit,
            _ => return None,
        };
        Some((keyword, rest))
    });
    let Some((keyword, rest)) = words else {
        if strict {
            return Err(fault(
                "comment",
                "a comment that is none of HELP, TYPE, UNIT and EOF",
                "leave it out: OpenMetrics has no other comments",
            ));
        }
        return Ok(Line::Remark);
    };
    let (family, text) = if rest.starts_with('"') {
        let mut reader = Reader { rest, strict };
        let family = reader.quoted_name()?;
        (family, reader.text())
    } else {
        let (family, text) = split(rest, strict).unwrap_or((rest, ""));
        (checked_name(family)?, text)
    };
    let text = match keyword {
        Keyword::Help => unescaped(text, strict)?,
        _ => text.to_owned(),
    };
    Ok(Line::Header(Header {
        keyword,
        family,
        text,
    }))
}

/// The first word and the rest. The text format allows several blanks between words, and tabs.
fn split(text: &str, strict: bool) -> Option<(&str, &str)> {
    if strict {
        return text.split_once(' ');
    }
    let (word, rest) = text.split_once([' ', '\t'])?;
    Some((word, rest.trim_start_matches([' ', '\t'])))
}

impl Reader<'_> {
    fn sample(mut self) -> Result<Sample, Fault> {
        let bare = self.word(['{', ' ', '\t']);
        if self.after_blanks().starts_with('{') {
            self.rest = self.after_blanks();
        }
        let (quoted, labels) = match self.rest.starts_with('{') {
            true => self.braces()?,
            false => (None, Vec::new()),
        };
        let name = match quoted {
            Some(name) if bare.is_empty() => name,
            Some(name) => {
                return Err(fault(
                    "name",
                    format!("the metric is called `{bare}` and `{name}`"),
                    "write one name, before the braces or in quotes as the first thing in them",
                ));
            }
            None => checked_name(bare)?,
        };
        self.blank("before the value")?;
        let value = self.word([' ', '\t']);
        let value = number(value)?;
        let (mut timestamp, mut exemplar) = (None, false);
        if !self.rest.is_empty() && !self.rest.starts_with(" # ") {
            self.blank("before the timestamp")?;
            timestamp = Some(self.timestamp()?);
        }
        if self.rest.starts_with(" # ") {
            self.rest = &self.rest[3..];
            self.exemplar()?;
            exemplar = true;
        }
        if !self.rest.is_empty() {
            return Err(fault(
                "syntax",
                format!("`{}` stands behind the value", self.rest),
                "end the line there",
            ));
        }
        Ok(Sample {
            name,
            labels,
            value,
            timestamp,
            exemplar,
        })
    }

    fn timestamp(&mut self) -> Result<String, Fault> {
        let text = self.word([' ', '\t']);
        let is_right = if self.strict {
            number(text).is_ok_and(f64::is_finite)
        } else {
            text.parse::<i64>().is_ok()
        };
        if is_right {
            return Ok(text.to_owned());
        }
        Err(fault(
            "timestamp",
            format!("`{text}` is no timestamp"),
            "write milliseconds as a whole number (text) or seconds (OpenMetrics), or none at all",
        ))
    }

    fn exemplar(&mut self) -> Result<(), Fault> {
        let advice =
            "write it as # {trace_id=\"…\"} value timestamp, with at most 128 characters of labels";
        let wrong = |what: &str| fault("exemplar", what, advice);
        if !self.strict {
            return Err(fault(
                "exemplar",
                "an exemplar in the text format",
                "serve OpenMetrics for exemplars: the text format has none",
            ));
        }
        if !self.rest.starts_with('{') {
            return Err(wrong("the exemplar has no labels"));
        }
        let (name, labels) = self.braces()?;
        if name.is_some() {
            return Err(wrong("the exemplar has a name"));
        }
        let characters: usize = labels
            .iter()
            .map(|(name, value)| name.chars().count() + value.chars().count())
            .sum();
        if characters > EXEMPLAR_CHARACTERS {
            return Err(wrong("the exemplar's labels are too long"));
        }
        self.blank("before the exemplar's value")?;
        number(self.word([' ']))?;
        if !self.rest.is_empty() {
            self.blank("before the exemplar's timestamp")?;
            self.timestamp()?;
        }
        Ok(())
    }
}

/// A number as every parser reads it: digits, a sign, a point, an exponent, or one of three words.
pub(super) fn number(text: &str) -> Result<f64, Fault> {
    let is_plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E'));
    let value = match text {
        "+Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ => text.parse().ok().filter(|_| is_plain),
    };
    value.ok_or_else(|| {
        fault(
            "value",
            format!("`{text}` is no number"),
            "write a decimal number, +Inf, -Inf or NaN",
        )
    })
}
