//! Facts about `span!` and `event!`, from text to text.

use super::*;
use quote::quote;

fn faults(input: TokenStream, what: What) -> String {
    let mut faults = Faults::default();
    let written = parse::written(input, what, &mut faults);
    valid::check(&written, &mut faults);
    faults.messages().join("\n")
}

#[test]
fn what_is_wrong_is_said_with_what_to_write() {
    for (input, says) in [
        (quote!(), "the name comes first"),
        (quote!(user = 7), "the name comes first"),
        (quote!(""), "the name is empty"),
        (quote!("fetch {id}"), "as an attribute"),
        (quote!("a\nb"), "control characters"),
        (quote!("fetch", user), "`user = user`"),
        (quote!("fetch", rot), "did you mean `root`"),
        (quote!("fetch", user = ), "the value of `user`"),
        (quote!("fetch", user = 1, user = 2), "given twice"),
        (quote!("fetch", "" = 1), "not empty"),
        (quote!("fetch", "a b" = 1), "write `\"a_b\"`"),
        (quote!("fetch", kind = sever), "did you mean `server`"),
        (quote!("fetch", kind), "needs a value"),
        (
            quote!("fetch", root, parent = c),
            "leave one of the two out",
        ),
        (quote!("fetch", root, detached), "hangs on nothing"),
        (quote!("fetch", parent = a, parent = b), "given twice"),
        (quote!("fetch", root = 1), "stands alone"),
        (quote!("fetch", 7), "expected an attribute"),
    ] {
        let found = faults(input.clone(), What::Span);
        assert!(found.contains(says), "{input}: {found}");
    }
}

#[test]
fn what_is_right_has_no_fault() {
    for input in [
        quote!("fetch"),
        quote!("fetch",),
        quote!(NAME, user = 7),
        quote!("GET /users/:id", http.method = "GET", "http.route" = %route, r#type = ?kind),
        quote!(
            "handle",
            kind = consumer,
            parent = message.context,
            detached
        ),
        quote!("work", root, crate = a::b),
    ] {
        assert_eq!(faults(input.clone(), What::Span), "", "{input}");
    }
    assert_eq!(
        faults(quote!("retry", root = 1, kind = "x"), What::Event),
        ""
    );
}

#[test]
fn all_faults_of_a_call_are_found() {
    let found = faults(quote!("", user, kind = x), What::Span);
    assert_eq!(found.lines().count(), 3, "{found}");
}
