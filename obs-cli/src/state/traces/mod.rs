//! Traces, spans under way and bottlenecks: what was asked, what was answered, and what is shown of it.

/// The rows of lists.
mod rows;

/// One trace, as it is looked at.
mod gantt;

/// What keys do on the pages of traces.
mod acts;

use std::cmp::Ordering;
use std::time::Instant;

use obs_runtime::api::traces::{Bottlenecks, Coverage, Trace};

pub(crate) use gantt::{Gantt, Piece};
pub(crate) use rows::{HOTSPOT_COLUMNS, Hot, OPEN_COLUMNS, OpenRow, TRACE_COLUMNS, TraceRow};

use super::column::sort;
use super::list::{Key, List};
use super::page::Page;
use crate::source::{Answer, Question, TraceQuestion};
use crate::text::printable;

/// How many traces a list shows.
const LISTED: usize = 200;

/// What is known of traces, as far as pages show it.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    /// The traces of the list.
    pub(crate) list: Vec<TraceRow>,
    /// Over how much the list speaks.
    pub(crate) coverage: Coverage,
    /// The spans under way.
    pub(crate) open: Vec<OpenRow>,
    /// The operations that take the time.
    pub(crate) hot: Vec<Hot>,
    /// Everything about where the time goes.
    pub(crate) bottlenecks: Bottlenecks,
    /// The trace that is looked at.
    pub(crate) gantt: Option<Gantt>,
    /// Why the last question was not answered, in lines.
    pub(crate) trouble: Vec<String>,
    /// The file that was written last, or why it was not.
    pub(crate) notice: Option<Result<String, String>>,
    /// As they came, before words select among them.
    opened: Vec<OpenRow>,
    hotspots: Vec<Hot>,
    /// What is shown is the answer to this question.
    shown: Option<Question>,
    /// What was asked last, and when.
    asked: Option<(Question, Instant)>,
    /// Whether its answer is still to come.
    waiting: bool,
    /// A file that is to be written.
    wanted: Option<Question>,
}

impl Traces {
    /// Whether the answer to the question of this page has come.
    pub(crate) fn is_answered(&self, page: &Page, list: &List) -> bool {
        self.shown.is_some() && self.shown == question_of(page, list, self)
    }

    /// How many rows a page of traces has.
    pub(super) fn rows(&self, page: &Page) -> usize {
        match page {
            Page::Traces => self.list.len(),
            Page::Open => self.open.len(),
            Page::Bottlenecks => self.hot.len(),
            Page::Trace(_) => self.gantt.as_ref().map_or(0, |gantt| gantt.rows().len()),
            _ => 0,
        }
    }

    /// What tells the rows of a page apart.
    pub(super) fn keys(&self, page: &Page) -> Vec<Key> {
        match page {
            Page::Traces => {
                let rows = self.list.iter();
                rows.map(|row| Key::Trace(row.summary.id.clone())).collect()
            }
            Page::Open => {
                let rows = self.open.iter();
                rows.map(|row| Key::Span(row.span.id.clone())).collect()
            }
            Page::Bottlenecks => {
                let rows = self.hot.iter();
                rows.map(|row| Key::Operation(row.hotspot.operation.clone()))
                    .collect()
            }
            Page::Trace(_) => self.gantt.iter().flat_map(Gantt::keys).collect(),
            _ => Vec::new(),
        }
    }

    /// Selects and sorts the rows of a page.
    pub(super) fn arrange(&mut self, page: &Page, list: &List) {
        let filter = list.asks();
        match page {
            Page::Traces => sort(&mut self.list, TRACE_COLUMNS, list.sort, list.reversed),
            Page::Open => {
                self.open.clone_from(&self.opened);
                self.open.retain(|row| filter.selects(&row.words()));
                sort(&mut self.open, OPEN_COLUMNS, list.sort, list.reversed);
            }
            Page::Bottlenecks => {
                self.hot.clone_from(&self.hotspots);
                self.hot.retain(|row| filter.selects(&row.words()));
                sort(&mut self.hot, HOTSPOT_COLUMNS, list.sort, list.reversed);
            }
            _ => {}
        }
    }

    /// Another page: what was asked for the one before is over.
    pub(super) fn turn(&mut self) {
        self.trouble.clear();
        self.notice = None;
        self.asked = None;
    }

    /// Takes what the source answered.
    fn take_in(&mut self, question: Question, answer: anyhow::Result<Answer>) {
        match answer {
            Ok(Answer::Exported(path)) => {
                let told = format!("written: {}", path.display());
                self.notice = Some(Ok(printable(&told)));
                return;
            }
            Ok(Answer::Traces(answer)) => {
                let answer = *answer;
                let now = answer.now_unix_ns;
                let rows = answer.traces.into_iter();
                self.list = rows.map(|summary| TraceRow::of(summary, now)).collect();
                self.coverage = answer.coverage;
            }
            Ok(Answer::Trace(trace)) => self.look_at(*trace),
            Ok(Answer::Open(open)) => {
                self.opened = open.spans.into_iter().map(OpenRow::of).collect();
            }
            Ok(Answer::Bottlenecks(bottlenecks)) => {
                let operations = bottlenecks.operations.iter();
                self.hotspots = operations.cloned().map(Hot::of).collect();
                self.bottlenecks = *bottlenecks;
            }
            Err(error) if matches!(question, Question::Export(..)) => {
                let told = format!("not written: {error:#}");
                self.notice = Some(Err(printable(&told)));
                return;
            }
            Err(error) => {
                let told = format!("{error:#}");
                self.trouble = told.lines().map(printable).collect();
                // What was shown stays while the same is asked: it is old, and the trouble says so.
                if self.shown.as_ref() != Some(&question) {
                    self.forget(&question);
                }
                return;
            }
        }
        self.trouble.clear();
        self.shown = Some(question);
    }

    fn look_at(&mut self, trace: Trace) {
        let known = self.gantt.take().filter(|known| known.trace.id == trace.id);
        self.gantt = Some(Gantt::of(trace, known));
    }

    fn forget(&mut self, question: &Question) {
        match question {
            Question::Traces(_) => self.list.clear(),
            Question::Trace(_) => self.gantt = None,
            Question::Open => self.opened.clear(),
            Question::Bottlenecks(_) => self.hotspots.clear(),
            Question::Export(..) => {}
        }
    }
}

/// What a page wants to know.
fn question_of(page: &Page, list: &List, traces: &Traces) -> Option<Question> {
    match page {
        Page::Traces => Some(Question::Traces(TraceQuestion {
            query: list.filter.trim().to_owned(),
            order: order(list).to_owned(),
            limit: LISTED,
            after: None,
        })),
        Page::Trace(id) => {
            // What is complete stays as it is.
            let complete = traces
                .gantt
                .as_ref()
                .filter(|gantt| gantt.trace.kept.is_some());
            let known = complete.is_some_and(|gantt| gantt.trace.id == *id);
            (!known).then(|| Question::Trace(id.clone()))
        }
        Page::Open => Some(Question::Open),
        Page::Bottlenecks => Some(Question::Bottlenecks(None)),
        _ => None,
    }
}

/// The order in which a runtime is asked for its first traces: that of the column where it has one.
fn order(list: &List) -> &'static str {
    match TRACE_COLUMNS.get(list.sort).map(|column| column.title) {
        Some("took") => "slowest",
        Some("spans") => "spans",
        _ => "newest",
    }
}

/// The order of names that are equal but for where they are.
fn by_text(a: &str, b: &str) -> Ordering {
    a.cmp(b)
}
