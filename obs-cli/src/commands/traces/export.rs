//! `traces export`: one trace as a file for other programs.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use crate::args::ExportArgs;
use crate::client::Client;
use crate::commands::Outcome;
use crate::dashboard::TraceFormat;

/// Writes a trace.
///
/// # Errors
///
/// The process cannot be asked, there is no such trace, or the file cannot be written.
pub(super) fn export(args: &ExportArgs, client: &Client, out: &mut dyn Write) -> Result<Outcome> {
    let format = TraceFormat::from(args.format);
    let file = client.export(&args.id, format)?;
    put(&file, args.output.as_deref(), out)?;
    if let (true, Some(path)) = (args.json, &args.output) {
        let told = json!({
            "file": path.display().to_string(),
            "format": format.name(),
            "bytes": file.len(),
        });
        writeln!(out, "{told}")?;
    }
    Ok(Outcome::Fine)
}

/// Writes to a file, or where answers go.
pub(super) fn put(file: &[u8], path: Option<&Path>, out: &mut dyn Write) -> Result<()> {
    match path {
        Some(path) => std::fs::write(path, file).with_context(|| {
            format!(
                "{} cannot be written: name another file by --output",
                path.display()
            )
        }),
        None => Ok(out.write_all(file)?),
    }
}
