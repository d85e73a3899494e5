//! The program `obs-cli`: everything it does is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    obs_cli::program::main()
}
