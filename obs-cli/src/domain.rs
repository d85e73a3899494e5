//! What a metric is about, by its name: how a long list of metrics is divided.

/// What is left out of a name before it says what it is about: everything in a host of components is about those.
const COMPONENT: &str = "component_";

/// The first word of a metric's name, `component_` aside: `component_memory_bytes` is about `memory`.
pub(crate) fn domain(name: &str) -> &str {
    let name = name
        .strip_prefix(COMPONENT)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name);
    name.split(['_', ':'])
        .find(|word| !word.is_empty())
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domain_is_the_first_word_that_tells_something() {
        for (name, about) in [
            ("component_memory_limit_bytes", "memory"),
            ("component_info", "info"),
            ("component_", "component"),
            ("mailbox_depth", "mailbox"),
            ("process_open_fds", "process"),
            ("up", "up"),
            ("job:requests:rate5m", "job"),
            ("_private", "private"),
            ("", ""),
        ] {
            assert_eq!(domain(name), about, "{name}");
        }
    }
}
