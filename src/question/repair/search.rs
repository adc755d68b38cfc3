//! The search: rounds of sets that break all ways that are known, and of ways that are left.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::{Applied, Changes};
use super::edit::Edit;
use super::ways::{Way, Wrong};
use super::{Search, text_source, vendors};
use crate::diagnostic::Diagnostics;
use crate::engine::{Item, Limits, Outcome};
use crate::question::hitting::{self, Demands};
use crate::report::repair::{End, Repair};
use crate::verify::show::Show;
use crate::verify::trace::Tracer;
use crate::verify::{Options, with_decisions};

/// What must be possible and is: the entry, and the tuple.
pub type Expected = (u32, Vec<Item>);

/// How many sets of edits are tried.
const ROUNDS: usize = 300;

/// How many edits are looked at for one that can be said.
const MOST_ALIKE: usize = 200;

/// The repair, of one that was found its edits with the rules before which denials stand, and the ways.
type Done = (Repair, Vec<(Edit, usize)>, Vec<Way>);

/// Edits that together make something impossible, and the entries that they do that to.
type Refused = (BTreeSet<Edit>, BTreeSet<u32>);

/// What a search has found so far.
#[derive(Default)]
pub struct Known {
    pub ways: Vec<Way>,
    /// Sets of edits that together make something impossible, and the entries that they do that to.
    pub refused: Vec<Refused>,
}

impl Known {
    /// All edits, in the order of the document.
    fn edits(&self) -> Vec<Edit> {
        let all: BTreeSet<&Edit> = self.ways.iter().flat_map(|way| &way.breaking).collect();
        let mut all: Vec<Edit> = all.into_iter().cloned().collect();
        all.sort_by(|a, b| a.place().cmp(&b.place()).then_with(|| a.cmp(b)));
        all
    }

    /// What a set must do, for some requirement and for what is expected by some entry; `None`: for all.
    fn demands(&self, edits: &[Edit], of: Option<(usize, u32)>) -> Demands {
        let number: BTreeMap<&Edit, usize> = edits.iter().zip(0..).collect();
        let numbers = |set: &BTreeSet<Edit>| set.iter().filter_map(|edit| number.get(edit).copied()).collect();
        let ways = self.ways.iter().filter(|way| of.is_none_or(|(requirement, _)| way.requirement == requirement));
        let refused = self.refused.iter().filter(|(_, entries)| of.is_none_or(|(_, entry)| entries.contains(&entry)));
        Demands {
            one_of: ways.map(|way| numbers(&way.breaking)).collect(),
            not_all: refused.map(|(set, _)| numbers(set)).collect(),
        }
    }

    /// Adds ways that are broken otherwise than those that are known.
    fn add(&mut self, ways: Vec<Way>) {
        for way in ways {
            if !self.ways.iter().any(|known| known.requirement == way.requirement && known.breaking == way.breaking) {
                self.ways.push(way);
            }
        }
    }
}

impl<'d> Search<'_, '_, 'd> {
    /// What is wrong with the document as it is, of which `outcomes` were decided; the tracer is of its model.
    pub fn before(&self, tracer: &Tracer<'_, '_>, outcomes: &[Option<&Outcome>]) -> Wrong {
        let links = self.base.model.names.links().map(|(link, _)| link).collect();
        self.collector.collect(tracer, outcomes, &Applied { links, ..Applied::none() })
    }

