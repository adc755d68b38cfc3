//! What of patterns and requirements is sure whatever the document: that one holds whenever another does. Never says so
//! wrongly; may fail to see it.

use super::definition::{Asked, Paths};
use super::pattern::{NodePattern, holds};
use crate::document::policy::Methods;
use crate::document::{Kind, Tier};

/// Whether every node that matches one of `these` surely matches one of `those`.
pub(super) fn all_within(these: &[NodePattern], those: &[NodePattern]) -> bool {
    these.iter().all(|one| those.iter().any(|other| within(one, other)))
}

/// Whether a list that is given lies in another, which asks nothing where it is empty.
fn list<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    other.is_empty() || !one.is_empty() && one.iter().all(|word| other.contains(word))
}

/// The tiers that a pattern asks for, by tier or by the zones that are tiers; empty: it does not.
fn tiers(one: &NodePattern) -> Vec<Tier> {
    if !one.tier.is_empty() {
        return one.tier.clone();
    }
    let of = |zone: &String| [Tier::MyNumber, Tier::Lgwan, Tier::Internet].into_iter().find(|tier| tier.word() == zone);
    let found: Option<Vec<Tier>> = one.zone.iter().map(of).collect();
    found.unwrap_or_default()
}

/// Whether a pattern settles that the kind is `external`, or is not.
fn external(one: &NodePattern) -> Option<bool> {
    one.external.or_else(|| match &one.kind[..] {
        [] => None,
        kinds if kinds.iter().all(|kind| *kind == Kind::External) => Some(true),
        kinds if !kinds.contains(&Kind::External) => Some(false),
        _ => None,
    })
}

fn labelled(one: &NodePattern) -> Option<bool> {
    one.labelled.or_else(|| (!one.zone.is_empty() || !one.tier.is_empty()).then_some(true))
}

/// Whether every node that matches `one` surely matches `other`.
fn within(one: &NodePattern, other: &NodePattern) -> bool {
    if let Some(named) = &one.named
        && all_within(&named.pattern, std::slice::from_ref(other))
    {
        return true;
    }
    list(&one.zone, &other.zone)
        && (other.labelled.is_none() || labelled(one) == other.labelled)
        && list(&tiers(one), &other.tier)
        && list(&one.kind, &other.kind)
        && list(&one.tag, &other.tag)
        && list(&one.control, &other.control)
        && list(&one.node, &other.node)
        && list(&one.business, &other.business)
        && list(&one.owner, &other.owner)
        && (other.external.is_none() || external(one) == other.external)
        && (other.endpoint.is_none() || one.endpoint == other.endpoint)
        && (other.addresses.is_empty()
            || !one.addresses.is_empty()
                && one.addresses.iter().all(|part| other.addresses.iter().any(|whole| holds(whole, part))))
        && other.named.as_ref().is_none_or(|named| {
            one.named.as_ref().is_some_and(|own| own.name == named.name)
                || all_within(std::slice::from_ref(one), &named.pattern)
        })
        && other.not.iter().flatten().all(|excluded| is_apart(one, excluded))
}

/// Whether no node matches both.
fn is_apart(one: &NodePattern, other: &NodePattern) -> bool {
    let differ = |a: &[Tier], b: &[Tier]| !a.is_empty() && !b.is_empty() && a.iter().all(|tier| !b.contains(tier));
    let words = |a: &[String], b: &[String]| !a.is_empty() && !b.is_empty() && a.iter().all(|word| !b.contains(word));
    let kinds =
        !one.kind.is_empty() && !other.kind.is_empty() && one.kind.iter().all(|kind| !other.kind.contains(kind));
    let flags = |a: Option<bool>, b: Option<bool>| a.zip(b).is_some_and(|(a, b)| a != b);
    differ(&tiers(one), &tiers(other))
        || words(&one.zone, &other.zone)
        || words(&one.node, &other.node)
        || words(&one.owner, &other.owner)
        || kinds
        || flags(external(one), external(other))
        || flags(one.endpoint, other.endpoint)
        || flags(labelled(one), labelled(other))
        || one.not.iter().flatten().any(|excluded| within(other, excluded))
        || other.not.iter().flatten().any(|excluded| within(one, excluded))
        || one.named.as_ref().is_some_and(|named| named.pattern.iter().all(|part| is_apart(part, other)))
        || other.named.as_ref().is_some_and(|named| named.pattern.iter().all(|part| is_apart(one, part)))
}

