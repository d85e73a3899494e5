//! Many short rounds: each runs every (case, library, threads) once, in rotating order, so that what the machine does meanwhile hits all alike.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::case::{Case, Place};
use crate::crew::Crew;
use crate::entry::{Answer, Entry, Standing};
use crate::results::{Results, Row};

/// How long one lap of one thread should take.
const LAP: Duration = Duration::from_micros(1_500);
/// The same when there are more threads than processors, where a lap must outlast a few time slices.
const CROWDED_LAP: Duration = Duration::from_millis(12);
/// A prime, so that successive rounds start far apart.
const STRIDE: usize = 41;
/// One of so many rounds is enough where a lap takes as long as a hundred of others.
const ROUNDS_PER_LONG_LAP: usize = 6;
/// The iterations of a loop that keeps a pace: a fifth of a second.
const PACED_ROOTS: u64 = 4_000;

/// Runs the loop of an answer on so many threads at once, and returns nanoseconds per operation.
pub type Lap = Rc<dyn Fn(usize, u64) -> Result<f64>>;

/// Something measured in every round.
struct Track {
    answer: Answer,
    threads: usize,
    lap: Lap,
    iterations: u64,
    laps: Vec<f64>,
}

/// Runs that many rounds over the entries, calling `upkeep` between them.
///
/// # Errors
///
/// When a library panics.
pub fn run(entries: Vec<Entry>, rounds: usize, upkeep: impl Fn()) -> Result<Results> {
    let crew = Rc::new(Crew::of(&entries));
    let answers = entries
        .into_iter()
        .map(|entry| {
            let (answer, crew, entry) = (entry.answer(), Rc::clone(&crew), Arc::new(entry));
            let lap = move |threads, iterations| crew.lap(&entry, threads, iterations);
            (answer, Rc::new(lap) as Lap)
        })
        .collect();
    run_laps(answers, rounds, upkeep)
}

/// Runs that many rounds over answers whose loops run wherever their laps say.
///
/// # Errors
///
/// When a lap fails.
pub fn run_laps(answers: Vec<(Answer, Lap)>, rounds: usize, upkeep: impl Fn()) -> Result<Results> {
    let mut tracks = tracks(answers);
    for track in &mut tracks {
        track.calibrate()?;
    }
    let count = tracks.len();
    for round in 0..rounds {
        for step in 0..count {
            let track = &mut tracks[(step + round * STRIDE) % count];
            if track.is_due(round) {
                let lap = track.lap(track.iterations)?;
                track.laps.push(lap);
            }
        }
        upkeep();
    }
    Ok(summarise(&tracks))
}

fn tracks(answers: Vec<(Answer, Lap)>) -> Vec<Track> {
    let mut tracks = Vec::new();
    for (answer, lap) in answers {
        for &threads in answer.case.threads() {
            tracks.push(Track {
                answer,
                threads,
                lap: Rc::clone(&lap),
                iterations: 0,
                laps: Vec::new(),
            });
        }
    }
    // Libraries of one case run side by side: the sort is stable, so each keeps its place within.
    tracks.sort_by_key(|track| (track.answer.case, track.threads));
    tracks
}

impl Track {
    /// Finds the number of iterations that makes a lap; the first lap of all is thrown away.
    fn calibrate(&mut self) -> Result<()> {
        let case = self.answer.case;
        if case.place() == Place::Apart {
            self.iterations = 1;
            return Ok(());
        }
        if case.is_paced() {
            self.iterations = PACED_ROOTS;
            return self.lap(self.iterations).map(|_| ());
        }
        let probe = 20_000 / case.spans();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let lap = if self.threads > processors {
            CROWDED_LAP
        } else {
            LAP
        };
        self.lap(probe)?;
        let one = self.lap(probe)?.max(0.05);
        self.iterations = (lap.as_nanos() as f64 / one) as u64;
        Ok(())
    }

    fn lap(&self, iterations: u64) -> Result<f64> {
        (self.lap)(self.threads, iterations)
    }

    fn is_due(&self, round: usize) -> bool {
        !self.answer.case.is_paced() || round.is_multiple_of(ROUNDS_PER_LONG_LAP)
    }
}

fn summarise(tracks: &[Track]) -> Results {
    let work: BTreeMap<(Case, usize), &[f64]> = tracks
        .iter()
        .filter(|track| track.answer.standing == Standing::Floor)
        .map(|track| ((track.answer.case, track.threads), track.laps.as_slice()))
        .collect();
    let rows = tracks.iter().map(|track| {
        let base = track
            .answer
            .case
            .taken_off()
            .and_then(|base| work.get(&(base, track.threads)));
        let laps: Vec<f64> = match base {
            Some(base) => track
                .laps
                .iter()
                .zip(*base)
                .map(|(lap, base)| lap - base)
                .collect(),
            None => track.laps.clone(),
        };
        Row::new(track.answer, track.threads, laps)
    });
    Results::new(rows.collect())
}