    /// Searches, from what is wrong.
    pub fn run(&self, show: Show<'_, '_, 'd>, before: Wrong) -> Result<Done, Diagnostics> {
        let impossible = before.missing;
        let mut known = Known::default();
        known.add(before.ways);
        let mut left = before.others;
        let (mut least, mut open) = (0, before.open);
        let mut end = End::Limit;
        for _ in 0..ROUNDS {
            let edits = known.edits();
            if open {
                break;
            }
            if known.ways.iter().any(|way| way.breaking.is_empty()) {
                end = End::NoEdit;
                break;
            }
            let Ok(found) = hitting::cheapest(&costs(&edits), &known.demands(&edits, None), least, self.limits())
            else {
                break;
            };
            let Some(set) = found else {
                end = self.collisions(&known, &edits).map_or(End::Limit, End::Collides);
                break;
            };
            let chosen: Vec<&Edit> = set.iter().map(|&at| &edits[at]).collect();
            least = chosen.iter().map(|edit| edit.cost()).sum();
            if let Some(emptying) = self.base.emptying(&chosen) {
                known.refused.push((emptying, BTreeSet::new()));
                continue;
            }
            let changes = Changes::at_front(&chosen);
            let (applied, wrong) = self.decide(&changes)?;
            let broken = self.broken(&wrong, &impossible);
            left.clone_from(&wrong.others);
            open = wrong.open;
            if !broken.is_empty() {
                let Some(refused) = self.refused(&chosen, &impossible)? else { break };
                known.refused.push(refused);
            } else if wrong.ways.is_empty() && !open {
                let preferred = self.preferred(&known, &chosen, &edits);
                let placed = match self.placed(&known, &preferred, &impossible)? {
                    None if preferred != chosen => self.placed(&known, &chosen, &impossible)?,
                    placed => placed,
                };
                let (changes, text) = placed.unwrap_or((changes, applied.text));
                let instead = self.instead(&known, &changes, &impossible)?;
                let final_edits: Vec<(&Edit, usize, Option<u32>)> =
                    changes.edits.iter().zip(instead).map(|(&(edit, at), rule)| (edit, at, rule)).collect();
                let repair = self.told(show, &known, End::Repaired, least, &final_edits, (&impossible, left), text);
                let chosen = changes.edits.iter().map(|&(edit, at)| (edit.clone(), at)).collect();
                return Ok((repair, chosen, known.ways));
            }
            known.add(wrong.ways);
        }
        let repair = self.told(show, &known, end, least, &[], (&impossible, left), String::new());
        Ok((repair, Vec::new(), known.ways))
    }

    /// Decides the document with edits made.
    fn decide(&self, changes: &Changes<'_>) -> Result<(Applied, Wrong), Diagnostics> {
        let left = self.left.get().checked_sub(1).filter(|_| !self.limits().reached());
        let (Some(left), Some(applied)) = (left, self.base.apply(changes)) else {
            return Ok((Applied::none(), Wrong { open: true, ..Wrong::default() }));
        };
        self.left.set(left);
        let source = text_source(self.name, &applied.text);
        let wrong = with_decisions(&source, &self.timed(), |decided| {
            let tracer = Tracer::new(decided.decider.model());
            let outcomes: Vec<Option<&Outcome>> = decided.outcomes.iter().map(Option::as_ref).collect();
            Ok(self.collector.collect(&tracer, &outcomes, &applied))
        })?;
        Ok((applied, wrong))
    }

    /// The limits of the whole search.
    fn limits(&self) -> Limits {
        Limits { deadline: self.bound.deadline, cells: None, memory: self.options.memory }
    }

