//! What a policy asks less on the day of a statement.

use sanso_check::json::{Fault, Value, fault};
use serde::Serialize;

use crate::document::Severity;
use crate::policy::Policy;

/// A requirement for which less is asked for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loosened {
    /// Its id.
    pub requirement: String,
    /// `warning`, or `off`.
    pub becomes: String,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: String,
    /// Its last day, `YYYY-MM-DD`.
    pub until: String,
}

impl Loosened {
    /// Those of a policy, in its order.
    pub(super) fn of(policy: &Policy) -> Vec<Self> {
        let one = |one: &crate::policy::Loosening| Self {
            requirement: one.id.clone(),
            becomes: one.severity.map_or("off", Severity::word).to_owned(),
            reason: one.reason.clone(),
            approved_by: one.approved_by.clone(),
            until: one.until.to_string(),
        };
        policy.loosened.iter().map(one).collect()
    }

    /// Reads a list of them, which is left out where it is empty.
    pub(super) fn read(list: &Value<'_>) -> Result<Vec<Self>, Fault> {
        let mut out = Vec::new();
        for value in list.list()? {
            let [requirement, becomes, reason, approved_by, until] =
                value.all_fields(["requirement", "becomes", "reason", "approvedBy", "until"])?;
            let text = |value: &Value<'_>| value.text().map(str::to_owned);
            out.push(Self {
                requirement: text(requirement)?,
                becomes: text(becomes)?,
                reason: text(reason)?,
                approved_by: text(approved_by)?,
                until: text(until)?,
            });
        }
        if out.is_empty() { fault(list.at, "an empty list", "空のリストです") } else { Ok(out) }
    }
}
