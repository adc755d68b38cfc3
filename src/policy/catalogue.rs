//! The policies that come with the program.

use crate::source::Source;

macro_rules! built_in {
    ($($id:literal in $name:literal),+ $(,)?) => {
        [$(($id, concat!("policies/", $name), include_str!(concat!("../../policies/", $name)))),+]
    };
}

/// Id, name of the file and text.
pub(super) const BUILT_IN: [(&str, &str, &str); 4] = built_in![
    "three-tier/alpha" in "three-tier-alpha.json",
    "three-tier/alpha-prime" in "three-tier-alpha-prime.json",
    "three-tier/beta" in "three-tier-beta.json",
    "three-tier/beta-prime" in "three-tier-beta-prime.json",
];

/// Ids of the policies that come with the program.
pub fn built_in_ids() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(id, ..)| *id)
}

/// The models that policies come with the program for, in the same order: `alpha`.
pub fn models() -> impl Iterator<Item = &'static str> {
    built_in_ids().map(|id| id.strip_prefix("three-tier/").unwrap_or(id))
}

/// The file of such a policy.
pub(super) fn built_in_source(id: &str) -> Option<Source> {
    let (_, name, text) = BUILT_IN.iter().find(|(known, ..)| *known == id)?;
    Source::new(*name, text.as_bytes().to_vec()).ok()
}
