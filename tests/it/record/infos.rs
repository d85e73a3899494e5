//! What a component is, in labels.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use obs::{Component, Info, gauge};

use crate::seen::{seen, values};

static BUILD: Info<2> = gauge!(
    "dynamic_build_info",
    "What a component of these tests is.",
    info(version, digest)
);

#[test]
fn an_info_metric_has_one_set_of_labels_at_a_time() {
    let component = Component::register("dynamic/info");
    assert_eq!(seen("dynamic_build_info", component), []);
    component.scope(|| BUILD.set(["1.0", "abc"]));
    assert_eq!(
        seen("dynamic_build_info", component),
        [(values(&["1.0", "abc"]), 0, 1.0)]
    );
    component.scope(|| BUILD.set(["1.1", "def"]));
    assert_eq!(
        seen("dynamic_build_info", component),
        [(values(&["1.1", "def"]), 0, 1.0)]
    );
    component.scope(|| BUILD.set(["1.0", "abc"]));
    assert_eq!(
        seen("dynamic_build_info", component),
        [(values(&["1.0", "abc"]), 0, 1.0)]
    );
}

#[test]
fn a_reader_never_sees_two_infos() {
    let component = Component::register("dynamic/rolling");
    let stop = Arc::new(AtomicBool::new(false));
    let writer = thread::spawn({
        let stop = stop.clone();
        move || {
            let mut n = 0;
            while !stop.load(Relaxed) {
                n += 1;
                component.scope(|| BUILD.set([&format!("{}", n % 5), "x"]));
            }
        }
    });
    component.scope(|| BUILD.set(["0", "x"]));
    for _ in 0..300 {
        assert_eq!(seen("dynamic_build_info", component).len(), 1);
    }
    stop.store(true, Relaxed);
    writer.join().expect("it ends");
}
