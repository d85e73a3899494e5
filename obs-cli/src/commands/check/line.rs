//! One line of an exposition, read as strictly as the format is written down.

use super::finding::{Fault, fault};
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
    /// In the order of the line, values unescaped.
    pub(super) labels: Vec<(String, String)>,
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
        let (family, text) = split(rest, strict).unwrap_or((rest, ""));
        Some((keyword, family, text))
    });
    let Some((keyword, family, text)) = words else {
        if strict {
            return Err(fault(
                "comment",
                "a comment that is none of HELP, TYPE, UNIT and EOF",
                "leave it out: OpenMetrics has no other comments",
            ));
        }
        return Ok(Line::Remark);
    };
    if !is_name(family, true) {
        return Err(fault(
            "name",
            format!("`{family}` is no name of a metric"),
            "begin with a letter, `_` or `:`, and go on with letters, digits, `_` and `:`",
        ));
    }
    let text = match keyword {
        Keyword::Help => unescaped(text, strict)?,
        _ => text.to_owned(),
    };
    Ok(Line::Header(Header {
        keyword,
        family: family.to_owned(),
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

/// Whether it can be the name of a metric (with `:`) or of a label.
pub(super) fn is_name(name: &str, colons: bool) -> bool {
    let mut letters = name.chars();
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_' || colons && c == ':';
    letters.next().is_some_and(begins) && letters.all(|c| begins(c) || c.is_ascii_digit())
}

/// What is left of a sample's line.
struct Reader<'a> {
    rest: &'a str,
    strict: bool,
}

impl<'a> Reader<'a> {
    fn sample(mut self) -> Result<Sample, Fault> {
        let name = self.word(['{', ' ', '\t']);
        if !is_name(name, true) {
            return Err(fault(
                "name",
                format!("`{name}` is no name of a metric"),
                "begin with a letter, `_` or `:`, and go on with letters, digits, `_` and `:`",
            ));
        }
        let labels = if self.rest.starts_with('{') {
            self.labels()?
        } else {
            Vec::new()
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
            name: name.to_owned(),
            labels,
            value,
            timestamp,
            exemplar,
        })
    }

    /// Takes what stands before one of these characters, or all.
    fn word<const N: usize>(&mut self, ends: [char; N]) -> &'a str {
        let (word, rest) = self
            .rest
            .split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// Takes the blank that must stand here. The text format allows several, and tabs.
    fn blank(&mut self, place: &str) -> Result<(), Fault> {
        let rest = if self.strict {
            self.rest
                .strip_prefix(' ')
                .filter(|rest| !rest.starts_with([' ', '\t']))
        } else {
            Some(self.rest.trim_start_matches([' ', '\t']))
                .filter(|rest| rest.len() < self.rest.len() || self.rest.is_empty())
        };
        self.rest = rest.ok_or_else(|| {
            fault(
                "blanks",
                format!("there is not one blank {place}"),
                "write exactly one",
            )
        })?;
        Ok(())
    }

    fn labels(&mut self) -> Result<Vec<(String, String)>, Fault> {
        let syntax = |what: &str| {
            fault(
                "syntax",
                what,
                "write labels as {name=\"value\",other=\"value\"}",
            )
        };
        let mut labels: Vec<(String, String)> = Vec::new();
        self.rest = &self.rest[1..];
        loop {
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest;
                return Ok(labels);
            }
            let name = self.word(['=', '}', ' ', '"']);
            if !is_name(name, false) {
                return Err(fault(
                    "name",
                    format!("`{name}` is no name of a label"),
                    "begin with a letter or `_`, and go on with letters, digits and `_`",
                ));
            }
            let value = self
                .rest
                .strip_prefix("=\"")
                .ok_or_else(|| syntax("a label has no value in quotes"))?;
            let end = closing_quote(value).ok_or_else(|| syntax("a label's value has no end"))?;
            let (value, rest) = (&value[..end], &value[end + 1..]);
            if labels.iter().any(|(known, _)| known == name) {
                return Err(fault(
                    "label-twice",
                    format!("the label `{name}` stands there twice"),
                    "leave one of them out",
                ));
            }
            labels.push((name.to_owned(), unescaped(value, true)?));
            self.rest = match rest.strip_prefix(',') {
                // A comma behind the last label is one too many in OpenMetrics.
                Some(rest) if self.strict && rest.starts_with('}') => {
                    return Err(syntax("a comma stands behind the last label"));
                }
                Some(rest) => rest,
                None if rest.starts_with('}') => rest,
                None => return Err(syntax("there is no comma between two labels")),
            };
        }
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
        let labels = self.labels()?;
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

/// Where the quote is that ends a value.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

fn unescaped(text: &str, quotes: bool) -> Result<String, Fault> {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        let c = match c {
            '\\' => match letters.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('"') if quotes => '"',
                other => {
                    let other = other.map(String::from).unwrap_or_default();
                    return Err(fault(
                        "escape",
                        format!("`\\{other}` is no escape"),
                        "escape a backslash as \\\\, a line feed as \\n, a quote in a value as \\\", and nothing else",
                    ));
                }
            },
            '"' if quotes => {
                return Err(fault(
                    "escape",
                    "a quote is not escaped",
                    "write it as \\\"",
                ));
            }
            c => c,
        };
        plain.push(c);
    }
    Ok(plain)
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
