//! A comparison of two documents in each format. What it means is written in `docs/diff.md`.

mod codes;
pub mod github;
pub mod html;
pub mod json;
#[cfg(feature = "junit")]
pub mod junit;
mod lines;
pub mod markdown;
mod phrases;
pub mod sarif;
pub mod text;

pub use codes::{CODES, explanation};
