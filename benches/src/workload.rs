//! What every library is fed: the same bounds, values, random indices and work.

use std::hint::black_box;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The twelve bounds of every histogram, in seconds.
pub const BOUNDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// The schema of exponential buckets: 2 to this many per power of two.
pub const SCHEMA: u8 = 3;

/// How many values the histograms are fed in turn.
pub const VALUES: usize = 1024;

/// Durations spread evenly over the buckets by their logarithm, in nanoseconds; no branch predictor learns their order.
pub static NANOSECONDS: LazyLock<[u64; VALUES]> = LazyLock::new(|| {
    let mut random = Random::seeded(0x9E37_79B9_7F4A_7C15);
    std::array::from_fn(|_| {
        let exponent = random.below(4_300) as f64 / 1_000.0 - 3.3;
        (10f64.powf(exponent) * 1e9) as u64
    })
});

/// The same in seconds.
pub static SECONDS: LazyLock<[f64; VALUES]> =
    LazyLock::new(|| NANOSECONDS.map(|value| value as f64 / 1e9));

/// The same as durations.
pub static DURATIONS: LazyLock<[Duration; VALUES]> =
    LazyLock::new(|| NANOSECONDS.map(Duration::from_nanos));

/// The value of an iteration.
#[inline(always)]
pub fn value<T: Copy>(values: &[T; VALUES], iteration: u64) -> T {
    values[iteration as usize % VALUES]
}

/// The generator behind every random index: xorshift, a handful of instructions, kept in a register.
pub struct Random(u64);

impl Random {
    /// A generator with a seed of its own, so that two threads do not walk in step.
    pub fn new() -> Random {
        static SEEDS: AtomicU64 = AtomicU64::new(1);
        // Relaxed: only uniqueness matters.
        Random::seeded(
            SEEDS
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15),
        )
    }

    fn seeded(seed: u64) -> Random {
        Random(seed | 1)
    }

    /// An index below the limit.
    #[inline(always)]
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (((self.0 >> 32) * limit as u64) >> 32) as usize
    }
}

impl Default for Random {
    fn default() -> Random {
        Random::new()
    }
}

/// How long a piece of [`Work`] is calibrated to take.
pub const WORK_NS: f64 = 100.0;

/// Work that fills the processor's width and goes on from where it ended, so that what is put beside it cannot hide in its shadow.
pub struct Work([u64; 4]);

// Written once by `calibrate_work` or `set_work_steps`, before any thread is started.
static STEPS: AtomicU64 = AtomicU64::new(50);

impl Work {
    /// Work that has not begun.
    pub fn new() -> Work {
        Work(black_box([1, 2, 3, 4]))
    }

    /// Works for about [`WORK_NS`].
    #[inline(always)]
    pub fn run(&mut self) {
        self.steps(STEPS.load(Ordering::Relaxed));
    }

    /// Four generators side by side, with different shifts, which keeps them from being made into vectors.
    #[inline(always)]
    fn steps(&mut self, steps: u64) {
        let [mut a, mut b, mut c, mut d] = self.0;
        for _ in 0..steps {
            (a, b, c, d) = (
                mix::<13, 7, 17>(a),
                mix::<12, 25, 27>(b),
                mix::<21, 35, 4>(c),
                mix::<17, 31, 8>(d),
            );
        }
        self.0 = [a, b, c, d];
    }
}

impl Default for Work {
    fn default() -> Work {
        Work::new()
    }
}

impl Drop for Work {
    /// Uses the result, so that the work is not left out.
    fn drop(&mut self) {
        black_box(self.0);
    }
}

#[inline(always)]
fn mix<const LEFT: u32, const RIGHT: u32, const LAST: u32>(mut value: u64) -> u64 {
    value ^= value << LEFT;
    value ^= value >> RIGHT;
    value ^ (value << LAST)
}

/// Finds out how many steps take [`WORK_NS`] on this machine.
pub fn calibrate_work() {
    const PROBE: u64 = 4_000_000;
    let best = (0..5)
        .map(|_| {
            let mut work = Work::new();
            let start = Instant::now();
            work.steps(PROBE);
            start.elapsed().as_nanos() as f64 / PROBE as f64
        })
        .fold(f64::INFINITY, f64::min);
    STEPS.store((WORK_NS / best).round().max(1.0) as u64, Ordering::Relaxed);
}

/// The steps that [`calibrate_work`] has found, for a process that is to do the same work.
pub fn work_steps() -> u64 {
    STEPS.load(Ordering::Relaxed)
}

/// Takes over the steps that another process has found.
pub fn set_work_steps(steps: u64) {
    STEPS.store(steps, Ordering::Relaxed);
}
