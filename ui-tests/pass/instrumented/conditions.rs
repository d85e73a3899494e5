//! Conditions on what is returned: types are inferred as in a call.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::instrumented;

struct Response {
    status: u16,
}

impl Response {
    fn is_good(&self) -> bool {
        self.status < 400
    }
}

#[instrumented(ok_if = Response::is_good)]
fn by_path(status: u16) -> Response {
    Response { status }
}

#[instrumented(err_if = |response| response.status >= 500)]
async fn by_closure(status: u16) -> Response {
    Response { status }
}

const MOST: usize = 3;

#[instrumented(ok_if = |letters: &_| Vec::len(letters) <= MOST)]
fn generic<T: Clone>(of: T, times: usize) -> Vec<T> {
    vec![of; times]
}

#[instrumented(err_if = |_| false)]
fn hidden() -> impl Iterator<Item = u8> {
    [7].into_iter()
}

#[instrumented(ok_if = |()| true)]
fn nothing() {}

#[instrumented(ok_if = |last| last.is_some())]
fn last<'a>(of: &'a mut [String]) -> Option<&'a mut String> {
    of.last_mut()
}

#[instrumented(err_if = |part: &&str| part.is_empty())]
fn part<'a>(of: &'a str, _not: &str) -> &'a str {
    &of[1..]
}

fn main() {
    assert!(by_path(200).is_good());
    drop(by_closure(500));
    assert_eq!(generic('a', 4).len(), 4);
    assert_eq!(hidden().count(), 1);
    nothing();
    assert_eq!(last(&mut ["a".to_owned()]).unwrap(), "a");
    assert_eq!(part("ab", ""), "b");
}
