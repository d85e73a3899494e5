//! The dashboard in a real terminal, watching a runtime in this process: keys, the mouse, a lost connection, its end.

use std::time::Duration;

use obs_tests::terminal::Window;

use crate::{Served, program, start};

fn open(served: &Served, more: &str) -> Option<Window> {
    let window = Window::open(100, 30)?;
    window.run(
        program(),
        &format!("--url {} --interval 0.2 {more}", served.address()),
    );
    window.until("LIVE");
    Some(window)
}

#[test]
fn pages_open_by_keys_and_close_the_same_way() {
    let served = Served::start();
    let Some(window) = open(&served, "") else {
        return;
    };
    window.until("cli/b");
    window.press("Enter");
    window.until("› cli/a");
    window.press("/");
    window.type_in("took");
    window.until("/took█");
    window.press("Enter");
    let filtered = window.until_gone("/took█");
    assert!(
        filtered.contains("cli_took_seconds") && !filtered.contains("cli_level"),
        "{filtered}"
    );
    window.press("Enter");
    window.until("› cli_took_seconds");
    let all = window.until("p50");
    assert!(all.contains("(all)") && all.contains("cli/b"), "{all}");
    window.press("Enter");
    window.until("the chart alone");
    window.resize(40, 12);
    window.until("the chart alone");
    window.resize(120, 40);
    window.press("Escape");
    window.until_gone("the chart alone");
    window.press("Escape");
    window.until("› cli/a");
    window.press("Tab");
    window.until("› metrics");
    window.press("q");
    window.until_sane();
}

#[test]
fn the_mouse_selects_opens_and_sorts() {
    let served = Served::start();
    let Some(window) = open(&served, "") else {
        return;
    };
    let screen = window.until("cli/b");
    let row = screen.lines().position(|line| line.contains("cli/b"));
    let row = row
        .and_then(|row| u16::try_from(row).ok())
        .expect("it is there");
    window.click(3, row);
    window.until("─ cli/b ─");
    window.click(3, 1);
    window.until("▼component");
    let screen = window.until("─ cli/b ─");
    let row = screen.lines().position(|line| line.starts_with(" cli/b"));
    let row = row
        .and_then(|row| u16::try_from(row).ok())
        .expect("it is there");
    window.click(3, row);
    window.until("› cli/b");
    window.terminate();
    window.until_sane();
}

#[test]
fn without_the_mouse_the_terminal_keeps_it() {
    let served = Served::start();
    let Some(window) = open(&served, "--no-mouse --ascii --theme monochrome") else {
        return;
    };
    let flag = window.tmux(&["display-message", "-p", "#{mouse_any_flag}"]);
    assert_eq!(flag.trim(), "0");
    let screen = window.until("cli/b");
    assert!(screen.is_ascii(), "{screen}");
    window.press("C-c");
    window.until_sane();
}

#[test]
fn a_lost_connection_is_shown_and_tried_again() {
    let served = Served::start();
    let Some(window) = open(&served, "") else {
        return;
    };
    let address = served.address();
    let Served { runtime, _turn } = served;
    runtime.shutdown();
    let screen = window.until("nobody listens");
    assert!(screen.contains("cli/a"), "the last figures stay: {screen}");
    let again = start(address);
    window.until_gone("nobody listens");
    window.until("LIVE");
    std::mem::drop(again);
    window.press("q");
    window.until_sane();
}

/// How long the program may take to end when the process that it asks hangs.
const END: Duration = Duration::from_secs(20);

#[test]
fn a_process_that_does_not_answer_does_not_hold_the_terminal() {
    let served = Served::start();
    let Some(window) = open(&served, "") else {
        return;
    };
    let address = served.address();
    let Served { runtime, _turn } = served;
    runtime.shutdown();
    // Somebody listens and never answers.
    let silent = std::net::TcpListener::bind(address).expect("the address is free again");
    window.until("STALE");
    let pressed = std::time::Instant::now();
    window.press("q");
    window.until_sane();
    assert!(pressed.elapsed() < END);
    drop(silent);
}

#[test]
fn a_terminal_that_only_prints_is_refused() {
    let served = Served::start();
    let Some(window) = Window::open(100, 30) else {
        return;
    };
    window.enter("export TERM=dumb");
    window.run(program(), &format!("--url {}", served.address()));
    let said = window.until("TERM=dumb: open another");
    assert!(!said.contains("LIVE"), "{said}");
    window.until_sane();
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    let served = Served::start();
    let Some(window) = open(&served, "") else {
        return;
    };
    let pid = window.tmux(&["display-message", "-p", "#{pane_pid}"]);
    let children = format!("/proc/{0}/task/{0}/children", pid.trim());
    let Ok(children) = std::fs::read_to_string(children) else {
        return; // Only Linux tells.
    };
    let program: u32 = children
        .trim()
        .parse()
        .expect("the shell runs the program alone");
    window.tmux(&["kill-server"]);
    let process = format!("/proc/{program}");
    let began = std::time::Instant::now();
    while std::path::Path::new(&process).exists() {
        assert!(began.elapsed() < END, "it goes on without a terminal");
        std::thread::sleep(Duration::from_millis(20));
    }
}
