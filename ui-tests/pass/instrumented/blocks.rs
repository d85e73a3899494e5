//! Blocks of all kinds, with what else may stand in them.
#![deny(warnings, missing_docs, unreachable_pub)]

use obs::{Component, instrumented};
use std::fmt::{self, Display};
use std::marker::PhantomData;

struct Grid<const N: usize, T = u8>(PhantomData<T>);

#[instrumented]
impl Grid<{ 1 + 1 }> {
    /// A constant, whose braces are not the end.
    const SIZE: usize = { 1 + 1 };

    fn size(&self) -> usize {
        Self::SIZE
    }
}

#[instrumented(in_flight)]
impl<const N: usize, T> Display for Grid<N, T>
where
    T: Send,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N}")
    }
}

/// Numbers.
#[instrumented]
unsafe trait Numbers {
    /// A number.
    type Number: Copy;

    /// The same one.
    const ONE: Self::Number;

    fn one(&self) -> Self::Number {
        Self::ONE
    }

    /// Two of them.
    fn two(&self) -> (Self::Number, Self::Number);
}

// SAFETY: it promises nothing.
#[instrumented]
unsafe impl Numbers for () {
    type Number = u8;
    const ONE: u8 = 1;

    #[inline]
    fn two(&self) -> (u8, u8) {
        (1, 1)
    }
}

/// A module.
#[instrumented(prefix = "outer")]
pub(crate) mod outer {
    //! With documentation inside.
    #![allow(non_upper_case_globals)]

    use super::Component;

    pub(crate) static seven: u8 = if true { 7 } else { 8 };

    pub(crate) type Pair = (u8, u8);

    pub(crate) struct Unit;

    pub(crate) enum Empty {}

    unsafe extern "C" {
        #[allow(dead_code)]
        fn foreign();
    }

    macro_rules! itself {
        ($e:expr) => {{ $e }};
    }

    pub(crate) async fn work<'a, T: 'a>(of: &'a T) -> &'a T {
        itself!(of)
    }

    pub(crate) unsafe extern "C" fn raw(pointer: *const u8) -> u8 {
        // SAFETY: the caller says that it can be read.
        unsafe { *pointer }
    }

    #[instrumented(component = component, name = "own")]
    pub(crate) fn own(component: Component) {}

    #[instrumented(skip)]
    impl Unit {
        pub(crate) const fn constant() -> u8 {
            7
        }
    }

    impl Drop for Unit {
        fn drop(&mut self) {}
    }

    #[cfg(test)]
    mod tests {
        const fn never() -> Unknown {}
    }

    #[cfg(any())]
    pub(crate) fn never() -> Unknown {}
}

fn main() {
    let grid = Grid::<2>(PhantomData);
    assert_eq!((grid.size(), grid.to_string()), (2, "2".to_owned()));
    assert_eq!((().one(), ().two()), (1, (1, 1)));
    let pair: outer::Pair = (outer::seven, outer::Unit::constant());
    drop(outer::work(&pair));
    drop(outer::Unit);
    // SAFETY: it lives.
    assert_eq!(unsafe { outer::raw(&pair.0) }, 7);
    outer::own(Component::register("blocks"));
    let _ = size_of::<outer::Empty>();
}