    /// What a decision is asked, with the time that is left.
    pub fn timed(&self) -> Options<'_> {
        Options { limit: self.limits().left(), ..*self.options }
    }

    /// Entries of which something is possible no more.
    fn broken(&self, wrong: &Wrong, impossible: &BTreeSet<Expected>) -> BTreeSet<u32> {
        let entries = &self.base.model.document.expects;
        let kept = |entry: u32| self.kept.is_none_or(|ids| ids.iter().any(|id| *id == entries[entry as usize].id));
        wrong.missing.difference(impossible).map(|(entry, _)| *entry).filter(|&entry| kept(entry)).collect()
    }

    /// Of edits that make something impossible as few as do, and the entries that they do that to; `None`: a limit came first.
    fn refused(&self, chosen: &[&Edit], impossible: &BTreeSet<Expected>) -> Result<Option<Refused>, Diagnostics> {
        let mut needed: Vec<&Edit> = chosen.to_vec();
        let mut at = 0;
        while at < needed.len() {
            let without: Vec<&Edit> =
                needed.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, edit)| *edit).collect();
            let wrong = self.decide(&Changes::at_front(&without))?.1;
            if wrong.open {
                return Ok(None);
            }
            if self.broken(&wrong, impossible).is_empty() {
                at += 1;
            } else {
                needed = without;
            }
        }
        let wrong = self.decide(&Changes::at_front(&needed))?.1;
        let entries = self.broken(&wrong, impossible);
        Ok((!wrong.open).then(|| (needed.into_iter().cloned().collect(), entries)))
    }

    /// The denials where people would put them: before the first rule that lets one of their ways through. `None`: they do not do there
    /// what they do at the beginning.
    fn placed<'e>(
        &self,
        known: &Known,
        chosen: &[&'e Edit],
        impossible: &BTreeSet<Expected>,
    ) -> Result<Option<(Changes<'e>, String)>, Diagnostics> {
        let place = |edit: &Edit| self.deciding(known, edit).into_iter().min().unwrap_or_default();
        let changes = Changes { edits: chosen.iter().map(|&edit| (edit, place(edit))).collect(), without: Vec::new() };
        let (applied, wrong) = self.decide(&changes)?;
        let holds = wrong.ways.is_empty() && !wrong.open && self.broken(&wrong, impossible).is_empty();
        Ok(holds.then_some((changes, applied.text)))
    }

    /// In place of edits that no configuration has words for others of their kind, which cost and break as much, where one has.
    fn preferred<'e>(&self, known: &Known, chosen: &[&'e Edit], all: &'e [Edit]) -> Vec<&'e Edit> {
        let Some(reads) = self.reads else { return chosen.to_vec() };
        let document = serde_json::from_str(self.base.text).unwrap_or_default();
        let said = |edit: &Edit| {
            let at = self.deciding(known, edit).into_iter().min().unwrap_or_default();
            vendors::can_be_said(self, reads, &document, edit, at)
        };
        let of_its_kind = |edit: &'e Edit| {
            let broken: Vec<&Way> = known.ways.iter().filter(|way| way.breaking.contains(edit)).collect();
            let alike = all.iter().filter(move |other| {
                let same =
                    std::mem::discriminant(*other) == std::mem::discriminant(edit) && other.cost() == edit.cost();
                same && broken.iter().all(|way| way.breaking.contains(other))
            });
            alike.take(MOST_ALIKE).find(|other| said(other)).unwrap_or(edit)
        };
        chosen.iter().map(|edit| if said(edit) { *edit } else { of_its_kind(edit) }).collect()
    }

    /// The rules of a denial's filter that let the ways through which it breaks; the number of rules stands for the default.
    fn deciding(&self, known: &Known, edit: &Edit) -> BTreeSet<usize> {
        let Edit::Deny(denial) = edit else { return BTreeSet::new() };
        let broken = known.ways.iter().filter(|way| way.breaking.contains(edit));
        let sessions = broken.flat_map(|way| way.witness.sessions.iter().chain(&way.covered));
        let hops = sessions.flat_map(|session| &session.hops).filter(|hop| {
            (hop.node, hop.r#in.as_ref(), hop.out.as_ref()) == (denial.node, denial.r#in.as_ref(), denial.out.as_ref())
        });
        let deciders = hops.flat_map(|hop| &hop.deciders).filter(|decider| decider.filter == denial.filter);
        deciders.map(|decider| decider.rule.map_or(usize::MAX, |rule| rule as usize)).collect()
    }

    /// For each edit the rule that may be deleted in its place, where there is one.
    fn instead(
        &self,
        known: &Known,
        changes: &Changes<'_>,
        impossible: &BTreeSet<Expected>,
    ) -> Result<Vec<Option<u32>>, Diagnostics> {
        let mut out = Vec::with_capacity(changes.edits.len());
        for (at, (edit, _)) in changes.edits.iter().enumerate() {
            let rules: Vec<usize> = self.deciding(known, edit).into_iter().collect();
            let (Edit::Deny(denial), [rule]) = (edit, &rules[..]) else {
                out.push(None);
                continue;
            };
            let Some(rule) = u32::try_from(*rule).ok() else {
                out.push(None);
                continue;
            };
            let others = changes.edits.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, edit)| *edit);
            let without = vec![(denial.node, denial.filter, rule)];
            let wrong = self.decide(&Changes { edits: others.collect(), without })?.1;
            let holds = wrong.ways.is_empty() && !wrong.open && self.broken(&wrong, impossible).is_empty();
            out.push(holds.then_some(rule));
        }
        Ok(out)
    }

    /// Which expectation collides with which requirement, each pair by itself; where none does, all that are concerned. `None`: a limit
    /// came first.
    fn collisions(&self, known: &Known, edits: &[Edit]) -> Option<Vec<(String, String)>> {
        let requirements: BTreeSet<usize> = known.ways.iter().map(|way| way.requirement).collect();
        let entries: BTreeSet<u32> = known.refused.iter().flat_map(|(_, entries)| entries.iter().copied()).collect();
        let all = entries.iter().flat_map(|&entry| requirements.iter().map(move |&requirement| (requirement, entry)));
        let mut pairs: Vec<(usize, u32)> = Vec::new();
        for of in all.clone() {
            if !hitting::is_possible(&costs(edits), &known.demands(edits, Some(of)), self.limits()).ok()? {
                pairs.push(of);
            }
        }
        let pairs = if pairs.is_empty() { all.collect() } else { pairs };
        let entry = |at: u32| self.base.model.document.expects[at as usize].id.to_string();
        Some(pairs.into_iter().map(|(requirement, at)| (entry(at), self.id(requirement))).collect())
    }

    pub fn id(&self, requirement: usize) -> String {
        self.options.policy.requirements[requirement].id.clone()
    }
}

fn costs(edits: &[Edit]) -> Vec<u64> {
    edits.iter().map(Edit::cost).collect()
}
