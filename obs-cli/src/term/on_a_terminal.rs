//! Real terminals, by tmux: what is taken over is given back, however the dashboard ends.
//!
//! Each test lets a shell in a tmux window of its own run one of the *programs* at the end of this file, which are
//! ignored tests of this very binary. Without tmux the tests say that they are skipped.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use crossterm::event::Event;
use obs_runtime::api::Snapshot;

use super::Screen;
use crate::app::{self, World};
use crate::dashboard::{self, Options, Source};
use crate::state::{State, fixture};

/// Set by the tests for their programs, so that `--ignored` alone starts none.
const ALLOWED: &str = "OBS_CLI_TEST_PROGRAM";

/// A shell in a window of a tmux server of its own.
struct Window {
    /// The server's socket.
    socket: PathBuf,
}

impl Window {
    /// Opens a window; none where there is no tmux.
    fn open(width: u16, height: u16) -> Option<Window> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("obs-cli-{}-{number}.tmux", std::process::id());
        let window = Window {
            socket: std::env::temp_dir().join(name),
        };
        if Command::new("tmux").arg("-V").output().is_err() {
            eprintln!("skipped: tmux is not installed");
            return None;
        }
        let (width, height) = (width.to_string(), height.to_string());
        window.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            &width,
            "-y",
            &height,
            "env LC_ALL=C.UTF-8 PS1='$ ' sh",
        ]);
        Some(window)
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux")
            .args(["-u", "-S"])
            .arg(&self.socket)
            .args(arguments)
            .output()
            .expect("tmux can be run");
        assert!(
            output.status.success(),
            "tmux {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn enter(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.tmux(&["send-keys", "Enter"]);
    }

    fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    /// Starts one of the programs below.
    fn run(&self, program: &str) {
        let binary = std::env::current_exe().expect("a test knows its binary");
        self.enter(&format!(
            "{ALLOWED}=1 RUST_BACKTRACE=0 '{}' --exact term::on_a_terminal::{program} --ignored --nocapture; echo it is over",
            binary.display()
        ));
    }

    /// Waits until the window shows this.
    fn until(&self, text: &str) -> String {
        self.wait_for(text, |screen| screen.contains(text))
    }

    /// Waits until the program is over, and checks that it has left a sane terminal behind.
    fn until_sane(&self) -> String {
        let screen = self.wait_for("the end", |screen| {
            screen.lines().any(|line| line == "it is over")
        });
        let flags = self.tmux(&[
            "display-message",
            "-p",
            "#{alternate_on} #{cursor_flag} #{mouse_any_flag}",
        ]);
        assert_eq!(
            flags.trim(),
            "0 1 0",
            "alternate screen, cursor, mouse; the window shows\n{screen}"
        );
        self.enter("stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(icanon|echo|isig|opost)' | sort | tr '\\n' '/'; echo");
        self.until("\necho/icanon/isig/opost/");
        screen
    }

    fn wait_for(&self, what: &str, found: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let screen = self.tmux(&["capture-pane", "-p", "-J"]);
            if found(&screen) {
                return screen;
            }
            assert!(
                Instant::now() < deadline,
                "`{what}` has not come; the window shows\n{screen}"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // A server that is gone already is as good.
        let _ = Command::new("tmux")
            .arg("-S")
            .arg(&self.socket)
            .arg("kill-server")
            .output();
        let _ = std::fs::remove_file(&self.socket);
    }
}

#[test]
fn terminal_comes_back_after_q() {
    let Some(window) = Window::open(80, 24) else {
        return;
    };
    window.run("shows_a_dashboard");
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
    window.run("shows_a_dashboard");
    window.until("LIVE");
    let shell = window.tmux(&["display-message", "-p", "#{pane_pid}"]);
    let killed = Command::new("pkill")
        .args(["-TERM", "-P", shell.trim()])
        .status()
        .expect("pkill can be run");
    assert!(killed.success());
    assert!(window.until_sane().contains("ended by a signal"));
}

#[test]
fn terminal_comes_back_after_a_panic_of_its_own() {
    let Some(window) = Window::open(80, 24) else {
        return;
    };
    window.run("panics");
    let screen = window.until_sane();
    assert!(screen.contains("the view is broken"), "{screen}");
}

#[test]
fn panic_of_another_thread_waits_for_the_terminal() {
    let Some(window) = Window::open(80, 24) else {
        return;
    };
    window.run("shows_a_dashboard_while_another_thread_panics");
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
    window.run("shows_a_dashboard");
    assert!(window.until("LIVE").contains("restarts"));
    window.tmux(&["resize-window", "-x", "40", "-y", "12"]);
    window.until("+7 columns: widen");
    window.tmux(&["resize-window", "-x", "80", "-y", "24"]);
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
        fn arrival(&mut self) -> Option<Result<Snapshot>> {
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
