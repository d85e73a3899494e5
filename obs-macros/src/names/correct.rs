//! The name to write instead of a faulty one.

use super::{RESERVED_ENDINGS, RESERVED_PREFIXES, TYPE_WORDS, is_rate, without_total, words};
use crate::metric::Kind;
use crate::units;

/// The name that follows every rule and is as near as can be to `name`.
pub(crate) fn corrected(name: &str, kind: Kind, inside_obs: bool) -> String {
    let mut words = words(name);
    loop {
        let before = words.clone();
        correct(&mut words, kind, inside_obs);
        if words == before {
            break;
        }
    }
    if words.is_empty() {
        return kind.example().to_owned();
    }
    if kind == Kind::Counter {
        words.push("total".to_owned());
    }
    words.join("_")
}

/// Mends the words of a name without its `_total`. Mending one fault can uncover another.
fn correct(words: &mut Vec<String>, kind: Kind, inside_obs: bool) {
    let more_follow = words.len() > 1 || kind == Kind::Counter;
    let reserved =
        |word: &String| !inside_obs && more_follow && RESERVED_PREFIXES.contains(&word.as_str());
    if words
        .first()
        .is_some_and(|word| word == "total" || reserved(word))
    {
        words.remove(0);
    }
    if is_rate(without_total(words)) {
        words.truncate(without_total(words).len() - 2);
    }
    drop_endings(words, kind);
    if let Some(base) = words.last().and_then(|word| units::base_of(word)) {
        words.pop();
        words.push(base.to_owned());
    }
    unit_last(words);
    letter_first(words);
}

/// Drops the endings and type words that a name of this kind must not have.
fn drop_endings(words: &mut Vec<String>, kind: Kind) {
    let mut first = true;
    words.retain(|word| std::mem::take(&mut first) || !TYPE_WORDS.contains(&word.as_str()));
    if kind == Kind::Counter {
        words.retain(|word| word != "total");
    }
    while words
        .last()
        .is_some_and(|word| word == "total" || RESERVED_ENDINGS.contains(&word.as_str()))
    {
        words.pop();
    }
}

/// Moves a unit to the end; of several, the last one written stays.
fn unit_last(words: &mut Vec<String>) {
    if let Some(plural) = words.last().and_then(|word| units::plural_of(word)) {
        words.pop();
        words.push(plural.to_owned());
    }
    let Some(unit) = words.iter().rfind(|word| units::has_place(word)).cloned() else {
        return;
    };
    words.retain(|word| !units::has_place(word));
    words.push(unit);
}

/// Sees to it that the first word starts with a letter.
pub(super) fn letter_first(words: &mut Vec<String>) {
    let starts_with_digit = |word: &String| word.starts_with(|c: char| c.is_ascii_digit());
    if !words.first().is_some_and(starts_with_digit) {
        return;
    }
    let fit = |word: &String| !starts_with_digit(word) && !units::has_place(word);
    match words.iter().position(fit) {
        Some(letter) => words[..=letter].rotate_right(1),
        None => words.insert(0, "number".to_owned()),
    }
}
