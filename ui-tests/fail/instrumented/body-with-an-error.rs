//! An error in the body is reported as it would be without the attribute.

use obs::instrumented;

#[instrumented]
fn work() -> Result<u8, String> {
    let number: u8 = "seven";
    Ok(number)
}

#[instrumented]
async fn work_later() -> Result<u8, String> {
    Ok("seven")
}

fn main() {
    let _ = work();
    let _ = work_later();
}
