//! What is allowed is said.

use obs::counter;

fn main() {
    counter!("httpRequests", "Requests.", allow).inc();
}
