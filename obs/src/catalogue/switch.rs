//! Which metrics are switched off, by name.

/// What was said, each time of some names, in the order in which it was said last.
#[derive(Debug, Clone, Default)]
pub(super) struct Switches(Vec<(String, bool)>);

impl Switches {
    pub(super) const fn new() -> Switches {
        Switches(Vec::new())
    }

    /// Says that these are on, or off. Nothing is kept twice, however often one switches to and fro.
    pub(super) fn switch(&mut self, names: &str, on: bool) {
        self.0.retain(|(other, _)| other != names);
        self.0.push((names.to_owned(), on));
    }

    /// What was said last decides.
    pub(super) fn are_off(&self, name: &str) -> bool {
        let mut said = self.0.iter().rev();
        let last = said.find(|(names, _)| means(names, name));
        last.is_some_and(|(_, on)| !on)
    }
}

/// Whether a name is the one that is meant, or, where a `*` ends what is meant, begins with what stands before that.
pub fn means(names: &str, name: &str) -> bool {
    match names.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_itself_and_a_star_what_follows() {
        assert!(means("jobs_total", "jobs_total"));
        assert!(!means("jobs", "jobs_total"));
        assert!(means("jobs*", "jobs_total") && means("jobs*", "jobs") && means("*", "jobs"));
        assert!(!means("jobs_*", "jobs"));
    }

    #[test]
    fn what_was_said_last_of_a_name_decides() {
        let mut switches = Switches::new();
        switches.switch("jobs_*", false);
        switches.switch("jobs_total", true);
        assert!(switches.are_off("jobs_open") && !switches.are_off("jobs_total"));
        switches.switch("jobs_*", false);
        assert!(switches.are_off("jobs_total"));
        assert!(!switches.are_off("calls_total"));
    }

    #[test]
    fn switching_to_and_fro_keeps_nothing_twice() {
        let mut switches = Switches::new();
        for n in 0..100 {
            switches.switch("jobs_total", n % 2 == 0);
        }
        assert_eq!(switches.0.len(), 1);
    }
}
