//! The semantic difference of two documents: what the policy's requirements say of the one and of the other, compared
//! tuple by tuple and service by service, and what else makes the new one wider. `docs/diff.md` says what counts.

mod exceptions;
mod items;
mod nodes;
mod notes;
mod relays;
mod requirements;
mod services;
mod transfers;

use crate::diagnostic::Diagnostics;
use crate::document::{Date, Document};
use crate::report::Report;
use crate::report::diff::{Diff, Direction, Subject, Widening};
use crate::source::Source;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::{Decided, Options, facts, with_prepared};

/// Why there is no comparison: what is wrong with the documents; at least one of them has errors.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// The diagnostics of the old document, where it has errors.
    pub old: Option<Diagnostics>,
    /// The diagnostics of the new document, where it has errors.
    pub new: Option<Diagnostics>,
}

/// One of the two documents, decided.
struct Side<'s, 'r, 'm, 'd> {
    decided: Decided<'r, 'm, 'd>,
    report: Report,
    places: Places<'s>,
    date: Date,
}

impl<'s, 'd> Side<'s, '_, '_, 'd> {
    fn show(&self) -> Show<'_, 's, 'd> {
        Show { model: self.decided.decider.model(), places: &self.places }
    }

    /// The zone of an endpoint; `None`: it has none, or the node is no endpoint.
    fn zone(&self, node: u32) -> Option<&str> {
        let model = self.decided.decider.model();
        let label = model.labels.labels[node as usize].filter(|_| model.labels.endpoint[node as usize]);
        label.map(|zone| model.names.zones[zone as usize])
    }
}

/// Compares two documents. `options` are those of the new document; on the old one exceptions expire by `old_date`.
///
/// # Errors
/// When one of the documents cannot be used.
pub fn run_diff(old: &Source, new: &Source, options: &Options<'_>, old_date: Date) -> Result<Diff, Refused> {
    // Tuples are counted and compared whatever the limit; what is listed is cut here, not there.
    let new_options = Options { max_tuples: 0, audit: false, rationale: false, ..*options };
    let old_options = Options { date: old_date, ..new_options };
    let compared = with_prepared(old, &old_options, Some(&in_order), |mut decided| {
        // Of the causes only those of what is new are told.
        let report = facts(old, &old_options, &mut decided, false)?;
        let places = Places::of(old, decided.document);
        let mut before = Side { decided, report, places, date: old_date };
        Ok(with_prepared(new, &new_options, Some(&in_order), |mut decided| {
            let report = facts(new, &new_options, &mut decided, false)?;
            let places = Places::of(new, decided.document);
            let mut after = Side { decided, report, places, date: new_options.date };
            compare(&mut before, &mut after, options)
        }))
    });
    match compared {
        Ok(Ok(diff)) => Ok(diff),
        Ok(Err(new)) => Err(Refused { old: None, new: Some(new) }),
        Err(found) => {
            // What is wrong with the other one is told of too; nothing need be decided for that.
            let quick = Options { limit: Some(std::time::Duration::ZERO), ..new_options };
            Err(Refused { old: Some(found), new: with_prepared(new, &quick, None, |_| Ok(())).err() })
        }
    }
}

/// Order means nothing, but decides which of many is shown: the same ones in both documents.
fn in_order(document: &mut Document<'_>) {
    let names = &document.names;
    document.nodes.sort_by(|a, b| names.name(a.id).cmp(names.name(b.id)));
    document.exceptions.sort_by(|a, b| a.id.cmp(&b.id));
    document.transfers.sort_by(|a, b| a.id.cmp(&b.id));
}

fn subject(side: &Side<'_, '_, '_, '_>) -> Subject {
    let standing = side.report.standing();
    let Report { name, file, sha256, nodes, links, zones, date, verdict, .. } = side.report.clone();
    Subject { name, file, sha256, nodes, links, zones, date, verdict, standing }
}

fn compare(
    old: &mut Side<'_, '_, '_, '_>,
    new: &mut Side<'_, '_, '_, '_>,
    options: &Options<'_>,
) -> Result<Diff, Diagnostics> {
    let mut widenings: Vec<Widening> = Vec::new();
    let requirements = requirements::compare(old, new, options, &mut widenings)?;
    let exceptions = exceptions::compare(old, new, &mut widenings);
    let nodes = nodes::changed(old, new, options.policy, &mut widenings);
    let [nodes_added, nodes_removed] = [nodes::only_in(new, old, options), nodes::only_in(old, new, options)];
    let relays = relays::compare(old, new, &mut widenings);
    let transfers = transfers::compare(old, new, &mut widenings);
    let [assumptions_added, assumptions_removed] = notes::assumptions(&old.report, &new.report);
    let [warnings_gained, warnings_lost] = notes::warnings(&old.report, &new.report);
    let mut directions: Vec<Direction> = requirements.iter().map(|requirement| requirement.direction).collect();
    directions.extend([&exceptions, &nodes, &relays, &transfers].into_iter().flatten().map(|item| item.direction));
    let undecided = directions.contains(&Direction::NotCompared) || requirements.iter().any(requirements::is_undecided);
    let more = |wanted: &dyn Fn(Direction) -> bool| directions.iter().any(|direction| wanted(*direction));
    let noted = !(nodes_added.is_empty()
        && nodes_removed.is_empty()
        && assumptions_added.is_empty()
        && assumptions_removed.is_empty()
        && warnings_gained.is_empty()
        && warnings_lost.is_empty());
    let narrowed = more(&|direction| matches!(direction, Direction::Narrowed | Direction::Both));
    let direction = match Direction::of(
        !widenings.is_empty(),
        narrowed,
        noted || more(&|direction| direction != Direction::Unchanged),
    ) {
        Direction::Unchanged | Direction::Changed | Direction::Narrowed if undecided => Direction::NotCompared,
        direction => direction,
    };
    Ok(Diff {
        old: subject(old),
        new: subject(new),
        policy_id: new.report.policy_id.clone(),
        policy_sha256: new.report.policy_sha256.clone(),
        loosenings: new.report.loosenings.clone(),
        direction,
        undecided,
        widenings,
        requirements,
        exceptions,
        nodes,
        nodes_added,
        nodes_removed,
        relays,
        transfers,
        assumptions_added,
        assumptions_removed,
        warnings_gained,
        warnings_lost,
    })
}