/// Whether surely no node of any document matches.
pub(super) fn is_empty(one: &NodePattern) -> bool {
    let contradicts = |a: Option<bool>, b: Option<bool>| a.zip(b).is_some_and(|(a, b)| a != b);
    let implied = (!one.zone.is_empty() || !one.tier.is_empty()).then_some(true);
    let by_kind = external(&NodePattern { kind: one.kind.clone(), ..NodePattern::default() });
    let by_zone = tiers(&NodePattern { zone: one.zone.clone(), ..NodePattern::default() });
    let bare = NodePattern { not: None, named: None, ..one.clone() };
    contradicts(one.labelled, implied)
        || contradicts(one.external, by_kind)
        || !one.tier.is_empty() && !by_zone.is_empty() && by_zone.iter().all(|tier| !one.tier.contains(tier))
        || one.not.iter().flatten().any(|excluded| within(&bare, excluded))
        || one
            .named
            .as_ref()
            .is_some_and(|named| named.pattern.iter().all(|part| is_empty(part) || is_apart(&bare, part)))
}

/// Whether `one` asks at least what `other` asks, whatever the document.
pub(super) fn implies(one: &Asked, other: &Asked) -> bool {
    if one == other {
        return true;
    }
    match (one, other) {
        (Asked::Isolation(strong) | Asked::Through(strong), Asked::Isolation(weak) | Asked::Through(weak)) => {
            paths(strong, weak)
        }
        (
            Asked::Sessions { from, to, service, without },
            Asked::Sessions { from: weak_from, to: weak_to, service: weak_service, without: weak_without },
        ) => {
            all_within(weak_from, from)
                && all_within(weak_to, to)
                && (service.is_none() || service == weak_service)
                && removes(without.as_deref(), weak_without.as_deref())
        }
        (Asked::Segment { a, b }, Asked::Segment { a: weak_a, b: weak_b }) => {
            all_within(weak_a, a) && all_within(weak_b, b)
        }
        (Asked::Homed { nodes, allowed }, Asked::Homed { nodes: weak, allowed: weak_allowed }) => {
            all_within(weak, nodes)
                && allowed.as_ref().is_none_or(|allowed| {
                    weak_allowed.as_ref().is_some_and(|weak_allowed| all_within(allowed, weak_allowed))
                })
        }
        (
            Asked::Attributes { nodes, links, controls, any_of, owner, circuit },
            Asked::Attributes {
                nodes: weak_nodes,
                links: weak_links,
                controls: weak_controls,
                any_of: weak_any,
                owner: weak_owner,
                circuit: weak_circuit,
            },
        ) => {
            let whom = match (nodes, weak_nodes) {
                (Some(nodes), Some(weak)) => all_within(weak, nodes),
                (None, None) => links == weak_links,
                _ => false,
            };
            whom && weak_controls.iter().all(|control| controls.contains(control))
                && (weak_any.is_empty()
                    || !any_of.is_empty() && any_of.iter().all(|control| weak_any.contains(control))
                    || controls.iter().any(|control| weak_any.contains(control)))
                && (*owner || !weak_owner)
                && list(circuit, weak_circuit)
        }
        (
            Asked::Placement { nodes, zones, tiers },
            Asked::Placement { nodes: weak, zones: weak_zones, tiers: weak_tiers },
        ) => {
            all_within(weak, nodes)
                && zones.iter().all(|zone| weak_zones.contains(zone))
                && tiers.iter().all(|tier| weak_tiers.contains(tier))
        }
        (Asked::Exceptions { check, of }, Asked::Exceptions { check: weak, of: weak_of }) => {
            check == weak && (of.is_empty() || !weak_of.is_empty() && weak_of.iter().all(|id| of.contains(id)))
        }
        (Asked::Evidence { kind, within }, Asked::Evidence { kind: weak, within: weak_within }) => {
            kind == weak && weak_within.is_none_or(|weak| within.is_some_and(|within| within <= weak))
        }
        _ => false,
    }
}

