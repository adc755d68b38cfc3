//! Questions that engineers ask beside the verdict. Each is answered exactly for `docs/semantics.md`, or not at all.

pub mod beside;
pub mod coverage;
pub mod exceptions;
pub mod exposure;
mod hitting;
pub mod repair;
pub mod rules;
pub mod why;
