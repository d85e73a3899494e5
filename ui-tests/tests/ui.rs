//! Compiles every case: each in `pass` runs, each in `fail` is refused with the very message beside it.
//!
//! `TRYBUILD=overwrite cargo test -p obs-ui-tests` writes the messages anew; read what changed before keeping it.

#[test]
fn good_programs_run_and_each_fault_has_its_message() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*/*.rs");
    cases.compile_fail("fail/*/*.rs");
}
