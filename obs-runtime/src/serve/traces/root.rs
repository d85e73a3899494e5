//! Whose critical path is asked for.

use axum::http::StatusCode;

use super::parameters::Parameters;
use super::refused::Refused;
use crate::model::trace::{SpanId, Trace};

/// The place of the span whose path is asked for, if it is not that of the trace.
pub(super) fn of(trace: &Trace, parameters: &Parameters) -> Result<Option<u32>, Refused> {
    let Some(text) = parameters.get("root") else {
        return Ok(None);
    };
    let id: SpanId = text
        .parse()
        .map_err(|error| Refused::parameter(format!("`root` is {error}")))?;
    let place = trace.spans.iter().position(|span| span.id == id);
    let unknown = || {
        let why = format!("the trace has no span {id}: the trace itself lists those that it has");
        Refused::new(StatusCode::NOT_FOUND, why)
    };
    place.map(|place| Some(place as u32)).ok_or_else(unknown)
}
