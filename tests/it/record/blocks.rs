//! `impl` blocks, traits and modules as a whole, and `#[async_trait]` above or below.

use async_trait::async_trait;
use obs::{Component, instrumented};
use obs_tests::calls::{calls, counted, of_function};

struct Store {
    component: Component,
    values: Vec<String>,
}

#[instrumented(component = self.component)]
impl Store {
    const MOST: usize = 2;

    #[instrumented(skip)]
    const fn new(component: Component) -> Self {
        Self {
            component,
            values: Vec::new(),
        }
    }

    fn put(&mut self, value: &str) -> Result<&mut String, &'static str> {
        if self.values.len() == Self::MOST {
            return Err("it is full");
        }
        self.values.push(value.to_owned());
        self.values.last_mut().ok_or("it is empty")
    }

    async fn get(&self, index: usize) -> Option<&String> {
        tokio::task::yield_now().await;
        self.values.get(index)
    }

    #[instrumented(function = "another name", in_flight)]
    fn len(&self) -> usize {
        self.values.len()
    }

    #[instrumented(component = component)]
    fn gone(component: Component) -> Self {
        Self::new(component)
    }
}

#[tokio::test]
async fn every_function_of_an_impl_block_is_counted_but_those_left_out() {
    let component = Component::register("blocks/store");
    let mut store = Store::new(component);
    store.put("a").expect("there is room").push('b');
    store.put("b").expect("there is room");
    assert!(store.put("c").is_err());
    assert_eq!(store.get(0).await.map(String::as_str), Some("ab"));
    assert_eq!(store.len(), 2);
    assert_eq!(Store::gone(component).values.len(), 0);
    let of = |function: &str| calls(component, function).outcomes;
    assert_eq!(of("record::blocks::Store::put"), [2, 1, 0, 0]);
    assert_eq!(of("record::blocks::Store::get"), [1, 0, 0, 0]);
    assert_eq!(of("another name"), [1, 0, 0, 0]);
    assert_eq!(of("record::blocks::Store::gone"), [1, 0, 0, 0]);
    assert!(of_function("function_in_flight", "another name").is_some());
    let skipped = "record::blocks::Store::new";
    assert!(of_function("function_calls_total", skipped).is_none());
}

#[instrumented(prefix = "shelf", in_flight, polls)]
mod shelf {
    pub(super) const HEIGHT: usize = if cfg!(test) { 3 } else { 4 };

    pub(super) fn height() -> usize {
        HEIGHT
    }

    pub(super) struct Board<T>(pub(super) T);

    impl<T: Clone> Board<T> {
        pub(super) async fn copied(&self) -> T {
            self.0.clone()
        }
    }

    impl<T> From<T> for Board<T> {
        fn from(value: T) -> Self {
            Board(value)
        }
    }

    #[instrumented(skip)]
    pub(super) mod left_out {
        pub(crate) fn nothing() {}
    }

    pub(super) mod inner {
        pub(crate) fn deep() -> Option<u8> {
            Some(7)
        }
    }

    macro_rules! made {
        ($name:ident) => {
            pub(super) fn $name() {}
        };
    }

    made!(by_a_macro);
}

#[tokio::test]
async fn every_function_of_a_module_feeds_the_families_of_its_prefix() {
    let component = Component::register("blocks/shelf");
    let _entered = component.enter();
    assert_eq!(shelf::height(), 3);
    assert_eq!(shelf::Board::from(7).copied().await, 7);
    assert_eq!(shelf::inner::deep(), Some(7));
    shelf::left_out::nothing();
    shelf::by_a_macro();
    for function in [
        "height",
        "Board<T>::copied",
        "<Board<T> as From<T>>::from",
        "inner::deep",
    ] {
        let function = format!("record::blocks::shelf::{function}");
        assert_eq!(
            counted(component, "shelf_calls_total", &function, 0),
            1,
            "{function}"
        );
        let polled = of_function("shelf_polls_total", &function).is_some();
        assert_eq!(polled, function.ends_with("copied"), "{function}");
        assert!(of_function("shelf_in_flight", &function).is_some());
    }
    for function in ["left_out::nothing", "by_a_macro"] {
        let function = format!("record::blocks::shelf::{function}");
        assert!(of_function("shelf_calls_total", &function).is_none());
    }
}

