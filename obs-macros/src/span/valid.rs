//! Checks what was written.

use super::model::{Attribute, Name, What, Written};
use crate::faults::Faults;

/// So many attributes one call may have.
const MOST_ATTRIBUTES: usize = 32;
const LONGEST_NAME: usize = 120;
/// Longer keys are cut where they are recorded.
const LONGEST_KEY: usize = 64;

pub(super) fn check(written: &Written, faults: &mut Faults) {
    name(written, faults);
    attributes(&written.attributes, faults);
    origin(written, faults);
}

fn name(written: &Written, faults: &mut Faults) {
    let Name::Text(text) = &written.name else {
        return;
    };
    let (name, beginning) = (text.value(), written.what.beginning());
    if name.trim().is_empty() {
        let how = format!("the name is empty: write what is done, like `{beginning}\"checkout\")`");
        faults.at(text, how);
    } else if name.chars().any(char::is_control) {
        faults.at(text, "a name is one line without control characters");
    } else if name.len() > LONGEST_NAME {
        let how = format!(
            "the name has more than {LONGEST_NAME} bytes: put what is special into attributes"
        );
        faults.at(text, how);
    } else if name.contains(['{', '}']) {
        let how = "a name is not formatted, since there would be too many of them: write what differs as an attribute, `key = value`";
        faults.at(text, how);
    }
}

fn attributes(attributes: &[Attribute], faults: &mut Faults) {
    for (at, attribute) in attributes.iter().enumerate() {
        let Attribute { key, place, .. } = attribute;
        let is_legal = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        let mut fault = |how: String| faults.add(syn::Error::new(*place, how));
        if key.is_empty() {
            fault("a key is not empty: write what the value is, like `user.id`".to_owned());
        } else if !key.chars().all(is_legal) {
            let legal: String = key
                .chars()
                .map(|c| if is_legal(c) { c } else { '_' })
                .collect();
            fault(format!(
                "keys are letters, digits, `.`, `_`, `-` and `/`: write `\"{legal}\"`"
            ));
        } else if key.len() > LONGEST_KEY {
            fault(format!("the key has more than {LONGEST_KEY} bytes"));
        } else if attributes[..at].iter().any(|other| other.key == *key) {
            fault(format!("`{key}` is given twice"));
        }
    }
    if let Some(attribute) = attributes.get(MOST_ATTRIBUTES) {
        let how = format!(
            "more than {MOST_ATTRIBUTES} attributes in one call: record the rest with `set`"
        );
        faults.add(syn::Error::new(attribute.place, how));
    }
}

fn origin(written: &Written, faults: &mut Faults) {
    if let (Some(root), Some((parent, _))) = (&written.root, &written.parent) {
        let how = format!(
            "`{root}` begins a trace, `{parent}` goes on with one: leave one of the two out"
        );
        faults.at(root, how);
    }
    if let (Some(root), Some(detached)) = (&written.root, &written.detached) {
        let how = format!("a root hangs on nothing: leave `{detached}` out, or `{root}`");
        faults.at(detached, how);
    }
    debug_assert!(written.what != What::Event || written.root.is_none());
}
