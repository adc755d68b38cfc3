//! What a policy asks more or less than another.

use super::definition::{Definition, RequirementDefinition};
use super::within::implies;
use crate::document::{Date, Severity};

/// Which way something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Less is asked.
    Looser,
    /// Something else is asked: not surely more, nor surely less.
    Changed,
    /// More is asked.
    Stricter,
}

/// What changed of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is switched off now; until when.
    SwitchedOff(Option<Date>),
    /// It is in force again.
    SwitchedOn,
    /// A violation is graver or less grave than before.
    Severity(Severity, Severity),
    /// Its check asks something else.
    Check,
}

/// A change of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The requirement.
    pub id: String,
    /// Which way.
    pub way: Way,
    /// What.
    pub what: What,
}

/// What the new policy asks otherwise than the old one on a day, in the order of the new one, what is gone last.
#[must_use]
pub fn compare(old: &Definition, new: &Definition, day: Date) -> Vec<Difference> {
    let mut out = Vec::new();
    for after in &new.requirements {
        let mut add = |way, what| out.push(Difference { id: after.id.clone(), way, what });
        match old.requirement(&after.id) {
            None if new.severity_on(after, day).is_none() => {}
            None => add(Way::Stricter, What::Added),
            Some(before) => {
                match (old.severity_on(before, day), new.severity_on(after, day)) {
                    (Some(_), None) => {
                        let until = new.loosened(&after.id, day).map(|one| one.until);
                        add(Way::Looser, What::SwitchedOff(until));
                    }
                    (None, Some(_)) => add(Way::Stricter, What::SwitchedOn),
                    (Some(was), Some(is)) if was != is => {
                        add(if is > was { Way::Stricter } else { Way::Looser }, What::Severity(was, is));
                    }
                    _ => {}
                }
                if let Some(way) = way(before, after) {
                    add(way, What::Check);
                }
            }
        }
    }
    for before in &old.requirements {
        if new.requirement(&before.id).is_none() && old.severity_on(before, day).is_some() {
            out.push(Difference { id: before.id.clone(), way: Way::Looser, what: What::Removed });
        }
    }
    out
}

fn way(before: &RequirementDefinition, after: &RequirementDefinition) -> Option<Way> {
    if before.asked == after.asked {
        return None;
    }
    match (implies(&after.asked, &before.asked), implies(&before.asked, &after.asked)) {
        (true, true) => None,
        (true, false) => Some(Way::Stricter),
        (false, true) => Some(Way::Looser),
        (false, false) => Some(Way::Changed),
    }
}
