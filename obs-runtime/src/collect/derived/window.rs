//! What a value was a window ago, and the highest that it has been since.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many values are kept of a window. More means that the window's edge is truer, less means less memory per component.
const STEPS: u32 = 12;

/// Pairs of values, as old as the window and a step more.
#[derive(Debug, Default)]
pub(super) struct Window {
    kept: VecDeque<Kept>,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    at: Instant,
    values: [f64; 2],
}

impl Window {
    /// Takes in the values of now. Returns by how much each has grown since the oldest that is kept, and how long that is
    /// ago; nothing is kept before the first call.
    pub(super) fn growth(
        &mut self,
        now: Instant,
        values: [f64; 2],
        window: Duration,
    ) -> Option<([f64; 2], Duration)> {
        self.forget(now, window);
        let oldest = self.kept.front().copied();
        let newest = self.kept.back();
        if newest.is_none_or(|kept| now.duration_since(kept.at) >= window / STEPS) {
            self.kept.push_back(Kept { at: now, values });
        }
        let oldest = oldest?;
        let grown = [0, 1].map(|at| (values[at] - oldest.values[at]).max(0.0));
        Some((grown, now.duration_since(oldest.at)))
    }

    /// Takes in the value of now, and returns the highest of the window.
    pub(super) fn peak(&mut self, now: Instant, value: f64, window: Duration) -> f64 {
        self.kept
            .retain(|kept| now.duration_since(kept.at) < window);
        match self.kept.back_mut() {
            Some(kept) if now.duration_since(kept.at) < window / STEPS => {
                kept.values[0] = kept.values[0].max(value);
            }
            _ => self.kept.push_back(Kept {
                at: now,
                values: [value, 0.0],
            }),
        }
        self.kept
            .iter()
            .map(|kept| kept.values[0])
            .fold(value, f64::max)
    }

    /// Keeps of what is older than the window only the youngest.
    fn forget(&mut self, now: Instant, window: Duration) {
        let is_old =
            |kept: Option<&Kept>| kept.is_some_and(|kept| now.duration_since(kept.at) >= window);
        while is_old(self.kept.get(1)) {
            self.kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(60);

    #[test]
    fn growth_is_that_of_the_window() {
        let (mut window, start) = (Window::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(window.growth(at(0), [10.0, 0.0], WINDOW).is_none());
        for second in 1..=200_u32 {
            let count = f64::from(second);
            let grown = window.growth(at(second.into()), [10.0 + count, 2.0 * count], WINDOW);
            let ([one, two], over) = grown.expect("there is an older value");
            let seconds = over.as_secs_f64();
            assert_eq!((one, two), (seconds, 2.0 * seconds));
            assert!(
                seconds == count || (60.0..65.0).contains(&seconds),
                "{seconds}"
            );
        }
        assert!(window.kept.len() <= STEPS as usize + 2);
    }

    #[test]
    fn a_peak_leaves_with_the_window() {
        let (mut window, start) = (Window::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(window.peak(at(0), 3.0, WINDOW), 3.0);
        assert_eq!(window.peak(at(1), 9.0, WINDOW), 9.0);
        for second in 2..60 {
            assert_eq!(window.peak(at(second), 1.0, WINDOW), 9.0);
        }
        assert_eq!(window.peak(at(70), 1.0, WINDOW), 1.0);
        assert!(window.kept.len() <= STEPS as usize + 2);
    }
}
