//! Folded stacks, of which flame graphs are made.

use super::{Bottlenecks, CallPath, Operation};

impl Bottlenecks {
    /// The call paths with their own critical nanoseconds, each as `root;operation;operation`; a line of a folded stack is both with a
    /// space between. `name` says the names of operations; what would end one there becomes a space.
    pub fn folded<'a, N: AsRef<str>>(
        &'a self,
        name: impl Fn(Operation) -> N + 'a,
    ) -> impl Iterator<Item = (String, u128)> + 'a {
        let with_time = |path: CallPath<'a>| {
            let own_ns = path.figures().own_ns_of_all();
            (own_ns > 0).then_some((path, own_ns))
        };
        self.paths()
            .filter_map(with_time)
            .map(move |(path, own_ns)| {
                let mut stack = String::new();
                for operation in path.operations() {
                    if !stack.is_empty() {
                        stack.push(';');
                    }
                    match operation.special_name() {
                        Some(special) => stack.push_str(special),
                        None => push_name(name(operation).as_ref(), &mut stack),
                    }
                }
                (stack, own_ns)
            })
    }
}

fn push_name(name: &str, into: &mut String) {
    let harmless = |c: char| if c == ';' || c.is_control() { ' ' } else { c };
    into.extend(name.chars().map(harmless));
}
