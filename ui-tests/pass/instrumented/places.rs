//! Functions in functions, in modules and made by macros are instrumented where they stand.
#![forbid(unsafe_code)]
#![deny(warnings)]

mod inner {
    #[obs::instrumented]
    pub(super) fn work() -> Result<u8, u8> {
        #[obs::instrumented]
        fn nested(number: u8) -> Result<u8, u8> {
            Ok(number)
        }
        nested(7)
    }
}

macro_rules! make {
    ($($name:ident: $output:ty = $value:expr;)*) => {
        $(
            #[obs::instrumented]
            fn $name() -> $output {
                $value
            }
        )*
    };
}

make! {
    seven: u8 = 7;
    text: Result<&'static str, ()> = Ok("text");
}

#[obs::instrumented(component = obs::Component::register(&format!("worker/{number}")))]
fn r#move(number: u8) -> u8 {
    number
}

#[cfg(any())]
#[obs::instrumented]
fn never() -> Unknown {}

fn main() {
    assert_eq!(inner::work(), Ok(7));
    assert_eq!(seven(), 7);
    assert_eq!(text(), Ok("text"));
    assert_eq!(r#move(7), 7);
}
