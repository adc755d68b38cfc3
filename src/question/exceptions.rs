//! `sanso exceptions`: the ledger of exceptions and transfers. What would be without one is decided without it.

use crate::diagnostic::Diagnostics;
use crate::document::Text;
use crate::engine::{Limits, Outcome};
use crate::model::Model;
use crate::report::Verdict;
use crate::report::ledger::{Difference, ExceptionEntry, Ledger, TransferEntry};
use crate::session::{Element, Without};
use crate::source::Source;
use crate::verify::audit::ledger;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::{Decided, Options, with_decisions};

/// Pairs of an exception that are looked at for other ways.
const PAIRS: usize = 1000;
/// Of those, the ones that are named.
const NAMED: usize = 20;

/// The ledger of a document.
///
/// # Errors
/// The diagnostics when the document cannot be used.
pub fn run_exceptions(source: &Source, options: &Options<'_>) -> Result<Ledger, Diagnostics> {
    with_decisions(source, options, |mut decided| Ok(ledger_of(source, options, &mut decided)))
}

/// The same of a document that was decided.
pub fn ledger_of(source: &Source, options: &Options<'_>, decided: &mut Decided<'_, '_, '_>) -> Ledger {
    let places = Places::of(source, decided.document);
    let model = decided.decider.model();
    let show = Show { model, places: &places };
    let entries = ledger(show, &mut decided.decider, options);
    let mut asked = Asked { model, options, limits: decided.decider.limits(), counted: None };
    let document = decided.document;
    let mut exceptions = Vec::new();
    for ((at, entry), exception) in (0_u32..).zip(entries).zip(&document.exceptions) {
        let opens = entry.opens.as_ref().map(|opens| opens.count);
        // What it covers of the network is nothing: no verdict hangs on it.
        let needed = if opens == Some(0) { Some(Vec::new()) } else { asked.without(Element::Exception(at)) };
        exceptions.push(ExceptionEntry {
            owner: exception.owner.as_deref().map(str::to_owned),
            approved_on: exception.approved_on.map(|day| day.to_string()),
            needed: needed.map(|list| list.into_iter().filter(|(_, more, _)| *more).map(difference).collect()),
            exceeded: exceeded(decided, options, at),
            entry,
        });
    }
    let text = |text: &Option<Text<'_>>| text.as_deref().filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let mut transfers = Vec::new();
    for (at, transfer) in (0_u32..).zip(&document.transfers) {
        let without = asked.without(Element::Transfer(at));
        transfers.push(TransferEntry {
            id: transfer.id.to_string(),
            location: show.transfer_at(at),
            from: transfer.from.iter().map(|item| item.value.to_string()).collect(),
            to: transfer.to.iter().map(|item| item.value.to_string()).collect(),
            sanitise: transfer.sanitise.map(crate::document::Sanitise::word),
            owner: text(&transfer.owner),
            reason: text(&transfer.reason),
            approved_by: text(&transfer.approved_by),
            approved_on: transfer.approved_on.map(|day| day.to_string()),
            expires: transfer.expires.map(|day| day.to_string()),
            expired: transfer.expires.is_some_and(|day| day < options.date),
            violates: without.map(|list| list.into_iter().filter(|(_, more, _)| !*more).map(difference).collect()),
        });
    }
    Ledger {
        name: document.name.as_deref().map(str::to_owned),
        file: source.name().to_owned(),
        sha256: source.sha256_hex(),
        policy: options.policy.id.clone(),
        date: options.date.to_string(),
        exceptions,
        transfers,
    }
}

/// A requirement, whether more of its tuples are violated than before, and how many more or less.
type Change = (String, bool, u64);

fn difference((requirement, _, tuples): Change) -> Difference {
    Difference { requirement, tuples }
}

/// Pairs that an exception opens, and that violate a requirement which it waives: data gets between them otherwise too.
fn exceeded(decided: &mut Decided<'_, '_, '_>, options: &Options<'_>, exception: u32) -> Vec<(String, String)> {
    let Ok(opened) = decided.decider.opened_by(exception, PAIRS) else { return Vec::new() };
    let model = decided.decider.model();
    let waived = &model.exceptions[exception as usize].waives;
    let outcomes = options.policy.requirements.iter().zip(&decided.outcomes);
    let paths: Vec<_> = outcomes
        .filter(|(requirement, _)| waived.contains(&requirement.id.as_str()))
        .filter_map(|(_, outcome)| if let Some(Outcome::Paths(paths)) = outcome { Some(paths) } else { None })
        .collect();
    let violates = |u: u32, v: u32| paths.iter().any(|paths| paths.holds(u, v) || paths.holds(v, u));
    let found = opened.pairs.iter().filter(|&&(u, v)| violates(u, v)).take(NAMED);
    found.map(|&(u, v)| (model.id(u).to_owned(), model.id(v).to_owned())).collect()
}

/// Decides a document without elements.
struct Asked<'a, 'd> {
    model: &'a Model<'d>,
    options: &'a Options<'a>,
    /// Those of all questions together.
    limits: Limits,
    /// The document to take elements out of, and how many tuples violate each requirement of it whole; made when first asked.
    counted: Option<(Without<'d>, Vec<Option<u64>>)>,
}

impl<'a, 'd> Asked<'a, 'd> {
    /// How many tuples violate each requirement of a document, which may be a smaller one that stands for it, without an element.
    fn counts(&self, without: &mut Without<'d>, element: Option<Element>) -> Option<Vec<Option<u64>>> {
        let Options { policy, date, .. } = *self.options;
        without.look(element.as_slice(), (date, self.limits.left(), self.limits.memory), |look| {
            let counted = |at| match look.state(at) {
                (Verdict::Undecided, _) => None,
                (_, tuples) => Some(tuples),
            };
            (0..policy.requirements.len()).map(counted).collect()
        })
    }

    /// Path requirements of which other tuples are violated without an element; `None`: some is not decided.
    fn without(&mut self, element: Element) -> Option<Vec<Change>> {
        let (mut without, base) = match self.counted.take() {
            Some(counted) => counted,
            None => {
                let policy = self.options.policy.clone();
                let mut without = Without::new(self.model.document.clone(), self.model.names, policy);
                let base = self.counts(&mut without, None)?;
                (without, base)
            }
        };
        let counts = self.counts(&mut without, Some(element));
        let (_, base) = self.counted.insert((without, base));
        let mut out = Vec::new();
        for ((requirement, before), after) in self.options.policy.requirements.iter().zip(base).zip(counts?) {
            if !requirement.asked.is_waivable() {
                continue;
            }
            let (before, after) = ((*before)?, after?);
            if before != after {
                out.push((requirement.id.clone(), after > before, after.abs_diff(before)));
            }
        }
        Some(out)
    }
}
