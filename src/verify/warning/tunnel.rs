//! Permit rules for protocols that carry others. What goes through a tunnel passes no filter between its ends, so that a tunnel
//! is a link; where nobody wrote one, what it carries is not decided.

use std::collections::{HashMap, HashSet};

use super::{Slips, id_span, rule_name};
use crate::document::{Action, Family, SelectorItem, ServiceItem, Spanned};
use crate::model::{Model, UDP};
use crate::report::slip::Slip;
use crate::source::Span;

/// IP in IP, IPv6 in IPv4, GRE, and IPsec.
const PROTOCOLS: [u8; 5] = [4, 41, 47, 50, 51];
/// IPsec, L2TP, VXLAN and WireGuard.
const PORTS: [u16; 5] = [500, 4500, 1701, 4789, 51820];

/// Whether a service is one that carries others, by itself and not as a part of more.
fn carries(item: &ServiceItem<'_>) -> bool {
    match item {
        ServiceItem::Protocol { number, ports: None } => PROTOCOLS.contains(number),
        ServiceItem::Protocol { number, ports: Some((low, high)) } => {
            *number == UDP && low == high && PORTS.contains(low)
        }
        ServiceItem::Any | ServiceItem::Named(_) | ServiceItem::Transfer => false,
    }
}

/// The services that carry others, as written, those of names too.
fn carriers<'d>(
    model: &Model<'d>,
    items: &[Spanned<ServiceItem<'d>>],
    out: &mut Vec<String>,
    names: &mut HashSet<u32>,
) {
    for item in items {
        match &item.value {
            ServiceItem::Named(name) => {
                // Each is looked at once; they nest at most 64 deep.
                let named = model.names.service(name).filter(|&index| names.insert(index));
                if let Some(index) = named {
                    carriers(model, &model.document.services[index as usize].items, out, names);
                }
            }
            service if carries(service) => {
                let word = service.to_string();
                if !out.contains(&word) {
                    out.push(word);
                }
            }
            _ => {}
        }
    }
}

/// Who bears each single address.
type Bearers = HashMap<(Family, u128), Vec<u32>>;

/// The nodes that items name one by one; `None`: others may be meant too.
fn ends(model: &Model<'_>, bearers: &Bearers, items: &[Spanned<SelectorItem<'_>>]) -> Option<Vec<u32>> {
    let mut out = Vec::new();
    for item in items {
        match &item.value {
            SelectorItem::Node(id) => out.extend(model.names.node(id)),
            SelectorItem::Addresses(range) => {
                out.extend(bearers.get(&(range.family, range.low)).filter(|_| range.is_single())?)
            }
            SelectorItem::Group(name) => {
                let group = model.names.group(name)?;
                out.extend(ends(model, bearers, &model.document.groups[group as usize].items)?);
            }
            _ => return None,
        }
    }
    Some(out)
}

/// Permit rules for a protocol that carries others, between ends that no link joins.
pub fn unjoined(model: &Model<'_>, slips: &mut Slips) {
    // Who bears what, and which nodes are joined: of documents with such a rule only.
    let mut lookup: Option<(Bearers, HashSet<[u32; 2]>)> = None;
    for &node in &model.detailed {
        let details = model.document.nodes[node as usize].details.as_deref();
        for filter in details.into_iter().flat_map(|details| details.filters.iter().flatten()) {
            for (at, rule) in filter.rules.iter().enumerate().filter(|(_, rule)| rule.action == Action::Permit) {
                let mut found = Vec::new();
                carriers(model, &rule.service, &mut found, &mut HashSet::new());
                if found.is_empty() {
                    continue;
                }
                found.sort_unstable();
                let (bearers, joined) = lookup.get_or_insert_with(|| look_up(model));
                let [from, to] = [&rule.from, &rule.to].map(|side| ends(model, bearers, side));
                if let (Some(from), Some(to)) = (from, to)
                    && from.iter().any(|&a| to.iter().any(|&b| joined.contains(&[a.min(b), a.max(b)])))
                {
                    continue;
                }
                let span = rule.service.first().map_or(rule.span, |item| item.span);
                let span = if span == Span::default() { id_span(model, node) } else { span };
                let rule = rule_name(filter, at);
                slips.push((span, Slip::Tunnel { rule, node: model.id(node).to_owned(), carriers: found }));
            }
        }
    }
}

fn look_up(model: &Model<'_>) -> (Bearers, HashSet<[u32; 2]>) {
    let mut bearers = Bearers::new();
    for (node, value) in (0_u32..).zip(&model.document.nodes) {
        for single in value.addresses.iter().filter(crate::document::Cidr::is_single) {
            bearers.entry((single.family, single.network)).or_default().push(node);
        }
    }
    (bearers, model.names.links.iter().map(|&[a, b]| [a.min(b), a.max(b)]).collect())
}
