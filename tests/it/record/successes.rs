//! What tells a success from a failure: the type, a condition, the label of an error.

use obs::{Component, ErrorLabel, instrumented};
use obs_tests::calls::{calls, counted, of_function};

#[derive(Debug, PartialEq, ErrorLabel)]
enum FetchError {
    TimedOut,
    #[label("5xx")]
    Status(u16),
    NoSuchHost {
        _name: String,
    },
}

fn end(number: u16) -> Result<u16, FetchError> {
    match number {
        0 => Err(FetchError::TimedOut),
        1 => Err(FetchError::NoSuchHost {
            _name: "secret.example".to_owned(),
        }),
        500.. => Err(FetchError::Status(number)),
        _ => Ok(number),
    }
}

#[instrumented(errors = FetchError)]
fn fetch(number: u16) -> Result<u16, FetchError> {
    end(number)
}

#[instrumented(errors = FetchError, in_flight)]
async fn fetch_later(number: u16) -> Result<u16, FetchError> {
    tokio::task::yield_now().await;
    end(number)
}

type Fetched = Result<u16, FetchError>;

#[instrumented(errors = FetchError)]
fn fetch_boxed(number: u16) -> std::pin::Pin<Box<dyn Future<Output = Fetched>>> {
    Box::pin(async move { end(number) })
}

#[tokio::test]
async fn errors_are_counted_by_variant_and_never_by_text() {
    let component = Component::register("successes/errors");
    let _entered = component.enter();
    for number in [7, 0, 500, 503, 1] {
        assert_eq!(fetch(number), end(number));
        assert_eq!(fetch_later(number).await, end(number));
        assert_eq!(fetch_boxed(number).await, end(number));
    }
    for function in ["fetch", "fetch_later", "fetch_boxed"] {
        let function = format!("record::successes::{function}");
        assert_eq!(calls(component, &function).outcomes, [1, 4, 0, 0]);
        let errors =
            [0, 1, 2].map(|series| counted(component, "function_errors_total", &function, series));
        assert_eq!(errors, [1, 2, 1], "{function}");
        let metric = of_function("function_errors_total", &function).expect("it counts errors");
        let key = metric.definition.keys[0];
        assert_eq!(key.name, "error");
        assert_eq!(key.values, ["timed_out", "5xx", "no_such_host"]);
    }
}

#[derive(ErrorLabel)]
enum ParseError<T> {
    Empty,
    Other(T),
}

#[instrumented(errors = ParseError<u8>)]
fn parse(text: &str) -> Result<u8, ParseError<u8>> {
    match text.as_bytes() {
        [] => Err(ParseError::Empty),
        [one] => Ok(*one),
        [first, ..] => Err(ParseError::Other(*first)),
    }
}

#[test]
fn functions_of_one_family_may_have_errors_of_their_own() {
    let component = Component::register("successes/two types");
    component.scope(|| {
        assert!(parse("a").is_ok());
        assert!(matches!(parse(""), Err(ParseError::Empty)));
        assert!(matches!(parse("ab"), Err(ParseError::Other(b'a'))));
        assert!(fetch(0).is_err());
    });
    let parse = |series| {
        counted(
            component,
            "function_errors_total",
            "record::successes::parse",
            series,
        )
    };
    assert_eq!([parse(0), parse(1)], [1, 1]);
    let (first, second) = (
        of_function("function_errors_total", "record::successes::parse"),
        of_function("function_errors_total", "record::successes::fetch"),
    );
    let (first, second) = (first.expect("both"), second.expect("are there"));
    assert_eq!(first.definition.difference(second.definition), None);
}

#[instrumented(ok_if = Option::is_some)]
fn found(in_text: &str, letter: char) -> Option<usize> {
    in_text.find(letter)
}

#[instrumented]
fn found_or_not(in_text: &str, letter: char) -> Option<usize> {
    in_text.find(letter)
}

#[instrumented(err_if = |status| *status >= 500)]
async fn status(status: u16) -> u16 {
    status
}

#[instrumented(ok_if = |pair: &(bool, &str)| pair.0)]
fn pair(good: bool) -> (bool, &'static str) {
    (good, "text")
}

#[instrumented(err_if = |rest| rest.is_empty())]
fn rest(text: &mut str) -> &mut str {
    &mut text[1..]
}

#[instrumented(ok_if = |parsed| matches!(parsed, Ok(1..)))]
fn positive(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[tokio::test]
async fn a_condition_tells_success_from_failure() {
    let component = Component::register("successes/conditions");
    let _entered = component.enter();
    assert_eq!((found("abc", 'b'), found("abc", 'x')), (Some(1), None));
    assert_eq!(found_or_not("abc", 'x'), None);
    assert_eq!((status(200).await, status(503).await), (200, 503));
    assert_eq!((pair(true).0, pair(false).0), (true, false));
    assert_eq!(rest(&mut "ab".to_owned()), "b");
    assert_eq!(rest(&mut "a".to_owned()), "");
    assert_eq!(positive("7"), Ok(7));
    assert_eq!(positive("0"), Ok(0));
    assert!(positive("").is_err());
    for (function, expected) in [
        ("found", [1, 1, 0, 0]),
        ("found_or_not", [1, 0, 0, 0]),
        ("status", [1, 1, 0, 0]),
        ("pair", [1, 1, 0, 0]),
        ("rest", [1, 1, 0, 0]),
        ("positive", [1, 2, 0, 0]),
    ] {
        let function = format!("record::successes::{function}");
        assert_eq!(calls(component, &function).outcomes, expected, "{function}");
    }
}