#[instrumented]
trait Count {
    fn count(&self) -> usize;

    fn twice(&self) -> usize {
        self.count() * 2
    }
}

impl Count for u8 {
    fn count(&self) -> usize {
        usize::from(*self)
    }
}

#[instrumented]
trait Fetch {
    async fn fetch(&self) -> Result<u8, u8>;

    async fn fetch_twice(&self) -> Result<u8, u8> {
        Ok(self.fetch().await? * 2)
    }
}

impl Fetch for u8 {
    #[instrumented(function = "native fetch")]
    async fn fetch(&self) -> Result<u8, u8> {
        (*self > 0).then_some(*self).ok_or(0)
    }
}

#[tokio::test]
async fn default_methods_of_a_trait_are_counted_and_native_async_ones_too() {
    let component = Component::register("blocks/traits");
    let _entered = component.enter();
    assert_eq!(7_u8.twice(), 14);
    assert_eq!(7_u8.fetch_twice().await, Ok(14));
    assert_eq!(0_u8.fetch_twice().await, Err(0));
    let of = |function: &str| calls(component, function).outcomes;
    assert_eq!(of("record::blocks::Count::twice"), [1, 0, 0, 0]);
    assert_eq!(of("record::blocks::Fetch::fetch_twice"), [1, 1, 0, 0]);
    assert_eq!(of("native fetch"), [1, 1, 0, 0]);
}

#[async_trait]
trait Load {
    async fn load(&self, text: &str) -> Result<u8, std::num::ParseIntError>;
}

struct AttributeInside(Component);

#[async_trait]
impl Load for AttributeInside {
    #[instrumented(component = self.0, function = "inside")]
    async fn load(&self, text: &str) -> Result<u8, std::num::ParseIntError> {
        tokio::task::yield_now().await;
        assert_eq!(Component::current(), Some(self.0));
        text.parse()
    }
}

struct AttributeAbove(Component);

#[instrumented(component = self.0, polls)]
#[async_trait]
impl Load for AttributeAbove {
    async fn load(&self, text: &str) -> Result<u8, std::num::ParseIntError> {
        tokio::task::yield_now().await;
        assert_eq!(Component::current(), Some(self.0));
        text.parse()
    }
}

struct AttributeBelow(Component);

#[async_trait]
#[instrumented(component = self.0, polls)]
impl Load for AttributeBelow {
    async fn load(&self, text: &str) -> Result<u8, std::num::ParseIntError> {
        tokio::task::yield_now().await;
        assert_eq!(Component::current(), Some(self.0));
        text.parse()
    }
}

#[tokio::test]
async fn async_trait_may_stand_on_either_side() {
    let component = Component::register("blocks/async_trait");
    let loads: [Box<dyn Load>; 3] = [
        Box::new(AttributeInside(component)),
        Box::new(AttributeAbove(component)),
        Box::new(AttributeBelow(component)),
    ];
    for load in &loads {
        assert_eq!(load.load("7").await, Ok(7));
        assert!(load.load("seven").await.is_err());
        drop(load.load("never polled, never called"));
    }
    for function in [
        "inside",
        "record::blocks::<AttributeAbove as Load>::load",
        "record::blocks::<AttributeBelow as Load>::load",
    ] {
        let calls = calls(component, function);
        assert_eq!(
            (calls.outcomes, calls.timed),
            ([1, 1, 0, 0], 2),
            "{function}"
        );
        if function != "inside" {
            // Twice in each call: it waits once. The future was watched, not the function that makes it.
            assert_eq!(counted(component, "function_polls_total", function, 0), 4);
        }
    }
}
