//! The way in for the program: arguments in, an exit code out.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::args::{Check, Cli, Command, DashboardArgs};
use crate::client::Client;
use crate::commands::{self, Outcome};
use crate::dashboard::{self, Options};

/// What a check found, or that nothing matched.
const FOUND: u8 = 1;

/// The question could not be answered.
const FAILED: u8 = 2;

/// Runs the program on the arguments of this process.
///
/// Exit codes: 0 all is well; 1 a check has found something, nothing matched, or not all could be read; 2 the question could
/// not be answered.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = run(cli, &mut out).and_then(|outcome| {
        out.flush()?;
        Ok(outcome)
    });
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(FOUND),
        Err(error) if is_closed_pipe(&error) => {
            // Whoever reads has what they wanted; what is still buffered is for nobody.
            drop(out.into_parts());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("obs-cli: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn run(cli: Cli, out: &mut dyn Write) -> Result<Outcome> {
    let Some(command) = cli.command else {
        return show(&cli.url, cli.dashboard);
    };
    match command {
        Command::Metrics(args) => commands::metrics(&args, &Client::new(&cli.url)?, out),
        Command::Catalogue(args) => commands::catalogue(&args, &Client::new(&cli.url)?, out),
        Command::Traces { what } => commands::traces(&what, &cli.url, out),
        Command::Doctor(args) => commands::doctor(&args, &Client::new(&cli.url)?, out),
        Command::Check {
            what: Check::Metrics(args),
        } => commands::check_metrics(&args, &cli.url, out),
        Command::Completions(args) => commands::completions(&args, out),
    }
}

fn show(url: &str, args: DashboardArgs) -> Result<Outcome> {
    let client = Client::new(url)?;
    // A wrong address is told before the terminal is taken over; what is lost later is shown and asked for again.
    client.snapshot()?;
    let options = Options {
        title: client.address().to_owned(),
        interval: args.interval,
        signals: true,
        theme: args.theme.map(Into::into),
        ascii: args.ascii.then_some(true),
        mouse: !args.no_mouse,
        ..Options::default()
    };
    dashboard::run(client, options)?;
    Ok(Outcome::Fine)
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>();
        io.or(json.and_then(serde_json::Error::io_error_kind)) == Some(io::ErrorKind::BrokenPipe)
    })
}
