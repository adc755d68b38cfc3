//! What a search found, as facts of a report.

use std::collections::BTreeSet;

use super::Search;
use super::edit::Edit;
use super::search::{Expected, Known};
use super::ways::Way;
use super::what::what;
use crate::document;
use crate::report::repair::{BrokenWay, End, Repair, RepairEdit};
use crate::verify::show::Show;

impl<'d> Search<'_, '_, 'd> {
    /// The facts.
    #[allow(clippy::too_many_arguments)]
    pub fn told(
        &self,
        show: Show<'_, '_, 'd>,
        known: &Known,
        end: End,
        cost: u64,
        edits: &[(&Edit, usize, Option<u32>)],
        (impossible, left): (&BTreeSet<Expected>, Vec<(usize, u64)>),
        document: String,
    ) -> Repair {
        let never: BTreeSet<u32> = impossible.iter().map(|(entry, _)| *entry).collect();
        let expects: &[document::Expectation<'_>] = &self.base.model.document.expects;
        let kept = (0_u32..)
            .zip(expects)
            .filter(|(at, one)| !never.contains(at) && self.kept.is_none_or(|ids| ids.iter().any(|id| *id == one.id)));
        let vlans = show.uses_vlans();
        let way = |way: &Way| BrokenWay {
            requirement: self.id(way.requirement),
            path: way.witness.nodes.iter().map(|&node| show.id(node).to_owned()).collect(),
            sessions: way
                .witness
                .sessions
                .iter()
                .zip(&way.excused)
                .map(|(session, by)| show.session(session, by, vlans))
                .collect(),
            covered: way.covered.as_ref().map(|session| show.session(session, &[], vlans)),
            candidates: way.breaking.len(),
        };
        Repair {
            name: None,
            file: self.name.to_owned(),
            sha256: String::new(),
            policy: self.options.policy.id.clone(),
            date: self.options.date.to_string(),
            end,
            cost,
            edits: edits.iter().map(|&(edit, at, instead)| self.described(show, known, (edit, at, instead))).collect(),
            ways: known.ways.iter().map(way).collect(),
            kept: kept.map(|(_, one)| one.id.to_string()).collect(),
            refused: known.refused.len(),
            left: left.into_iter().map(|(requirement, tuples)| (self.id(requirement), tuples)).collect(),
            document,
            certified: None,
            changes: None,
        }
    }

    fn described(
        &self,
        show: Show<'_, '_, '_>,
        known: &Known,
        (edit, at, instead): (&Edit, usize, Option<u32>),
    ) -> RepairEdit {
        let (what, location) = what(show, (edit, at, instead));
        let broken: Vec<&Way> = known.ways.iter().filter(|way| way.breaking.contains(edit)).collect();
        let requirements: BTreeSet<usize> = broken.iter().map(|way| way.requirement).collect();
        let requirements = requirements.into_iter().map(|requirement| self.id(requirement)).collect();
        RepairEdit { what, location, cost: edit.cost(), breaks: broken.len(), requirements }
    }
}
