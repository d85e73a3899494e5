//! Relaxed naming does not take labels that are set by others.

use obs::counter;

fn main() {
    counter!("httpRequests", "Requests.", labels(component = "a", __name = "b"), allow(naming)).inc();
}
