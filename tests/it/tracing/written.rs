//! What was written to a log, and how ids look in it.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use obs_runtime::model::trace::{Span, Trace};

/// What was written.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    pub(crate) fn all(&self) -> Vec<String> {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8(written.clone()).expect("it is text");
        text.lines().map(str::to_owned).collect()
    }
}

pub(crate) fn ids(trace: &Trace, span: &Span) -> String {
    format!(" trace_id={} span_id={}", trace.id, span.id)
}
