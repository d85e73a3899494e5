//! Metrics that are defined while the program runs: for bridges from other libraries, and for what has a name of its own.
//!
//! A definition is registered when it is first recorded, and lives as long as the program: make each handle once and keep
//! it. Equal definitions share one metric, as those of macros do. Nobody checks a name or a label here as the macros do:
//! whoever defines answers for them.

/// From a definition to a handle.
#[cfg(not(any(obs_off, feature = "off")))]
mod make;

#[cfg(any(obs_off, feature = "off"))]
use crate::off::defined as make;

use crate::catalogue::Definition;
use crate::metric::{Bind, Dynamic};

pub use make::{counter, gauge, histogram};

/// How many dynamic labels a metric can have that is defined while the program runs.
pub const MOST_LABELS: usize = 16;

/// Defines a metric with dynamic labels: `labelled(counter, definition)`.
///
/// # Panics
///
/// Panics where the definition has no dynamic label, or more than [`MOST_LABELS`]; and as `make` does.
pub fn labelled<M>(make: fn(Definition) -> M, definition: Definition) -> Labelled<M> {
    let labels = definition.dynamic.len();
    assert!(
        (1..=MOST_LABELS).contains(&labels),
        "between 1 and 16 dynamic labels"
    );
    Labelled {
        metric: make(definition),
        labels,
    }
}

/// A metric with dynamic labels.
#[derive(Debug, Clone, Copy)]
pub struct Labelled<M> {
    metric: M,
    labels: usize,
}

/// A metric with the values of its dynamic labels.
#[derive(Debug, Clone)]
pub struct Valued<M> {
    metric: M,
    values: Box<[Box<str>]>,
}

impl<M: Bind> Labelled<M> {
    /// The metric with these label values, in the order of its definition.
    ///
    /// # Panics
    ///
    /// Panics where there are not as many as the definition has dynamic labels.
    pub fn with(self, values: impl IntoIterator<Item = String>) -> Valued<M> {
        let values: Box<[Box<str>]> = values.into_iter().map(String::into_boxed_str).collect();
        assert_eq!(values.len(), self.labels, "a value for each dynamic label");
        Valued {
            metric: self.metric,
            values,
        }
    }
}

impl<M: Bind> Valued<M> {
    /// The series for the component that the thread is in now; see [`Dynamic::with`].
    #[inline]
    pub fn here(&self) -> M::Bound {
        macro_rules! by_number {
            ($($number:literal)+) => {
                match self.values.len() {
                    $($number => self.bind::<$number>(),)+
                    _ => unreachable!("`labelled` has counted the labels"),
                }
            };
        }
        by_number!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    }

    #[inline]
    fn bind<const N: usize>(&self) -> M::Bound {
        let values = std::array::from_fn::<&str, N, _>(|at| &self.values[at]);
        Dynamic::of(self.metric).with(values)
    }
}
