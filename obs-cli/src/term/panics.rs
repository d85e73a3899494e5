//! The panic hook: the dashboard's own panic gives the terminal back first; those of other threads wait until it is given back.

use std::collections::VecDeque;
use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

use super::screen;

/// How many held messages are kept.
const KEPT: usize = 20;

/// Written by the hook on any thread; taken by [`tell_held`].
static HELD: Mutex<Held> = Mutex::new(Held {
    count: 0,
    last: VecDeque::new(),
});

struct Held {
    count: u64,
    last: VecDeque<String>,
}

/// Sets the hook, once per process, in front of whatever hook is there. It stays: without a dashboard it does nothing
/// but call the one behind it, and taking it out could take out a later one.
pub(super) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let behind = panic::take_hook();
        panic::set_hook(Box::new(move |panic| on_panic(panic, &*behind)));
    });
}

fn on_panic(panic: &PanicHookInfo<'_>, behind: &dyn Fn(&PanicHookInfo<'_>)) {
    match screen::owner() {
        // Where a panic aborts, every panic is the last thing that happens.
        Some(owner) if owner != thread::current().id() && cfg!(panic = "unwind") => hold(panic),
        _ => {
            screen::give_back();
            behind(panic);
        }
    }
}

fn hold(panic: &PanicHookInfo<'_>) {
    let thread = thread::current();
    let message = format!("thread '{}' {panic}", thread.name().unwrap_or("<unnamed>"));
    HELD.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(message);
}

impl Held {
    fn push(&mut self, message: String) {
        self.count += 1;
        self.last.push_back(message);
        if self.last.len() > KEPT {
            self.last.pop_front();
        }
    }

    fn report(&mut self) -> Option<String> {
        if self.count == 0 {
            return None;
        }
        let mut report = format!(
            "{} panic(s) in other threads while the dashboard was open",
            self.count
        );
        if self.count > self.last.len() as u64 {
            report += &format!(", the last {}", self.last.len());
        }
        report.push(':');
        for message in self.last.drain(..) {
            report.push('\n');
            report += &message;
        }
        self.count = 0;
        Some(report)
    }
}

/// Prints what was held, to standard error.
pub(super) fn tell_held() {
    let report = HELD.lock().unwrap_or_else(PoisonError::into_inner).report();
    if let Some(report) = report {
        eprintln!("{report}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_messages_are_bounded_and_all_counted() {
        let mut held = Held {
            count: 0,
            last: VecDeque::new(),
        };
        assert_eq!(held.report(), None);
        for i in 0..KEPT + 5 {
            held.push(format!("message {i}"));
        }
        let report = held.report().expect("something was held");
        assert!(report.starts_with("25 panic(s) in other threads while the dashboard was open, the last 20:\nmessage 5\n"), "{report}");
        assert!(report.ends_with("message 24"), "{report}");
        assert_eq!(held.report(), None);
    }
}
