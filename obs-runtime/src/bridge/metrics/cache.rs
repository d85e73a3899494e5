//! What a thread remembers: the facade asks for a handle at every call, and a thread that has asked before is answered
//! without a lock, an allocation or a locked instruction on a line that others use.

use metrics::Key;

/// Entries at first, a power of two.
const FIRST: usize = 64;

/// Entries at most: beyond, a thread forgets all and begins again. More means more memory per thread, less that a thread
/// which uses very many series asks for them again. A table is never more than half full; a slot takes 64 bytes.
const MOST: usize = 16_384;

/// Handles by key: an open table, searched from the place that the hash names. Keys are compared whole.
#[derive(Debug)]
pub(super) struct Cache<H> {
    entries: Vec<Option<(Key, H)>>,
    used: usize,
}

impl<H> Cache<H> {
    pub(super) const fn new() -> Cache<H> {
        Cache {
            entries: Vec::new(),
            used: 0,
        }
    }

    /// Returns the handle of a key, if the thread has asked for it before with its labels in this order.
    #[inline]
    pub(super) fn get(&self, key: &Key) -> Option<&H> {
        if self.entries.is_empty() {
            return None;
        }
        let mut at = place(key, self.entries.len());
        while let Some((known, handle)) = &self.entries[at] {
            if same(known, key) {
                return Some(handle);
            }
            at = (at + 1) & (self.entries.len() - 1);
        }
        None
    }

    /// Remembers a handle that is not there.
    pub(super) fn insert(&mut self, key: Key, handle: H) {
        if self.used * 2 >= self.entries.len() {
            self.grow();
        }
        self.used += 1;
        self.put(key, handle);
    }

    fn grow(&mut self) {
        let size = (self.entries.len() * 2).max(FIRST);
        let before = std::mem::take(&mut self.entries);
        self.entries.resize_with(size.min(MOST), || None);
        if size > MOST {
            self.used = 0;
            return;
        }
        for (key, handle) in before.into_iter().flatten() {
            self.put(key, handle);
        }
    }

    fn put(&mut self, key: Key, handle: H) {
        let mut at = place(&key, self.entries.len());
        while self.entries[at].is_some() {
            at = (at + 1) & (self.entries.len() - 1);
        }
        self.entries[at] = Some((key, handle));
    }
}

/// Where to look first. The facade's hash is not mixed to its last bits: the middle ones of a product are.
#[inline]
fn place(key: &Key, entries: usize) -> usize {
    debug_assert!(entries.is_power_of_two());
    let mixed = key.get_hash().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize & (entries - 1)
}

/// Whether name and labels are the same, in the same order.
#[inline]
fn same(known: &Key, key: &Key) -> bool {
    known.get_hash() == key.get_hash()
        && same_text(known.name(), key.name())
        && known.labels().len() == key.labels().len()
        && known.labels().zip(key.labels()).all(|(known, label)| {
            same_text(known.key(), label.key()) && same_text(known.value(), label.value())
        })
}

/// Most texts are the very same static.
#[inline]
fn same_text(known: &str, text: &str) -> bool {
    std::ptr::eq(known, text) || known == text
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics::Label;

    fn key(name: &str, labels: &[(&str, &str)]) -> Key {
        let labels = labels.iter();
        let labels = labels.map(|(key, value)| Label::new((*key).to_owned(), (*value).to_owned()));
        Key::from_parts(name.to_owned(), labels.collect::<Vec<_>>())
    }

    #[test]
    fn what_was_put_in_is_found_while_the_table_grows() {
        let mut cache = Cache::new();
        for n in 0..2_000 {
            cache.insert(key(&format!("name_{n}"), &[("n", "x")]), n);
            for known in [0, n / 2, n] {
                let found = cache.get(&key(&format!("name_{known}"), &[("n", "x")]));
                assert_eq!(found, Some(&known));
            }
        }
        assert_eq!(cache.get(&key("name_2000", &[("n", "x")])), None);
    }

    #[test]
    fn a_key_is_compared_whole() {
        let mut cache = Cache::new();
        cache.insert(key("name", &[("a", "b"), ("c", "d")]), 1);
        for other in [
            key("name", &[]),
            key("name", &[("a", "b")]),
            key("name", &[("a", "b"), ("c", "e")]),
            key("name", &[("a", "b"), ("e", "d")]),
            key("names", &[("a", "b"), ("c", "d")]),
            // The same series, and an entry of its own: comparing in any order would allocate.
            key("name", &[("c", "d"), ("a", "b")]),
        ] {
            assert_eq!(cache.get(&other), None, "{other:?}");
        }
        assert_eq!(cache.get(&key("name", &[("a", "b"), ("c", "d")])), Some(&1));
    }

    #[test]
    fn a_flood_of_keys_takes_bounded_memory() {
        let mut cache = Cache::new();
        for n in 0..3 * MOST {
            cache.insert(key(&format!("name_{n}"), &[]), n);
            assert!(cache.entries.len() <= MOST && cache.used <= MOST / 2);
            assert_eq!(cache.get(&key(&format!("name_{n}"), &[])), Some(&n));
        }
    }
}
