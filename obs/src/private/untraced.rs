//! What `tracing(…)` is without the feature: an error that says which one.

/// Refuses to log.
#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($($anything:tt)*) => {
        ::core::compile_error!(
            "`tracing(…)` needs the feature `tracing` of crate obs: write `obs = { version = \"…\", features = [\"tracing\"] }`"
        )
    };
}
