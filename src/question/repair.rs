//! `sanso repair`: a least set of edits after which no requirement is violated and what must be possible still is. Ways that violate are
//! collected; a cheapest set that breaks each of them is found; the document is decided with it; what still violates is added, until
//! nothing does. No cheaper set mends the document: it would have to break the same ways (decision 0025).

mod apply;
mod bound;
mod edit;
mod vendors;
mod ways;
mod what;

use std::collections::{BTreeMap, BTreeSet};

use super::hitting::{self, Demands};
use crate::certificate::RepairCertificate;
use crate::certify::CertifyError;
use crate::certify::repair::{Shown, certify_repair};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::engine::Item;
use crate::engine::trace::Witness;
use crate::import::Read;
use crate::model::Model;
use crate::policy::{Asked, Policy, Requirement};
use crate::report::repair::{BrokenWay, End, Repair, RepairEdit};
use crate::source::Source;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::trace::Tracer;
use crate::verify::{Options, with_decisions};
use apply::{Applied, Base, Changes};
pub use edit::Allowed;
use edit::{Edit, Universe};
pub use vendors::Imported;
use ways::{Collector, Way, Wrong};
use what::what;

/// How often the document is decided before the search is given up.
const ROUNDS: usize = 300;

/// How many edits are looked at for one that can be said.
const MOST_ALIKE: usize = 200;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Entries of `expects` that must stay possible; `None`: all that are.
    pub keep: Option<Vec<String>>,
    /// What may be used.
    pub allowed: Allowed,
}

/// What must be possible and is: the entry, and the tuple.
type Expected = (u32, Vec<Item>);

/// Mends a document.
///
/// # Errors
/// The diagnostics when the document cannot be used.
pub fn run_repair(source: &Source, options: &Options<'_>, asking: &Asking) -> Result<Repair, Diagnostics> {
    Ok(repair(source, options, asking, None, false)?.0)
}

/// Mends a document that was put together from configurations, and says the edits in the words of their vendors.
///
/// # Errors
/// The diagnostics when the document cannot be used.
pub fn run_repair_imported(
    source: &Source,
    options: &Options<'_>,
    asking: &Asking,
    imported: &mut Imported<'_>,
) -> Result<Repair, Diagnostics> {
    Ok(repair(source, options, asking, Some(imported), false)?.0)
}

/// What a repair is, and the certificate of the least that any costs; `None`: it was not repaired.
pub type Certified = (Repair, Option<Result<RepairCertificate, CertifyError>>);

/// Mends a document, and shows for the checkers that no repair costs less, as far as that can be shown.
///
/// # Errors
/// The diagnostics when the document cannot be used.
pub fn run_repair_certified(
    source: &Source,
    options: &Options<'_>,
    asking: &Asking,
    imported: Option<&mut Imported<'_>>,
) -> Result<Certified, Diagnostics> {
    repair(source, options, asking, imported, true)
}

fn repair(
    source: &Source,
    options: &Options<'_>,
    asking: &Asking,
    imported: Option<&mut Imported<'_>>,
    certify: bool,
) -> Result<Certified, Diagnostics> {
    let policy = with_expectations(options.policy);
    let options = Options { policy: &policy, ..*options };
    // Edits are made in JSON.
    let json = document::convert(source).unwrap_or_else(|| source.text().to_owned());
    with_decisions(source, &options, |decided| {
        let mut found = Diagnostics::default();
        let in_json = text_source(source.name(), &json);
        let (places, shown) = (Places::of(source, decided.document), decided.decider.model());
        let Some(base_document) = document::read(&in_json, &mut found) else { return Err(found) };
        let Some(names) = crate::model::names::Names::resolve(&base_document, &mut found) else { return Err(found) };
        let model = Model::asked(&base_document, &names, &policy.services());
        let tracer = Tracer::new(&model);
        let universe = Universe::new(&model, tracer.replay(), asking.allowed);
        let search = Search {
            base: Base { text: &json, model: &model },
            options: &options,
            name: source.name(),
            collector: Collector { policy: &policy, replay: tracer.replay(), universe: &universe },
            kept: asking.keep.as_deref(),
            reads: imported.as_ref().map(|imported| imported.reads),
        };
        let (mut repair, edits, ways) = search.run(Show { model: shown, places: &places })?;
        if let (Some(imported), End::Repaired) = (imported, &repair.end) {
            repair.changes = Some(vendors::said(&search, &edits, imported)?);
        }
        repair.sha256 = source.sha256_hex();
        repair.name = decided.document.name.as_deref().map(str::to_owned);
        let certificate = (certify && repair.end == End::Repaired)
            .then(|| certificate(source, &options, &model, (asking.allowed, repair.cost), (&edits, &ways)));
        Ok((repair, certificate))
    })
}

