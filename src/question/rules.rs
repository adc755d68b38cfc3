//! `sanso rules`: lines of filters and translations that are shadowed, redundant, dead, opposed to others, or wider than used.
//! Definitions: `docs/questions.md`. A claim rests on a covering of the line's headers by other lines (`cover`), its denial on a
//! packet.

mod cover;
mod example;
mod list;
mod sources;
mod used;

use crate::diagnostic::Diagnostics;
use crate::document::{self, Action, Document};
use crate::model::Model;
use crate::model::names::Names;
use crate::number::number;
use crate::report::rules::{Dead, Line, LineName, List, ListKind, Remark, Rules, Side};
use crate::source::{Source, Span};
use crate::verify::place::Places;
use crate::verify::show::called;
use cover::{Covered, Region};
use example::Examples;
use list::Lines;
use sources::{Reach, Sources};
use used::Used;

/// What is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'o> {
    /// Only the lists of this node.
    pub node: Option<&'o str>,
    /// The document is what a configuration became: of what is around its device nothing is known.
    pub alone: bool,
}

/// Asks about the lines of a document. `None`: there is no such node.
///
/// # Errors
/// The diagnostics when the document cannot be used.
pub fn run_rules(source: &Source, options: Options<'_>) -> Result<Option<Rules>, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let Some(document) = document::read(source, &mut diagnostics) else { return Err(diagnostics) };
    let names = Names::resolve(&document, &mut diagnostics);
    let (Some(names), false) = (names, diagnostics.has_errors()) else { return Err(diagnostics) };
    let only = match options.node.map(|id| names.node(id)) {
        Some(None) => return Ok(None),
        Some(found) => found,
        None => None,
    };
    let model = Model::new(&document, &names);
    let places = Places::of(source, &document);
    let asked = Asked {
        model: &model,
        document: &document,
        places: &places,
        sources: (!options.alone).then(|| Sources::new(&model)),
        used: (!options.alone).then(|| Used::new(&model)),
        examples: Examples::new(&model),
    };
    let nodes = model.detailed.iter().copied().filter(|node| only.is_none_or(|only| only == *node));
    Ok(Some(Rules {
        name: document.name.as_deref().map(str::to_owned),
        file: source.name().to_owned(),
        sha256: source.sha256_hex(),
        alone: options.alone,
        lists: nodes.flat_map(|node| asked.lists(node)).collect(),
    }))
}

struct Asked<'r, 's, 'd> {
    model: &'r Model<'d>,
    document: &'r Document<'d>,
    places: &'r Places<'s>,
    sources: Option<Sources<'r, 'd>>,
    used: Option<Used>,
    examples: Examples<'r, 'd>,
}

impl Asked<'_, '_, '_> {
    fn lists(&self, node: u32) -> Vec<List> {
        let Some(details) = self.document.nodes[node as usize].details.as_deref() else { return Vec::new() };
        let mut out = Vec::new();
        let filters = self.model.filters.get(&node).map_or(&[][..], Vec::as_slice);
        let written = details.filters.as_deref().unwrap_or_default();
        let reach = self.sources.as_ref().map(|sources| sources.of(node));
        for ((at, filter), compiled) in (0..).zip(written).zip(filters) {
            let name = (filter.name.is_some() || written.len() > 1).then(|| called(filter.name.as_deref(), at));
            let names: Vec<LineName> =
                (0..).zip(&filter.rules).map(|(at, rule)| self.name(rule.id.as_deref(), at, rule.span)).collect();
            let rules = &self.model.rules[compiled.rules.start as usize..compiled.rules.end as usize];
            let lines = Lines::of_filter(self.model, compiled, rules, &filter.rules);
            let mut found = self.judged(node, &lines, &names);
            for (at, line) in found.iter_mut().enumerate() {
                line.action = Some(rules[at].action);
                let shadowed = line.remarks.iter().any(Remark::is_unused);
                let gets_to = |reach: &Reach| reach.gets_to(lines.regions(number(at)), lines.own);
                if !shadowed && !lines.is_apart(number(at)) && !reach.as_ref().is_none_or(gets_to) {
                    line.remarks.push(Remark::Dead(Dead::Source));
                }
                if rules[at].action == Action::Permit && !line.remarks.iter().any(Remark::is_unused) {
                    line.remarks.extend(self.wider(lines.product(at)));
                }
            }
            out.push(self.list(node, ListKind::Filter, name, filter.span, found));
        }
        let Some((written, nat)) = details.nat.as_deref().zip(self.model.nat.get(&node)) else { return out };
        for (kind, entries) in [(ListKind::Destination, &nat.destination), (ListKind::Source, &nat.source)] {
            let written = |entry: u32| &written[entry as usize];
            let names: Vec<LineName> = entries
                .iter()
                .map(|one| (one.entry, written(one.entry)))
                .map(|(at, entry)| self.name(entry.id.as_deref(), at as usize, entry.span))
                .collect();
            let Some(first) = entries.first() else { continue };
            let found = self.judged(node, &Lines::of_entries(self.model, entries, kind), &names);
            out.push(self.list(node, kind, None, written(first.entry).span, found));
        }
        out
    }

    fn name(&self, id: Option<&str>, at: usize, span: Span) -> LineName {
        LineName { id: called(id, at), location: self.places.locate(span) }
    }

    fn list(&self, node: u32, kind: ListKind, name: Option<String>, span: Span, lines: Vec<Line>) -> List {
        List { node: self.model.id(node).to_owned(), kind, name, location: self.places.locate(span), lines }
    }

    /// What is to be said of each line by the list alone.
    fn judged(&self, node: u32, lines: &Lines, names: &[LineName]) -> Vec<Line> {
        let named = |list: &[u32]| list.iter().map(|at| names[*at as usize].clone()).collect::<Vec<_>>();
        let example = |region: &Region| self.examples.of(node, region, lines);
        let judge = |(at, name): (u32, &LineName)| {
            let mut line = Line { name: name.clone(), action: None, remarks: Vec::new(), decides: None, needed: None };
            match lines.before(at) {
                _ if lines.is_apart(at) => {}
                _ if lines.is_nothing(at) => line.remarks.push(Remark::Dead(Dead::Nothing)),
                Covered::By(by) => {
                    line.remarks.push(Remark::Shadowed { opposed: lines.any_opposed(at, &by), by: named(&by) });
                }
                Covered::Open => line.remarks.push(Remark::Open),
                Covered::Not(part) => {
                    line.decides = example(&part);
                    match lines.without(at) {
                        Some(Covered::By(like)) => line.remarks.push(Remark::Redundant { like: named(&like) }),
                        Some(Covered::Not(part)) => line.needed = example(&part),
                        Some(Covered::Open) => line.remarks.push(Remark::Open),
                        None => {}
                    }
                    let unused = line.remarks.iter().any(Remark::is_unused);
                    let opposed = if unused { Vec::new() } else { lines.opposed(at) };
                    if let Some((first, part)) = opposed.first()
                        && let Some(example) = example(part)
                    {
                        let by = names[*first as usize].clone();
                        line.remarks.push(Remark::Opposed { by, more: opposed.len() - 1, example });
                    }
                }
            }
            line
        };
        (0..number(names.len())).zip(names).map(judge).collect()
    }

    fn wider(&self, product: &Region) -> Vec<Remark> {
        let sides = [(Side::From, 0), (Side::To, 1)].into_iter();
        let used = self.used.iter();
        used.flat_map(|used| sides.clone().filter_map(|(side, line)| used.wider(self.model, side, &product[line])))
            .collect()
    }
}
