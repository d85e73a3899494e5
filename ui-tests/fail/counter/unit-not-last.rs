//! The unit stands right before `_total`.

fn main() {
    let _ = obs::counter!("bytes_read_total", "Bytes read.");
}
