//! `sanso coverage`: every place of a document is made wrong, one at a time, to see which requirement notices.

use crate::diagnostic::Diagnostics;
use crate::document::{Action, Kind, SelectorItem, ServiceItem, Severity};
use crate::model::{LinkId, Model};
use crate::report::Verdict;
use crate::report::coverage::{Coverage, Found, SlipKind, TriedSlip, Unnoticed};
use crate::session::{Element, Look, Mutation, RulePart, Without, has_quotient};
use crate::source::Source;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::{Options, with_decisions};

/// Nodes and links of a document that is decided whole after each slip, where a smaller one cannot tell all of its requirements.
const WHOLE: usize = 5_000;

/// Tries slips of a document: all, or so many of them, evenly spread.
///
/// # Errors
/// The diagnostics when the document cannot be used.
pub fn run_coverage(source: &Source, options: &Options<'_>, sample: Option<usize>) -> Result<Coverage, Diagnostics> {
    with_decisions(source, options, |decided| {
        let (document, model) = (decided.document, decided.decider.model());
        let places = Places::of(source, document);
        let show = Show { model, places: &places };
        let all = slips(model);
        let shares = shares(&all.iter().map(Vec::len).collect::<Vec<_>>(), sample);
        let chosen = all.iter().zip(shares).flat_map(|(kind, share)| spread(kind.len(), share).map(|at| kind[at]));
        let mut without = Without::new(document.clone(), model.names, options.policy.clone());
        let followed = options.policy.requirements.iter().all(|one| one.asked.is_followed());
        if !followed && (document.nodes.len() + document.links.len() <= WHOLE || !has_quotient(document)) {
            without = without.whole();
        }
        let requirements = 0..options.policy.requirements.len();
        let states = |look: Look<'_, '_, '_>| requirements.clone().map(|at| look.state(at)).collect::<Vec<_>>();
        // All slips together have one limit.
        let terms = || (options.date, decided.decider.limits().left(), options.memory);
        // SOUNDNESS: of what is not known nothing is unnoticed.
        let unknown = || vec![(Verdict::Undecided, 0); options.policy.requirements.len()];
        let base = without.look(&[], terms(), states).unwrap_or_else(unknown);
        let tried = chosen.map(|slip| {
            let after = without.mutated(slip, terms(), states);
            described(show, slip, noticed(show, options, slip, &base, after))
        });
        let tried = tried.collect();
        let open = options.policy.requirements.iter().zip(&base);
        let open = open.filter(|(_, (verdict, _))| *verdict == Verdict::Undecided);
        Ok(Coverage {
            name: document.name.as_deref().map(str::to_owned),
            file: source.name().to_owned(),
            sha256: source.sha256_hex(),
            policy: options.policy.id.clone(),
            date: options.date.to_string(),
            slips: all.iter().map(Vec::len).sum(),
            tried,
            undecided: open.map(|(one, _)| one.id.clone()).collect(),
        })
    })
}

/// So many of the numbers below `all`, evenly spread.
fn spread(all: usize, wanted: usize) -> impl Iterator<Item = usize> {
    (0..wanted).map(move |at| at * all / wanted)
}

/// How many slips of each kind are tried where so many are wanted in all: as many of each as of any other, while there are any left. A large
/// document has links and labels by the thousand, and hardly a rule would be tried if every slip had the same chance.
fn shares(sizes: &[usize], wanted: Option<usize>) -> Vec<usize> {
    let mut left = wanted.unwrap_or(usize::MAX);
    let mut shares = vec![0; sizes.len()];
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&kind| sizes[kind]);
    for (at, &kind) in order.iter().enumerate() {
        shares[kind] = sizes[kind].min(left / (order.len() - at));
        left -= shares[kind];
    }
    shares
}

/// Everything that may go wrong, kind by kind in the order of [`SlipKind`], each in the order of the document.
fn slips(model: &Model<'_>) -> Vec<Vec<Mutation>> {
    let document = model.document;
    let nodes = || (0_u32..).zip(&document.nodes);
    let mut rules = Vec::new();
    let mut relays = Vec::new();
    for (node, value) in nodes() {
        let Some(details) = value.details.as_deref() else { continue };
        for (filter, list) in (0_u32..).zip(details.filters.iter().flatten()) {
            rules.extend((0_u32..).zip(&list.rules).map(|(rule, value)| (node, filter, rule, value)));
        }
        relays.extend(details.relays.as_ref().map(|_| Mutation::OpenRelays(node)));
    }
    let mut out: Vec<Vec<Mutation>> = vec![
        rules.iter().map(|&(node, filter, rule, _)| Mutation::Remove { node, filter, rule }).collect(),
        rules.iter().map(|&(node, filter, rule, _)| Mutation::Invert { node, filter, rule }).collect(),
    ];
    for part in [RulePart::From, RulePart::To, RulePart::Service] {
        let mut widened = Vec::new();
        for &(node, filter, rule, value) in &rules {
            let says_any = match part {
                RulePart::From => value.from.iter().any(|item| item.value == SelectorItem::Any),
                RulePart::To => value.to.iter().any(|item| item.value == SelectorItem::Any),
                RulePart::Service => value.service.iter().any(|item| item.value == ServiceItem::Any),
            };
            if !says_any {
                widened.push(Mutation::Widen { node, filter, rule, part });
            }
        }
        out.push(widened);
    }
    let links = || (0..).map(LinkId::new).zip(&document.links);
    out.push(links().map(|(link, _)| Mutation::Cut(link)).collect());
    let listed = links().filter(|(_, link)| link.vlan_lists().next().is_some());
    out.push(listed.map(|(link, _)| Mutation::OpenVlans(link)).collect());
    out.push(links().filter(|(_, link)| link.one_way()).map(|(link, _)| Mutation::BothWays(link)).collect());
    out.push(relays);
    let relabelled = nodes().filter_map(|(node, value)| {
        let label = model.labels.labels[node as usize].filter(|_| value.kind != Kind::Gateway)?;
        Some(Mutation::Relabel { node, zone: next_zone(label) })
    });
    out.push(relabelled.collect());
    out
}