/// The certificate of the least that mends a document: of its ways those on paths, which the checkers replay.
fn certificate(
    source: &Source,
    options: &Options<'_>,
    model: &Model<'_>,
    (allowed, cost): (Allowed, u64),
    (edits, ways): (&[(Edit, usize)], &[Way]),
) -> Result<RepairCertificate, CertifyError> {
    let of_paths = |way: &&Way| {
        let asked = &options.policy.requirements[way.requirement].asked;
        way.covered.is_none() && matches!(asked, Asked::Isolation(_) | Asked::Through(_))
    };
    let ways: Vec<&Way> = ways.iter().filter(of_paths).collect();
    let witnesses: Vec<&Witness> = ways.iter().map(|way| &way.witness).collect();
    let lower = bound::lower(model, allowed, &witnesses, cost);
    let id = |way: &Way| &*options.policy.requirements[way.requirement].id;
    let shown = Shown {
        allowed: allowed.words(),
        edits: edits.iter().map(|(edit, _)| edit.word()).collect(),
        cost,
        bound: lower.bound,
        ways: lower.ways.iter().map(|&at| (id(ways[at]), &ways[at].witness)).collect(),
    };
    certify_repair(source, options, model, shown)
}

fn text_source(name: &str, text: &str) -> Source {
    // Both are texts that were read before, or made of such.
    Source::new(name, text.as_bytes().to_vec())
        .unwrap_or_else(|_| Source::new(name, Vec::new()).expect("no bytes are a text"))
}

/// The policy, which asks for what is expected too.
fn with_expectations(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    let asks = policy.requirements.iter().any(|one| one.asked == Asked::Expects);
    if let (false, Some(like)) = (asks, policy.requirements.first().cloned()) {
        let severity = document::policy::Severity::Warning;
        policy.requirements.push(Requirement { id: "EXPECTED".to_owned(), severity, asked: Asked::Expects, ..like });
    }
    policy
}

/// The search for one document.
struct Search<'s, 'm, 'd> {
    base: Base<'s, 'd>,
    options: &'s Options<'s>,
    name: &'s str,
    collector: Collector<'s, 'm, 'd>,
    kept: Option<&'s [String]>,
    /// Configurations that the document was imported from.
    reads: Option<&'s [Read]>,
}

/// The repair, of one that was found its edits with the rules before which denials stand, and the ways.
type Done = (Repair, Vec<(Edit, usize)>, Vec<Way>);

