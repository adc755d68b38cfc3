//! Security groups as filters of whoever has them: of several, what any of them lets through.

use smallvec::smallvec;

use super::super::device::{Filter, Rule, Selector};
use super::super::ledger::Origin;
use super::build::Builder;
use super::resources::{Eni, Permission, set};
use super::routing::unknown_list;

/// The filters of an interface, in and out.
pub(super) fn filters(builder: &mut Builder<'_>, eni: &Eni, way: &str, at: &Origin) -> Vec<Filter> {
    if eni.groups.is_empty() {
        return Vec::new();
    }
    [true, false].into_iter().map(|inward| filter(builder, eni, way, at, inward)).collect()
}

fn filter(builder: &mut Builder<'_>, eni: &Eni, way: &str, at: &Origin, inward: bool) -> Filter {
    let all = builder.all;
    let word = if inward { "inbound" } else { "outbound" };
    let names = eni.groups.join(", ");
    let first = eni.groups.iter().find_map(|id| all.groups.get(id)).map_or(at, |group| &group.at);
    let mut filter = Filter::new(format!("{names} {word} {way}"), false, first.clone());
    filter.default_id = "no rule".into();
    filter.stateful = true;
    let ways = Some([way.to_owned()].into());
    if inward {
        filter.ways_in = ways;
    } else {
        filter.ways_out = ways;
    }
    for id in &eni.groups {
        let Some(group) = all.groups.get(id) else {
            builder.told(
                at,
                format!("{id} is not described (`describe-security-groups`): it is taken to let everything through"),
                format!("{id} の記述（`describe-security-groups`）がない。すべて許可するものとみなす"),
            );
            filter.rules.push(Rule::all(format!("{id} not described"), true, at.clone()).into());
            continue;
        };
        let permissions = if inward { &group.is.inbound } else { &group.is.outbound };
        for (number, permission) in (1..).zip(permissions) {
            let mut far = selector(builder, permission);
            let nobody = far.names.is_empty() && far.set.is_empty();
            if inward && !nobody {
                // a network load balancer may hand the address of its client on, which no translation of ours can say
                far.set = far.set.union(&builder.passing);
            }
            let mut rule = Rule::all(format!("{id} {word} {number}"), true, permission.at.clone());
            if inward {
                rule.from = far;
            } else {
                rule.to = far;
            }
            rule.services = smallvec![permission.services.clone()];
            rule.condition = permission.condition.as_deref().map(Into::into);
            filter.rules.push(rule.into());
        }
    }
    filter
}

/// Whom a permission means.
fn selector(builder: &mut Builder<'_>, permission: &Permission) -> Selector {
    let mut out = Selector::of(set(&permission.nets));
    let mut names: Vec<String> = Vec::new();
    for list in &permission.lists {
        match builder.all.lists.get(list) {
            Some(nets) => out.set = out.set.union(&set(nets)),
            None => {
                unknown_list(builder, list, &permission.at);
                names.push(list.clone());
            }
        }
    }
    for group in &permission.groups {
        if let Some(members) = builder.members.get(group.as_str()) {
            out.set = out.set.union(members);
        }
        let known = builder.all.groups.get(group);
        if !known.is_some_and(|group| builder.all.knows(&group.folder, "NetworkInterfaces")) {
            builder.told(
                &permission.at,
                format!("who has {group} is not described (`describe-security-groups`, `describe-network-interfaces`): it may be any address"),
                format!("{group} を使う機器の記述（`describe-security-groups`、`describe-network-interfaces`）がない。どのアドレスでもありうるものとみなす"),
            );
            names.push(group.clone());
        }
    }
    names.sort();
    names.dedup();
    out.names = names.into();
    out
}
