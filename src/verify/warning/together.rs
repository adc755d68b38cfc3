//! Filters of a node that only together permit something. Every filter that applies must permit; who wrote two as policies of
//! which one is enough (those of zones of a firewall, say) is told that all is denied, and so of a separation that is not there.

use super::{Slips, rule_name};
use crate::document::{Action, Traffic};
use crate::header::EMPTY;
use crate::model::{CompiledFilter, CompiledRule, Model};
use crate::report::slip::Slip;
use crate::verify::show::called;

/// Pairs of rules of two filters that are compared.
const PAIRS: usize = 1_000_000;

type Interfaces = Option<Box<[u16]>>;

/// The interfaces that a rule of a filter is for: its own, or those of the filter.
fn narrower<'r>(filter: &'r Interfaces, rule: &'r Interfaces) -> Option<&'r [u16]> {
    rule.as_deref().or(filter.as_deref())
}

const fn within(inner: Traffic, outer: Traffic) -> bool {
    (outer.forwarded || !inner.forwarded) && (outer.emitted || !inner.emitted) && (outer.delivered || !inner.delivered)
}

/// Whether a filter applies to all packets that a rule of another is for.
fn applies(filter: &CompiledFilter, other: &CompiledFilter, rule: &CompiledRule) -> bool {
    let side = |names: &Interfaces, of: Option<&[u16]>| match (names, of) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(names), Some(of)) => of.iter().all(|interface| names.contains(interface)),
    };
    within(other.applies_to, filter.applies_to)
        && filter.sees == other.sees
        && side(&filter.r#in, narrower(&other.r#in, &rule.r#in))
        && side(&filter.out, narrower(&other.out, &rule.out))
}

/// Whether some packet may match both of two rules.
fn share(model: &Model<'_>, a: &CompiledRule, b: &CompiledRule) -> bool {
    let side = |a: &Interfaces, b: &Interfaces| match (a, b) {
        (Some(a), Some(b)) => a.iter().any(|interface| b.contains(interface)),
        _ => true,
    };
    let pools = &model.pools;
    let pools = [&pools.address, &pools.address, &pools.service, &pools.source_port];
    side(&a.r#in, &b.r#in)
        && side(&a.out, &b.out)
        && pools.iter().enumerate().all(|(at, pool)| {
            let [a, b] = [a.headers[at], b.headers[at]];
            a == b || !pool.get(a).intersect(pool.get(b)).is_empty()
        })
}

fn permits<'m>(model: &'m Model<'_>, filter: &CompiledFilter) -> impl Iterator<Item = (usize, &'m CompiledRule)> {
    let rules = model.rules_of(filter);
    let matching = |rule: &CompiledRule| rule.action == Action::Permit && !rule.headers.contains(&EMPTY);
    rules.iter().enumerate().filter(move |(_, rule)| matching(rule))
}

/// Permit rules of a filter of which another filter of the node, that applies to the same packets, permits nothing.
pub fn both_must(model: &Model<'_>, slips: &mut Slips) {
    for &node in &model.detailed {
        let Some(filters) = model.filters.get(&node).filter(|filters| filters.len() > 1) else { continue };
        let details = model.document.nodes[node as usize].details.as_deref();
        let written = details.and_then(|details| details.filters.as_deref()).unwrap_or_default();
        let name = |at: usize| called(written[at].name.as_deref(), at);
        let closed = || filters.iter().enumerate().filter(|(_, filter)| filter.default == Action::Deny);
        for (at, filter) in closed() {
            let mut found: Option<(usize, usize, u64)> = None;
            let mut left = PAIRS;
            for (number, rule) in permits(model, filter) {
                let mut denies = |other: &CompiledFilter| {
                    applies(other, filter, rule)
                        && permits(model, other).all(|(_, permit)| {
                            left = left.saturating_sub(1);
                            left > 0 && !share(model, rule, permit)
                        })
                };
                let mut others = closed().filter(|(other, _)| *other != at);
                if let Some((other, _)) = others.find(|(_, other)| denies(other)) {
                    match &mut found {
                        None => found = Some((number, other, 0)),
                        Some((_, _, more)) => *more += 1,
                    }
                }
            }
            let Some((number, other, more)) = found else { continue };
            slips.push((
                written[at].rules[number].span,
                Slip::BothMustPermit {
                    rule: rule_name(&written[at], number),
                    node: model.id(node).to_owned(),
                    filter: name(at),
                    other: name(other),
                    more,
                },
            ));
        }
    }
}
