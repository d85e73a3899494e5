//! Ids in log lines: of the span that an event happens in.

use std::cell::Cell;
use std::fmt;

use obs::recorded::Context;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::layer;

/// Writes lines as another format does, with `trace_id` and `span_id` of the span that the event happens in.
///
/// Spans of obs count with and without the [`ObsLayer`](super::ObsLayer), those of `tracing` with it. In text they stand behind the
/// line, in JSON, with [`json`](WithIds::json), they are the first two members. A line outside any span stays as it is.
#[derive(Debug, Clone)]
pub struct WithIds<E> {
    plain: E,
    coloured: E,
    is_json: bool,
}

impl<F, T> WithIds<Format<F, T>>
where
    Format<F, T>: Clone,
{
    /// Adds ids to one of the formats of `tracing-subscriber`, which is coloured where the layer says so.
    pub fn new(format: Format<F, T>) -> WithIds<Format<F, T>> {
        WithIds {
            coloured: format.clone().with_ansi(true),
            plain: format.with_ansi(false),
            is_json: false,
        }
    }
}

impl<E: Clone> WithIds<E> {
    /// Adds ids to any format of lines of text. What it writes, it writes without being told of colours.
    pub fn around(format: E) -> WithIds<E> {
        WithIds {
            coloured: format.clone(),
            plain: format,
            is_json: false,
        }
    }

    /// Adds ids to a format that writes an object of JSON in each line.
    pub fn json(format: E) -> WithIds<E> {
        WithIds {
            is_json: true,
            ..WithIds::around(format)
        }
    }
}

thread_local! {
    /// Where the thread writes a line before it is complete. Taken out meanwhile: what is logged while a field is written has
    /// one of its own.
    static LINE: Cell<String> = const { Cell::new(String::new()) };
}

/// What is kept of memory for lines. More: long lines allocate less often. Less: less memory for each thread that logs.
const MOST_KEPT_BYTES: usize = 16 * 1024;

impl<S, N, E> FormatEvent<S, N> for WithIds<E>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    E: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let format = if writer.has_ansi_escapes() {
            &self.coloured
        } else {
            &self.plain
        };
        let here = layer::around(event, |id| context.span(id)).filter(Context::is_some);
        let Some(here) = here else {
            return format.format_event(context, writer, event);
        };
        let mut line = LINE.try_with(Cell::take).unwrap_or_default();
        line.clear();
        let written = format.format_event(context, Writer::new(&mut line), event);
        let written = written.and_then(|()| match self.is_json {
            true => write_json(&line, here, &mut writer),
            false => write_text(&line, here, &mut writer),
        });
        if line.capacity() <= MOST_KEPT_BYTES {
            // A thread that is ending keeps nothing.
            let _ = LINE.try_with(|kept| kept.set(line));
        }
        written
    }
}

fn write_text(line: &str, here: Context, writer: &mut Writer<'_>) -> fmt::Result {
    let text = line.trim_end_matches('\n');
    let (trace, span) = (here.trace_id(), here.span_id());
    let ends = &line[text.len()..];
    write!(
        writer,
        "{text} trace_id={trace:032x} span_id={span:016x}{ends}"
    )
}

fn write_json(line: &str, here: Context, writer: &mut Writer<'_>) -> fmt::Result {
    let Some((before, members)) = line.split_once('{') else {
        return writer.write_str(line);
    };
    let (trace, span) = (here.trace_id(), here.span_id());
    let is_empty = members.trim_start().starts_with('}');
    let comma = if is_empty { "" } else { "," };
    write!(
        writer,
        r#"{before}{{"trace_id":"{trace:032x}","span_id":"{span:016x}"{comma}{members}"#
    )
}
