//! The statement as it is written.

use serde::Serialize;

use super::loosened::Loosened;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written<'w> {
    #[serde(rename = "_type")]
    pub r#type: &'static str,
    pub subject: Vec<Resource<'w>>,
    pub predicate_type: &'static str,
    pub predicate: Predicate<'w>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Predicate<'w> {
    pub result: &'static str,
    pub configuration: [Resource<'w>; 2],
    pub passed_tests: &'w [String],
    pub warned_tests: &'w [String],
    pub failed_tests: &'w [String],
}

/// in-toto's description of a resource, as far as it is used here.
#[derive(Serialize)]
pub(super) struct Resource<'w> {
    pub name: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Sha256Digest<'w>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations<'w>>,
}

impl<'w> Resource<'w> {
    pub const fn named(name: &'w str) -> Self {
        Self { name, uri: None, digest: None, annotations: None }
    }
}

#[derive(Serialize)]
pub(super) struct Sha256Digest<'w> {
    pub sha256: &'w str,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum Annotations<'w> {
    Role {
        sanso_role: &'static str,
    },
    Verdict {
        sanso_date: &'w str,
        sanso_standing: &'static str,
        sanso_exceptions: Vec<Excepted<'w>>,
        sanso_rests_on: Vec<RestsOn<'w>>,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        sanso_violated_warnings: &'w [String],
        #[serde(skip_serializing_if = "<[Loosened]>::is_empty")]
        sanso_loosenings: &'w [Loosened],
    },
    Signing {
        sanso_time: &'w str,
        #[serde(skip_serializing_if = "Option::is_none")]
        sanso_signer: Option<&'w str>,
    },
}

/// The exceptions that a requirement owes its verdict to.
#[derive(Serialize)]
pub(super) struct Excepted<'w> {
    pub requirement: &'w str,
    pub exceptions: &'w [String],
}

/// What the proof of a requirement rests on.
#[derive(Serialize)]
pub(super) struct RestsOn<'w> {
    pub requirement: &'w str,
    pub on: &'w [String],
}
