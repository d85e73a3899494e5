//! Made by a macro of the user's.
#![forbid(unsafe_code)]
#![deny(warnings)]

macro_rules! timed {
    ($name:expr, $key:ident = $value:expr) => {
        let _span = obs::span!($name, $key = $value);
    };
}

macro_rules! named {
    ($name:literal) => {
        obs::span!($name)
    };
}

fn main() {
    let _named = named!("named");
    timed!("timed", user = 7);
}
