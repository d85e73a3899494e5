//! How a call went, as the returned value tells, and the labels that say so.

use std::marker::PhantomData;

use crate::label::{ErrorLabel, LabelSet, LabelValue};
use crate::metric::Counter;

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It returned; not an `Err`.
    Ok,
    /// It returned an `Err`, or what is said to be a failure.
    Err,
    /// It unwound.
    Panic,
    /// Its future was dropped before it was ready.
    Cancelled,
}

impl LabelValue for Outcome {
    const VALUES: &'static [&'static str] = &["ok", "err", "panic", "cancelled"];

    #[inline]
    fn index(self) -> usize {
        self as usize
    }
}

/// Labels, and one more behind them.
#[derive(Debug, Clone, Copy)]
pub struct And<L, V>(pub L, pub V);

impl<L: LabelSet, V: LabelValue> LabelSet for And<L, V> {
    const COUNT: u32 = L::COUNT * V::COUNT;

    #[inline(always)]
    fn series(self) -> u32 {
        self.0.series() * V::COUNT + self.1.series()
    }
}

/// Which error it was: the label `error`.
#[derive(Debug)]
pub struct Failure<E>(usize, PhantomData<fn(E)>);

impl<E> Clone for Failure<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Failure<E> {}

impl<E: ErrorLabel> LabelValue for Failure<E> {
    const VALUES: &'static [&'static str] = E::LABELS;

    #[inline]
    fn index(self) -> usize {
        self.0
    }
}

/// Counts the error of a call that returned one.
#[inline]
pub fn errors<L: LabelSet, T, E: ErrorLabel>(
    errors: Counter<And<L, Failure<E>>>,
    labels: L,
    result: &Result<T, E>,
) -> Outcome {
    match result {
        Ok(_) => Outcome::Ok,
        Err(error) => {
            let failure = Failure(error.label_index(), PhantomData);
            errors.with(And(labels, failure)).inc();
            Outcome::Err
        }
    }
}

/// Asks a condition whether the value is a success.
#[inline(always)]
pub fn ok_if<T>(value: &T, condition: impl FnOnce(&T) -> bool) -> Outcome {
    if condition(value) {
        Outcome::Ok
    } else {
        Outcome::Err
    }
}

/// Asks a condition whether the value is a failure.
#[inline(always)]
pub fn err_if<T>(value: &T, condition: impl FnOnce(&T) -> bool) -> Outcome {
    if condition(value) {
        Outcome::Err
    } else {
        Outcome::Ok
    }
}

/// Asks a value of any type whether it is an `Err`.
#[derive(Debug)]
pub struct Probe<'a, T>(pub &'a T);

/// The answer of a `Result`, which method resolution finds first.
pub trait OfResult {
    /// `Err` or well.
    fn outcome(&self) -> Outcome;
}

/// The answer of anything else.
pub trait OfAnything {
    /// Well.
    fn outcome(&self) -> Outcome;
}

impl<T, E> OfResult for Probe<'_, Result<T, E>> {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        match self.0 {
            Ok(_) => Outcome::Ok,
            Err(_) => Outcome::Err,
        }
    }
}

impl<T> OfAnything for &Probe<'_, T> {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        Outcome::Ok
    }
}

/// Calls a closure once: inference then knows that it may give out what it captured.
#[inline(always)]
pub fn call_once<R>(body: impl FnOnce() -> R) -> R {
    body()
}
