//! One thing after another: each timed, each counted, and none hides what comes after it.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::run::{Ran, Tally};

/// One thing to do.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) work: fn() -> Result<Outcome>,
}

/// How a step ended, unless with an error.
pub(crate) enum Outcome {
    /// With these tests; some may have failed, for this reason.
    Ran(Tally, Option<String>),
    /// Not at all, for this reason.
    Skipped(String),
}

impl Outcome {
    /// A check that is no test of Cargo's has passed.
    pub(crate) const HELD: Outcome = Outcome::Ran(Tally::ONE, None);

    /// Adds what another part of the same step came to.
    pub(crate) fn and(mut self, ran: Ran) -> Outcome {
        if let Outcome::Ran(tally, fault) = &mut self {
            *tally += ran.tally;
            *fault = fault.take().or(ran.fault);
        }
        self
    }
}

impl From<Ran> for Outcome {
    fn from(ran: Ran) -> Outcome {
        Outcome::Ran(ran.tally, ran.fault)
    }
}

/// A step that has been taken.
struct Done {
    name: &'static str,
    took: Duration,
    tally: Tally,
    note: String,
}

/// The names of steps, for usage and errors.
pub(crate) fn names(steps: &[Step]) -> String {
    let names: Vec<_> = steps.iter().map(|step| step.name).collect();
    names.join(" ")
}

/// Takes the steps of these names, or all; prints what each came to, and `N passed, N failed` last.
///
/// # Errors
///
/// Where there is no step of that name.
pub(crate) fn take(steps: &[Step], only: &[&str]) -> Result<ExitCode> {
    if let Some(unknown) = only
        .iter()
        .find(|name| !steps.iter().any(|step| step.name == **name))
    {
        bail!("no step `{unknown}`; the steps are: {}", names(steps));
    }
    let wanted = |step: &&Step| only.is_empty() || only.contains(&step.name);
    let done: Vec<Done> = steps.iter().filter(wanted).map(Step::take).collect();
    Ok(report(&done))
}

impl Step {
    fn take(&self) -> Done {
        println!("\n== {}", self.name);
        let started = Instant::now();
        let (tally, note) = judge((self.work)());
        if !note.is_empty() {
            println!("{}: {note}", self.name);
        }
        Done {
            name: self.name,
            took: started.elapsed(),
            tally,
            note,
        }
    }
}

/// A step that went wrong without a failed test counts as one.
fn judge(result: Result<Outcome>) -> (Tally, String) {
    match result {
        Ok(Outcome::Ran(tally, None)) => (tally, String::new()),
        Ok(Outcome::Skipped(why)) => (Tally::default(), format!("skipped: {why}")),
        Ok(Outcome::Ran(mut tally, Some(fault))) => {
            tally.failed = tally.failed.max(1);
            (tally, format!("FAILED: {fault}"))
        }
        Err(error) => {
            let failed = Tally {
                passed: 0,
                failed: 1,
            };
            (failed, format!("FAILED: {error:#}"))
        }
    }
}

fn report(done: &[Done]) -> ExitCode {
    let mut sum = Tally::default();
    let mut time = Duration::ZERO;
    println!(
        "\n{:<10} {:>8} {:>7} {:>7}",
        "step", "seconds", "passed", "failed"
    );
    for Done {
        name,
        took,
        tally,
        note,
    } in done
    {
        let seconds = took.as_secs_f64();
        let note = note.lines().next().unwrap_or_default();
        println!(
            "{name:<10} {seconds:>8.1} {:>7} {:>7}  {note}",
            tally.passed, tally.failed
        );
        sum += *tally;
        time += *took;
    }
    println!("{:<10} {:>8.1}\n", "all", time.as_secs_f64());
    println!("{} passed, {} failed", sum.passed, sum.failed);
    ExitCode::from(u8::from(sum.failed > 0))
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn every_fault_counts() {
        let tally = |passed, failed| Tally { passed, failed };
        let fault = || Some("ended with 101".to_owned());
        for (result, expected) in [
            (Ok(Outcome::HELD), tally(1, 0)),
            (Ok(Outcome::Skipped("no apt".into())), tally(0, 0)),
            (Ok(Outcome::Ran(tally(4, 2), fault())), tally(4, 2)),
            (Ok(Outcome::Ran(tally(0, 0), fault())), tally(0, 1)),
            (Err(anyhow!("no such program")), tally(0, 1)),
        ] {
            assert_eq!(judge(result).0, expected);
        }
    }

    #[test]
    fn an_unknown_step_is_an_error_that_lists_the_steps() {
        let steps = [Step {
            name: "format",
            work: || Ok(Outcome::HELD),
        }];
        let error = take(&steps, &["fromat"]).expect_err("there is none");
        assert_eq!(error.to_string(), "no step `fromat`; the steps are: format");
    }

    #[test]
    fn a_failed_step_does_not_keep_the_next_from_running() {
        let steps = [
            Step {
                name: "first",
                work: || Err(anyhow!("broken")),
            },
            Step {
                name: "second",
                work: || Ok(Outcome::HELD),
            },
        ];
        let done: Vec<_> = steps.iter().map(Step::take).collect();
        assert_eq!(done[1].tally, Tally::ONE);
        assert_eq!(report(&done), ExitCode::FAILURE);
    }
}