/// What a search has found so far.
#[derive(Default)]
struct Known {
    ways: Vec<Way>,
    /// Sets of edits that together make something impossible, and the entries that they do that to.
    refused: Vec<(BTreeSet<Edit>, BTreeSet<u32>)>,
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
    /// Searches.
    fn run(&self, show: Show<'_, '_, 'd>) -> Result<Done, Diagnostics> {
        let before = self.decide(&Changes::default())?.1;
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
            let Some(set) = hitting::cheapest(&costs(&edits), &known.demands(&edits, None), least) else {
                end = End::Collides(self.collisions(&known, &edits));
                break;
            };
            let chosen: Vec<&Edit> = set.iter().map(|&at| &edits[at]).collect();
            least = chosen.iter().map(|edit| edit.cost()).sum();
            if let Some(emptying) = self.base.emptying(&chosen) {
                known.refused.push((emptying, BTreeSet::new()));
                continue;
            }
            let changes = at_front(&chosen);
            let (applied, wrong) = self.decide(&changes)?;
            let broken = self.broken(&wrong, &impossible);
            left.clone_from(&wrong.others);
            open = wrong.open;
            if !broken.is_empty() {
                let refused = self.refused(&chosen, &impossible)?;
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
        let Some(applied) = self.base.apply(changes) else {
            return Ok((Applied::none(), Wrong { open: true, ..Wrong::default() }));
        };
        let source = text_source(self.name, &applied.text);
        let denials = |node: u32, filter: u32| {
            let of = |(edit, _): &&(&Edit, usize)| matches!(edit, Edit::Deny(one) if (one.node, one.filter) == (node, filter));
            u32::try_from(changes.edits.iter().filter(of).count()).unwrap_or(u32::MAX)
        };
        let wrong = with_decisions(&source, self.options, |decided| {
            let tracer = Tracer::new(decided.decider.model());
            Ok(self.collector.collect(&tracer, &decided.outcomes, &applied, &denials))
        })?;
        Ok((applied, wrong))
    }

    /// Entries of which something is possible no more.
    fn broken(&self, wrong: &Wrong, impossible: &BTreeSet<Expected>) -> BTreeSet<u32> {
        let entries = &self.base.model.document.expects;
        let kept = |entry: u32| self.kept.is_none_or(|ids| ids.iter().any(|id| *id == entries[entry as usize].id));
        wrong.missing.difference(impossible).map(|(entry, _)| *entry).filter(|&entry| kept(entry)).collect()
    }

    /// Of edits that make something impossible as few as do, and the entries that they do that to.
    fn refused(
        &self,
        chosen: &[&Edit],
        impossible: &BTreeSet<Expected>,
    ) -> Result<(BTreeSet<Edit>, BTreeSet<u32>), Diagnostics> {
        let mut needed: Vec<&Edit> = chosen.to_vec();
        let mut at = 0;
        while at < needed.len() {
            let without: Vec<&Edit> =
                needed.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, edit)| *edit).collect();
            if self.broken(&self.decide(&at_front(&without))?.1, impossible).is_empty() {
                at += 1;
            } else {
                needed = without;
            }
        }
        let entries = self.broken(&self.decide(&at_front(&needed))?.1, impossible);
        Ok((needed.into_iter().cloned().collect(), entries))
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

    /// Which expectation collides with which requirement, each pair by itself; where none does, all that are concerned.
    fn collisions(&self, known: &Known, edits: &[Edit]) -> Vec<(String, String)> {
        let requirements: BTreeSet<usize> = known.ways.iter().map(|way| way.requirement).collect();
        let entries: BTreeSet<u32> = known.refused.iter().flat_map(|(_, entries)| entries.iter().copied()).collect();
        let all = entries.iter().flat_map(|&entry| requirements.iter().map(move |&requirement| (requirement, entry)));
        let alone = |&of: &(usize, u32)| !hitting::is_possible(&costs(edits), &known.demands(edits, Some(of)));
        let pairs: Vec<(usize, u32)> = all.clone().filter(alone).collect();
        let pairs = if pairs.is_empty() { all.collect() } else { pairs };
        let entry = |at: u32| self.base.model.document.expects[at as usize].id.to_string();
        pairs.into_iter().map(|(requirement, at)| (entry(at), self.id(requirement))).collect()
    }

    fn id(&self, requirement: usize) -> String {
        self.options.policy.requirements[requirement].id.clone()
    }

    #[allow(clippy::too_many_arguments)]
    fn told(
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

/// All denials at the beginning of their filters: there each denies whatever it matches.
fn at_front<'e>(chosen: &[&'e Edit]) -> Changes<'e> {
    Changes { edits: chosen.iter().map(|&edit| (edit, 0)).collect(), without: Vec::new() }
}

fn costs(edits: &[Edit]) -> Vec<u64> {
    edits.iter().map(Edit::cost).collect()
}
