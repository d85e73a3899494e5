//! Facts about the derive, from text to text.

use super::*;
use quote::quote;

fn expanded(input: TokenStream) -> String {
    expand(input, Derive::LabelValue).to_string()
}

#[test]
fn variants_become_snake_case_or_what_they_are_given() {
    let tokens = expanded(quote! {
        enum Outcome { Ok, TimedOut, #[label("E_IO")] Io, #[label(value = "x y")] Other, r#Type }
    });
    assert!(
        tokens.contains(r#"& ["ok" , "timed_out" , "E_IO" , "x y" , "type"]"#),
        "{tokens}"
    );
    assert!(!tokens.contains("compile_error"));
}

#[test]
fn every_fault_is_named_and_the_implementation_survives() {
    for (input, says) in [
        (
            quote!(
                enum E {
                    A(u8),
                }
            ),
            "no fields",
        ),
        (
            quote!(
                enum E<T> {
                    A,
                }
            ),
            "type parameter",
        ),
        (
            quote!(
                enum E {}
            ),
            "without variants",
        ),
        (
            quote!(
                enum E {
                    Aa,
                    #[label("aa")]
                    B,
                }
            ),
            "already",
        ),
        (
            quote!(
                enum E {
                    #[label("")]
                    A,
                }
            ),
            "empty",
        ),
        (
            quote!(
                enum E {
                    #[label("a")]
                    #[label("b")]
                    A,
                }
            ),
            "twice",
        ),
        (
            quote!(
                enum E {
                    #[label(text = "a")]
                    A,
                }
            ),
            "write the text",
        ),
        (
            quote!(
                enum E {
                    #[label(7)]
                    A,
                }
            ),
            "write the text",
        ),
        (
            quote!(
                #[label("a")]
                enum E {
                    A,
                }
            ),
            "texts stand on its variants",
        ),
    ] {
        let tokens = expanded(input.clone());
        assert!(tokens.contains("compile_error"), "{input}");
        assert!(tokens.contains(says), "{input}: {tokens}");
        assert!(tokens.contains("LabelValue"), "{input}");
    }
}

#[test]
fn what_is_no_enum_is_told_so() {
    assert!(
        expanded(quote!(
            struct S;
        ))
        .contains("variants of an enum")
    );
}

#[test]
fn another_path_to_obs_is_used() {
    assert!(
        expanded(quote!(
            #[label(crate = my::obs)]
            enum E {
                A,
            }
        ))
        .contains("impl my :: obs :: private")
    );
}

#[test]
fn errors_may_have_fields_and_parameters() {
    let tokens = expand(
        quote! {
            enum FetchError<T: Clone> where T: Send { TimedOut, #[label("5xx")] Status(u16), Other { why: T } }
        },
        Derive::ErrorLabel,
    )
    .to_string();
    assert!(!tokens.contains("compile_error"), "{tokens}");
    for part in [
        r#"LABELS : & 'static [& 'static :: core :: primitive :: str] = & ["timed_out" , "5xx" , "other"]"#,
        "match * self { FetchError :: TimedOut => 0usize , FetchError :: Status { .. } => 1usize",
        "where T : Send , Self : 'static",
    ] {
        assert!(tokens.contains(part), "{part}: {tokens}");
    }
}

#[test]
fn errors_are_told_apart_like_values() {
    for (input, says) in [
        (
            quote!(
                enum E {}
            ),
            "without variants",
        ),
        (
            quote!(
                enum E {
                    A,
                    #[label("a")]
                    B(u8),
                }
            ),
            "already",
        ),
        (
            quote!(
                struct E;
            ),
            "implement `ErrorLabel` by hand",
        ),
    ] {
        let tokens = expand(input.clone(), Derive::ErrorLabel).to_string();
        assert!(tokens.contains(says), "{input}: {tokens}");
    }
}
