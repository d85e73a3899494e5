//! Units are in the plural.

fn main() {
    let _ = obs::counter!("read_byte_total", "Data read.");
}
