//! What keys do on the pages of traces, and when the source is asked.

use std::time::Instant;

use anyhow::Result;
use obs_runtime::api::traces::Span;

use super::{Gantt, question_of};
use crate::input::Action;
use crate::source::{Answer, Question, TraceFormat};
use crate::spans;
use crate::state::choice::State;
use crate::state::page::Page;

impl State {
    /// What the source is to be asked now, if anything; its answer comes by [`State::answered`].
    pub(crate) fn question(&mut self, now: Instant) -> Option<Question> {
        let traces = &self.traces;
        if traces.waiting {
            return None;
        }
        let question = match &traces.wanted {
            Some(wanted) => wanted.clone(),
            // Half of a query is none.
            None if self.typing => return None,
            None => {
                let question = question_of(&self.page, &self.list, traces)?;
                let again = match &traces.asked {
                    Some((asked, at)) if *asked == question => {
                        let due = now.saturating_duration_since(*at) >= self.interval();
                        due && !self.paused
                    }
                    _ => true,
                };
                if !again {
                    return None;
                }
                self.traces.asked = Some((question.clone(), now));
                question
            }
        };
        self.traces.waiting = true;
        self.traces.wanted = None;
        Some(question)
    }

    /// Takes what the source answered to a question.
    pub(crate) fn answered(&mut self, question: Question, answer: Result<Answer>) {
        self.traces.waiting = false;
        let on_time = matches!(question, Question::Export(..))
            || question_of(&self.page, &self.list, &self.traces).as_ref() == Some(&question);
        // What was asked for a page that was left is for nobody.
        if on_time {
            self.traces.take_in(question, answer);
            self.show();
        }
    }

    /// The trace that is looked at, on its page.
    pub(crate) fn gantt(&self) -> Option<&Gantt> {
        let on_it = matches!(self.page, Page::Trace(_));
        self.traces.gantt.as_ref().filter(|_| on_it)
    }

    /// The page that the selected row of a page of traces opens.
    pub(in crate::state) fn trace_behind(&self) -> Option<Page> {
        let row = self.list.cursor;
        let id = match self.page {
            Page::Traces => &self.traces.list.get(row)?.summary.id,
            Page::Open => &self.traces.open.get(row)?.span.trace,
            Page::Bottlenecks => {
                let critical = &self.traces.hot.get(row)?.hotspot.critical;
                &critical.exemplars.first()?.trace
            }
            _ => return None,
        };
        Some(Page::Trace(id.clone()))
    }

    /// Does what is asked for on the page of a trace; elsewhere nothing.
    pub(in crate::state) fn look(&mut self, action: Action) {
        if self.gantt().is_none() || self.help.is_some() {
            return;
        }
        let row = self.list.cursor;
        let searching = !self.list.filter.trim().is_empty();
        let Some(gantt) = &mut self.traces.gantt else {
            return;
        };
        let found = match action {
            Action::Open => {
                gantt.fold(row);
                None
            }
            Action::OnlyCritical => {
                gantt.turn_critical();
                None
            }
            Action::ZoomIn | Action::ZoomOut => {
                gantt.zoom(row, action == Action::ZoomIn);
                None
            }
            Action::ZoomAll => {
                gantt.show_all();
                None
            }
            Action::Earlier | Action::Later => {
                gantt.pan(action == Action::Later);
                None
            }
            Action::NextError | Action::PreviousError => {
                let failed = |span: &Span| span.status.is_failure();
                gantt.next(row, action == Action::NextError, failed)
            }
            Action::Next | Action::Previous if searching => {
                let text = self.list.filter.trim().to_lowercase();
                gantt.next(row, action == Action::Next, |span| has(span, &text))
            }
            Action::Next | Action::Previous => gantt.next_critical(action == Action::Next),
            _ => None,
        };
        let row = found.and_then(|place| gantt.reveal(place));
        self.arrange();
        if let Some(row) = row {
            self.select(row);
        }
    }

    /// The text that is searched for has changed: goes to the first span that has it, from the selected one on.
    pub(in crate::state) fn search(&mut self) {
        let text = self.list.filter.trim().to_lowercase();
        let row = self.list.cursor;
        if let Some(gantt) = &mut self.traces.gantt
            && !text.is_empty()
            && !gantt.span(row).is_some_and(|span| has(span, &text))
            && let Some(found) = gantt.next(row, true, |span| has(span, &text))
            && let Some(row) = gantt.reveal(found)
        {
            self.select(row);
        }
    }

    /// Writes the trace that is looked at, or selected, to a file.
    pub(in crate::state) fn export(&mut self, format: TraceFormat) {
        self.exporting = false;
        let page = match &self.page {
            Page::Trace(id) => Some(Page::Trace(id.clone())),
            _ => self.trace_behind(),
        };
        if let Some(Page::Trace(id)) = page {
            self.traces.notice = None;
            self.traces.wanted = Some(Question::Export(id, format));
        }
    }
}

/// Whether something of a span has a text, in lower case.
fn has(span: &Span, text: &str) -> bool {
    let holds = |said: &str| said.to_lowercase().contains(text);
    let said = |attributes: &[obs_runtime::api::traces::Attribute]| {
        attributes
            .iter()
            .any(|attribute| holds(&spans::attribute(&attribute.key, &attribute.value)))
    };
    holds(&span.operation)
        || span.component.as_deref().is_some_and(holds)
        || holds(&span.status_message)
        || said(&span.attributes)
        || span
            .events
            .iter()
            .any(|event| holds(&event.name) || said(&event.attributes))
}

#[cfg(test)]
mod tests;
