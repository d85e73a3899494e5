//! From text to a query.

use std::fmt;
use std::str::FromStr;

use super::Query;
use super::expression::{Condition, Expression};
use super::field;
use super::token::{Token, TokenKind, tokens};

/// How deeply brackets and negations may stand in one another.
const MOST_DEPTH: usize = 32;

/// How long a query may be, in bytes: what is typed is far shorter, and each condition costs time for each span.
const MOST_BYTES: usize = 4096;

/// What is wrong with a query, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryError {
    /// Where, in characters from 1.
    pub column: usize,
    /// What, and what is accepted.
    pub reason: String,
}

impl QueryError {
    pub(super) fn new(column: usize, reason: impl Into<String>) -> QueryError {
        QueryError {
            column,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.reason)
    }
}

impl std::error::Error for QueryError {}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Query, QueryError> {
        if text.len() > MOST_BYTES {
            let reason = format!(
                "the query has {} bytes: {MOST_BYTES} are accepted",
                text.len()
            );
            return Err(QueryError::new(MOST_BYTES, reason));
        }
        let tokens = tokens(text)?;
        let mut parser = Parser {
            tokens: &tokens,
            at: 0,
            depth: 0,
            in_span: false,
            end: text.chars().count() + 1,
        };
        if tokens.is_empty() {
            return Ok(Query::all());
        }
        let expression = parser.any()?;
        match parser.peek() {
            None => written_within(Query { expression }),
            Some(TokenKind::CloseSpan) => {
                Err(parser.error("this bracket closes nothing: write `span{` where it begins"))
            }
            Some(_) => Err(parser.error("this bracket closes nothing: write `(` where it begins")),
        }
    }
}

/// Refuses what would be too long as it is written: a few letters like `1e300` stand for many.
fn written_within(query: Query) -> Result<Query, QueryError> {
    let bytes = query.to_string().len();
    if bytes > MOST_BYTES {
        let reason = format!("written out the query has {bytes} bytes: {MOST_BYTES} are accepted");
        return Err(QueryError::new(1, reason));
    }
    Ok(query)
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
    in_span: bool,
    /// The column after the last character.
    end: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn column(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or(self.end, |token| token.column)
    }

    fn error(&self, reason: impl Into<String>) -> QueryError {
        QueryError::new(self.column(), reason)
    }

    /// Alternatives, with `or` between them.
    fn any(&mut self) -> Result<Expression, QueryError> {
        let mut parts = vec![self.all()?];
        while self.peek() == Some(&TokenKind::Or) {
            self.at += 1;
            parts.push(self.all()?);
        }
        Ok(joined(parts, Expression::Any))
    }

    /// Conditions one after another.
    fn all(&mut self) -> Result<Expression, QueryError> {
        let mut parts = vec![self.single()?];
        loop {
            match self.peek() {
                None | Some(TokenKind::Or | TokenKind::Close | TokenKind::CloseSpan) => break,
                Some(TokenKind::And) => self.at += 1,
                Some(_) => {}
            }
            parts.push(self.single()?);
        }
        Ok(joined(parts, Expression::All))
    }

    fn single(&mut self) -> Result<Expression, QueryError> {
        let column = self.column();
        let Some(token) = self.peek() else {
            return Err(self.error(
                "a condition is missing here: write one, like `op:storage.*`, `dur>5ms` or `err`",
            ));
        };
        match token {
            TokenKind::Not => {
                self.at += 1;
                let negated = self.deeper(Parser::single)?;
                Ok(Expression::Not(Box::new(negated)))
            }
            TokenKind::Open => {
                self.at += 1;
                let inner = self.deeper(Parser::any)?;
                self.close(&TokenKind::Close, "(", ")", column)?;
                Ok(inner)
            }
            TokenKind::Word(word) => {
                self.at += 1;
                if word.bare().as_deref() == Some("span") && self.peek() == Some(&TokenKind::OpenSpan) {
                    return self.span(column);
                }
                let condition = field::condition(word, column)?;
                self.check(&condition, column)?;
                match condition {
                    // `x!=y` is `!x=y`, and as deep.
                    Expression::Not(_) => self.deeper(|_| Ok(condition)),
                    other => Ok(other),
                }
            }
            TokenKind::OpenSpan => Err(self.error("what is in these brackets? write `span{…}`, or `(…)` for a group")),
            _ => Err(self.error("a condition is missing before this: write one, like `op:storage.*`, `dur>5ms` or `err`")),
        }
    }

    /// What one span alone must fulfil, from the bracket on.
    fn span(&mut self, column: usize) -> Result<Expression, QueryError> {
        if self.in_span {
            return Err(QueryError::new(
                column,
                "`span{…}` stands in another one: write all that one span must fulfil in one pair of brackets",
            ));
        }
        self.at += 1;
        self.in_span = true;
        let inner = self.deeper(Parser::any)?;
        self.in_span = false;
        self.close(&TokenKind::CloseSpan, "span{", "}", column)?;
        Ok(Expression::Span(Box::new(inner)))
    }

    fn close(
        &mut self,
        with: &TokenKind,
        open: &str,
        close: &str,
        column: usize,
    ) -> Result<(), QueryError> {
        if self.peek() != Some(with) {
            let reason = format!("`{open}` of column {column} is not closed: write `{close}` here");
            return Err(self.error(reason));
        }
        self.at += 1;
        Ok(())
    }

    fn deeper(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<Expression, QueryError>,
    ) -> Result<Expression, QueryError> {
        if self.depth == MOST_DEPTH {
            let reason =
                format!("brackets and negations stand {MOST_DEPTH} deep here: write it flatter");
            return Err(self.error(reason));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// Refuses in `span{…}` what is of a whole trace.
    fn check(&self, expression: &Expression, column: usize) -> Result<(), QueryError> {
        if self.in_span && expression.has(&Condition::is_of_trace) {
            return Err(QueryError::new(
                column,
                "this is of the whole trace: write it outside `span{…}`",
            ));
        }
        Ok(())
    }
}

impl Condition {
    /// Whether it speaks of a trace and never of a span.
    fn is_of_trace(&self) -> bool {
        matches!(
            self,
            Condition::Root(_)
                | Condition::Spans(..)
                | Condition::Trace(_)
                | Condition::Since(_)
                | Condition::Until(_)
                | Condition::Policy(_)
                | Condition::Incomplete
        )
    }
}

fn joined(mut parts: Vec<Expression>, several: fn(Vec<Expression>) -> Expression) -> Expression {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            several(parts)
        }
    }
}
