//! Libraries that each answer from a process of their own, asked for laps in turn, so that they are interleaved all the same.
//!
//! A process has one subscriber of `tracing`, one reporter of fastrace, one profiler of hotpath: side by side each would pay for the
//! others. The process that was asked lets its library finish what it does behind a lap before it answers: what a collector has left
//! to do is not done on the processors that the next library is measured on.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::time::{ClockId, clock_gettime};

use crate::case::{Case, Place};
use crate::crew::Crew;
use crate::entry::{Answer, Entry, Standing};
use crate::libraries::{ALONE, resident};
use crate::results::Row;
use crate::rounds::{self, Lap};
use crate::workload;

/// Says that a program is to answer for a library, named next, which does work of so many steps.
pub const FLAG: &str = "--alone";

/// So many slots a thread records at once, and as many before to get warm, before its library gets to work them out, as programs with
/// requests leave it time to: they fit into half of what each library sets aside for them by itself. Were they dropped, or had
/// somebody to be woken to make room, that would be measured.
const BURST: u64 = 960;

/// So many bursts are a lap, however many iterations it is to have: some libraries take their time between two.
const BURSTS_OF_LAP: u64 = 20;

/// A lap in which something was dropped is run again, so often.
const LAPS_AT_MOST: usize = 8;

/// Keeps hotpath from opening a port; nothing else listens to it.
const NO_SERVER: (&str, &str) = ("HOTPATH_METRICS_SERVER_OFF", "1");

/// Runs that many rounds over these cases with every library that answers them.
///
/// # Errors
///
/// When a process cannot be started, or fails.
pub fn run(cases: Vec<Case>, rounds: usize) -> Result<Vec<Row>> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let is_wanted = |case: Case| {
        let bases = cases.iter().filter_map(|asked| asked.taken_off());
        cases.contains(&case) || bases.into_iter().any(|base| base == case)
    };
    let mut laps = Vec::new();
    for library in ALONE {
        let (process, answers) = Process::start(library)?;
        let process = Rc::new(RefCell::new(process));
        for answer in answers.into_iter().filter(|answer| is_wanted(answer.case)) {
            let process = Rc::clone(&process);
            let lap = move |threads, iterations| {
                process.borrow_mut().lap(answer.case, threads, iterations)
            };
            laps.push((answer, Rc::new(lap) as Lap));
        }
    }
    let mut rows = rounds::run_laps(laps, rounds, || ())?.into_rows();
    // The loop alone, which some are reported over, has its rows already.
    rows.retain(|row| row.case.place() == Place::Alone);
    Ok(rows)
}

/// A process that answers for a library until its orders end.
struct Process {
    library: &'static str,
    child: Child,
    orders: Option<ChildStdin>,
    figures: BufReader<ChildStdout>,
}

