//! A `macro_rules!` of the user can make metrics.
#![forbid(unsafe_code)]
#![deny(warnings)]

macro_rules! count {
    ($name:literal, $($label:ident = $value:literal),*) => {
        obs::counter!($name, "Counted by a macro.", labels($($label = $value),*)).inc()
    };
}

fn main() {
    count!("first_total", kind = "short");
    count!("other_total", kind = "long", place = "here");
}
