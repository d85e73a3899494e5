//! What a file or a variable holds for a key, and what can be made of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use toml::de::DeValue;

use crate::error::Place;

/// A value as it was written.
#[derive(Debug)]
pub(super) enum Found {
    /// A string of the file.
    Text(String),
    /// An integer of the file, in decimal.
    Integer(String),
    /// A number of the file that is no integer.
    Number(String),
    /// `true` or `false` in the file.
    Switch(bool),
    /// A table of the file, with the place of each entry.
    Table(Vec<(String, Found, Place)>),
    /// An array of the file that holds strings alone.
    Texts(Vec<String>),
    /// Anything else of the file, by TOML's name of its type.
    Other(&'static str),
    /// The text of a variable, which has no types, without blanks around it.
    Variable(String),
}

/// What does not fit, with the key of its entry and its place.
pub(super) type Misfit<'a> = (Option<&'a str>, &'a Found, &'a Place);

impl Found {
    /// Takes over what TOML knows; `place` says where the entries of a table stand.
    pub(super) fn new(value: &DeValue<'_>, place: &impl Fn(usize) -> Place) -> Found {
        match value {
            DeValue::String(text) => Found::Text(text.to_string()),
            DeValue::Integer(integer) => Found::Integer(integer.to_string()),
            DeValue::Float(number) => Found::Number(number.to_string()),
            DeValue::Boolean(switch) => Found::Switch(*switch),
            DeValue::Table(table) => {
                let entries = table.iter().map(|(key, value)| {
                    let found = Found::new(value.get_ref(), place);
                    (key.get_ref().to_string(), found, place(key.span().start))
                });
                Found::Table(entries.collect())
            }
            DeValue::Array(values) => {
                let text = |value: &DeValue<'_>| value.as_str().map(str::to_owned);
                let texts = values.iter().map(|value| text(value.get_ref()));
                texts
                    .collect::<Option<_>>()
                    .map_or(Found::Other("array"), Found::Texts)
            }
            other => Found::Other(other.type_str()),
        }
    }

    /// Returns what was found, in words.
    pub(super) fn describe(&self) -> String {
        match self {
            Found::Text(text) | Found::Variable(text) => format!("{text:?}"),
            Found::Integer(integer) => format!("the integer {integer}"),
            Found::Number(number) => format!("the number {number}"),
            Found::Switch(switch) => format!("the boolean {switch}"),
            Found::Texts(texts) => format!("{texts:?}"),
            Found::Table(_) => "a table".to_owned(),
            Found::Other(name) => format!("TOML's {name}"),
        }
    }

    /// Returns an address, or `Some(None)` for `off`.
    pub(super) fn address(&self) -> Option<Option<SocketAddr>> {
        match self.text()? {
            "off" => Some(None),
            text => Some(Some(text.parse().ok()?)),
        }
    }

    pub(super) fn switch(&self) -> Option<bool> {
        match self {
            Found::Switch(switch) => Some(*switch),
            Found::Variable(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn duration(&self) -> Option<Duration> {
        humantime::parse_duration(self.text()?).ok()
    }

    pub(super) fn count(&self) -> Option<usize> {
        match self {
            Found::Integer(text) | Found::Variable(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns the path of a directory, or `Some(None)` for `off`.
    pub(super) fn directory(&self) -> Option<Option<PathBuf>> {
        match self.text()? {
            "" => None,
            "off" => Some(None),
            path => Some(Some(path.into())),
        }
    }

    /// Returns a duration, or `Some(None)` for `off`.
    pub(super) fn limit(&self) -> Option<Option<Duration>> {
        match self.text()? {
            "off" => Some(None),
            _ => self.duration().map(Some),
        }
    }

    /// Returns a number from 0 to 1.
    pub(super) fn share(&self) -> Option<f64> {
        let (Found::Number(text) | Found::Integer(text) | Found::Variable(text)) = self else {
            return None;
        };
        let share = text.parse().ok();
        share.filter(|share| (0.0..=1.0).contains(share))
    }

    /// Returns numbers from 0 to 1 by text, of a table, or of a variable like `a=0.5,b*=1`; else what is none and where it
    /// stands.
    pub(super) fn shares<'a>(&'a self, place: &'a Place) -> Result<Vec<(String, f64)>, Misfit<'a>> {
        if let Found::Table(entries) = self {
            let share = |(key, found, place): &'a (String, Found, Place)| match found.share() {
                Some(share) => Ok((key.clone(), share)),
                None => Err((Some(key.as_str()), found, place)),
            };
            return entries.iter().map(share).collect();
        }
        let pairs = self.pairs(place)?.into_iter();
        let share = |(name, share, _): (String, String, Place)| {
            let share = Found::Variable(share).share();
            Ok((name, share.ok_or((None, self, place))?))
        };
        pairs.map(share).collect()
    }

    /// Returns bytes, of a number or of a number with a unit.
    pub(super) fn size(&self) -> Option<usize> {
        let Some(text) = self.text() else {
            return self.count();
        };
        let units = text.find(|character: char| !character.is_ascii_digit());
        let (number, unit) = text.split_at(units.unwrap_or(text.len()));
        let shift = match unit.trim_start() {
            "" | "B" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            _ => return None,
        };
        number.parse::<usize>().ok()?.checked_mul(1 << shift)
    }

    /// Returns the pairs of a table, or of a variable like `zone=eu,shard=3`; else what is none and where it stands: an
    /// entry of the table, with its key, or all of it.
    pub(super) fn pairs<'a>(
        &'a self,
        place: &'a Place,
    ) -> Result<Vec<(String, String, Place)>, Misfit<'a>> {
        let all = || (None, self, place);
        match self {
            Found::Table(entries) => {
                let pair = |(key, found, place): &'a (String, Found, Place)| match found.text() {
                    Some(text) => Ok((key.clone(), text.to_owned(), place.clone())),
                    None => Err((Some(key.as_str()), found, place)),
                };
                entries.iter().map(pair).collect()
            }
            Found::Variable(text) if text.is_empty() => Ok(Vec::new()),
            Found::Variable(text) => {
                let pair = |pair: &str| {
                    let (key, value) = pair.split_once('=').ok_or_else(all)?;
                    Ok((
                        key.trim().to_owned(),
                        value.trim().to_owned(),
                        place.clone(),
                    ))
                };
                text.split(',').map(pair).collect()
            }
            _ => Err(all()),
        }
    }

    /// Returns the texts of an array, or of a variable like `one,two`.
    pub(super) fn texts(&self) -> Option<Vec<String>> {
        match self {
            Found::Texts(texts) => Some(texts.clone()),
            Found::Variable(text) if text.is_empty() => Some(Vec::new()),
            Found::Variable(text) => {
                let texts = text.split(',').map(str::trim);
                Some(texts.map(str::to_owned).collect())
            }
            _ => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Found::Text(text) | Found::Variable(text) => Some(text),
            _ => None,
        }
    }
}
