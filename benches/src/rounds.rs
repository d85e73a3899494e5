//! Many short rounds: each runs every (case, library, threads) once, in rotating order, so that what the machine does meanwhile hits all alike.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::case::Case;
use crate::crew::Crew;
use crate::entry::{Entry, Standing};
use crate::results::{Results, Row};

/// How long one lap of one thread should take.
const LAP: Duration = Duration::from_micros(1_500);
/// The same when there are more threads than processors, where a lap must outlast a few time slices.
const CROWDED_LAP: Duration = Duration::from_millis(12);
/// A prime, so that successive rounds start far apart.
const STRIDE: usize = 41;

/// Something measured in every round.
struct Track {
    entry: Arc<Entry>,
    threads: usize,
    iterations: u64,
    laps: Vec<f64>,
}

/// Runs that many rounds over the entries, calling `upkeep` between them.
///
/// # Errors
///
/// When a library panics.
pub fn run(entries: Vec<Entry>, rounds: usize, upkeep: impl Fn()) -> Result<Results> {
    let crew = Crew::new(
        entries
            .iter()
            .flat_map(|entry| entry.case.threads())
            .copied()
            .max()
            .unwrap_or(1),
    );
    let mut tracks = tracks(entries);
    for track in &mut tracks {
        track.calibrate(&crew)?;
    }
    let count = tracks.len();
    for round in 0..rounds {
        for step in 0..count {
            let track = &mut tracks[(step + round * STRIDE) % count];
            let lap = crew.lap(&track.entry, track.threads, track.iterations)?;
            track.laps.push(lap);
        }
        upkeep();
    }
    Ok(summarise(&tracks))
}

fn tracks(entries: Vec<Entry>) -> Vec<Track> {
    let entries: Vec<Arc<Entry>> = entries.into_iter().map(Arc::new).collect();
    let mut tracks = Vec::new();
    for entry in &entries {
        for &threads in entry.case.threads() {
            tracks.push(Track {
                entry: Arc::clone(entry),
                threads,
                iterations: 0,
                laps: Vec::new(),
            });
        }
    }
    // Libraries of one case run side by side: the sort is stable, so each keeps its place within.
    tracks.sort_by_key(|track| (track.entry.case, track.threads));
    tracks
}

impl Track {
    /// Finds the number of iterations that makes a lap; the first lap of all is thrown away.
    fn calibrate(&mut self, crew: &Crew) -> Result<()> {
        if self.entry.case.is_apart() {
            self.iterations = 1;
            return Ok(());
        }
        const PROBE: u64 = 20_000;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let lap = if self.threads > processors {
            CROWDED_LAP
        } else {
            LAP
        };
        crew.lap(&self.entry, self.threads, PROBE)?;
        let one = crew.lap(&self.entry, self.threads, PROBE)?.max(0.05);
        self.iterations = (lap.as_nanos() as f64 / one) as u64;
        Ok(())
    }
}

fn summarise(tracks: &[Track]) -> Results {
    let work: BTreeMap<(Case, usize), &[f64]> = tracks
        .iter()
        .filter(|track| track.entry.standing == Standing::Floor)
        .map(|track| ((track.entry.case, track.threads), track.laps.as_slice()))
        .collect();
    let rows = tracks.iter().map(|track| {
        let case = track.entry.case;
        let base = case
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
        Row::new(&track.entry, track.threads, laps)
    });
    Results::new(rows.collect())
}
