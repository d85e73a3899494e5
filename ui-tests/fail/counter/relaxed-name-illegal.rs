//! Relaxed naming is still legal.

use obs::counter;

fn main() {
    counter!("http-requests", "Requests.", allow(naming)).inc();
}
