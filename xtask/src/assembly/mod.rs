//! The instructions of hot functions: an increment is a few plain ones, and compiled out it is none.

/// Functions in a compiler's listing.
mod listing;

/// What must be true of them.
mod claims;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::place;
use crate::run::{Tally, cargo, run, with_flags};
use crate::steps::Outcome;
use listing::Listing;

/// The functions under the magnifying glass.
const SOURCE: &str = "tests/examples/assembly.rs";

/// Instrumented functions, and what they must be when obs is compiled out.
const INSTRUMENTED: [(&str, &str); 6] = [
    ("instrumented_add", "plain_add"),
    ("instrumented_checked", "plain_checked"),
    ("instrumented_poll", "plain_poll"),
    ("spanned_add", "plain_add"),
    ("traced_checked", "plain_checked"),
    ("traced_poll", "plain_poll"),
];

/// With obs, and compiled out.
///
/// # Errors
///
/// Where a claim does not hold, with the instructions that speak against it.
pub(crate) fn check() -> Result<Outcome> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return Ok(Outcome::Skipped(
            "the instructions are read on x86-64 Linux".into(),
        ));
    }
    let on = compile("", &place::target())?;
    claims::few_plain_instructions(&on, "counter_inc")?;
    for (instrumented, plain) in INSTRUMENTED {
        claims::differ(&on, instrumented, plain)?;
    }
    claims::differ(&on, "counter_inc", "nothing")?;
    let off = compile("--cfg obs_off", &place::target_of("off"))?;
    for (instrumented, plain) in INSTRUMENTED {
        claims::same(&off, instrumented, plain)?;
    }
    claims::same(&off, "counter_inc", "nothing")?;
    Ok(Outcome::Ran(
        Tally {
            passed: 3 + 2 * INSTRUMENTED.len() as u64,
            failed: 0,
        },
        None,
    ))
}

/// Compiles the functions against a release build of crate obs.
fn compile(flags: &str, target: &Path) -> Result<Listing> {
    let mut build = cargo(&["build", "--release", "-p", "obs"]);
    if !flags.is_empty() {
        with_flags(&mut build, flags, target);
    }
    run(&mut build)?;
    let built = target.join("release");
    let listing = built.join("assembly.s");
    let mut rustc = Command::new("rustc");
    rustc.current_dir(place::root());
    rustc.args([
        "--edition",
        "2024",
        "-O",
        "-C",
        "codegen-units=1",
        "--emit",
        "asm",
    ]);
    rustc.args(flags.split_whitespace()).arg("-o").arg(&listing);
    rustc
        .arg("-L")
        .arg(joined("dependency=", &built.join("deps")));
    rustc
        .arg("--extern")
        .arg(joined("obs=", &built.join("libobs.rlib")));
    run(rustc.arg(SOURCE))?;
    let text = std::fs::read_to_string(&listing)
        .with_context(|| format!("{} could not be read", listing.display()))?;
    Ok(Listing::new(&text))
}

fn joined(key: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(key);
    argument.push(path);
    argument
}