impl Process {
    /// Starts this program once more for a library, and hears what it answers.
    fn start(library: &'static str) -> Result<(Process, Vec<Answer>)> {
        let program = std::env::current_exe().context("this program's own path is not known")?;
        let mut child = Command::new(program)
            .args([FLAG, library, &workload::work_steps().to_string()])
            .env(NO_SERVER.0, NO_SERVER.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("this program could not be started once more")?;
        let orders = child.stdin.take();
        let figures = child.stdout.take().context("its output is a pipe")?;
        let mut process = Process {
            library,
            child,
            orders,
            figures: BufReader::new(figures),
        };
        let cases: Vec<(String, Standing)> = serde_json::from_str(&process.line()?)
            .context("a process began with something else than its cases")?;
        let answers = cases.into_iter().map(|(case, standing)| {
            let case = Case::named(&case).with_context(|| format!("no case `{case}`"))?;
            Ok(Answer {
                case,
                library,
                standing,
            })
        });
        let answers = answers.collect::<Result<_>>()?;
        Ok((process, answers))
    }

    fn lap(&mut self, case: Case, threads: usize, iterations: u64) -> Result<f64> {
        let orders = self.orders.as_mut().context("its input is a pipe")?;
        writeln!(orders, "{} {threads} {iterations}", case.name())
            .with_context(|| format!("the process of {} has ended", self.library))?;
        let line = self.line()?;
        let figure = line.trim_end().parse();
        figure.with_context(|| format!("{} answered `{line}`", self.library))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        let bytes = self.figures.read_line(&mut line)?;
        ensure!(bytes > 0, "the process of {} has ended", self.library);
        Ok(line)
    }
}

impl Drop for Process {
    /// Ends the orders, upon which the process ends.
    fn drop(&mut self) {
        self.orders = None;
        // Nothing is left to be done about a process that cannot be waited for.
        let _ = self.child.wait();
    }
}

/// Answers for a library: first says what it answers, then runs a lap for each line that comes in.
///
/// # Errors
///
/// When there is no such library, an order cannot be read, or the library panics.
pub fn serve(library: &str, work_steps: u64) -> Result<()> {
    workload::set_work_steps(work_steps);
    let resident = resident(library).with_context(|| format!("no library `{library}`"))?;
    let crew = Crew::of(&resident.entries);
    let entries: Vec<Arc<Entry>> = resident.entries.into_iter().map(Arc::new).collect();
    let answers: Vec<_> = entries
        .iter()
        .map(|entry| (entry.case.name(), entry.standing))
        .collect();
    println!("{}", serde_json::to_string(&answers)?);
    for line in io::stdin().lines() {
        let line = line?;
        let (case, threads, iterations) =
            order(&line).with_context(|| format!("`{line}` is no order"))?;
        let entry = entries.iter().find(|entry| entry.case == case);
        let entry = entry.with_context(|| format!("{library} has no `{}`", case.name()))?;
        let figure = whole(|| {
            let mut dropped = 0;
            let figure = if case.is_paced() {
                let before = processor_time();
                crew.lap(entry, threads, iterations)?;
                dropped += (resident.settle)();
                let spent = processor_time().saturating_sub(before);
                spent.as_nanos() as f64 / (threads as u64 * iterations * case.spans()) as f64
            } else {
                in_bursts(iterations, BURST / case.slots(), |burst| {
                    let lap = crew.lap(entry, threads, burst);
                    dropped += (resident.settle)();
                    lap
                })?
            };
            Ok((dropped == 0).then_some(figure))
        })?;
        println!("{figure}");
    }
    Ok(())
}

/// The figure of the first lap of which nothing was dropped: that measures nothing, and comes of a machine that holds somebody up.
fn whole(mut lap: impl FnMut() -> Result<Option<f64>>) -> Result<f64> {
    for _ in 0..LAPS_AT_MOST {
        if let Some(figure) = lap()? {
            return Ok(figure);
        }
    }
    bail!(
        "something was dropped in each of {LAPS_AT_MOST} laps: run it on a machine that does less else"
    )
}

/// Runs so many iterations in bursts, as far as these are a lap, and returns the mean over all of them.
fn in_bursts(iterations: u64, most: u64, mut lap: impl FnMut(u64) -> Result<f64>) -> Result<f64> {
    let iterations = iterations.min(most * BURSTS_OF_LAP);
    let (mut left, mut sum) = (iterations, 0.0);
    while left > 0 {
        let burst = left.min(most);
        sum += lap(burst)? * burst as f64;
        left -= burst;
    }
    Ok(sum / iterations as f64)
}

/// What a line orders: a case, threads, iterations.
fn order(line: &str) -> Option<(Case, usize, u64)> {
    let mut words = line.split(' ');
    let case = Case::named(words.next()?)?;
    Some((
        case,
        words.next()?.parse().ok()?,
        words.next()?.parse().ok()?,
    ))
}

/// What all threads of this process have used, ended ones too.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs() as u32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_are_all_iterations() {
        let mut bursts = Vec::new();
        let mean = in_bursts(7, 3, |burst| {
            bursts.push(burst);
            Ok(burst as f64)
        });
        assert_eq!(bursts, [3, 3, 1]);
        assert_eq!(mean.expect("no lap fails"), 19.0 / 7.0);
        let mut bursts = 0;
        let mean = in_bursts(u64::MAX, 3, |burst| {
            bursts += 1;
            Ok(burst as f64)
        });
        assert_eq!(bursts, BURSTS_OF_LAP);
        assert_eq!(mean.expect("no lap fails"), 3.0);
    }

    #[test]
    fn a_lap_that_drops_is_run_again_and_not_for_ever() {
        let mut laps = 0;
        let second = whole(|| {
            laps += 1;
            Ok((laps == 2).then_some(7.0))
        });
        assert_eq!(second.expect("it is whole"), 7.0);
        let error = whole(|| Ok(None)).expect_err("none is");
        assert!(error.to_string().contains("dropped"), "{error}");
    }

    #[test]
    fn order_has_a_case_threads_and_iterations() {
        assert_eq!(order("span 8 1000"), Some((Case::Span, 8, 1_000)));
        assert_eq!(order("span 8"), None);
        assert_eq!(order("spam 8 1000"), None);
    }

    #[test]
    fn every_library_alone_is_named_once() {
        let mut names = ALONE.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALONE.len());
    }
}
