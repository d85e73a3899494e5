//! The known cases of another viewer, which cuts children at the ends of their parents. Its own result is the same but for
//! time that it gives to a parent alone while a parallel child ran.

use super::fixture::path;
use crate::evaluate::critical_path::Policy::Clamp;

#[test]
fn its_cases_have_its_paths() {
    for (trace, expected) in [
        // Two children, one after the other.
        (
            "E50-60<C C1-101 D20-40<C",
            "C1-20 D20-40 C40-50 E50-60 C60-101",
        ),
        // Two that overlap: the one that ends last.
        (
            "X1-101 A10-50<X C20-60<X",
            "X1-10 X10-20:overlap C20-60 X60-101",
        ),
        // A child after its parent, longer than it.
        ("A100-140 B150-250<A", "A100-140"),
        // The same with a grandchild.
        ("A1-31 B40-80<A C50-60<B", "A1-31"),
        // A child that follows from its parent.
        ("A1-31 B10-20<A:d", "A1-31"),
        // A child that ends after its parent, with one that begins before it.
        ("A1-30 B15-35<A C10-25<B", "A1-15 C15-25 B25-30"),
        // A chain of which each ends after the one above.
        ("A1-30 B15-35<A C20-40<B", "A1-15 B15-20 C20-30"),
        // A child around its parent.
        ("A10-30 B5-35<A", "B10-30"),
        // A child before its parent.
        ("A10-30 B1-5<A", "A10-30"),
    ] {
        assert_eq!(path(Clamp, trace), expected, "{trace}");
    }
}
