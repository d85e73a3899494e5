//! Bytes are counted in bytes.

fn main() {
    let _ = obs::counter!("read_kilobytes_total", "Data read.");
}
