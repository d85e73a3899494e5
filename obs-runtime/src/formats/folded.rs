//! Folded stacks: a line per stack, its frames from the outermost in, and what it weighs; what flame graphs are drawn from.
//!
//! In: stacks with their time. Out: lines like `pay;ledger.post;db.query 110000000`, the weight in nanoseconds.
//! Loss: stacks without time are left out, and the format has no escapes. In a frame `;` becomes `:`, line breaks, tabs and other control
//! characters become spaces, spaces around it go, and a frame of nothing is `(nameless)`. A space before a number at the end of a frame
//! becomes `_`, since the tools would take the number for the weight. Other spaces stay: the tools split a line at its last.

use std::io::{self, Write};

/// What a frame without a name is called.
const NAMELESS: &str = "(nameless)";

/// Writes stacks: the frames of each from the outermost in, and its nanoseconds.
///
/// Stacks that are alike are not added up; the tools do that.
///
/// ```
/// use obs_runtime::formats::folded;
///
/// let mut lines = Vec::new();
/// folded::write(&mut lines, [(["POST /pay", "try 2"], 7)])?;
/// assert_eq!(lines, b"POST /pay;try_2 7\n");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Where `into` cannot be written to.
pub fn write<F>(mut into: impl Write, stacks: impl IntoIterator<Item = (F, u64)>) -> io::Result<()>
where
    F: IntoIterator<Item: AsRef<str>>,
{
    let mut line = String::new();
    for (frames, ns) in stacks {
        line.clear();
        for frame in frames {
            if !line.is_empty() {
                line.push(';');
            }
            push(frame.as_ref(), &mut line);
        }
        if ns > 0 && !line.is_empty() {
            writeln!(into, "{line} {ns}")?;
        }
    }
    Ok(())
}

fn push(frame: &str, line: &mut String) {
    let plain = |c: char| match c {
        ';' => ':',
        c if c.is_control() || c.is_whitespace() => ' ',
        c => c,
    };
    let frame: String = frame.chars().map(plain).collect();
    let frame = frame.trim();
    match frame.rsplit_once(' ') {
        _ if frame.is_empty() => line.push_str(NAMELESS),
        Some((name, last)) if is_number(last) => {
            line.push_str(name);
            line.push('_');
            line.push_str(last);
        }
        _ => line.push_str(frame),
    }
}

/// Whether the tools read it as a weight: digits, and maybe a fraction.
fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(stacks: &[(&[&str], u64)]) -> String {
        let mut lines = Vec::new();
        let stacks = stacks.iter().map(|(frames, ns)| (frames.iter(), *ns));
        write(&mut lines, stacks).expect("memory can be written to");
        String::from_utf8(lines).expect("it is text")
    }

    #[test]
    fn stacks_look_like_this() {
        let stacks: [(&[&str], u64); 6] = [
            (&["POST /pay"], 3_100_000),
            (&["POST /pay", "ledger.post", "db.query"], 111_000_000),
            (&["POST /pay", "a;b", "line\nfeed", "\ttab "], 1),
            (&["", " "], u64::MAX),
            (&["try 2", "try 2.5", "try 2x", "κόσμε 🦀"], 5),
            (&["no time"], 0),
        ];
        insta::assert_snapshot!(lines(&stacks));
    }

    #[test]
    fn a_stack_without_frames_is_left_out() {
        assert_eq!(lines(&[(&[], 5)]), "");
    }

    proptest! {
        #[test]
        fn every_line_is_split_as_the_tools_split_it(
            frames in prop::collection::vec(any::<String>(), 1..5),
            ns in 1..u64::MAX,
        ) {
            let mut bytes = Vec::new();
            write(&mut bytes, [(&frames, ns)]).expect("memory can be written to");
            let text = String::from_utf8(bytes).expect("it is text");
            prop_assert_eq!(text.lines().count(), 1);
            let (stack, weight) = text.trim_end_matches('\n').rsplit_once(' ').expect("there is a weight");
            prop_assert_eq!(weight.parse(), Ok(ns));
            prop_assert_eq!(stack.split(';').count(), frames.len());
            prop_assert!(stack.split(';').all(|frame| !frame.is_empty()));
            // flamegraph.pl would take a number at the end of the stack for the weight before a change.
            let second = stack.rsplit_once(' ').map(|(_, last)| last.parse::<f64>().is_ok() && is_number(last));
            prop_assert_ne!(second, Some(true));
        }
    }
}
