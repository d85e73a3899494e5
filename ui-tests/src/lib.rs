//! What the macros of obs accept (`pass/<macro>/`) and refuse (`fail/<macro>/<the-fault>.rs`, each with its message).
