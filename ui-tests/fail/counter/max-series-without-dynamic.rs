//! Max series without dynamic.

fn main() {
    obs::counter!("requests_total", "Requests.", max_series = 10).inc();
}