fn paths(strong: &Paths, weak: &Paths) -> bool {
    let straight = all_within(&weak.a, &strong.a) && all_within(&weak.b, &strong.b);
    // Paths count either way, so that sides can change places.
    let crossed = all_within(&weak.a, &strong.b) && all_within(&weak.b, &strong.a);
    let sanitised = match (&strong.sanitised_by, &weak.sanitised_by) {
        (None, _) | (Some(_), Some(Methods::Any)) => true,
        (Some(Methods::OneOf(strong)), Some(Methods::OneOf(weak))) => strong.iter().all(|one| weak.contains(one)),
        _ => false,
    };
    (straight || crossed)
        && sanitised
        && removes(strong.without.as_deref(), weak.without.as_deref())
        && (strong.services.is_none() || strong.services == weak.services)
}

/// Whether a check that takes out the first nodes sees every way that one sees which takes out the second.
fn removes(strong: Option<&[NodePattern]>, weak: Option<&[NodePattern]>) -> bool {
    strong.is_none_or(|strong| weak.is_some_and(|weak| all_within(strong, weak)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(tier: Tier) -> NodePattern {
        NodePattern { tier: vec![tier], ..NodePattern::default() }
    }

    fn not(pattern: NodePattern) -> NodePattern {
        NodePattern { not: Some(vec![pattern]), ..NodePattern::default() }
    }

    #[test]
    fn what_surely_lies_within() {
        let (mn, lgwan) = (tier(Tier::MyNumber), tier(Tier::Lgwan));
        let zone = NodePattern { zone: vec!["my-number".into()], ..NodePattern::default() };
        let pc = NodePattern { kind: vec![Kind::Terminal], ..mn.clone() };
        let outside = NodePattern { external: Some(true), ..NodePattern::default() };
        for (one, other, expected) in [
            (&mn, &mn, true),
            (&zone, &mn, true),
            (&mn, &zone, false),
            (&pc, &mn, true),
            (&mn, &pc, false),
            (&lgwan, &not(mn.clone()), true),
            (&mn, &not(mn.clone()), false),
            (&not(mn.clone()), &not(pc.clone()), true),
            (&not(pc.clone()), &not(mn.clone()), false),
            (&pc, &not(outside.clone()), true),
            (&mn, &not(outside), false),
            (&mn, &NodePattern::default(), true),
            (&NodePattern { labelled: Some(true), ..NodePattern::default() }, &mn, false),
            (&mn, &NodePattern { labelled: Some(true), ..NodePattern::default() }, true),
        ] {
            assert_eq!(within(one, other), expected, "{one:?} {other:?}");
        }
    }

    #[test]
    fn what_surely_matches_nothing() {
        let mn = tier(Tier::MyNumber);
        let never = [
            NodePattern { labelled: Some(false), ..mn.clone() },
            NodePattern { external: Some(true), kind: vec![Kind::Server], ..NodePattern::default() },
            NodePattern { zone: vec!["lgwan".into()], ..mn.clone() },
            NodePattern { not: Some(vec![mn.clone()]), ..mn.clone() },
            not(NodePattern::default()),
        ];
        assert!(never.iter().all(is_empty));
        let may = [
            mn.clone(),
            not(mn.clone()),
            NodePattern::default(),
            NodePattern { zone: vec!["naibu".into()], ..mn.clone() },
            NodePattern { not: Some(vec![NodePattern { kind: vec![Kind::Server], ..mn.clone() }]), ..mn },
        ];
        assert!(!may.iter().any(is_empty));
    }
}
