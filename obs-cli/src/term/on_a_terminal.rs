//! Real terminals, by tmux: what is taken over is given back, however the dashboard ends.
//!
//! Each test lets a shell in a tmux window of its own run one of the *programs* at the end of this file, which are
//! ignored tests of this very binary. Without tmux the tests say that they are skipped.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use crossterm::event::Event;
use obs_runtime::api::Snapshot;
use obs_tests::terminal::Window;

use super::Screen;
use crate::app::{self, World};
use crate::dashboard::{self, Options, Source};
use crate::source::{Arrival, Question};
use crate::state::{State, fixture};

/// Set by the tests for their programs, so that `--ignored` alone starts none.
const ALLOWED: &str = "OBS_CLI_TEST_PROGRAM";

/// Starts one of the programs below in the window.
fn run(window: &Window, program: &str) {
    let binary = std::env::current_exe().expect("a test knows its binary");
    window.enter(&format!("export {ALLOWED}=1 RUST_BACKTRACE=0"));
    window.run(
        &binary,
        &format!("--exact term::on_a_terminal::{program} --ignored --nocapture"),
    );
}

#[test]
fn terminal_comes_back_after_q() {
    let Some(window) = Window::open(80, 24) else {
        return;
    };
    run(&window, "shows_a_dashboard");
    let screen = window.until("LIVE");
    assert!(screen.contains("flaky"), "{screen}");
    window.press("q");
    assert!(window.until_sane().contains("ended by its operator"));
}

#[test]
fn terminal_comes_back_after_sigterm() {
    let Some(window) = Window::open(80, 24) else {
        return;
    };
    run(&window, "shows_a_dashboard");
    window.until("LIVE");
    window.terminate();
    assert!(window.until_sane().contains("ended by a signal"));
}

#[test]
fn terminal_comes_back_after_a_panic_of_its_own() {
    let Some(window) = Window::open(80, 24) else {
        return;
    };
    run(&window, "panics");
    let screen = window.until_sane();
    assert!(screen.contains("the view is broken"), "{screen}");
}

#[test]
fn panic_of_another_thread_waits_for_the_terminal() {
    let Some(window) = Window::open(80, 24) else {
        return;
    };
    run(&window, "shows_a_dashboard_while_another_thread_panics");
    let screen = window.until("LIVE");
    assert!(!screen.contains("an actor crashed"), "{screen}");
    window.press("q");
    let screen = window.until_sane();
    assert!(screen.contains("1 panic(s) in other threads"), "{screen}");
    assert!(screen.contains("an actor crashed"), "{screen}");
}

#[test]
fn window_can_shrink_and_grow_and_keys_work() {
    let Some(window) = Window::open(160, 45) else {
        return;
    };
    run(&window, "shows_a_dashboard");
    assert!(window.until("LIVE").contains("restarts"));
    window.resize(40, 12);
    window.until("+7 columns: widen");
    window.resize(80, 24);
    window.until("+2 columns: widen");
    window.press("s");
    window.until("▼msg/s");
    window.press("?");
    window.until("open or close this help");
    window.press("Escape");
    window.until("▼msg/s");
    window.press("p");
    window.until("PAUSED");
    window.press("C-c");
    window.until_sane();
}

/// The fixture's two snapshots in turn: the second time round, counters begin again.
struct Host(usize);

impl Source for Host {
    fn snapshot(&mut self) -> Result<Snapshot> {
        let mut snapshot = fixture::host()[self.0 % 2].clone();
        self.0 += 1;
        snapshot.time_unix_ms = 1_065_000 + 1000 * self.0 as u64;
        Ok(snapshot)
    }
}

fn is_allowed() -> bool {
    std::env::var_os(ALLOWED).is_some()
}

fn show() {
    let options = Options {
        interval: Duration::from_millis(100),
        signals: true,
        ..Options::default()
    };
    let stop = options.stop.clone();
    dashboard::run(Host(0), options).expect("there is a terminal");
    println!(
        "ended by {}",
        if stop.load(Ordering::Relaxed) {
            "a signal"
        } else {
            "its operator"
        }
    );
}

#[test]
#[ignore = "a program for the tests above"]
fn shows_a_dashboard() {
    if is_allowed() {
        show();
    }
}

#[test]
#[ignore = "a program for the tests above"]
fn shows_a_dashboard_while_another_thread_panics() {
    if !is_allowed() {
        return;
    }
    let crash = thread::spawn(|| {
        while super::screen::owner().is_none() {
            thread::yield_now();
        }
        panic!("an actor crashed");
    });
    show();
    crash.join().expect_err("it panicked");
}

#[test]
#[ignore = "a program for the tests above"]
fn panics() {
    struct Broken;
    impl World for Broken {
        fn now(&self) -> Instant {
            Instant::now()
        }
        fn is_stopped(&self) -> bool {
            false
        }
        fn ask(&mut self, _question: Question) {}

        fn arrival(&mut self) -> Option<Arrival> {
            panic!("the view is broken")
        }
        fn event(&mut self, _wait: Duration) -> Result<Option<Event>> {
            Ok(None)
        }
    }
    if !is_allowed() {
        return;
    }
    let mut screen = Screen::enter(true).expect("there is a terminal");
    let mut state = State::new(
        "panics".to_owned(),
        Duration::from_secs(1),
        Duration::from_secs(1),
    );
    let _ = app::drive(&mut state, screen.terminal(), &mut Broken);
}
