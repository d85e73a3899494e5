//! Words and brackets, each with its column.

use super::parse::QueryError;

/// A piece of a query's text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Where it starts, in characters from 1.
    pub(super) column: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Open,
    Close,
    OpenSpan,
    CloseSpan,
    Not,
    Or,
    And,
    Word(Word),
}

/// Characters between blanks and brackets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Word {
    pub(super) letters: Vec<Letter>,
    /// Whether it has quotes, if only around nothing.
    pub(super) has_quotes: bool,
}

impl Word {
    /// Its text, if nothing of it is quoted.
    pub(super) fn bare(&self) -> Option<String> {
        let quoted = self.has_quotes || self.letters.iter().any(|letter| letter.quoted);
        (!quoted).then(|| self.letters.iter().map(|letter| letter.letter).collect())
    }
}

/// A character of a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Letter {
    pub(super) letter: char,
    /// Whether it is meant as it is: it stands in quotes, or after a backslash.
    pub(super) quoted: bool,
    /// Whether it is meant as it is even where quoted characters are not: it stands after a backslash.
    pub(super) escaped: bool,
}

/// Takes a text apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let column = at + 1;
        let single = match letter {
            '(' => Some(TokenKind::Open),
            ')' => Some(TokenKind::Close),
            '{' => Some(TokenKind::OpenSpan),
            '}' => Some(TokenKind::CloseSpan),
            '!' => Some(TokenKind::Not),
            '-' if letters.get(at + 1).is_some_and(|next| !ends_word(*next)) => {
                Some(TokenKind::Not)
            }
            '-' if letters.get(at + 1) == Some(&'(') => Some(TokenKind::Not),
            _ => None,
        };
        if let Some(kind) = single {
            tokens.push(Token { kind, column });
            at += 1;
        } else if letter.is_whitespace() {
            at += 1;
        } else {
            let (word, end) = word(&letters, at)?;
            let kind = joining(&word).unwrap_or(TokenKind::Word(word));
            tokens.push(Token { kind, column });
            at = end;
        }
    }
    Ok(tokens)
}

fn ends_word(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '(' | ')' | '{' | '}')
}

/// A word from a place on, and the place after it.
fn word(letters: &[char], start: usize) -> Result<(Word, usize), QueryError> {
    let mut word = Word::default();
    let mut quote = None;
    let mut at = start;
    while let Some(&letter) = letters.get(at) {
        let quoted = quote.is_some();
        match letter {
            '\\' => {
                let Some(&letter) = letters.get(at + 1) else {
                    let reason = "nothing follows the backslash: write `\\\\` for the character";
                    return Err(QueryError::new(at + 1, reason));
                };
                word.letters.push(Letter {
                    letter,
                    quoted: true,
                    escaped: true,
                });
                at += 1;
            }
            '"' if quoted => quote = None,
            '"' => {
                quote = Some(at);
                word.has_quotes = true;
            }
            _ if !quoted && ends_word(letter) => break,
            _ => word.letters.push(Letter {
                letter,
                quoted,
                escaped: false,
            }),
        }
        at += 1;
    }
    match quote {
        Some(open) => Err(QueryError::new(
            open + 1,
            "these quotes are not closed: write `\"` at the end of the text",
        )),
        None => Ok((word, at)),
    }
}

/// What joins conditions, if the word does.
fn joining(word: &Word) -> Option<TokenKind> {
    match word.bare()?.as_str() {
        "or" | "OR" | "||" => Some(TokenKind::Or),
        "and" | "AND" | "&&" => Some(TokenKind::And),
        _ => None,
    }
}
