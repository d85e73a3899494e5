//! What this stage counts about itself.
