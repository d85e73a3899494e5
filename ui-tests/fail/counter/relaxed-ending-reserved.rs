//! Relaxed naming does not take what an exposition adds.

use obs::counter;

fn main() {
    counter!("http_requests_count", "Requests.", allow(naming)).inc();
}
