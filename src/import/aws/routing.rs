//! Route tables as filters: of what comes in by the ways that look at a table, a destination passes by the ways that its longest
//! prefix gives, and by no other.

use std::collections::{BTreeMap, BTreeSet};

use super::super::device::{Filter, Net, Rule, Selector};
use super::super::ledger::Origin;
use super::super::set::AddressSet;
use super::build::{Builder, Draft, INTERNET, Look};
use super::resources::{RouteItem, Target, Towards};

/// A route of a filter: for whom, by which ways, and what is within each of them.
pub(super) struct Hop {
    /// For whom; `None`: nobody knows, maybe everybody.
    pub to: Option<Net>,
    /// The name of whom, where that is all that is known.
    pub named: String,
    /// Ways, with the addresses that are behind them (`None`: whatever is sent there).
    pub ways: Vec<(Option<AddressSet>, Vec<String>)>,
    /// Whether one that was written down for the same network goes before.
    pub propagated: bool,
    /// Where it stands.
    pub at: Origin,
}

/// The filter of a table for what comes in by some ways.
pub(super) fn filter(name: &str, ways_in: Vec<String>, hops: &[Hop], at: &Origin) -> Filter {
    let mut filter = Filter::new(format!("routes {name}"), false, at.clone());
    filter.ways_in = Some(ways_in.into());
    filter.default_id = "no route".into();
    let rule = |what: &str, permit: bool, to: Selector, ways: Option<&Vec<String>>, at: &Origin| {
        let mut rule = Rule::all(format!("{name} {what}"), permit, at.clone());
        rule.to = to;
        rule.ways_out = ways.map(|ways| ways.clone().into());
        rule
    };
    // what nobody knows the extent of may be longer than any other
    for hop in hops.iter().filter(|hop| hop.to.is_none()) {
        for (_, ways) in &hop.ways {
            filter.rules.push(rule(&hop.named, true, Selector::named(&hop.named), Some(ways), &hop.at).into());
        }
    }
    let mut by_net: BTreeMap<(std::cmp::Reverse<u8>, Net), Vec<&Hop>> = BTreeMap::new();
    for hop in hops {
        if let Some(net) = hop.to {
            by_net.entry((std::cmp::Reverse(net.length), net)).or_default().push(hop);
        }
    }
    for ((_, net), mut hops) in by_net {
        if hops.iter().any(|hop| !hop.propagated) {
            hops.retain(|hop| !hop.propagated);
        }
        let word = net.word();
        let whole = net.set();
        for hop in &hops {
            for (behind, ways) in &hop.ways {
                let to = behind.as_ref().map_or_else(|| whole.clone(), |behind| behind.intersect(&whole));
                if !to.is_empty() && !ways.is_empty() {
                    filter.rules.push(rule(&word, true, Selector::of(to), Some(ways), &hop.at).into());
                }
            }
        }
        let at = hops.first().map_or(at, |hop| &hop.at);
        if net.length > 0 {
            filter.rules.push(rule(&format!("{word} not by another way"), false, Selector::of(whole), None, at).into());
        }
    }
    filter
}

/// Where the VPC itself leads: single machines by their own way, a subnet by its way without them.
fn local(draft: &Draft) -> Vec<(Option<AddressSet>, Vec<String>)> {
    let mut out = Vec::new();
    let mut gone = AddressSet::default();
    for (set, way) in &draft.spots {
        let left = set.subtract(&gone);
        gone = gone.union(set);
        out.push((Some(left), vec![way.clone()]));
    }
    out
}

/// The filters of the tables of a VPC.
pub(super) fn filters(builder: &mut Builder<'_>, draft: &Draft) -> Vec<Filter> {
    let looks: BTreeSet<Look> = draft.ports.iter().map(|port| port.look.clone()).collect();
    let mut out = Vec::new();
    for look in looks {
        let ways: Vec<String> =
            draft.ports.iter().filter(|port| port.look == look).map(|port| port.way.clone()).collect();
        match &look {
            Look::Anything => {}
            Look::Nothing => out.push(filter("none", ways, &[], &draft.at)),
            Look::Local => {
                let hops: Vec<Hop> = draft.nets.iter().map(|&net| inward(draft, net)).collect();
                out.push(filter("local", ways, &hops, &draft.at));
            }
            Look::Table(id) => {
                let all = builder.all;
                let Some(table) = all.tables.get(id) else { continue };
                let mut hops = Vec::new();
                for route in &table.is.routes {
                    hops.extend(of_route(builder, draft, route));
                }
                out.push(filter(id, ways, &hops, &table.at));
            }
        }
    }
    out
}

