//! A function without `self` has no component by it.

use obs::{Component, instrumented};

struct Store {
    component: Component,
}

#[instrumented(component = self.component)]
impl Store {
    fn new(component: Component) -> Self {
        Store { component }
    }
}

fn main() {
    Store::new(Component::register("store"));
}
