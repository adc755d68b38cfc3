//! The facts of a report as people and machines read them: a renderer for each format, and every sentence in both languages.

mod audit;
#[macro_use]
mod catalogue;
pub mod coverage;
pub mod diagnostics;
mod diagram;
pub mod diff;
pub mod dot;
pub mod exposure;
pub mod github;
pub mod html;
pub mod json;
#[cfg(feature = "junit")]
pub mod junit;
pub mod ledger;
pub mod markdown;
mod markup;
pub mod mermaid;
mod page;
mod phrases;
mod picture;
pub mod repair;
pub mod rules;
pub mod sarif;
mod sentences;
pub mod svg;
mod table;
pub mod text;
pub mod typst;
mod way;
pub mod why;

pub use catalogue::{Sentence, help};
pub use phrases::{standing_word, verdict_word};
