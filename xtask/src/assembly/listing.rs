//! A compiler's listing for x86-64, in the syntax of AT&T: functions, their instructions, and the ways through them.

use std::collections::HashMap;

use anyhow::{Context, Result};

/// The functions of a listing.
pub(super) struct Listing {
    functions: HashMap<String, Function>,
    /// Functions that the compiler found equal to others, and dropped.
    aliases: HashMap<String, String>,
}

/// A function's lines: instructions, and the local labels between them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Function {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Label(String),
    Instruction(Instruction),
}

/// One instruction, such as `incq` of `32(%rcx,%rax,8)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) mnemonic: String,
    pub(super) operands: String,
}

impl Listing {
    pub(super) fn new(text: &str) -> Listing {
        let mut listing = Listing {
            functions: HashMap::new(),
            aliases: HashMap::new(),
        };
        let mut current: Option<String> = None;
        for line in text.lines().map(without_comment) {
            if let Some((name, of)) = alias(line) {
                listing.aliases.insert(name.to_owned(), of.to_owned());
            } else if let Some(label) = line.strip_suffix(':') {
                if label.starts_with(".Lfunc_end") {
                    current = None;
                } else if !label.starts_with('.') {
                    let name = label.trim_matches('"').to_owned();
                    listing.functions.insert(name.clone(), Function::default());
                    current = Some(name);
                } else if let Some(name) = &current {
                    listing.push(name, Line::Label(label.to_owned()));
                }
            } else if let (Some(name), Some(instruction)) = (&current, Instruction::new(line)) {
                listing.push(name, Line::Instruction(instruction));
            }
        }
        listing
    }

    fn push(&mut self, name: &str, line: Line) {
        if let Some(function) = self.functions.get_mut(name) {
            function.lines.push(line);
        }
    }

    /// The function of this name, or the one that the compiler put in its place.
    ///
    /// # Errors
    ///
    /// Where there is none, or one without instructions.
    pub(super) fn function(&self, name: &str) -> Result<&Function> {
        let kept = self.aliases.get(name).map_or(name, String::as_str);
        self.functions
            .get(kept)
            .filter(|function| function.instructions().next().is_some())
            .with_context(|| format!("the listing has no function `{name}`"))
    }
}

impl Function {
    pub(super) fn instructions(&self) -> impl Iterator<Item = &Instruction> {
        self.lines.iter().filter_map(|line| match line {
            Line::Instruction(instruction) => Some(instruction),
            Line::Label(_) => None,
        })
    }

    /// Every way from the first instruction to a return that calls nothing and goes round no loop.
    pub(super) fn ways_without_calls(&self) -> Vec<Vec<&Instruction>> {
        let mut ways = Vec::new();
        self.walk(0, &mut Vec::new(), &mut Vec::new(), &mut ways);
        ways
    }

    fn walk<'a>(
        &'a self,
        mut at: usize,
        seen: &mut Vec<usize>,
        way: &mut Vec<&'a Instruction>,
        ways: &mut Vec<Vec<&'a Instruction>>,
    ) {
        let (seen_before, way_before) = (seen.len(), way.len());
        while let Some(line) = self.lines.get(at) {
            if seen.contains(&at) {
                break;
            }
            seen.push(at);
            let Line::Instruction(instruction) = line else {
                at += 1;
                continue;
            };
            way.push(instruction);
            if instruction.returns() {
                ways.push(way.clone());
                break;
            }
            if instruction.calls() {
                break;
            }
            match (instruction.jumps(), self.label(&instruction.operands)) {
                // To another function, by its name or through a table.
                (Jump::Always, None) => break,
                (Jump::Always, Some(target)) => at = target,
                (Jump::Perhaps, target) => {
                    if let Some(target) = target {
                        self.walk(target, seen, way, ways);
                    }
                    at += 1;
                }
                (Jump::Never, _) => at += 1,
            }
        }
        seen.truncate(seen_before);
        way.truncate(way_before);
    }

    fn label(&self, name: &str) -> Option<usize> {
        self.lines
            .iter()
            .position(|line| matches!(line, Line::Label(label) if label == name))
    }

    /// The lines, with labels numbered as they appear: the same for functions that do the same.
    pub(super) fn normal(&self) -> String {
        let mut text = self.to_string();
        let labels = self.lines.iter().filter_map(|line| match line {
            Line::Label(label) => Some(label),
            Line::Instruction(_) => None,
        });
        for (number, label) in labels.enumerate() {
            text = text
                .replace(&format!("{label}:"), &format!("{number}:"))
                .replace(&format!(" {label}\n"), &format!(" {number}\n"));
        }
        text
    }
}

impl std::fmt::Display for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.lines {
            match line {
                Line::Label(label) => writeln!(f, "{label}:")?,
                Line::Instruction(instruction) => {
                    writeln!(f, "    {} {}", instruction.mnemonic, instruction.operands)?;
                }
            }
        }
        Ok(())
    }
}

enum Jump {
    Never,
    Perhaps,
    Always,
}

impl Instruction {
    /// `None` for directives and empty lines.
    fn new(line: &str) -> Option<Instruction> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('.') {
            return None;
        }
        let (mnemonic, operands) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        Some(Instruction {
            mnemonic: mnemonic.to_owned(),
            operands: operands.trim().to_owned(),
        })
    }

    fn returns(&self) -> bool {
        self.mnemonic.starts_with("ret")
    }

    pub(super) fn calls(&self) -> bool {
        self.mnemonic.contains("call") || self.operands.starts_with("call")
    }

    fn jumps(&self) -> Jump {
        match self.mnemonic.as_str() {
            "jmp" | "jmpq" => Jump::Always,
            other if other.starts_with('j') => Jump::Perhaps,
            _ => Jump::Never,
        }
    }

    /// Whether other processors have to wait for it.
    pub(super) fn locks(&self) -> bool {
        let memory = self.operands.contains('(');
        self.mnemonic.starts_with("lock")
            || self.mnemonic.ends_with("fence")
            || (self.mnemonic.starts_with("xchg") && memory)
    }

    /// Whether it writes to memory that is not the stack.
    pub(super) fn stores(&self) -> bool {
        let writes = ["mov", "inc", "add", "xadd", "lock"];
        let memory = self.operands.ends_with(')') && !self.operands.ends_with("(%rsp)");
        memory && writes.iter().any(|write| self.mnemonic.starts_with(write))
    }
}

/// What `.set name, of` and `name = of` say.
fn alias(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (name, of) = match line.strip_prefix(".set") {
        Some(rest) => rest.split_once(',')?,
        None => line.split_once(" = ")?,
    };
    Some((name.trim(), of.trim()))
}

fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_comments_and_data_are_no_instructions() {
        let listing = Listing::new(
            "f:\n\t.cfi_startproc\n\tincq\t(%rax)   # one more\n\tretq\n.Lfunc_end0:\n\t.quad f\n",
        );
        let function = listing.function("f").expect("it is there");
        assert_eq!(function.to_string(), "    incq (%rax)\n    retq \n");
    }

    #[test]
    fn a_missing_function_is_an_error() {
        assert!(Listing::new("f:\n\tretq\n").function("g").is_err());
        assert!(Listing::new("f:\n.Lfunc_end0:\n").function("f").is_err());
    }

    #[test]
    fn a_loop_ends_the_walk() {
        let listing = Listing::new("f:\n.LBB0_1:\n\tdecq\t%rax\n\tjne\t.LBB0_1\n\tjmp\t.LBB0_1\n");
        let function = listing.function("f").expect("it is there");
        assert!(function.ways_without_calls().is_empty());
    }
}
