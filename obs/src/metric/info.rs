//! Info metrics: what a component is, in labels.

use super::cells::Fixed;
use super::cells::sealed::Record;
use crate::callsite::Callsite;

/// What a component, or the process, is: one series with the value 1 whose labels say it, as the word `info` in
/// [`gauge!`](crate::gauge) makes it.
///
/// ```
/// use obs::{Component, Info, gauge};
///
/// static COMPONENT: Info<2> =
///     gauge!("component_info", "What the component is.", info(version, digest));
///
/// let parser = Component::register("shop/parser/2");
/// parser.scope(|| COMPONENT.set(["1.4.0", "9f86d08"]));
/// // component_info{component="shop/parser/2",version="1.4.0",digest="9f86d08"} 1
/// ```
///
/// A component has the labels of the last `set`, and those alone: a reader never sees two. Joins with it give other metrics
/// its labels.
#[must_use = "an info metric says nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct Info<const N: usize> {
    cells: Fixed,
}

impl<const N: usize> Info<N> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite) -> Info<N> {
        Info {
            cells: Fixed::at(site),
        }
    }

    /// Says how many labels there are; for the macro.
    #[doc(hidden)]
    pub const fn of(info: Info<N>) -> Info<N> {
        info
    }

    /// Says what the component is that the thread is in, in the order of the definition.
    ///
    /// A text longer than 128 bytes is cut, and counted. A component that has been 2,000 different things is `_overflow` after that.
    pub fn set(self, values: [&str; N]) {
        if self.cells.site().is_off() {
            return;
        }
        let mark = self.cells.bind(&values).0.mark();
        self.cells.store(0, mark);
    }
}
