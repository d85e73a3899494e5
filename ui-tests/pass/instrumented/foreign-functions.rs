//! Unsafe and foreign functions keep their signatures.
#![deny(warnings)]

use obs::instrumented;

#[instrumented]
unsafe fn read(pointer: *const u8) -> Option<u8> {
    // SAFETY: the caller says that it can be read.
    Some(unsafe { *pointer })
}

#[instrumented]
pub extern "C" fn add(left: u32, right: u32) -> u32 {
    left + right
}

#[instrumented]
async unsafe fn later(pointer: *const u8) -> u8 {
    // SAFETY: the caller says that it can be read.
    unsafe { *pointer }
}

fn main() {
    let number = 7;
    // SAFETY: `number` lives.
    assert_eq!(unsafe { read(&number) }, Some(7));
    assert_eq!(add(1, 2), 3);
    // SAFETY: `number` lives.
    drop(unsafe { later(&number) });
}
