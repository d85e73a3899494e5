//! Real terminals, by tmux: a shell in a window of a server of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What a window shows once a program that [`Window::run`] started is over.
const OVER: &str = "it is over";

/// How long something may take to show.
const PATIENCE: Duration = Duration::from_secs(30);

/// The tmux that `cargo xtask test` names, or the system's.
fn tmux() -> OsString {
    std::env::var_os("TEST_TMUX").unwrap_or_else(|| "tmux".into())
}

/// A shell in a window of a tmux server of its own, which ends with it.
#[derive(Debug)]
pub struct Window {
    /// The server's socket.
    socket: PathBuf,
}

impl Window {
    /// Opens a window; `None`, and said so, where there is no tmux.
    ///
    /// # Panics
    ///
    /// Panics where tmux fails.
    pub fn open(width: u16, height: u16) -> Option<Window> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("obs-{}-{number}.tmux", std::process::id());
        let window = Window {
            socket: std::env::temp_dir().join(name),
        };
        if Command::new(tmux()).arg("-V").output().is_err() {
            eprintln!("skipped: there is no tmux here, or where TEST_TMUX says");
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

    /// Gives tmux a command and returns what it says.
    ///
    /// # Panics
    ///
    /// Panics where tmux fails.
    pub fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new(tmux())
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

    /// Types a line and enters it.
    pub fn enter(&self, line: &str) {
        self.type_in(line);
        self.press("Enter");
    }

    /// Types a text.
    pub fn type_in(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// Presses a key, by tmux's name of it.
    pub fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    /// Clicks at a place counted from 0, as terminals report it to programs that asked for the mouse.
    pub fn click(&self, x: u16, y: u16) {
        let (x, y) = (x + 1, y + 1);
        self.type_in(&format!("\u{1b}[<0;{x};{y}M\u{1b}[<0;{x};{y}m"));
    }

    /// Makes the window smaller or larger.
    pub fn resize(&self, width: u16, height: u16) {
        let (width, height) = (width.to_string(), height.to_string());
        self.tmux(&["resize-window", "-x", &width, "-y", &height]);
    }

    /// Lets the shell run a program with these arguments.
    pub fn run(&self, program: &Path, arguments: &str) {
        self.enter(&format!(
            "clear; '{}' {arguments}; echo; echo {OVER}",
            program.display()
        ));
    }

    /// Sends SIGTERM to what the shell has started.
    ///
    /// # Panics
    ///
    /// Panics where there is nothing.
    pub fn terminate(&self) {
        let shell = self.tmux(&["display-message", "-p", "#{pane_pid}"]);
        let killed = Command::new("pkill")
            .args(["-TERM", "-P", shell.trim()])
            .status()
            .expect("pkill can be run");
        assert!(killed.success(), "the shell has started nothing");
    }

    /// Waits until the window shows this, and returns all that it shows.
    ///
    /// # Panics
    ///
    /// Panics where it does not come.
    pub fn until(&self, text: &str) -> String {
        self.wait_for(text, |screen| screen.contains(text))
    }

    /// Waits until the window does not show this any more, and returns all that it shows.
    ///
    /// # Panics
    ///
    /// Panics where it stays.
    pub fn until_gone(&self, text: &str) -> String {
        self.wait_for(&format!("the end of {text}"), |screen| {
            !screen.contains(text)
        })
    }

    /// Waits until the program is over, and checks that it has left a sane terminal behind.
    ///
    /// # Panics
    ///
    /// Panics where it has not.
    pub fn until_sane(&self) -> String {
        let screen = self.wait_for("the end", |screen| screen.lines().any(|line| line == OVER));
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
        let deadline = Instant::now() + PATIENCE;
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
        let _ = Command::new(tmux())
            .arg("-S")
            .arg(&self.socket)
            .arg("kill-server")
            .output();
        let _ = std::fs::remove_file(&self.socket);
    }
}
