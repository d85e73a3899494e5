//! A name starts with a letter.

fn main() {
    let _ = obs::counter!("2xx_responses_total", "Responses.");
}
