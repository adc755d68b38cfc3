//! `sanso repair`: a least set of edits after which no requirement is violated and what must be possible still is. Ways that violate are
//! collected; a cheapest set that breaks each of them is found; the document is decided with it; what still violates is added, until
//! nothing does. No cheaper set mends the document: it would have to break the same ways (decision 0025).

mod apply;
mod bound;
mod edit;
mod search;
mod told;
mod vendors;
mod ways;
mod what;

use std::cell::Cell;
use std::time::Instant;

use crate::certificate::RepairCertificate;
use crate::certify::CertifyError;
use crate::certify::repair::{Shown, certify_repair};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::engine::Outcome;
use crate::engine::trace::Witness;
use crate::import::Read;
use crate::model::Model;
use crate::policy::{Asked, Policy, Requirement};
use crate::report::repair::{End, Repair};
use crate::source::Source;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::trace::Tracer;
use crate::verify::{Decided, Options, with_decisions};
use apply::Base;
pub use edit::Allowed;
use edit::{Edit, Universe};
pub use vendors::Imported;
use ways::{Collector, Way};

/// How often the document is decided before the search is given up.
const MOST: usize = 1_500;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Entries of `expects` that must stay possible; `None`: all that are.
    pub keep: Option<Vec<String>>,
    /// What may be used.
    pub allowed: Allowed,
}

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
    let bound = Bound { deadline: options.deadline(), decisions: MOST };
    with_decisions(source, &options, |mut decided| {
        let terms = Terms { source, options: &options, asking, bound, certify };
        terms.of(&mut decided, imported)
    })
}

/// Mends a document that was decided, for as long as a bound allows.
///
/// # Errors
/// The diagnostics when the document cannot be used.
pub(super) fn repair_decided(
    source: &Source,
    options: &Options<'_>,
    bound: Bound,
    decided: &mut Decided<'_, '_, '_>,
) -> Result<Repair, Diagnostics> {
    let policy = with_expectations(options.policy);
    let options = Options { policy: &policy, ..*options };
    let asking = Asking { keep: None, allowed: Allowed::ALL };
    let terms = Terms { source, options: &options, asking: &asking, bound, certify: false };
    Ok(terms.of(decided, None)?.0)
}

/// How long a search may go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    /// Until then.
    pub deadline: Option<Instant>,
    /// So often a document may be decided.
    pub decisions: usize,
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
    bound: Bound,
    /// So often the document may still be decided.
    left: Cell<usize>,
}

/// What is asked, of what, and how.
struct Terms<'t> {
    source: &'t Source,
    /// By a policy that asks for what is expected too.
    options: &'t Options<'t>,
    asking: &'t Asking,
    bound: Bound,
    certify: bool,
}

impl Terms<'_> {
    fn of(
        &self,
        decided: &mut Decided<'_, '_, '_>,
        imported: Option<&mut Imported<'_>>,
    ) -> Result<Certified, Diagnostics> {
        // Edits are made in JSON. Where the document is written so, it is not read again.
        let json = document::convert(self.source).filter(|json| json != self.source.text());
        let Some(json) = json else {
            let model = decided.decider.model();
            return self.on(self.source.text(), model, decided, imported);
        };
        let mut found = Diagnostics::default();
        let in_json = text_source(self.source.name(), &json);
        let Some(document) = document::read(&in_json, &mut found) else { return Err(found) };
        let Some(names) = crate::model::names::Names::resolve(&document, &mut found) else { return Err(found) };
        let model = Model::asked(&document, &names, &self.options.policy.services());
        self.on(&json, &model, decided, imported)
    }

    /// `text` is the document in JSON, `model` what it says.
    fn on(
        &self,
        text: &str,
        model: &Model<'_>,
        decided: &mut Decided<'_, '_, '_>,
        imported: Option<&mut Imported<'_>>,
    ) -> Result<Certified, Diagnostics> {
        let Self { source, options, asking, bound, certify } = *self;
        let (places, shown) = (Places::of(source, decided.document), decided.decider.model());
        // What was decided is not decided again; nobody asked for what is expected, perhaps.
        let requirements = &options.policy.requirements;
        let added = requirements.iter().skip(decided.outcomes.len());
        let added: Vec<Option<Outcome>> = added.map(|one| decided.decider.decide(one).ok()).collect();
        let outcomes: Vec<Option<&Outcome>> = decided.outcomes.iter().chain(&added).map(Option::as_ref).collect();
        let tracer = Tracer::new(model);
        let universe = Universe::new(model, tracer.replay(), asking.allowed, imported.is_some());
        let search = Search {
            base: Base { text, model },
            options,
            name: source.name(),
            collector: Collector { policy: options.policy, replay: tracer.replay(), universe: &universe },
            kept: asking.keep.as_deref(),
            reads: imported.as_ref().map(|imported| imported.reads),
            bound,
            left: Cell::new(bound.decisions),
        };
        let of_decided = (!std::ptr::eq(model, shown)).then(|| Tracer::new(shown));
        let before = search.before(of_decided.as_ref().unwrap_or(&tracer), &outcomes);
        let (mut repair, edits, ways) = search.run(Show { model: shown, places: &places }, before)?;
        if let (Some(imported), End::Repaired) = (imported, &repair.end) {
            repair.changes = Some(vendors::said(&search, &edits, imported)?);
        }
        repair.sha256 = source.sha256_hex();
        repair.name = decided.document.name.as_deref().map(str::to_owned);
        let certificate = (certify && repair.end == End::Repaired)
            .then(|| certificate(source, options, model, (asking.allowed, repair.cost), (&edits, &ways)));
        Ok((repair, certificate))
    }
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
        let severity = document::Severity::Warning;
        policy.requirements.push(Requirement { id: "EXPECTED".to_owned(), severity, asked: Asked::Expects, ..like });
    }
    policy
}