/// The tier that a node is moved to: each to the next, and what is in no tier to the first. The three tiers are the first zones.
const fn next_zone(label: u32) -> u32 {
    match label {
        0 | 1 => label + 1,
        _ => 0,
    }
}

type States = Vec<(Verdict, u64)>;

fn noticed(
    show: Show<'_, '_, '_>,
    options: &Options<'_>,
    slip: Mutation,
    base: &States,
    after: Option<States>,
) -> Found {
    let Some(after) = after else { return Found::Refused };
    let (mut errors, mut warnings, mut open) = (Vec::new(), Vec::new(), false);
    for ((requirement, &(before, old)), (verdict, new)) in options.policy.requirements.iter().zip(base).zip(after) {
        if before == Verdict::Undecided || verdict == Verdict::Undecided {
            open = true;
        } else if verdict == Verdict::Violated && new > old {
            let list = if requirement.severity == Severity::Error { &mut errors } else { &mut warnings };
            list.push(requirement.id.clone());
        }
    }
    match (errors.is_empty(), warnings.is_empty()) {
        (false, _) => {
            errors.extend(warnings);
            Found::Noticed(errors)
        }
        (true, false) => Found::Warned(warnings),
        (true, true) if open => Found::Undecided,
        (true, true) => Found::Unnoticed(why(show, slip)),
    }
}

/// What a slip that nobody notices does.
fn why(show: Show<'_, '_, '_>, slip: Mutation) -> Unnoticed {
    let permits = |node: u32, filter: u32, rule: u32| {
        let rules = show.filter(node, filter).map(|filter| &filter.rules);
        let rule = rules.and_then(|rules| rules.get(rule as usize));
        rule.is_some_and(|rule| rule.action == Action::Permit)
    };
    match slip {
        Mutation::Cut(_) => Unnoticed::Narrower,
        Mutation::Remove { node, filter, rule } | Mutation::Invert { node, filter, rule } => {
            if permits(node, filter, rule) { Unnoticed::Narrower } else { Unnoticed::Wider }
        }
        // A denial that is wider lets less through.
        Mutation::Widen { node, filter, rule, .. } => {
            if permits(node, filter, rule) {
                Unnoticed::Wider
            } else {
                Unnoticed::Narrower
            }
        }
        Mutation::OpenVlans(_) | Mutation::BothWays(_) | Mutation::OpenRelays(_) => Unnoticed::Wider,
        Mutation::Relabel { .. } => Unnoticed::Label,
    }
}

fn described(show: Show<'_, '_, '_>, slip: Mutation, found: Found) -> TriedSlip {
    let of_rule = |kind, node: u32, filter: u32, rule: u32| {
        let several = show.filter(node, 1).is_some();
        let of_filter = show.filter(node, filter).and_then(|one| one.name.as_deref());
        let of_filter = match of_filter {
            Some(name) => format!(" {name}"),
            None if several => format!(" #{}", u64::from(filter) + 1),
            None => String::new(),
        };
        let what = format!("{}{of_filter} {}", show.id(node), show.rule(node, filter, rule));
        (kind, what, Element::Rule { node, filter, rule })
    };
    let of_link = |kind, link: LinkId| (kind, show.link(link), Element::Link(link));
    let of_node = |kind, node: u32| (kind, show.id(node).to_owned(), Element::Forwarder { node });
    let (kind, what, element) = match slip {
        Mutation::Remove { node, filter, rule } => of_rule(SlipKind::RuleRemoved, node, filter, rule),
        Mutation::Invert { node, filter, rule } => of_rule(SlipKind::RuleInverted, node, filter, rule),
        Mutation::Widen { node, filter, rule, part } => {
            let kind = match part {
                RulePart::From => SlipKind::SourceWidened,
                RulePart::To => SlipKind::DestinationWidened,
                RulePart::Service => SlipKind::ServiceWidened,
            };
            of_rule(kind, node, filter, rule)
        }
        Mutation::Cut(link) => of_link(SlipKind::LinkCut, link),
        Mutation::OpenVlans(link) => of_link(SlipKind::VlansOpened, link),
        Mutation::BothWays(link) => of_link(SlipKind::BothWays, link),
        Mutation::OpenRelays(node) => of_node(SlipKind::RelaysRemoved, node),
        Mutation::Relabel { node, .. } => of_node(SlipKind::LabelChanged, node),
    };
    let zone = match slip {
        Mutation::Relabel { zone, .. } => Some(show.model.names.zones[zone as usize].to_owned()),
        _ => None,
    };
    TriedSlip { kind, what, zone, location: show.element_at(&element), found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_share_of_a_sample() {
        assert_eq!(shares(&[4, 1_000, 0, 18_000, 40], Some(100)), [4, 32, 0, 32, 32]);
        assert_eq!(shares(&[4, 1_000, 0, 18_000, 40], None), [4, 1_000, 0, 18_000, 40]);
        assert_eq!(shares(&[4, 5], Some(100)), [4, 5]);
        assert_eq!(shares(&[10, 10, 10], Some(2)).iter().sum::<usize>(), 2);
        assert_eq!(spread(10, 3).collect::<Vec<_>>(), [0, 3, 6]);
    }
}
