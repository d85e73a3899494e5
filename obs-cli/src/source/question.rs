//! What is asked about traces, and what is answered.

use std::path::PathBuf;

use anyhow::{Context, Result};
use obs_runtime::api::traces::{Bottlenecks, OpenSpans, Trace, TraceFormat, TraceList};

use super::Source;

/// Which traces are asked for, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceQuestion {
    /// The query; empty for all traces.
    pub query: String,
    /// `newest`, `slowest`, `spans`, or `self:` and an operation.
    pub order: String,
    /// How many at most.
    pub limit: usize,
    /// The `next` of the list before, to go on from there.
    pub after: Option<String>,
}

impl Default for TraceQuestion {
    fn default() -> TraceQuestion {
        TraceQuestion {
            query: String::new(),
            order: "newest".to_owned(),
            limit: 100,
            after: None,
        }
    }
}

/// What a dashboard wants to know beside the next snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// A list of traces.
    Traces(TraceQuestion),
    /// One trace.
    Trace(String),
    /// What is under way.
    Open,
    /// Where the time goes, of one root operation or of all.
    Bottlenecks(Option<String>),
    /// A trace as a file in the working directory.
    Export(String, TraceFormat),
}

/// What a source has to say to a question.
#[derive(Debug)]
pub(crate) enum Answer {
    Traces(Box<TraceList>),
    Trace(Box<Trace>),
    Open(OpenSpans),
    Bottlenecks(Box<Bottlenecks>),
    /// The file that was written.
    Exported(PathBuf),
}

impl Question {
    /// Asks a source.
    pub(super) fn ask(&self, source: &mut impl Source) -> Result<Answer> {
        Ok(match self {
            Question::Traces(question) => Answer::Traces(Box::new(source.traces(question)?)),
            Question::Trace(id) => Answer::Trace(Box::new(source.trace(id)?)),
            Question::Open => Answer::Open(source.open_spans()?),
            Question::Bottlenecks(root) => {
                Answer::Bottlenecks(Box::new(source.bottlenecks(root.as_deref())?))
            }
            Question::Export(id, format) => {
                let file = source.export(id, *format)?;
                // An id comes from outside: nothing but its digits may name a file.
                let digits: String = id.chars().filter(char::is_ascii_hexdigit).collect();
                let path = PathBuf::from(format!("trace-{digits}.{}", format.extension()));
                std::fs::write(&path, file).with_context(|| {
                    format!(
                        "{} cannot be written: start obs-cli where it may write",
                        path.display()
                    )
                })?;
                Answer::Exported(path)
            }
        })
    }
}
