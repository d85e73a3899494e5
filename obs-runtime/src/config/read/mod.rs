//! From `obs.toml` and the `OBS_*` variables to a builder; every fault is found, not only the first.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use toml::de::{DeTable, DeValue};

use super::found::Found;
use super::keys::{KEYS, Key};
use super::{Builder, FILE, FILE_VARIABLE, PREFIX, RESERVED};
use crate::error::{Error, Fault, Place};

/// A setting as it was written, before anyone knows whether there is such a key.
struct Entry {
    name: String,
    found: Found,
    place: Place,
}

/// Reads the file that the variables name, or `obs.toml` in `directory` if there is one, and then the variables.
pub(super) fn builder(
    directory: &Path,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Builder, Error> {
    let mut faults = Vec::new();
    let (file, variables) = sort_out(variables, &mut faults);
    let mut builder = Builder::default();
    for entry in in_file(directory, file, &mut faults)? {
        let key = KEYS.iter().find(|key| key.name == entry.name);
        apply(&mut builder, key, entry, &mut faults);
    }
    for entry in variables {
        let key = KEYS.iter().find(|key| key.variable() == entry.name);
        apply(&mut builder, key, entry, &mut faults);
    }
    if faults.is_empty() {
        Ok(builder)
    } else {
        Err(Error::Config { faults })
    }
}

/// Finds the variables that are meant for the runtime, in the order of their names, and the one that names the file.
fn sort_out(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    faults: &mut Vec<Fault>,
) -> (Option<PathBuf>, Vec<Entry>) {
    let mut file = None;
    let mut entries = Vec::new();
    for (name, value) in variables {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) || name.starts_with(RESERVED) {
            continue;
        }
        let place = Place::Variable(name.clone());
        if name == FILE_VARIABLE {
            if value.is_empty() {
                let reason = "it names no file: write the path of one, or unset it".to_owned();
                faults.push(Fault::new(place, reason));
            } else {
                file = Some(value.into());
            }
        } else if let Ok(text) = value.into_string() {
            let found = Found::Variable(text.trim().to_owned());
            entries.push(Entry { name, found, place });
        } else {
            faults.push(Fault::new(place, "its value is no UTF-8".to_owned()));
        }
    }
    entries.sort_by(|entry, other| entry.name.cmp(&other.name));
    (file, entries)
}

fn in_file(
    directory: &Path,
    named: Option<PathBuf>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<Entry>, Error> {
    let path = named.clone().unwrap_or_else(|| directory.join(FILE));
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
            return Ok(Vec::new());
        }
        Err(source) => return Err(Error::ConfigFile { path, source }),
    };
    let place = |offset: usize| Place::Line {
        file: path.clone(),
        line: 1 + text[..offset.min(text.len())].matches('\n').count(),
    };
    let mut entries = Vec::new();
    match DeTable::parse(&text) {
        Ok(table) => flatten("", table.get_ref(), &place, &mut entries),
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            faults.push(Fault::new(place(offset), error.message().to_owned()));
        }
    }
    Ok(entries)
}

/// Lists the keys of a table and of the sections in it.
fn flatten(
    section: &str,
    table: &DeTable<'_>,
    place: &impl Fn(usize) -> Place,
    entries: &mut Vec<Entry>,
) {
    let from = entries.len();
    for (key, value) in table {
        let name = format!("{section}{}", key.get_ref());
        let below = format!("{name}.");
        match value.get_ref() {
            DeValue::Table(inner) if KEYS.iter().any(|key| key.name.starts_with(&below)) => {
                flatten(&below, inner, place, entries);
            }
            value => entries.push(Entry {
                name,
                found: Found::new(value, place),
                place: place(key.span().start),
            }),
        }
    }
    entries[from..].sort_by(|entry, other| entry.place.cmp(&other.place));
}

fn apply(builder: &mut Builder, key: Option<&Key>, entry: Entry, faults: &mut Vec<Fault>) {
    let Some(key) = key else {
        if let Some(keys) = in_section(&entry) {
            let reason = format!("`{}` is a section, with the keys {keys}", entry.name);
            return faults.push(Fault::new(entry.place, reason));
        }
        let nearest = nearest(&entry);
        let what = match &entry.place {
            Place::Line { .. } => format!("key `{}`", entry.name),
            Place::Variable(name) => format!("variable {name}"),
        };
        let reason = format!("there is no {what}; the nearest is {nearest}");
        return faults.push(Fault::new(entry.place, reason));
    };
    if let Err((place, reason)) = key.apply(builder, &entry.found, &entry.place) {
        faults.push(Fault::new(place, reason));
    }
}

/// The keys or variables of the section that is called so, if one is.
fn in_section(entry: &Entry) -> Option<String> {
    let names = KEYS.iter().filter_map(|key| {
        let (section, _) = key.name.split_once('.')?;
        let (section, name) = match &entry.place {
            Place::Line { .. } => (section.to_owned(), key.name.to_owned()),
            Place::Variable(_) => (
                format!("{PREFIX}{}", section.to_uppercase()),
                key.variable(),
            ),
        };
        (section == entry.name).then(|| format!("`{name}`"))
    });
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The key or variable that differs in the fewest letters from what was written, and what it does.
fn nearest(entry: &Entry) -> String {
    let is_variable = matches!(entry.place, Place::Variable(_));
    let names = KEYS.iter().map(|key| match is_variable {
        true => (key.variable(), key.effect),
        false => (key.name.to_owned(), key.effect),
    });
    let file = is_variable.then(|| (FILE_VARIABLE.to_owned(), "which file is read"));
    let names = names.chain(file);
    let nearest = names.min_by_key(|(name, _)| strsim::osa_distance(name, &entry.name));
    let (name, effect) = nearest.expect("there are keys");
    format!("`{name}`: {effect}")
}

#[cfg(test)]
mod tests;
