//! How large the campaigns are: `SANSO_SEED` says where they begin, `SANSO_DOCUMENTS` and the like how much they try.

/// A number of the environment, or what it is by default.
///
/// # Panics
/// When something else stands there.
pub fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}
