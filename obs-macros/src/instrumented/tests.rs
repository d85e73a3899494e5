//! Facts about `#[instrumented]`, from text to text.

use super::*;

fn expanded(arguments: TokenStream, item: TokenStream) -> String {
    expand(arguments, item).to_string()
}

#[test]
fn a_fault_leaves_the_item_as_it_was() {
    let item = quote!(
        fn f() -> u8 {
            7
        }
    );
    for (arguments, says) in [
        (quote!(componnet = c), "did you mean `component`"),
        (quote!(in_flight, in_flight), "given twice"),
        (quote!(component), "needs a value"),
        (quote!(component = ), "expression of type `Component`"),
        (quote!(name = 7), "expected a text"),
        (quote!(name = ""), "name is empty"),
        (quote!(name = "Fetch"), "write `fetch`"),
        (quote!(name = "obs_fetch"), "write `fetch`"),
        (quote!(function = ""), "without text"),
        (
            quote!(function = "f", name = "f"),
            "leave one of the two out",
        ),
        (quote!(in_flight = true), "stands alone"),
        (quote!(7), "expected an argument"),
    ] {
        let tokens = expanded(arguments.clone(), item.clone());
        assert!(tokens.contains("compile_error"), "{arguments}");
        assert!(tokens.contains(says), "{arguments}: {tokens}");
        assert!(tokens.ends_with(&item.to_string()), "{arguments}: {tokens}");
    }
}

#[test]
fn what_cannot_be_instrumented_says_why_and_survives() {
    for (item, says) in [
        (
            quote!(
                const fn f() {}
            ),
            "remove `const`",
        ),
        (
            quote!(
                fn f();
            ),
            "on the implementation",
        ),
        (
            quote!(
                struct S;
            ),
            "function or a method",
        ),
        (
            quote!(
                static S: u8 = 7;
            ),
            "function or a method",
        ),
    ] {
        let tokens = expanded(TokenStream::new(), item.clone());
        assert!(tokens.contains(says), "{item}: {tokens}");
        assert!(tokens.ends_with(&item.to_string()), "{item}: {tokens}");
    }
}

#[test]
fn a_body_that_does_not_parse_is_kept() {
    let tokens = expanded(TokenStream::new(), quote!(fn f() { self. ; let }));
    assert!(tokens.contains("self . ; let"), "{tokens}");
    assert!(!tokens.contains("compile_error"), "{tokens}");
}

#[test]
fn the_plain_function_stands_beside_the_instrumented_one() {
    let item = quote!(
        #[inline]
        pub(crate) async unsafe fn f<T>(x: T) -> T
        where
            T: Copy,
        {
            x
        }
    );
    let tokens = expanded(TokenStream::new(), item.clone());
    let off = tokens.rfind(&item.to_string());
    assert!(off.is_some(), "{tokens}");
    assert_eq!(tokens.matches("async unsafe fn f").count(), 2);
}

#[test]
fn a_component_is_checked_also_where_it_is_not_entered() {
    let tokens = expanded(
        quote!(component = self.c),
        quote!(
            fn f(&self) {}
        ),
    );
    assert!(
        tokens.contains("if false { let _ : :: obs :: Component = self . c ; }"),
        "{tokens}"
    );
}

#[test]
fn families_of_its_own_have_no_function_label() {
    let tokens = expanded(
        quote!(name = "fetch", in_flight),
        quote!(
            fn f() {}
        ),
    );
    for name in [
        "fetch_calls_total",
        "fetch_duration_seconds",
        "fetch_in_flight",
    ] {
        assert!(tokens.contains(name), "{tokens}");
    }
    assert!(!tokens.contains("\"function\""), "{tokens}");
}
