//! Futures in boxes and under other names, and how large they are.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use obs::{Component, LabelValue, instrumented};
use obs_tests::calls::{Calls, calls};

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type BoxFuture<'a, T> = Later<'a, T>;

async fn end(number: u8) -> Result<u8, u8> {
    tokio::task::yield_now().await;
    match number {
        0 => Err(number),
        1 => pending().await,
        2 => panic!("on purpose"),
        _ => Ok(number),
    }
}

#[instrumented(future)]
fn under_another_name(number: &u8) -> Later<'_, Result<u8, u8>> {
    Box::pin(end(*number))
}

#[instrumented]
fn by_name<'a>(number: &'a u8) -> BoxFuture<'a, Result<u8, u8>> {
    Box::pin(end(*number))
}

#[instrumented]
fn pinned(number: &u8) -> Pin<Box<dyn Future<Output = Result<u8, u8>> + Send + '_>> {
    if *number == 9 {
        return Box::pin(async { Ok(9) });
    }
    Box::pin(end(*number))
}

#[instrumented]
fn unpinned(number: &u8) -> Box<dyn Future<Output = Result<u8, u8>> + Send + Unpin> {
    Box::new(Box::pin(end(*number)))
}

#[instrumented]
fn hidden(number: &u8) -> impl Future<Output = Result<u8, u8>> + Send + use<> {
    end(*number)
}

trait Deferred: Future<Output = Result<u8, u8>> + Send {}
impl<F: Future<Output = Result<u8, u8>> + Send> Deferred for F {}

#[instrumented(future)]
fn under_another_trait(number: &u8) -> impl Deferred + use<> {
    end(*number)
}

async fn drive(component: Component, of: impl Fn(&'static u8) -> Later<'static, Result<u8, u8>>) {
    let _entered = component.enter();
    assert_eq!(of(&7).await, Ok(7));
    assert_eq!(of(&9).await, Ok(9));
    assert_eq!(of(&0).await, Err(0));
    assert!(
        tokio::spawn(obs::InComponent::in_component(of(&2), component))
            .await
            .is_err()
    );
    let mut waits = pin!(of(&1));
    let mut context = Context::from_waker(Waker::noop());
    assert!(waits.as_mut().poll(&mut context).is_pending());
    assert!(waits.as_mut().poll(&mut context).is_pending());
}

#[tokio::test]
async fn a_returned_future_is_the_call_whatever_it_is_in() {
    let component = Component::register("returned");
    drive(component, |number| under_another_name(number)).await;
    drive(component, |number| by_name(number)).await;
    drive(component, |number| pinned(number)).await;
    drive(component, |number| Box::pin(unpinned(number))).await;
    drive(component, |number| Box::pin(hidden(number))).await;
    drive(component, |number| Box::pin(under_another_trait(number))).await;
    for function in [
        "under_another_name",
        "by_name",
        "pinned",
        "unpinned",
        "hidden",
        "under_another_trait",
    ] {
        let expected = Calls {
            outcomes: [2, 1, 1, 1],
            timed: 5,
        };
        let function = format!("record::returned::{function}");
        assert_eq!(calls(component, &function), expected, "{function}");
    }
}

#[derive(Clone, Copy, LabelValue)]
enum Size {
    Large,
}

const LARGE: usize = 1024;

async fn plain(bytes: [u8; LARGE]) -> Result<u8, u8> {
    tokio::task::yield_now().await;
    Ok(bytes[7])
}

async fn plain_of_two(_component: Component, bytes: [u8; LARGE]) -> Result<u8, u8> {
    tokio::task::yield_now().await;
    Ok(bytes[7])
}

#[instrumented]
async fn large(bytes: [u8; LARGE]) -> Result<u8, u8> {
    tokio::task::yield_now().await;
    Ok(bytes[7])
}

#[instrumented(
    name = "large_with_everything",
    component = component,
    labels(size: Size = Size::Large),
    in_flight,
    busy,
    polls,
    ok_if = Result::is_ok,
    tracing(err = "warn")
)]
async fn large_with_everything(component: Component, bytes: [u8; LARGE]) -> Result<u8, u8> {
    tokio::task::yield_now().await;
    Ok(bytes[7])
}

fn flat(bytes: [u8; LARGE]) -> impl Future<Output = Result<u8, u8>> {
    plain(bytes)
}

#[instrumented]
fn flat_instrumented(bytes: [u8; LARGE]) -> impl Future<Output = Result<u8, u8>> {
    plain(bytes)
}

#[test]
fn an_instrumented_future_is_at_most_64_bytes_larger() {
    let bytes = [0; LARGE];
    let component = Component::register("returned/large");
    for (instrumented, plain) in [
        (size_of_val(&large(bytes)), size_of_val(&plain(bytes))),
        (
            size_of_val(&large_with_everything(component, bytes)),
            size_of_val(&plain_of_two(component, bytes)),
        ),
        (
            size_of_val(&flat_instrumented(bytes)),
            size_of_val(&flat(bytes)),
        ),
    ] {
        println!("{instrumented} against {plain}");
        assert!(instrumented <= plain + 64, "{instrumented} against {plain}");
    }
}
