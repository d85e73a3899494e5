//! The code that is compiled under every lint is counted like any other.

use obs::Component;
use obs::catalogue::Reading;
use obs_tests::calls::{calls, counted};
use obs_tests::strict::{Method, Store, fetch, later, wait};
use obs_tests::{read, value};

#[tokio::test]
async fn strict_code_is_counted() {
    let component = Component::register("strict");
    assert_eq!(fetch(component, Method::Get, 204).ok(), Some(204));
    assert!(fetch(component, Method::Get, 503).is_err());
    assert!(fetch(component, Method::Put, 204).is_err());
    let _entered = component.enter();
    assert_eq!((wait("").await, wait("ab").await), (0, 2));
    assert_eq!(later("abc").await, 3);
    let mut store = Store::new(component);
    assert!(store.is_empty());
    assert!(store.put("a").is_some());
    assert_eq!(store.len(), 1);
    let life = read(component);
    for (series, expected) in [(0, 1), (1, 1), (5, 1)] {
        let found = value(&life, "strict_fetch_calls_total", series);
        assert_eq!(found, Reading::Counter(expected), "{series}");
    }
    for (series, expected) in [(1, 1), (2, 1)] {
        let found = value(&life, "strict_fetch_errors_total", series);
        assert_eq!(found, Reading::Counter(expected), "{series}");
    }
    let wait = "obs_tests::strict::wait";
    let ended = [0, 1].map(|series| counted(component, "strict_calls_total", wait, series));
    assert_eq!(ended, [1, 1]);
    assert_eq!(counted(component, "strict_polls_total", wait, 0), 2);
    for function in ["later", "Store::put", "Store::len", "Store::is_empty"] {
        let function = format!("obs_tests::strict::{function}");
        assert_eq!(calls(component, &function).timed, 1, "{function}");
    }
}
