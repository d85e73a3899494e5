//! Methods borrow, reborrow and consume as they did.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{Component, instrumented};

struct Store {
    component: Component,
    values: Vec<String>,
}

impl Store {
    #[instrumented(component = self.component)]
    fn last(&mut self) -> Result<&mut String, ()> {
        match self.values.last_mut() {
            Some(last) => Ok(last),
            None => Err(()),
        }
    }

    #[instrumented(component = self.component, name = "put", in_flight)]
    fn put(&mut self, value: &str) -> &mut String {
        self.values.push(value.to_owned());
        let last = self.values.len() - 1;
        &mut self.values[last]
    }

    #[instrumented(component = component)]
    fn into_values(self, component: Component) -> Option<Vec<String>> {
        Some(self.values)
    }

    #[instrumented]
    fn new(component: Component) -> Self {
        Self { component, values: Vec::new() }
    }
}

trait Count {
    type Number;

    fn count(&self) -> Self::Number;

    #[instrumented]
    fn twice(&self) -> [Self::Number; 2] {
        [self.count(), self.count()]
    }
}

impl Count for Store {
    type Number = usize;

    #[instrumented]
    fn count(&self) -> Self::Number {
        self.values.len()
    }
}

fn main() {
    let component = Component::register("store");
    let mut store = Store::new(component);
    assert!(store.last().is_err());
    store.put("a").push('b');
    store.last().unwrap().push('c');
    assert_eq!(store.twice(), [1, 1]);
    assert_eq!(store.into_values(component).unwrap(), ["abc"]);
}
