//! The parts of a line, one after the other: names, labels, blanks and texts in quotes.

use super::finding::{Fault, fault};

/// Labels in the order of the line, values unescaped.
pub(super) type Labels = Vec<(String, String)>;

/// What is left of a line.
pub(super) struct Reader<'a> {
    pub(super) rest: &'a str,
    pub(super) strict: bool,
}

impl<'a> Reader<'a> {
    /// Takes what stands before one of these characters, or all.
    pub(super) fn word<const N: usize>(&mut self, ends: [char; N]) -> &'a str {
        let (word, rest) = self
            .rest
            .split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// Takes the blank that must stand here. The text format allows several, and tabs.
    pub(super) fn blank(&mut self, place: &str) -> Result<(), Fault> {
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

    /// What is left, behind the blanks that the text format allows between any two parts.
    pub(super) fn after_blanks(&self) -> &'a str {
        match self.strict {
            true => self.rest,
            false => self.rest.trim_start_matches([' ', '\t']),
        }
    }

    /// The text of a header, behind the name.
    pub(super) fn text(&mut self) -> &'a str {
        match self.strict {
            true => self.rest.strip_prefix(' ').unwrap_or(self.rest),
            false => self.after_blanks(),
        }
    }

    /// What stands between braces: the metric's name, if it is there and not before them, and the labels.
    pub(super) fn braces(&mut self) -> Result<(Option<String>, Labels), Fault> {
        let (mut metric, mut labels) = (None, Labels::new());
        self.rest = &self.rest[1..];
        loop {
            self.rest = self.after_blanks();
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest;
                return Ok((metric, labels));
            }
            let is_quoted = self.rest.starts_with('"');
            let name = self.label_name()?;
            self.rest = self.after_blanks();
            if let Some(rest) = self.rest.strip_prefix('=') {
                self.rest = rest;
                self.label(name, &mut labels)?;
            } else if is_quoted && metric.is_none() && labels.is_empty() {
                metric = Some(name);
            } else {
                return Err(syntax("a label has no value in quotes"));
            }
            self.comma()?;
        }
    }

    /// The name of a label, or, in quotes, that of the metric.
    fn label_name(&mut self) -> Result<String, Fault> {
        if self.rest.starts_with('"') {
            return self.quoted_name();
        }
        let name = self.word(['=', '}', ',', ' ', '\t', '"']);
        if is_name(name, false) {
            return Ok(name.to_owned());
        }
        Err(fault(
            "name",
            format!("`{name}` is no name of a label"),
            "begin with a letter or `_`, and go on with letters, digits and `_`",
        ))
    }

    /// A name in quotes, which may be any text.
    pub(super) fn quoted_name(&mut self) -> Result<String, Fault> {
        let name = self.quoted()?;
        if name.is_empty() {
            return Err(fault(
                "name",
                "a name in quotes is empty",
                "write the name between the quotes",
            ));
        }
        Ok(name)
    }

    fn label(&mut self, name: String, labels: &mut Labels) -> Result<(), Fault> {
        self.rest = self.after_blanks();
        if !self.rest.starts_with('"') {
            return Err(syntax("a label has no value in quotes"));
        }
        let value = self.quoted()?;
        if labels.iter().any(|(known, _)| *known == name) {
            return Err(fault(
                "label-twice",
                format!("the label `{name}` stands there twice"),
                "leave one of them out",
            ));
        }
        labels.push((name, value));
        Ok(())
    }

    /// A text in quotes, unescaped.
    fn quoted(&mut self) -> Result<String, Fault> {
        let text = &self.rest[1..];
        let end = closing_quote(text).ok_or_else(|| syntax("a text in quotes has no end"))?;
        self.rest = &text[end + 1..];
        unescaped(&text[..end], true)
    }

    /// Goes on behind a label: there is another one behind a comma, or none.
    fn comma(&mut self) -> Result<(), Fault> {
        self.rest = self.after_blanks();
        if self.rest.starts_with('}') {
            return Ok(());
        }
        let rest = self.rest.strip_prefix(',');
        self.rest = rest.ok_or_else(|| syntax("there is no comma between two labels"))?;
        if self.strict && self.rest.starts_with('}') {
            return Err(syntax("a comma stands behind the last label"));
        }
        Ok(())
    }
}

/// The name of a metric that stands there without quotes.
pub(super) fn checked_name(name: &str) -> Result<String, Fault> {
    if is_name(name, true) {
        return Ok(name.to_owned());
    }
    Err(fault(
        "name",
        format!("`{name}` is no name of a metric"),
        "begin with a letter, `_` or `:`, and go on with letters, digits, `_` and `:`",
    ))
}

/// Whether it can be the name of a metric (with `:`) or of a label.
fn is_name(name: &str, colons: bool) -> bool {
    let mut letters = name.chars();
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_' || colons && c == ':';
    letters.next().is_some_and(begins) && letters.all(|c| begins(c) || c.is_ascii_digit())
}

fn syntax(what: &str) -> Fault {
    fault(
        "syntax",
        what,
        "write labels as {name=\"value\",other=\"value\"}",
    )
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

pub(super) fn unescaped(text: &str, quotes: bool) -> Result<String, Fault> {
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