fn inward(draft: &Draft, net: Net) -> Hop {
    Hop { to: Some(net), named: String::new(), ways: local(draft), propagated: false, at: draft.at.clone() }
}

fn of_route(builder: &mut Builder<'_>, draft: &Draft, route: &RouteItem) -> Vec<Hop> {
    let ways = match &route.target {
        Target::Local => local(draft),
        Target::Blackhole => Vec::new(),
        Target::To(id) if id.is_empty() => {
            vec![(None, draft.ports.iter().map(|port| port.way.clone()).collect())]
        }
        Target::To(id) => vec![(None, draft.targets.get(id).cloned().unwrap_or_default())],
    };
    let hop = |to: Option<Net>, named: &str| Hop {
        to,
        named: named.to_owned(),
        ways: ways.clone(),
        propagated: route.propagated,
        at: route.at.clone(),
    };
    towards(builder, &route.towards, &route.at).into_iter().map(|(to, named)| hop(to, &named)).collect()
}

/// The networks that a route is for; of a prefix list that nobody told of only the name.
pub(super) fn towards(builder: &mut Builder<'_>, towards: &Towards, at: &Origin) -> Vec<(Option<Net>, String)> {
    match towards {
        Towards::Net(net) => vec![(Some(*net), String::new())],
        Towards::List(list) => match builder.all.lists.get(list) {
            Some(nets) => nets.iter().map(|net| (Some(*net), String::new())).collect(),
            None => {
                unknown_list(builder, list, at);
                vec![(None, list.clone())]
            }
        },
    }
}

/// Tells of a prefix list without entries.
pub(super) fn unknown_list(builder: &mut Builder<'_>, list: &str, at: &Origin) {
    builder.told(
        at,
        format!("the entries of {list} are not given (`get-managed-prefix-list-entries`, `describe-prefix-lists`): it may be any address"),
        format!("{list} のエントリ（`get-managed-prefix-list-entries`、`describe-prefix-lists`）がない。どのアドレスでもありうるものとみなす"),
    );
}

/// Ways for what routes of a VPC name and nobody described: the Internet where the id says so, else somebody outside.
pub(super) fn unknown_targets(builder: &mut Builder<'_>, vpc: &str) {
    let all = builder.all;
    let Some(draft) = builder.vpcs.get(vpc).cloned() else { return };
    let looked: BTreeSet<&str> = draft
        .ports
        .iter()
        .filter_map(|port| match &port.look {
            Look::Table(id) => Some(id.as_str()),
            _ => None,
        })
        .collect();
    for route in looked.iter().filter_map(|id| all.tables.get(*id)).flat_map(|table| &table.is.routes) {
        let Target::To(id) = &route.target else { continue };
        let known = builder.vpcs.get(vpc).is_none_or(|draft| draft.targets.contains_key(id));
        // an interface that takes only what is for it drops the rest
        let drops = all.enis.contains_key(id) || all.enis.values().any(|eni| eni.is.instance.as_ref() == Some(id));
        if id.is_empty() || known || drops {
            continue;
        }
        let out = ["igw-", "eigw-", "nat-"].iter().any(|prefix| id.starts_with(prefix));
        let key = if out { INTERNET } else { id.as_str() };
        builder.beyond(key, None, (draft.node, id), &route.at);
        builder.told(
            &route.at,
            format!("{id} is not described: it is taken to lead out"),
            format!("{id} の記述がない。外部に至るものとみなす"),
        );
        if let Some(draft) = builder.vpcs.get_mut(vpc) {
            draft.port(id, None, Look::Local);
            draft.target(id, id);
        }
    }
}
