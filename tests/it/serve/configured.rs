//! A runtime that `obs.toml` and the environment set up, in a process of its own.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::{env, fs};

use obs::{Counter, counter};
use obs_runtime::{Builder, Error, Runtime};

use obs_tests::http;

use crate::{address, builder, turn};

static STEPS: Counter = counter!(
    "configured_steps_total",
    "Steps of these tests.",
    scope = process
);

/// Runs [`in_a_child`] with a file in its working directory and a variable.
fn child(name: &str, file: &str, variable: (&str, &str)) -> Output {
    let directory = env::temp_dir().join(format!("obs-configured-{name}-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a temporary directory can be made");
    fs::write(directory.join("obs.toml"), file).expect("it can be written to");
    let program: PathBuf = env::current_exe().expect("this program has a path");
    let output = Command::new(program)
        .args([
            "--exact",
            "configured::in_a_child",
            "--ignored",
            "--nocapture",
        ])
        .env(variable.0, variable.1)
        .current_dir(&directory)
        .output()
        .expect("this program starts");
    fs::remove_dir_all(&directory).expect("the directory is still there");
    output
}

#[test]
#[ignore = "run by the tests below, in a process with a file and variables of theirs"]
fn in_a_child() {
    STEPS.inc_by(3);
    match Runtime::configured().and_then(Builder::start) {
        Ok(runtime) => {
            println!(
                "address: {:?}",
                runtime.address().map(|address| address.ip())
            );
            println!(
                "count: {:?}",
                runtime.shutdown().total("configured_steps_total", &[])
            );
        }
        Err(error) => println!("error: {error}"),
    }
}

#[test]
fn a_program_is_set_up_by_its_file_and_its_environment() {
    let file = "listen = \"127.0.0.1:0\"\n[labels]\nregion = \"eu\"\n";
    let output = child("both", file, ("OBS_TICK", "10s"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("address: Some(127.0.0.1)"), "{said}");
    assert!(said.contains("count: Some(3)"), "{said}");

    let output = child("off", file, ("OBS_LISTEN", "off"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("address: None"), "{said}");
}

#[test]
fn a_fault_is_told_with_its_place_also_if_it_shows_at_the_start() {
    let output = child("wrong", "tick = true\n", ("OBS_LISTN", "off"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("error: obs.toml:1: `tick` cannot be the boolean true"),
        "{said}"
    );
    assert!(said.contains("; OBS_LISTN: there is no variable"), "{said}");

    let file = "\n[labels]\nle = \"x\"\n";
    let output = child("late", file, ("OBS_LISTEN", "off"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("error: obs.toml:3: constant label `le`"),
        "{said}"
    );
}

#[test]
fn the_limits_are_those_of_the_server() {
    let _turn = turn();
    let variables = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LIMITS_HEADER_SIZE", "9KiB"),
    ];
    let variables = variables.map(|(name, value)| (name.into(), value.into()));
    // No file is there.
    let nowhere = env::temp_dir().join("obs-configured-nowhere");
    let builder = Builder::read(&nowhere, variables).expect("it is right");
    let runtime = builder.start().expect("it starts");
    let status = |bytes: usize| {
        let header = format!("X-Large: {}\r\n", "x".repeat(bytes));
        http::get(address(&runtime), "/metrics", &header).status
    };
    assert_eq!((status(4_000), status(40_000)), (200, 431));
}

#[test]
fn nothing_recorded_is_lost_to_a_wrong_configuration() {
    let _turn = turn();
    let total = || {
        let runtime = builder()
            .no_server()
            .start()
            .expect("a good builder starts");
        runtime
            .shutdown()
            .total("configured_steps_total", &[])
            .unwrap_or(0)
    };
    let before = total();
    STEPS.inc_by(5);
    let read = Builder::read(&env::temp_dir(), [("OBS_TIK".into(), "1s".into())]);
    let error = read.map(drop).expect_err("there is no such variable");
    assert!(matches!(error, Error::Config { .. }), "{error:?}");
    STEPS.inc_by(2);
    assert_eq!(total() - before, 7);
}
