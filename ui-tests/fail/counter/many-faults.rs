//! All faults are shown at once, each where it is.

fn main() {
    let _ = obs::counter!(
        "jobsDone",
        "",
        labels(component = "a", kind = ""),
        unti = "seconds",
        scope = proces,
    );
}
