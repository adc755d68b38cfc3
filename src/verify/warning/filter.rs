//! Filters with gaps, and rules that never decide.

use std::collections::{BTreeSet, HashMap};

use super::{Slips, id_span, rule_name};
use crate::document::{Filter, Kind, Spanned, Text};
use crate::header::{ANY, DESTINATION, EMPTY, SERVICE, SOURCE, SetId};
use crate::model::{CompiledFilter, CompiledRule, Model};
use crate::report::slip::Slip;

/// Interfaces of a firewall whose pairs are looked at.
const INTERFACES: usize = 200;
/// Rules of a filter that are compared with each other; longer filters are only searched for repetitions.
const RULES: usize = 1_000;

fn names(list: &Option<Vec<Spanned<Text<'_>>>>, side: &str) -> bool {
    list.as_ref().is_none_or(|list| list.iter().any(|name| name.value == side))
}

/// Firewalls with a pair of interfaces between which no filter applies.
pub fn uncovered(model: &Model<'_>, slips: &mut Slips) {
    let restricted =
        |filter: &Filter<'_>| filter.r#in.is_some() || filter.out.is_some() || !filter.applies_to.forwarded;
    let mut suspects: HashMap<u32, (&[Filter<'_>], BTreeSet<&str>)> = HashMap::new();
    // A firewall has a filter, or the document could not be used.
    let detailed = model.detailed.iter().map(|&node| (node, &model.document.nodes[node as usize]));
    for (node, value) in detailed.filter(|(_, value)| value.kind == Kind::Firewall) {
        let filters = value.details.as_deref().and_then(|details| details.filters.as_deref()).unwrap_or_default();
        if filters.iter().all(restricted) {
            suspects.insert(node, (filters, BTreeSet::new()));
        }
    }
    if suspects.is_empty() {
        return;
    }
    for (link, ends) in model.document.links.iter().zip(&model.names.links) {
        for (end, &node) in ends.iter().enumerate() {
            if let Some((_, interfaces)) = suspects.get_mut(&node) {
                interfaces.insert(model.document.name(link.interface_or_neighbour(end)));
            }
        }
    }
    let mut suspects: Vec<_> = suspects.into_iter().collect();
    suspects.sort_unstable_by_key(|(node, _)| *node);
    for (node, (filters, interfaces)) in suspects {
        let sides: Vec<&str> = interfaces.into_iter().take(INTERFACES).collect();
        let pairs =
            sides.iter().flat_map(|from| sides.iter().map(move |to| (*from, *to))).filter(|(from, to)| from != to);
        let forwarding = || filters.iter().filter(|filter| filter.applies_to.forwarded);
        let mut gaps = pairs.filter(|(from, to)| !forwarding().any(|f| names(&f.r#in, from) && names(&f.out, to)));
        let Some((from, to)) = gaps.next() else { continue };
        let [from, to, firewall] = [from, to, model.id(node)].map(str::to_owned);
        let more = gaps.count() as u64;
        slips.push((id_span(model, node), Slip::UncoveredInterfaces { firewall, from, to, more }));
    }
}

/// Whether one set holds all of another.
fn holds(model: &Model<'_>, dimension: usize, outer: SetId, inner: SetId) -> bool {
    if outer == ANY || outer == inner {
        return true;
    }
    let pool = match dimension {
        SOURCE | DESTINATION => &model.pools.address,
        SERVICE => &model.pools.service,
        _ => &model.pools.source_port,
    };
    pool.get(inner).subtract(pool.get(outer)).is_empty()
}

fn covers(model: &Model<'_>, earlier: &CompiledRule, later: &CompiledRule) -> bool {
    let side = |outer: &Option<Box<[u16]>>, inner: &Option<Box<[u16]>>| match (outer, inner) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => inner.iter().all(|number| outer.contains(number)),
    };
    side(&earlier.r#in, &later.r#in)
        && side(&earlier.out, &later.out)
        && (0..4).all(|dimension| holds(model, dimension, earlier.headers[dimension], later.headers[dimension]))
}

/// The first rule of a filter that an earlier one covers, that earlier one, and how many there are in all.
fn covered(model: &Model<'_>, filter: &CompiledFilter) -> Option<(usize, usize, usize)> {
    let rules = model.rules_of(filter);
    let mut found: Option<(usize, usize, usize)> = None;
    let mut note = |later: usize, earlier: usize| match &mut found {
        None => found = Some((later, earlier, 1)),
        Some((_, _, count)) => *count += 1,
    };
    let empty = |rule: &CompiledRule| rule.headers.contains(&EMPTY);
    if rules.len() <= RULES {
        for (later, rule) in rules.iter().enumerate().filter(|(_, rule)| !empty(rule)) {
            if let Some(earlier) = rules[..later].iter().position(|earlier| covers(model, earlier, rule)) {
                note(later, earlier);
            }
        }
        return found;
    }
    let mut seen = HashMap::new();
    let mut all: Option<usize> = None;
    for (later, rule) in rules.iter().enumerate().filter(|(_, rule)| !empty(rule)) {
        let key = (rule.headers, &rule.r#in, &rule.out);
        match all.or_else(|| seen.get(&key).copied()) {
            Some(earlier) => note(later, earlier),
            None => {
                seen.insert(key, later);
            }
        }
        if all.is_none() && rule.headers == [ANY; 4] && rule.r#in.is_none() && rule.out.is_none() {
            all = Some(later);
        }
    }
    found
}

/// Filters with rules that never decide, since an earlier rule matches all that they match.
pub fn unreachable(model: &Model<'_>, slips: &mut Slips) {
    let mut nodes: Vec<(&u32, &Vec<CompiledFilter>)> = model.filters.iter().collect();
    nodes.sort_unstable_by_key(|(node, _)| **node);
    for (&node, filters) in nodes {
        let details = model.document.nodes[node as usize].details.as_deref();
        let written = details.and_then(|details| details.filters.as_deref()).unwrap_or_default();
        for (filter, written) in filters.iter().zip(written) {
            let Some((later, earlier, count)) = covered(model, filter) else { continue };
            // A condition is taken to hold, but need not.
            if written.rules[earlier].condition.is_some() || written.rules[earlier].replies {
                continue;
            }
            let name = |at: usize| rule_name(written, at);
            let (node, more) = (model.id(node).to_owned(), count as u64 - 1);
            slips.push((
                written.rules[later].span,
                Slip::UnreachableRule { rule: name(later), node, earlier: name(earlier), more },
            ));
        }
    }
}
