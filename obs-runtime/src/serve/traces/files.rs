//! Traces and profiles as files to download.

use std::io;

use axum::http::StatusCode;

use super::desk::{Answer, JSON};
use super::parameters::Parameters;
use super::refused::Refused;
use crate::answer::traces::{Exported, write, write_stacks};
use crate::api::traces::TraceFormat;
use crate::evaluate::traces::Profile;
use crate::model::trace::Trace;
use crate::serve::landing::process_name;

const LINES_OF_JSON: &str = "application/x-ndjson";
const TEXT: &str = "text/plain; charset=utf-8";

/// The format that is asked for, if one is.
pub(super) fn format(parameters: &Parameters) -> Result<Option<TraceFormat>, Refused> {
    let Some(name) = parameters.get("format") else {
        return Ok(None);
    };
    let known = TraceFormat::ALL.into_iter().find(|of| of.name() == name);
    let unknown = || {
        let why = format!(
            "there is no format `{name}`: write otlp, chrome or folded, or leave it out for JSON"
        );
        Refused::parameter(why)
    };
    known.map(Some).ok_or_else(unknown)
}

/// Whether a profile is asked for as folded stacks.
pub(super) fn is_folded(parameters: &Parameters) -> Result<bool, Refused> {
    match parameters.get("format") {
        None => Ok(false),
        Some("folded") => Ok(true),
        Some(other) => Err(Refused::parameter(format!(
            "there is no format `{other}`: write folded, or leave it out for JSON"
        ))),
    }
}

/// A trace, with the path of a span of it.
pub(super) fn of_trace(
    trace: &Trace,
    root: Option<u32>,
    format: TraceFormat,
) -> Result<Answer, Refused> {
    let service = process_name();
    let exported = Exported {
        trace,
        service: &service,
        root,
    };
    let mut body = Vec::new();
    write(&mut body, format, &[exported]).map_err(unwritten)?;
    Ok(Answer {
        media: match format {
            TraceFormat::Otlp => LINES_OF_JSON,
            TraceFormat::Chrome => JSON,
            TraceFormat::Folded => TEXT,
        },
        file: Some(format!("trace-{}.{}", trace.id, format.extension())),
        body,
    })
}

/// The call paths of all traces, or those that begin in operations of a name.
pub(super) fn of_profile(profile: &Profile, root: Option<&str>) -> Result<Answer, Refused> {
    let mut body = Vec::new();
    write_stacks(&mut body, profile, root).map_err(unwritten)?;
    Ok(Answer {
        media: TEXT,
        file: Some("bottlenecks.folded".to_owned()),
        body,
    })
}

fn unwritten(error: io::Error) -> Refused {
    let why = format!("the file cannot be written: {error}");
    Refused::new(StatusCode::INTERNAL_SERVER_ERROR, why)
}
