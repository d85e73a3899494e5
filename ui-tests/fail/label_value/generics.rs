//! A generic enum is not one set of values.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind<T> {
    Short,
    Long,
    Of(T),
}

fn main() {}
