//! The policies that come with the program.

use crate::source::Source;

/// Id, name of the file and text.
pub(super) const BUILT_IN: [(&str, &str, &str); 1] =
    [("three-tier/alpha", "policies/three-tier-alpha.json", include_str!("../../policies/three-tier-alpha.json"))];

/// Ids of the policies that come with the program.
pub fn built_in_ids() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(id, ..)| *id)
}

/// The file of such a policy.
pub(super) fn built_in_source(id: &str) -> Option<Source> {
    let (_, name, text) = BUILT_IN.iter().find(|(known, ..)| *known == id)?;
    Source::new(*name, text.as_bytes().to_vec()).ok()
}
