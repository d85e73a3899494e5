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

#[test]
fn a_variadic_function_keeps_its_signature_and_gets_a_guard() {
    let item = quote!(
        unsafe extern "C" fn print(format: *const u8, mut rest: ...) -> Result<u8, u8> {
            Ok(7)
        }
    );
    let tokens = expanded(TokenStream::new(), item);
    let signature = r#"unsafe extern "C" fn print (format : * const u8 , mut rest : ...) -> Result < u8 , u8 >"#;
    assert_eq!(tokens.matches(signature).count(), 2, "{tokens}");
    assert!(tokens.contains("Guard :: start"), "{tokens}");
    assert!(!tokens.contains("call_once"), "{tokens}");
    let looked_at = expanded(
        quote!(ok_if = good),
        quote!(
            unsafe extern "C" fn print(mut rest: ...) {}
        ),
    );
    assert!(looked_at.contains("variadic function"), "{looked_at}");
}

#[test]
fn every_path_begins_where_it_was_said() {
    let arguments = quote!(
        crate = crate::facade, component = c, prefix = PREFIX, bounds = BOUNDS, in_flight, busy, polls,
        labels(method: Method = m), errors = Failure, tracing(err = "warn", ret = "debug")
    );
    for item in [
        quote!(
            async fn f() -> Result<u8, Failure> {
                Ok(7)
            }
        ),
        quote!(
            fn f() -> BoxFuture<'static, Result<u8, Failure>> {
                later()
            }
        ),
    ] {
        let tokens = expanded(arguments.clone(), item);
        assert!(!tokens.contains("compile_error"), "{tokens}");
        assert!(tokens.contains("crate :: facade :: private"), "{tokens}");
        assert!(!tokens.contains(":: obs ::"), "{tokens}");
    }
}

#[test]
fn a_future_is_wrapped_once() {
    let arguments = quote!(
        component = c,
        busy,
        ok_if = good,
        tracing(err = "warn"),
        in_flight
    );
    let tokens = expanded(
        arguments,
        quote!(
            async fn f() -> Result<u8, u8> {
                Ok(7)
            }
        ),
    );
    let on = tokens
        .split("async fn")
        .nth(1)
        .expect("the first of the two");
    assert_eq!(on.matches("async move").count(), 1, "{tokens}");
    assert_eq!(on.matches("Instrumented ::").count(), 1, "{tokens}");
    assert_eq!(on.matches("in_component").count(), 0, "{tokens}");
}

#[test]
fn compiled_out_every_argument_is_looked_at_and_nothing_runs() {
    let tokens = expanded(
        quote!(
            component = c, name = NAME, bounds = BOUNDS, labels(method: Method = m), errors = Failure,
            tracing(err = "warn")
        ),
        quote!(
            fn f(c: Component) -> Result<u8, Failure> {
                Ok(7)
            }
        ),
    );
    let off = tokens
        .rsplit("} { fn f")
        .next()
        .expect("the second of the two");
    for looked_at in [
        "check_prefix (__OBS_WORDS)",
        "has_labels :: < Failure >",
        "bounds :: check (BOUNDS)",
        "if false { let _ : :: obs :: Component = c ;",
        "check :: labels :: < Method > (m)",
        "check :: errors :: < _ , Failure > (result)",
        "check :: error_is_displayed (result)",
    ] {
        assert!(off.contains(looked_at), "{looked_at}: {off}");
    }
    for of_on in [
        "function ::",
        "private :: metric",
        "log !",
        "Component :: enter",
    ] {
        assert!(!off.contains(of_on), "{of_on}: {off}");
    }
}

#[test]
fn metrics_are_listed_behind_the_documentation() {
    let tokens = expanded(
        quote!(prefix = "fetch", in_flight, labels(kind = "x")),
        quote!(
            /// Fetches.
            #[inline]
            fn f() {}
        ),
    );
    let list = r#"# [cfg_attr (doc , doc = "\n\n# Metrics\n\n* `fetch_calls_total{function, kind, outcome}`: calls.\n* `fetch_duration_seconds{function, kind}`: time of calls.\n* `fetch_in_flight{function, kind}`: calls under way.")]"#;
    assert!(
        tokens.contains(&format!("# [inline] {list} fn f")),
        "{tokens}"
    );
    assert_eq!(
        tokens.matches("Metrics").count(),
        1,
        "compiled out there are none"
    );
}

#[test]
fn the_functions_of_a_block_are_told_apart_by_its_type() {
    for (head, owner) in [
        (quote!(impl Store), "::Store::get"),
        (
            quote!(impl<'a, T: Clone> Store<'a, T> where T: Copy),
            "::Store<'a, T>::get",
        ),
        (quote!(unsafe impl Get for Store), "::<Store as Get>::get"),
        (
            quote!(impl<T> fmt::Get<u8> for &mut [T]),
            "::<&mut [T] as fmt::Get<u8>>::get",
        ),
        (
            quote!(pub(crate) trait Get: Clone where Self: Sized),
            "::Get::get",
        ),
        (quote!(pub mod store), "::get"),
    ] {
        let tokens = expanded(TokenStream::new(), quote!(#head { fn get(&self) {} }));
        let label = format!("concat ! (:: core :: module_path ! () , \"{owner}\")");
        assert!(tokens.contains(&label), "{head}: {tokens}");
        assert_eq!(tokens.matches(&head.to_string()).count(), 2, "{tokens}");
    }
}

#[test]
fn a_block_with_a_fault_is_as_it_was_without_the_attributes_inside() {
    let tokens = expanded(
        quote!(in_flihgt),
        quote!(
            #[async_trait]
            impl Store {
                const ONE: u8 = { 1 };
                #[instrumented(skip)]
                #[inline]
                fn left_out(&self) {}
                #[obs::instrumented(name = "get")]
                fn get(&self) {}
            }
        ),
    );
    assert!(tokens.contains("did you mean `in_flight`"), "{tokens}");
    let kept = "# [async_trait] impl Store { const ONE : u8 = { 1 } ; # [inline] fn left_out (& self) { } fn get (& self) { } }";
    assert!(tokens.ends_with(kept), "{tokens}");
}

#[test]
fn a_block_whose_bodies_do_not_parse_is_kept() {
    let tokens = expanded(
        TokenStream::new(),
        quote!(
            impl Store {
                fn get(&self) {
                    self. ; let
                }
            }
        ),
    );
    assert_eq!(tokens.matches("self . ; let").count(), 2, "{tokens}");
    assert!(!tokens.contains("compile_error"), "{tokens}");
}

#[test]
fn a_function_inside_has_the_arguments_of_the_block_but_for_its_own() {
    let tokens = expanded(
        quote!(prefix = "outer", in_flight, polls, component = a),
        quote!(
            mod m {
                fn plain() {}
                #[instrumented(name = "own", component = b)]
                async fn own() {}
            }
        ),
    );
    for name in [
        "outer_calls_total",
        "outer_in_flight",
        "own_calls_total",
        "own_in_flight",
        "own_polls_total",
    ] {
        assert!(tokens.contains(&format!("\"{name}\"")), "{name}: {tokens}");
    }
    assert!(
        !tokens.contains("\"outer_polls_total\""),
        "only a future is polled: {tokens}"
    );
    assert!(
        tokens.contains("Component :: enter (a)") && tokens.contains("Some (b)"),
        "{tokens}"
    );
}
