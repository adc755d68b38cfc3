//! JSON and YAML into one spanned document. Knows syntax only; what a zone means is `model`'s affair.

mod types;
pub use types::*;
