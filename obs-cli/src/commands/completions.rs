//! Scripts that complete obs-cli's arguments in a shell, made of the arguments themselves.

use std::io::Write;

use anyhow::Result;
use clap::CommandFactory;
use serde_json::json;

use super::Outcome;
use crate::args::{Cli, CompletionsArgs};

/// Prints the script for a shell.
///
/// # Errors
///
/// It cannot be written.
pub(crate) fn completions(args: &CompletionsArgs, out: &mut dyn Write) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "obs-cli", &mut script);
    if args.json {
        let script = String::from_utf8_lossy(&script);
        serde_json::to_writer(
            &mut *out,
            &json!({ "shell": args.shell.to_string(), "script": script }),
        )?;
        writeln!(out)?;
    } else {
        out.write_all(&script)?;
    }
    Ok(Outcome::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;
    use clap_complete::Shell;

    #[test]
    fn every_shell_has_a_script_that_knows_the_commands() {
        for &shell in Shell::value_variants() {
            let args = |json| CompletionsArgs { shell, json };
            let mut script = Vec::new();
            assert_eq!(
                completions(&args(false), &mut script).unwrap(),
                Outcome::Fine
            );
            let script = String::from_utf8(script).unwrap();
            for word in ["metrics", "catalogue", "check", "url", "grafana"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
            let mut json = Vec::new();
            completions(&args(true), &mut json).unwrap();
            let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
            assert_eq!(json["script"], script);
            assert_eq!(json["shell"], shell.to_string());
        }
    }
}
